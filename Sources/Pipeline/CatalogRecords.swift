import Dataset
import Foundation
import Measurement
import SystemPackage
import Volumes
import Workspace

/// What a workspace holds of one sample, read from its state and its receipts alone.
struct BuiltSample {
    let state: SampleState
    let assignment: SplitRecord?
    let ingest: FinishedStage<IngestOutput>?
    let register: FinishedStage<RegisterOutput>?
    let segment: FinishedStage<SegmentOutput>?
    let measure: FinishedStage<MeasureOutput>?
    let patch: FinishedStage<PatchOutput>?

    init(_ state: SampleState, assignment: SplitRecord?, in layout: WorkspaceLayout) {
        func finished<Output>(_ stage: Stage) -> FinishedStage<Output>? {
            guard let key = state[stage]?.key else { return nil }
            return FinishedStage(stage, of: state.sample, key: key, in: layout)
        }
        self.state = state
        self.assignment = assignment
        ingest = finished(.ingest)
        register = finished(.register)
        segment = finished(.segment)
        measure = finished(.measure)
        patch = finished(.patch)
    }

    /// The catalog's rows of this sample.
    func record(in layout: WorkspaceLayout) throws -> SampleRecord {
        SampleRecord(
            id: state.sample, material: state.material, scale: state.scale, split: assignment,
            scans: scans(in: layout), region: region, registration: registration(),
            pair: pair(in: layout), masks: masks(in: layout),
            parameters: try parameters(), parameterGaps: parameterGaps(),
            patches: isDone(.patch) ? patch?.output.patches ?? [] : [],
            stageRuns: stageRuns())
    }

    /// Whether the last run of a stage came to a result that can be used.
    func isDone(_ stage: Stage) -> Bool { state[stage]?.outcome == .done }

    /// Whether the outputs of a stage are there, as its receipt names them.
    func hasOutputs(of stage: Stage) -> Bool { receipt(of: stage) != nil }

    private func scans(in layout: WorkspaceLayout) -> [ScanRecord] {
        guard let ingest, isDone(.ingest) else { return [] }
        return [ingest.output.low, ingest.output.high].compactMap(\.self).map { scan in
            ScanRecord(
                role: scan.role, origin: scan.isSynthetic ? .simulated : .scanned, path: scan.path,
                dataset: scan.dataset, format: scan.format, sha256: scan.sha256.hexadecimal,
                file: layout.relative(ingest.folder.appending(scan.file)), shape: scan.shape,
                elementType: scan.elementType, voxelSize: scan.voxelSize,
                voxelSizeSource: scan.voxelSizeSource,
                intensityWindow: scan.intensity.windowLow...scan.intensity.windowHigh,
                flags: scan.intensity.saturatedFraction > 0.05 ? ["saturated"] : [],
                metadata: scan.metadata.merging(notes(of: scan)) { _, note in note })
        }
    }

    /// The part of HIGH that was segmented; `nil` for all of it.
    var region: RegionRecord? {
        guard let ingest, let segmented, isDone(.segment) else { return nil }
        return RegionRecord(
            segmented.fieldOfView, in: ingest.output.high.shape,
            found: ingest.output.plug.map { plug in
                RegionRecord.Found(
                    visibleRim: plug.visibleRim, solidInside: plug.solidInside,
                    solidOutside: plug.solidOutside)
            })
    }

    /// What a user should know of a scan, beside what its file says.
    private func notes(of scan: ScanFacts) -> [String: String] {
        scan.notes.isEmpty ? [:] : ["notes": scan.notes.joined(separator: "; ")]
    }

    private func registration() -> RegistrationRecord? {
        register.map { register in
            let output = register.output
            return RegistrationRecord(
                method: output.method, transform: output.matrix, confidence: output.confidence,
                accepted: output.accepted, reason: output.reason, model: output.model?.rawValue,
                isMirrored: output.isMirrored,
                overlapFraction: output.overlapFraction, correlation: output.correlation,
                residualMedianInMicrometres: output.medianResidual,
                residualP95InMicrometres: output.p95Residual,
                cornerErrorInMicrometres: output.cornerErrorInMicrometres,
                blurInMicrometres: output.blurInMicrometres, peakRatio: output.peakRatio,
                driftP95InMicrometres: output.drift?.provenP95InMicrometres,
                isDriftCorrected: output.drift?.isCorrected ?? false,
                blocks: (output.blocks ?? []).map { block in
                    RegistrationBlockRecord(
                        position: block.position, shift: block.shift,
                        // Rounding may take a perfect one past its end.
                        correlation: min(max(block.correlation, -1), 1), cells: block.cells)
                })
        }
    }

    private func pair(in layout: WorkspaceLayout) -> PairRecord? {
        guard let register, isDone(.register), let pair = register.output.pair else { return nil }
        return PairRecord(
            file: layout.relative(register.folder.appending(RegisterOutput.pairFileName)),
            scale: pair.scale, region: pair.region, voxelSize: ingest?.output.low?.voxelSize,
            greyFit: GreyFit(
                gain: pair.greyFit.gain, offset: pair.greyFit.offset,
                correlation: pair.greyFit.correlation))
    }

    private func masks(in layout: WorkspaceLayout) -> [MaskRecord] {
        guard let segment, isDone(.segment), let high = ingest?.output.high else { return [] }
        var masks = [
            MaskRecord(
                grid: .scan,
                file: layout.relative(segment.folder.appending(SegmentOutput.fileName)),
                labelsDataset: "/labels", shape: high.shape, thresholds: segment.output.thresholds,
                method: segmentationMethod, settings: settings(of: segment.receipt))
        ]
        if let patch, isDone(.patch), let pair = register?.output.pair {
            masks.append(
                MaskRecord(
                    grid: .pair,
                    file: layout.relative(patch.folder.appending(PatchOutput.maskFileName)),
                    shape: pair.highShape, thresholds: segment.output.thresholds,
                    method: "the scan's mask, looked up without interpolation"))
        }
        return masks
    }

    /// What was computed and what the laboratory says, both kept.
    func parameters() throws -> [ParameterRecord] {
        var computed = isDone(.measure) ? measure?.output.parameters ?? [] : []
        if isDone(.segment), let phases = segment?.output.phases, phases.microporosity != nil {
            computed.append(
                MeasuredParameter(.porosityWithMicropores, phases.porosityWithMicropores))
        }
        return try state.laboratory.map(\.record)
            + computed.compactMap { parameter in
                // Lengths of a scan without a voxel size are in voxels, which no other sample shares;
                // they stay in the stage's own file.
                guard let unit = ParameterUnit(written: parameter.unit) else { return nil }
                return try ParameterRecord(
                    name: parameter.name, value: parameter.value, unit: unit, source: .computed,
                    method: parameter.convention,
                    axis: parameter.axis,
                    uncertainty: parameter.error)
            }
    }

    /// What was looked for in vain.
    func parameterGaps() -> [ParameterGapRecord] {
        guard isDone(.measure) else { return [] }
        var gaps: [ParameterGapRecord] = []
        for gap in measure?.output.skipped ?? [] {
            // What has two reasons is one gap.
            if let place = gaps.firstIndex(where: { $0.name == gap.name && $0.axis == gap.axis }) {
                let reasons = "\(gaps[place].reason); \(gap.reason)"
                gaps[place] = ParameterGapRecord(name: gap.name, axis: gap.axis, reason: reasons)
            } else {
                gaps.append(ParameterGapRecord(name: gap.name, axis: gap.axis, reason: gap.reason))
            }
        }
        return gaps
    }

    private func receipt(of stage: Stage) -> Receipt? {
        switch stage {
        case .ingest: ingest?.receipt
        case .register: register?.receipt
        case .segment: segment?.receipt
        case .measure: measure?.receipt
        case .patch: patch?.receipt
        case .split, .catalog: nil
        }
    }

    /// By what the mask was made, as its receipt says; `nil` for receipts that say it otherwise.
    private var segmented: SegmentJobSettings? {
        segment.flatMap {
            try? JSONDecoder().decode(
                SegmentJobSettings.self, from: Data($0.receipt.settings.utf8))
        }
    }

    /// What was done to part the pores, for people.
    var segmentationMethod: String {
        guard let segment, let segmented else { return "as the settings of its receipt say" }
        return segmentationSteps(segmented.segmentation, segment.output).joined(separator: "; ")
    }

    /// A receipt's settings as text by name, nested ones as JSON.
    private func settings(of receipt: Receipt) -> [String: String] {
        guard
            let object = try? JSONSerialization.jsonObject(with: Data(receipt.settings.utf8)),
            let facts = object as? [String: Any]
        else { preconditionFailure("settings in receipts are JSON objects") }
        return facts.mapValues { value in
            if let text = value as? String { return text }
            let data = try? JSONSerialization.data(
                withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
            return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
    }

    private func stageRuns() -> [StageRunRecord] {
        Stage.allCases.compactMap { stage in
            guard let run = state[stage] else { return nil }
            return StageRunRecord(
                stage: stage.rawValue, key: run.key?.hexadecimal ?? "",
                settings: receipt(of: stage).map(settings) ?? [:], toolVersion: toolVersion,
                started: CanonicalJSON.text(run.started),
                finished: CanonicalJSON.text(run.finished), outcome: run.outcome,
                message: run.message)
        }
    }
}

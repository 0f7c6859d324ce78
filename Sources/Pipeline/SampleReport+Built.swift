import Dataset
import Measurement
import Report
import Segmentation
import Volumes

extension SampleReport {
    /// What the page says of a sample.
    init(_ built: BuiltSample, pictures: [ReportPicture]) throws {
        let segment = built.isDone(.segment) ? built.segment?.output : nil
        let records = try built.parameters()
        self.init(
            id: built.state.sample.name, material: built.state.material,
            split: built.assignment?.part.rawValue, splitReason: built.assignment?.reason,
            stages: Stage.allCases.compactMap { stage in
                built.state[stage].flatMap { run in
                    StageReport.Outcome(rawValue: run.outcome.rawValue).map {
                        StageReport(name: stage.rawValue, outcome: $0, message: run.message)
                    }
                }
            },
            scans: [built.ingest?.output.low, built.ingest?.output.high].compactMap(\.self)
                .map(ScanReport.init),
            region: built.region.map {
                RegionReport(
                    $0.fieldOfView, visibleRim: $0.found?.visibleRim,
                    solidBeside: $0.found.flatMap {
                        Plug.isAlone(solidInside: $0.solidInside, solidOutside: $0.solidOutside)
                            ? nil : $0.solidOutside
                    })
            },
            registration: built.register.map { RegistrationReport($0.output) },
            pair: built.register?.output.pair.map {
                PairReport(
                    lowShape: $0.region.shape, scale: $0.scale,
                    greyFit: greyFit(gain: $0.greyFit.gain, offset: $0.greyFit.offset))
            },
            segmentation: segment.map {
                SegmentationReport(
                    method: built.segmentationMethod, thresholds: $0.thresholds,
                    porosity: $0.porosity, pores: $0.pores)
            },
            porosity: Porosity(records),
            parameters: records.map { ParameterReport($0, of: records) },
            gaps: built.parameterGaps().map {
                ParameterGapReport(name: $0.name, axis: $0.axis?.rawValue, reason: $0.reason)
            },
            patches: built.isDone(.patch) ? built.patch?.output.patches.count : nil,
            pictures: pictures)
    }
}

private func greyFit(gain: Double, offset: Double) -> String {
    let sign = offset < 0 ? "−" : "+"
    return "LOW = \(gain.formatted(.number.precision(.significantDigits(3)))) HIGH \(sign) "
        + abs(offset).formatted(.number.precision(.significantDigits(3)))
}

extension ScanReport {
    fileprivate init(_ scan: ScanFacts) {
        self.init(
            role: scan.role == .low ? .low : .high, path: scan.path, format: scan.format,
            shape: scan.shape, elementType: scan.elementType, voxelSize: scan.voxelSize,
            voxelSizeSource: scan.voxelSizeSource,
            window: GreyWindow(black: scan.intensity.windowLow, white: scan.intensity.windowHigh),
            isSynthetic: scan.isSynthetic, notes: scan.notes)
    }
}

extension RegistrationReport {
    fileprivate init(_ output: RegisterOutput) {
        self.init(
            isAccepted: output.accepted, reason: output.reason, correlation: output.correlation,
            confidence: output.confidence, overlapFraction: output.overlapFraction,
            translationInMicrometres: output.matrix.translation,
            rotationInDegrees: output.matrix.rotationInDegrees, scale: abs(output.matrix.scale),
            medianResidualInMicrometres: output.medianResidual,
            p95ResidualInMicrometres: output.p95Residual, model: output.model?.rawValue,
            isMirrored: output.isMirrored ?? false,
            cornerErrorInMicrometres: output.cornerErrorInMicrometres,
            blurInMicrometres: output.blurInMicrometres, drift: output.drift.map(Drift.init))
    }
}

extension RegistrationReport.Drift {
    fileprivate init(_ facts: DriftFacts) {
        guard let length = facts.provenP95InMicrometres else {
            self = .notProven
            return
        }
        self = facts.isCorrected ? .corrected(p95: length) : .left(p95: length)
    }
}

extension SampleReport.Porosity {
    fileprivate init(_ records: [ParameterRecord]) {
        func value(_ name: String, _ source: ParameterSource) -> Double? {
            records.first { $0.name == name && $0.source == source }?.value
        }
        self.init(
            total: value("porosity_total", .computed),
            connected: value("porosity_connected", .computed),
            laboratory: value("porosity_total", .laboratory))
    }
}

extension ParameterReport {
    /// The laboratory's value is used where there is one of the same name and axis.
    fileprivate init(_ record: ParameterRecord, of records: [ParameterRecord]) {
        let laboratory = records.first {
            $0.source == .laboratory && $0.name == record.name && $0.axis == record.axis
        }
        let isBeside = record.source == .computed && laboratory?.unit == record.unit
        self.init(
            name: record.name, axis: record.axis?.rawValue, value: record.value,
            unit: record.unit == .one || record.unit == .fraction ? "" : record.unit.rawValue,
            uncertainty: record.uncertainty,
            source: record.source == .laboratory ? .laboratory : .computed, method: record.method,
            isUsed: record.source == .laboratory || laboratory == nil,
            difference: isBeside ? laboratory.map { record.value - $0.value } : nil)
    }
}

import Dataset
import PoreNetwork
import Segmentation
import SystemPackage
import Tomography
import VolumeFiles
import Volumes
import Workspace

/// The stages of one sample as jobs: what each depends on, and its work.
struct SampleJobs: Sendable {
    let plan: SamplePlan
    /// Bytes of memory a stage may take.
    let memory: Int
    let observer: any BuildObserver

    func ingest(known: Receipt?) throws -> StageJob<IngestOutput> {
        let high = try openScan(plan.high.location)
        let highSums = try SourceSums.records(of: high.description.files, known: known)
        var low: (any ScanReader)?
        var lowSums: [FileRecord] = []
        if case .scan(let source) = plan.low {
            let reader = try openScan(source.location)
            lowSums = try SourceSums.records(of: reader.description.files, known: known)
            low = reader
        }
        let work = IngestStage(
            plan: plan, high: high, highSum: SourceSums.sum(of: highSums), low: low,
            lowSum: SourceSums.sum(of: lowSums), memory: memory, observer: observer)
        return StageJob(
            .ingest, of: plan.id, settings: IngestSettings(plan), inputs: highSums + lowSums,
            work: work.run)
    }

    func register(
        _ ingest: FinishedStage<IngestOutput>, low: ScanFacts
    ) throws -> StageJob<RegisterOutput> {
        struct Settings: Encodable {
            let scale: Int
            /// None for a simulated LOW, whose place is known.
            let registration: RegistrationSettings?
            /// What the pair is for; none for the whole of HIGH.
            let fieldOfView: FieldOfView?
        }
        let high = ingest.output.high
        let fieldOfView = plan.region == nil ? nil : try plan.fieldOfView(of: ingest.output)
        let stage = RegisterStage(
            low: low, high: high, scale: plan.scale, settings: plan.registration,
            part: fieldOfView?.bounds(in: high.shape))
        return StageJob(
            .register, of: plan.id,
            settings: Settings(
                scale: plan.scale, registration: low.isSynthetic ? nil : plan.registration,
                fieldOfView: fieldOfView),
            inputs: [], ownFiles: [ingest.file(low.file), ingest.file(high.file)]
        ) { folder in
            try check(.register, RegisterStage.memory(low: low.shape, high: high.shape))
            return try stage.run(
                lowFile: ingest.folder.appending(low.file),
                highFile: ingest.folder.appending(high.file), in: folder)
        }
    }

    func segment(_ ingest: FinishedStage<IngestOutput>) throws -> StageJob<SegmentOutput> {
        let high = ingest.output.high
        let fieldOfView = try plan.fieldOfView(of: ingest.output)
        return StageJob(
            .segment, of: plan.id,
            settings: SegmentJobSettings(
                segmentation: plan.segmentation, fieldOfView: fieldOfView),
            inputs: [], ownFiles: [ingest.file(high.file)]
        ) { folder in
            let stage = SegmentStage(settings: plan.segmentation, fieldOfView: fieldOfView)
            try check(.segment, stage.settings.memory(for: high.shape, of: high.elementType))
            return try stage.run(
                high: WorkspaceVolumes.scan(ingest.folder.appending(high.file)),
                voxelSize: high.voxelSize, in: folder)
        }
    }

    func measure(
        _ ingest: FinishedStage<IngestOutput>, _ segment: FinishedStage<SegmentOutput>
    ) throws -> StageJob<MeasureOutput> {
        struct Settings: Encodable {
            let fieldOfView: FieldOfView
            let only: [String]?
            let solving: SolvingSettings?
            let partition: PorePartition?
        }
        let measurement = plan.measurement
        let shape = ingest.output.high.shape
        let fieldOfView = try plan.fieldOfView(of: ingest.output)
        return StageJob(
            .measure, of: plan.id,
            settings: Settings(
                fieldOfView: fieldOfView, only: measurement.only, solving: measurement.solving,
                partition: measurement.partition),
            inputs: [], ownFiles: [segment.file(SegmentOutput.fileName)]
        ) { _ in
            let stage = MeasureStage(fieldOfView: fieldOfView, settings: measurement)
            try check(.measure, stage.memory(shape))
            return try stage.run(
                maskFile: segment.folder.appending(SegmentOutput.fileName))
        }
    }

    func patch(
        _ ingest: FinishedStage<IngestOutput>, _ register: FinishedStage<RegisterOutput>,
        _ segment: FinishedStage<SegmentOutput>, pair: PairFacts, low: ScanFacts
    ) throws -> StageJob<PatchOutput> {
        struct Settings: Encodable {
            let grid: PatchGrid
            let fieldOfView: FieldOfView
        }
        let fieldOfView = try plan.fieldOfView(of: ingest.output)
        let stage = PatchStage(
            grid: plan.patches, pair: pair, matrix: register.output.matrix,
            correction: register.output.drift?.correction, low: low, high: ingest.output.high,
            fieldOfView: fieldOfView)
        return StageJob(
            .patch, of: plan.id,
            settings: Settings(grid: plan.patches, fieldOfView: fieldOfView),
            inputs: [],
            ownFiles: [
                register.file(RegisterOutput.pairFileName),
                register.file(Stage.register.resultName),
                segment.file(SegmentOutput.fileName),
            ]
        ) { folder in
            try stage.run(
                pairFile: register.folder.appending(RegisterOutput.pairFileName),
                maskFile: segment.folder.appending(SegmentOutput.fileName), in: folder)
        }
    }

    private func check(_ stage: Stage, _ needed: Int) throws(PipelineError) {
        guard needed <= memory else {
            throw .memory(stage: stage, needed: needed, allowed: memory)
        }
    }
}

/// What besides HIGH decides how the pores are parted.
struct SegmentJobSettings: Codable {
    let segmentation: SegmentationSettings
    let fieldOfView: FieldOfView
}

/// What besides the scans' bytes decides how they are taken in.
private struct IngestSettings: Encodable {
    let highDataset: String?
    let highVoxelSize: SamplePlan.DeclaredVoxelSize
    let low: String
    let lowDataset: String?
    let lowVoxelSize: SamplePlan.DeclaredVoxelSize?
    let simulatedScale: Int?
    let simulation: Simulation?
    /// Which phase is air around the plug that is to be found; `nil` for none.
    let plugInPhase: SegmentationSettings.PorePhase?

    struct Simulation: Encodable {
        let blurInLowVoxels: Double
        let photonsPerPixel: Double
        let seed: UInt64
    }

    init(_ plan: SamplePlan) {
        highDataset = plan.high.location.dataset
        highVoxelSize = plan.high.voxelSize
        plugInPhase = plan.findsPlug ? plan.segmentation.porePhase : nil
        switch plan.low {
        case .scan(let source):
            (low, lowDataset, lowVoxelSize) = ("scan", source.location.dataset, source.voxelSize)
            (simulatedScale, simulation) = (nil, nil)
        case .simulated(let settings):
            (low, lowDataset, lowVoxelSize) = ("simulated", nil, nil)
            simulatedScale = plan.scale
            simulation = Simulation(
                blurInLowVoxels: settings.blurInLowVoxels,
                photonsPerPixel: settings.photonsPerPixel, seed: settings.seed)
        case .none:
            (low, lowDataset, lowVoxelSize) = ("none", nil, nil)
            (simulatedScale, simulation) = (nil, nil)
        }
    }
}

import Dataset
import Segmentation
import SystemPackage
import VolumeFiles
import Volumes
import Workspace

/// Takes the scans of one sample in.
struct IngestStage {
    let plan: SamplePlan
    let high: any ScanReader
    let highSum: Digest
    let low: (any ScanReader)?
    let lowSum: Digest
    let memory: Int
    let observer: any BuildObserver

    func run(in folder: StageFolder) throws -> IngestOutput {
        if case .simulated = plan.low {
            let needed = LowSimulation.memory(
                high.description.shape, high.description.elementType)
            guard needed <= memory else {
                throw PipelineError.memory(stage: .ingest, needed: needed, allowed: memory)
            }
        }
        let bytes = { (reader: any ScanReader) in
            reader.description.shape.count * reader.description.elementType.byteCount
        }
        let highBytes = bytes(high)
        let all = highBytes + (low.map(bytes) ?? 0)
        func intake(after before: Int) -> Intake {
            Intake { done in
                observer.note(
                    .advanced(
                        plan.id, .ingest, fraction: Double(before + done) / Double(all),
                        bytes: before + done))
            }
        }
        let (highFacts, statistics) = try intake(after: 0).takeIn(
            plan.high, as: .high, sum: highSum, reader: high, folder: folder)
        let highFile = folder.path.appending(highFacts.file)
        let plug =
            plan.findsPlug ? try findPlug(in: highFile, of: highFacts.shape, statistics) : nil
        var lowFacts: ScanFacts?
        switch plan.low {
        case .none: break
        case .scan(let source):
            guard let low else { preconditionFailure("a LOW scan of the plan has been opened") }
            lowFacts = try intake(after: highBytes).takeIn(
                source, as: .low, sum: lowSum, reader: low, folder: folder
            ).facts
        case .simulated(let settings):
            let simulation = LowSimulation(
                high: highFacts, scale: plan.scale, settings: settings)
            lowFacts = try simulation.run(highFile: highFile, in: folder)
        }
        return IngestOutput(high: highFacts, low: lowFacts, plug: plug)
    }

    /// Looks through the scan once more, now that the threshold between rock and air is known.
    private func findPlug(
        in file: FilePath, of shape: Shape, _ statistics: VoxelStatistics
    ) throws -> Plug {
        let survey = PlugSurvey(
            of: shape, statistics: statistics, porePhase: plan.segmentation.porePhase)
        guard var survey else { preconditionFailure("a scan taken in has two grey values") }
        let slabs = try WorkspaceVolumes.scan(file).slabs(
            depth: shape.slabDepth(
                elementType: statistics.elementType, byteBudget: Intake.slabBytes, multiple: 64))
        while let (slab, _, _) = try slabs.next() {
            try Task.checkCancellation()
            survey.add(slab)
        }
        guard let plug = survey.plug() else { throw PipelineError.noPlug(path: plan.high.path) }
        return plug
    }
}

/// Takes one scan in: every voxel read once, checked, summed and written at native depth.
private struct Intake {
    /// Told how many bytes are done.
    let progress: (_ bytes: Int) -> Void

    /// Bytes of one slab in memory; a reader's, a statistician's and a writer's share are alive at once.
    static let slabBytes = 32 << 20

    /// Writes `source` as `role.h5` into the folder.
    func takeIn(
        _ source: SamplePlan.ScanSource, as role: ScanRole, sum: Digest, reader: any ScanReader,
        folder: StageFolder
    ) throws -> (facts: ScanFacts, statistics: VoxelStatistics) {
        let description = reader.description
        let found = try voxelSize(source, description)
        return try folder.write("\(role.rawValue).h5") { temporary in
            let writer = try HDF5ScanWriter(
                creating: temporary, shape: description.shape,
                elementType: description.elementType, voxelSize: found.size,
                description: "the \(role.rawValue) scan as the scanner wrote it")
            let intake = VoxelIntake(shape: description.shape, type: description.elementType)
            try copy(reader, to: writer, through: intake)
            try writer.finish()
            let facts = ScanFacts(
                role: role, path: source.path, format: description.format.rawValue,
                dataset: description.dataset, sha256: sum, contentSHA256: intake.sum(),
                shape: description.shape, elementType: description.elementType,
                voxelSize: found.size, voxelSizeSource: found.source,
                intensity: try intake.facts(path: source.path), isSynthetic: false,
                metadata: description.metadata,
                notes: description.notes + notes(source, description))
            return (facts, intake.statistics)
        }
    }

    /// Reads the next slab while the last one is examined and written.
    private func copy(
        _ reader: any ScanReader, to writer: any ScanWriter, through intake: VoxelIntake
    ) throws {
        let shape = reader.description.shape
        let sliceBytes = shape.sliceCount * reader.description.elementType.byteCount
        let height = max(1, min(64, Self.slabBytes / sliceBytes))
        let slabs = reader.slabs(depth: height)
        while let (slab, slices, _) = try slabs.next() {
            try Task.checkCancellation()
            intake.take(slab)
            try writer.append(slab)
            progress(slices.upperBound * sliceBytes)
        }
    }

    /// The manifest wins over the file, but not without a word.
    private func notes(
        _ source: SamplePlan.ScanSource, _ description: ScanDescription
    ) -> [String] {
        guard case .given(let size) = source.voxelSize, let found = description.voxelSize else {
            return []
        }
        let differs = (0..<3).contains {
            abs(size.vector[$0] - found.size.vector[$0]) > 0.01 * size.vector[$0]
        }
        return differs
            ? ["the manifest's voxel size of \(size) is taken; \(found.source) says \(found.size)"]
            : []
    }

    private func voxelSize(
        _ source: SamplePlan.ScanSource, _ description: ScanDescription
    ) throws -> (size: VoxelSize?, source: String) {
        switch source.voxelSize {
        case .given(let size): return (size, "manifest")
        case .unknown: return (nil, "unknown, says the manifest")
        case .inFile:
            guard let found = description.voxelSize else {
                throw PipelineError.voxelSizeMissing(path: source.path)
            }
            return (found.size, found.source)
        }
    }
}

/// Sums and counts voxels as they pass.
final class VoxelIntake {
    /// The grey values so far.
    private(set) var statistics: VoxelStatistics
    private var hasher: DigestHasher?

    init(shape: Shape, type: ElementType) {
        statistics = VoxelStatistics(of: type)
        hasher = DigestHasher()
        hasher?.update(Array("\(shape) \(type.rawValue)\n".utf8))
    }

    /// Counts the slices that follow.
    func take(_ slab: RawSlab) {
        statistics.add(slab)
        hasher?.update(slab.bytes)
    }

    /// The sum over shape, type and voxels; asked for once.
    func sum() -> Digest {
        guard let sum = hasher.take()?.finish() else {
            preconditionFailure("the sum of a scan is asked for once")
        }
        return sum
    }

    /// The grey values of the whole scan.
    ///
    /// - Throws: ``PipelineError`` for voxels that are not numbers and for scans of one value.
    func facts(path: String) throws(PipelineError) -> IntensityFacts {
        guard statistics.nanCount == 0, statistics.infinityCount == 0 else {
            throw .notFinite(
                path: path, notANumber: statistics.nanCount, infinite: statistics.infinityCount)
        }
        guard let minimum = statistics.minimum, let maximum = statistics.maximum,
            let mean = statistics.mean, let deviation = statistics.standardDeviation
        else { preconditionFailure("a scan has voxels, and they are finite") }
        guard let window = statistics.robustWindow, minimum < maximum else {
            throw .constant(path: path, value: minimum)
        }
        return IntensityFacts(
            minimum: minimum, maximum: maximum, mean: mean, standardDeviation: deviation,
            windowLow: window.lowerBound, windowHigh: window.upperBound,
            histogram: statistics.histogram()?.counts ?? [],
            saturatedFraction: statistics.fractionAtTypeMaximum)
    }
}

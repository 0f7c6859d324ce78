import Registration
import SystemPackage
import VolumeFiles
import Volumes

/// Finds HIGH in LOW and writes both on one lattice.
struct RegisterStage {
    let low: ScanFacts
    let high: ScanFacts
    let scale: Int
    let settings: RegistrationSettings
    /// What of HIGH the pair covers; all if `nil`. Registration sees the whole scans.
    let part: Region?

    /// What the search may take; larger scans are compared on coarser cells, so the same for all.
    private static let searchMemory = 1 << 30

    /// Bytes needed: the search or the resampled slabs, whichever is more, and some slices of each scan.
    static func memory(low: Shape, high: Shape) -> Int {
        let search = min(searchMemory, 400 * (low.count + high.count / 8))
        return search + 64 * 4 * (low.sliceCount + 3 * high.sliceCount) + 100_000_000
    }

    /// Where the grey values of HIGH are brought to LOW's exactly, nothing has to be found.
    private static let simulated = "known: LOW was simulated from HIGH on the same corner"

    func run(lowFile: FilePath, highFile: FilePath, in folder: StageFolder) throws
        -> RegisterOutput
    {
        let (lowSize, highSize) = try voxelSizes()
        let lowScan = try WorkspaceVolumes.boxes(lowFile, voxelSize: lowSize)
        let highScan = try WorkspaceVolumes.boxes(highFile, voxelSize: highSize)
        let found = try register(
            low: lowScan, high: highScan, options: options(lowVoxel: lowSize))
        try Task.checkCancellation()
        // A simulated LOW begins at HIGH's corner, so its transform is known and the search checks it.
        let transform = low.isSynthetic ? SpatialTransform.identity : found.transform
        let accepted = low.isSynthetic || found.accepted
        let blocks = accepted ? found.blocks.filter(\.isFinite) : nil
        let drift = blocks.map { judged($0, highVoxel: highSize) }
        let pair =
            try accepted
            ? writePair(lowScan, highScan, transform, drift?.correction, found, folder) : nil
        return RegisterOutput(
            matrix: transform, rotationInDegrees: transform.rotationInDegrees,
            scale: abs(transform.scale), translationInMicrometres: transform.translation,
            model: found.model, isMirrored: !low.isSynthetic && found.isMirrored,
            confidence: low.isSynthetic ? 1 : found.confidence,
            accepted: accepted, reason: accepted ? nil : found.reason,
            overlapFraction: found.overlapFraction, correlation: found.correlation,
            medianResidual: finite(found.residualInMicrometres.median),
            p95Residual: finite(found.residualInMicrometres.p95),
            cornerErrorInMicrometres: low.isSynthetic
                ? nil : finite(found.cornerErrorInMicrometres),
            blurInMicrometres: finite(found.blurInMicrometres), peakRatio: finite(found.peakRatio),
            method: low.isSynthetic ? Self.simulated : "matching places, then least squares",
            pair: pair, blocks: blocks, drift: drift)
    }

    /// What the blocks say of a drift. A simulated LOW has none to correct.
    private func judged(_ blocks: [BlockShift], highVoxel: VoxelSize) -> DriftFacts {
        // A tenth of a HIGH voxel is about what resampling leaves anyway.
        let report = smoothDrift(
            of: blocks, minimumLengthInMicrometres: 0.1 * highVoxel.meanEdgeInMicrometres)
        return DriftFacts(
            report,
            isCorrected: settings.correctsDrift && !low.isSynthetic && report.displacement != nil)
    }

    /// What the search is told. A simulated LOW lies where HIGH does, unturned.
    private func options(lowVoxel: VoxelSize) -> RegistrationOptions {
        guard low.isSynthetic else {
            return settings.options(lowVoxel: lowVoxel, memoryInBytes: Self.searchMemory)
        }
        return RegistrationOptions(
            model: .shift,
            initialAlignment: InitialAlignment(
                transform: .identity,
                uncertaintyInMicrometres: 4 * lowVoxel.meanEdgeInMicrometres),
            memoryInBytes: Self.searchMemory)
    }

    /// Writes both scans on one lattice, slab by slab: neither is held in memory.
    private func writePair(
        _ lowScan: StoredScan, _ highScan: StoredScan, _ transform: SpatialTransform,
        _ correction: DriftCorrection?, _ found: RegistrationResult, _ folder: StageFolder
    ) throws -> PairFacts {
        guard let lowSize = lowScan.voxelSize, let highSize = highScan.voxelSize else {
            preconditionFailure("both scans have a size, if only a nominal one")
        }
        let lattice = try PairLattice(
            low: low.shape, lowVoxelSize: lowSize, high: high.shape, highVoxelSize: highSize,
            transform: transform, displacement: correction, of: part, scale: scale)
        let region = lattice.region
        let corner = lattice.originInMicrometres
        let isNominal = low.voxelSize == nil
        try folder.write(RegisterOutput.pairFileName) { temporary in
            let file = try HDF5FileWriter(creating: temporary)
            try write(
                file.addVolume(
                    "/low", shape: region.shape, elementType: low.elementType,
                    voxelSize: isNominal ? nil : lowScan.voxelSize,
                    originInMicrometres: corner,
                    description: "LOW as scanned, where HIGH covers it"),
                slicesOf: region.shape
            ) { slices in
                try lowScan.slab(
                    in: Region(
                        z: region.z + slices.lowerBound, y: region.y, x: region.x,
                        shape: region.shape.withDepth(slices.count)))
            }
            try write(
                file.addVolume(
                    "/high", shape: lattice.shape, elementType: high.elementType,
                    voxelSize: isNominal ? nil : lattice.voxelSize, originInMicrometres: corner,
                    description: "HIGH on LOW's lattice refined \(scale) times"),
                slicesOf: lattice.shape
            ) { slices in
                try lattice.resample(highScan, slices: slices).slab(as: high.elementType)
            }
            try file.finish()
        }
        return PairFacts(
            region: region, scale: scale, highShape: lattice.shape,
            highVoxelSize: isNominal ? nil : lattice.voxelSize, greyFit: found.greyValues)
    }

    /// Fills a volume of a file with what `slab` makes, one row of chunks at a time.
    private func write(
        _ writer: any ScanWriter, slicesOf shape: Shape, _ slab: (Range<Int>) throws -> RawSlab
    ) throws {
        for z in stride(from: 0, to: shape.depth, by: 64) {
            try Task.checkCancellation()
            try writer.append(slab(z..<min(z + 64, shape.depth)))
        }
        try writer.finish()
    }

    /// The voxel sizes in um. A simulated LOW is registered by ratio alone, so that unknown lengths count
    /// in HIGH voxels.
    private func voxelSizes() throws -> (low: VoxelSize, high: VoxelSize) {
        if let lowSize = low.voxelSize, let highSize = high.voxelSize {
            let ratio = lowSize.meanEdgeInMicrometres / highSize.meanEdgeInMicrometres
            // The pair's scale may differ from the ratio of the scans by a fraction of a voxel only.
            guard ratio > 0.75 * Double(scale), ratio < 1.5 * Double(scale) else {
                throw PipelineError.scaleMismatch(ratio: ratio, scale: scale)
            }
            return (lowSize, highSize)
        }
        guard low.isSynthetic, let unit = VoxelSize(micrometres: 1) else {
            throw PipelineError.voxelSizeUnknown(
                path: low.voxelSize == nil ? low.path : high.path)
        }
        let depth = high.shape.isImage ? 1 : Double(scale)
        guard
            let coarse = VoxelSize(
                depthInMicrometres: depth, heightInMicrometres: Double(scale),
                widthInMicrometres: Double(scale))
        else { preconditionFailure("a scale is positive") }
        return (coarse, unit)
    }
}

extension WorkspaceVolumes {
    /// The ingested scan in `file`, read by boxes; `voxelSize` stands for what the file says.
    fileprivate static func boxes(_ file: FilePath, voxelSize: VoxelSize) throws -> StoredScan {
        try StoredScan(trusted: file, dataset: "/exchange/data", voxelSize: voxelSize)
    }
}

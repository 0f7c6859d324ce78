import Registration
import SystemPackage
import VolumeFiles
import Volumes

/// The result of the register stage.
struct RegisterOutput: Codable, Sendable {
    /// Takes a point of HIGH, in um, to LOW.
    let matrix: SpatialTransform
    /// 0...1.
    let confidence: Double
    let accepted: Bool
    /// Why not.
    let reason: String?
    /// The share of HIGH that lies in LOW, 0...1.
    let overlapFraction: Double
    /// Pearson's correlation over the overlap.
    let correlation: Double
    /// Misfits of blocks, in um: half are smaller, 95 of 100 are smaller.
    let medianResidual: Double
    let p95Residual: Double
    /// How the transform was found.
    let method: String
    /// The pair, where the registration was accepted.
    let pair: PairFacts?

    /// The file of the pair.
    static let pairFileName = "pair.h5"
}

/// A pair on one lattice.
struct PairFacts: Codable, Sendable {
    /// The LOW voxels that HIGH covers.
    let region: Region
    /// Fine voxels along a LOW voxel.
    let scale: Int
    /// The extent of `/high`.
    let highShape: Shape
    /// The edges of a voxel of `/high`, in um; `nil` where lengths are unknown.
    let highVoxelSize: VoxelSize?
    /// How LOW's grey values follow from HIGH's.
    let greyFit: GreyValueFit
}

/// Finds HIGH in LOW and writes both on one lattice.
struct RegisterStage {
    let low: ScanFacts
    let high: ScanFacts
    let scale: Int
    let alignment: SpatialTransform?

    /// Bytes needed: both scans as single-precision numbers, the resampled HIGH, and the search.
    static func memory(low: Shape, high: Shape) -> Int {
        low.count * 12 + high.count * 10 + 200_000_000
    }

    /// Where the grey values of HIGH are brought to LOW's exactly, nothing has to be found.
    private static let simulated = "known: LOW was simulated from HIGH on the same corner"

    func run(lowFile: FilePath, highFile: FilePath, in folder: StageFolder) throws
        -> RegisterOutput
    {
        let (lowSize, highSize) = try voxelSizes()
        let lowVolume = try WorkspaceVolumes.scan(lowFile).readAll().floats(voxelSize: lowSize)
        let highVolume = try WorkspaceVolumes.scan(highFile).readAll().floats(voxelSize: highSize)
        try Task.checkCancellation()
        let options = RegistrationOptions(
            initialAlignment: initialAlignment(lowSize))
        let found = try register(low: lowVolume, high: highVolume, options: options)
        try Task.checkCancellation()
        // A simulated LOW begins at HIGH's corner, so its transform is known and the search checks it.
        let transform = low.isSynthetic ? SpatialTransform.identity : found.transform
        let accepted = low.isSynthetic || found.accepted
        let pair =
            accepted
            ? try writePair(lowVolume, highVolume, transform, blur: found.blurInMicrometres, folder)
            : nil
        return RegisterOutput(
            matrix: transform, confidence: low.isSynthetic ? 1 : found.confidence,
            accepted: accepted, reason: accepted ? nil : found.reason,
            overlapFraction: found.overlapFraction, correlation: found.correlation,
            medianResidual: found.residualInMicrometres.median,
            p95Residual: found.residualInMicrometres.p95,
            method: low.isSynthetic ? Self.simulated : "phase correlation", pair: pair)
    }

    private func writePair(
        _ lowVolume: Volume<Float>, _ highVolume: Volume<Float>, _ transform: SpatialTransform,
        blur: Double, _ folder: StageFolder
    ) throws -> PairFacts {
        guard let lowSize = lowVolume.voxelSize, let highSize = highVolume.voxelSize else {
            preconditionFailure("both scans have a size, if only a nominal one")
        }
        let lattice = try PairLattice(
            low: lowVolume.shape, lowVoxelSize: lowSize, high: highVolume.shape,
            highVoxelSize: highSize, transform: transform, scale: scale)
        let fit = try GreyValueFit(
            low: lowVolume, high: highVolume, transform: transform, blurInMicrometres: blur)
        let corner =
            SIMD3(Double(lattice.region.z), Double(lattice.region.y), Double(lattice.region.x))
            * lowSize.vector
        let isNominal = low.voxelSize == nil
        try folder.write(RegisterOutput.pairFileName) { temporary in
            let file = try HDF5FileWriter(creating: temporary)
            let lowWriter = try file.addVolume(
                "/low", shape: lattice.region.shape, elementType: low.elementType,
                voxelSize: isNominal ? nil : lowSize, originInMicrometres: corner,
                description: "LOW as scanned, where HIGH covers it")
            try lowWriter.append(
                lowVolume.cropped(to: lattice.region).slab(as: low.elementType))
            try lowWriter.finish()
            let highWriter = try file.addVolume(
                "/high", shape: lattice.shape, elementType: high.elementType,
                voxelSize: isNominal ? nil : lattice.voxelSize, originInMicrometres: corner,
                description: "HIGH on LOW's lattice refined \(scale) times")
            for z in stride(from: 0, to: lattice.shape.depth, by: 64) {
                try Task.checkCancellation()
                let slices = z..<min(z + 64, lattice.shape.depth)
                try highWriter.append(
                    lattice.resample(highVolume, slices: slices).slab(as: high.elementType))
            }
            try highWriter.finish()
            try file.finish()
        }
        return PairFacts(
            region: lattice.region, scale: scale, highShape: lattice.shape,
            highVoxelSize: isNominal ? nil : lattice.voxelSize, greyFit: fit)
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

    /// A given alignment is trusted to within four LOW voxels.
    private func initialAlignment(_ lowSize: VoxelSize) -> InitialAlignment? {
        let start = low.isSynthetic ? .identity : alignment
        return start.map {
            InitialAlignment(
                transform: $0, uncertaintyInMicrometres: 4 * lowSize.meanEdgeInMicrometres)
        }
    }
}

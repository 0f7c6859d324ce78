import Foundation
public import SystemPackage
import Torch
public import VolumeFiles
import Volumes
import Workspace

/// Whole scans through a network of two dimensions, slab by slab.
///
/// A volume is first brought to the z positions of the HIGH slices (``SliceInterpolation``), then each
/// slice goes through the network; an image of one slice has no z step. Finished slabs are kept in a
/// folder beside the output, `.NAME.upscaling.part`, so that the same command goes on where it was
/// stopped or killed, and gives the bytes of an uninterrupted run. It takes the space of the output
/// once more until the end, when the output appears as a whole.
///
/// Memory does not depend on the scan's depth; a slice of the result has to fit several times over.
public struct VolumeUpscaler {
    /// The network and how images go through it.
    public let images: ImageUpscaler
    /// How the scan is upscaled.
    public let options: VolumeUpscalingOptions

    /// Slabs are no deeper, so that little is lost when one is cut short.
    private static let deepestSlab = 16

    /// Joins them.
    public init(_ images: ImageUpscaler, _ options: VolumeUpscalingOptions) {
        self.images = images
        self.options = options
    }

    /// Upscales a scan into the format that `format` or else the extension of `output` names.
    ///
    /// - Parameters:
    ///   - isOverwriting: Whether a file at `output` is replaced.
    ///   - progress: Called after every slab with the slices done and in all, those of an earlier run
    ///     included; what it throws ends the work, and finished slabs are kept.
    ///   - check: Called before every batch of tiles and every slab; what it throws ends the work
    ///     likewise.
    /// - Throws: ``UpscalingError``, `VolumeFileError` for the scan and the output, `WorkspaceError` for
    ///   the folder beside it, `TorchError`, and what `check` and `progress` throw.
    public func upscale(
        _ reader: any ScanReader, to output: FilePath, format: ScanFormat? = nil,
        overwriting isOverwriting: Bool = false,
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in },
        check: () throws -> Void = {}
    ) throws -> UpscaledVolume {
        let scan = reader.description
        let scale = images.network.scale
        let step = SliceInterpolation(depth: scan.shape.depth, scale: scale)
        guard
            let shape = Shape(
                checkingDepth: step.outputDepth, height: scan.shape.height * scale,
                width: scan.shape.width * scale)
        else { throw UpscalingError.outputTooLarge(scale: scale) }
        let target = Target(
            path: output, format: try outputFormat(at: output, format: format), shape: shape,
            elementType: options.elementType,
            voxelSize: (options.voxelSize ?? scan.voxelSize?.size)?.scaled(by: 1 / Double(scale)),
            description:
                "\(scan.files.first?.lastComponent?.string ?? "a scan"), upscaled x\(scale)",
            isOverwriting: isOverwriting)
        try target.tryOut()

        let stage = try VoxelStage(
            for: output, key: try key(scan),
            sliceBytes: shape.sliceCount * options.elementType.byteCount
        ) { () throws in
            VoxelStage.State(
                key: try key(scan),
                tiles: try images.tiles(
                    height: scan.shape.height, width: scan.shape.width,
                    slices: min(Self.deepestSlab, shape.depth)),
                slabDepth: try slabDepth(scan.shape, shape))
        }
        try finish(reader, step, stage, total: shape.depth, check, progress)
        try target.publish(stage, check)
        stage.remove()
        return UpscaledVolume(
            shape: shape, elementType: options.elementType, voxelSize: target.voxelSize,
            tiles: stage.state.tiles, clipped: stage.state.clipped, resumedAt: stage.resumedAt,
            notes: notes(scan, stage, shape))
    }

    /// Makes the slabs that are not there yet.
    private func finish(
        _ reader: any ScanReader, _ step: SliceInterpolation, _ stage: VoxelStage, total: Int,
        _ check: () throws -> Void, _ progress: (Int, Int) throws -> Void
    ) throws {
        let low = LowSlices(reader, blockBytes: options.memoryInBytes / 8)
        let depth = stage.state.slabDepth
        for start in stride(from: stage.state.done, to: total, by: depth) {
            try check()
            let slices = start..<min(start + depth, total)
            let input = step(
                slices, from: options.grey.normalised(try low.slab(step.slicesNeeded(for: slices))))
            let result = try images(input, tiles: stage.state.tiles, check: check)
            var clipped = stage.state.clipped
            let voxels = try options.grey.voxels(
                of: result, as: options.elementType, first: start, clipped: &clipped)
            try stage.append(voxels, clipped: clipped)
            try progress(slices.upperBound, total)
        }
    }

    /// Slices of the output that are finished together: as many as three quarters of the memory take.
    private func slabDepth(_ low: Shape, _ high: Shape) throws -> Int {
        // The result, turned and averaged in an ensemble, and as voxels; twice the network's input.
        let copies = images.options.isEnsemble ? 6 : 2
        let bytes =
            high.sliceCount * (copies * MemoryLayout<Float>.size + options.elementType.byteCount)
            + 2 * low.sliceCount * MemoryLayout<Float>.size
        let given = options.memoryInBytes / 4 * 3
        guard bytes <= given else {
            throw UpscalingError.memoryTooSmall(
                neededBytes: bytes / 3 * 4, givenBytes: options.memoryInBytes)
        }
        return min(given / bytes, Self.deepestSlab, high.depth)
    }

    /// The sum of all that decides about the voxels.
    private func key(_ scan: ScanDescription) throws -> Digest {
        struct Input: Encodable {
            let path: String
            let fingerprint: FileFingerprint
        }
        struct Settings: Encodable {
            let version = 1
            let files: [Input]
            let dataset: String?
            let shape: Shape
            let network: String
            let weights: Digest
            let libtorch: String
            let device: String
            let autocast: Torch.ElementType?
            let channels: Int
            let isChannelsLast: Bool
            let isEnsemble: Bool
            let tile: Int?
            let batch: Int?
            let tileMemory: Int
            let slabMemory: Int
            let grey: GreyScale
            let elementType: Volumes.ElementType
        }
        let settings = Settings(
            files: try scan.files.map {
                Input(path: $0.string, fingerprint: try FileFingerprint(of: $0))
            },
            dataset: scan.dataset, shape: scan.shape, network: images.identity,
            weights: try images.weightsDigest(), libtorch: Library.version,
            device: images.options.device.description, autocast: images.options.autocast,
            channels: images.channels, isChannelsLast: images.options.isChannelsLast,
            isEnsemble: images.options.isEnsemble, tile: images.options.tile,
            batch: images.options.batch, tileMemory: images.options.memoryInBytes,
            slabMemory: options.memoryInBytes, grey: options.grey,
            elementType: options.elementType)
        return Digest(of: CanonicalJSON.text(settings).utf8)
    }

    private func notes(
        _ scan: ScanDescription, _ stage: VoxelStage, _ shape: Shape
    ) -> [String] {
        var notes = scan.notes
        if let reason = stage.reasonToBeginAnew {
            notes.append("an unfinished run was not continued: \(reason)")
        }
        if stage.resumedAt > 0 {
            notes.append("\(stage.resumedAt) of \(shape.depth) slices were finished before")
        }
        let clipped = stage.state.clipped
        if clipped.below + clipped.above > 0 {
            notes.append(
                """
                \(clipped.below) voxels below and \(clipped.above) above the range of \
                \(options.elementType.rawValue) were clipped
                """)
        }
        return notes
    }
}

/// The output in its own format.
private struct Target {
    let path: FilePath
    let format: ScanFormat
    let shape: Shape
    let elementType: Volumes.ElementType
    let voxelSize: VoxelSize?
    let description: String
    let isOverwriting: Bool

    /// Throws now what would otherwise be thrown after hours: a place that cannot be written, a format
    /// that does not hold such a scan.
    func tryOut() throws(VolumeFileError) {
        let staged = try StagedOutput(for: path, format: format, overwriting: isOverwriting)
        _ = try writer(at: staged.path)
    }

    /// Writes what is finished, and moves it to its place as a whole.
    func publish(_ stage: VoxelStage, _ check: () throws -> Void) throws {
        let staged = try StagedOutput(for: path, format: format, overwriting: isOverwriting)
        try stage.note(publishing: staged.folder)
        let writer = try writer(at: staged.path)
        let depth = shape.slabDepth(
            elementType: elementType, multiple: format == .hdf5 ? 64 : 1)
        for start in stride(from: 0, to: shape.depth, by: depth) {
            try check()
            let slices = start..<min(start + depth, shape.depth)
            try writer.append(try stage.read(slices, shape: shape, type: elementType))
        }
        try writer.finish()
        try staged.publish()
    }

    private func writer(at path: FilePath) throws(VolumeFileError) -> any ScanWriter {
        try createScan(
            at: path, format: format, shape: shape, elementType: elementType,
            voxelSize: voxelSize, description: description)
    }
}

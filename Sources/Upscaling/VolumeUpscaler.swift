import Foundation
import Resizing
public import SystemPackage
import Torch
public import VolumeFiles
import Volumes
import Workspace

/// Whole scans through a network, slab by slab.
///
/// A volume is first brought to the z positions of the HIGH slices (``SliceInterpolation``), then each
/// slice goes through the network, with its neighbours where the network sees several (``SliceUse``); an
/// image of one slice has no z step. A network that makes all HIGH slices in a LOW slice needs none. Finished slabs are kept in a
/// folder beside the output, `.NAME.upscaling.part`, so that the same command goes on where it was
/// stopped or killed, and gives the bytes of an uninterrupted run. It takes the space of the output
/// once more until the end, when the output appears as a whole.
///
/// Memory does not depend on the scan's depth; a slice of the result has to fit several times over.
public struct VolumeUpscaler {
    /// What the work is at.
    public enum Work: String, Sendable {
        /// Slices go through the network; those of an earlier run are counted as done.
        case sharpening
        /// The result is compared with the interpolated scan, slice by slice of the scan.
        case comparing
        /// The result is written in its own format, slice by slice.
        case writing
    }

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

    /// Throws what can be said of an output before any work: that its place is taken, or takes nothing.
    ///
    /// Where an unfinished run lies beside it, ``upscale(_:to:format:overwriting:progress:check:)`` says
    /// whether it goes on.
    public static func check(
        _ output: FilePath, format: ScanFormat? = nil, overwriting isOverwriting: Bool = false
    ) throws(VolumeFileError) {
        let format = try outputFormat(at: output, format: format)
        let isGoingOn = FileManager.default.fileExists(
            atPath: VoxelStage.folder(for: output).string)
        _ = try StagedOutput(
            for: output, format: format, overwriting: isOverwriting || isGoingOn)
    }

    /// Upscales a scan into the format that `format` or else the extension of `output` names.
    ///
    /// - Parameters:
    ///   - isOverwriting: Whether a file at `output` is replaced.
    ///   - progress: Called after every slab with the slices done and in all; what it throws ends the
    ///     work, and finished slabs are kept.
    ///   - check: Called before every batch of tiles and every slab; what it throws ends the work
    ///     likewise.
    /// - Throws: ``UpscalingError``, `VolumeFileError` for the scan and the output, `WorkspaceError` for
    ///   the folder beside it, `TorchError`, and what `check` and `progress` throw.
    public func upscale(
        _ reader: any ScanReader, to output: FilePath, format: ScanFormat? = nil,
        overwriting isOverwriting: Bool = false,
        progress: (_ work: Work, _ done: Int, _ total: Int) throws -> Void = { _, _, _ in },
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
        guard images.slices.made == 1 || images.slices.made == step.scale else {
            throw UpscalingError.otherSlices(made: images.slices.made, wanted: step.scale)
        }
        let key = try key(scan)
        // What an earlier run of the same command began to move to its place is ours to replace.
        let isOurs = isOverwriting || VoxelStage.wasPublishing(output, key: key)
        let size = options.voxelSize ?? scan.voxelSize?.size
        let name = scan.files.first?.lastComponent?.string ?? "a scan"
        let target = VolumeTarget(
            path: output, format: try outputFormat(at: output, format: format), shape: shape,
            elementType: options.elementType, voxelSize: size?.scaled(by: 1 / Double(scale)),
            description: """
                \(name), upscaled x\(scale); its grey values \(options.grey.low.lowerBound) and \
                \(options.grey.low.upperBound) are \(options.grey.high.lowerBound) and \
                \(options.grey.high.upperBound) here
                """, isOverwriting: isOurs)
        try target.tryOut()
        let map = try options.regions.map { regions in
            VolumeTarget(
                path: regions.map, format: try outputFormat(at: regions.map), shape: scan.shape,
                elementType: .float32, voxelSize: size,
                description: "\(name), where a network is unsure", isOverwriting: isOurs)
        }
        try map?.tryOut()
        if let table = options.regions?.table, !isOurs,
            FileManager.default.fileExists(atPath: table.string)
        {
            throw VolumeFileError.cannotWrite(
                table, reason: "it exists already; --overwrite replaces it")
        }

        let stage = try VoxelStage(
            for: output, key: key,
            sliceBytes: shape.sliceCount * options.elementType.byteCount,
            spreadSliceBytes: keepsSpread ? scan.shape.sliceCount * MemoryLayout<Float>.size : nil
        ) { () throws in
            VoxelStage.State(
                key: key,
                tiles: try images.tiles(
                    height: scan.shape.height, width: scan.shape.width,
                    slices: min(Self.deepestSlab, shape.depth)),
                slabDepth: try slabDepth(scan.shape, shape, step))
        }
        var table: RegionTable?
        do {
            let low = LowSlices(reader, blockBytes: options.memoryInBytes / 8)
            try finish(
                low, step, stage, scan.shape, shape,
                { try progress(.sharpening, $0, shape.depth) }, check)
            if let map, let regions = options.regions {
                table = try survey(
                    reader, low, step, stage, map, regions, target,
                    { try progress(.comparing, $0, scan.shape.depth) }, check)
            }
            try publish(target, stage, { try progress(.writing, $0, shape.depth) }, check)
        } catch {
            // There is nothing to go on with.
            if stage.state.done == 0 { stage.remove() }
            throw error
        }
        stage.remove()
        return UpscaledVolume(
            shape: shape, elementType: options.elementType, voxelSize: target.voxelSize,
            tiles: stage.state.tiles, clipped: stage.state.clipped, regions: table,
            resumedAt: stage.resumedAt, notes: notes(scan, stage, shape))
    }

    /// Whether the deviation among the ensemble's results is wanted.
    var keepsSpread: Bool { options.regions != nil && images.options.isEnsemble }

    /// Writes what is finished in the output's own format, and moves it to its place as a whole.
    private func publish(
        _ target: VolumeTarget, _ stage: VoxelStage, _ progress: (_ done: Int) throws -> Void,
        _ check: () throws -> Void
    ) throws {
        let (staged, writer) = try target.begin()
        try stage.note(publishing: staged.folder)
        for start in stride(from: 0, to: target.shape.depth, by: target.slabDepth) {
            try check()
            let slices = start..<min(start + target.slabDepth, target.shape.depth)
            try writer.append(
                try stage.read(slices, shape: target.shape, type: target.elementType))
            try progress(slices.upperBound)
        }
        try writer.finish()
        try staged.publish()
    }

    /// Makes the slabs that are not there yet.
    private func finish(
        _ low: LowSlices, _ step: SliceInterpolation, _ stage: VoxelStage, _ scan: Shape,
        _ shape: Shape, _ progress: (_ done: Int) throws -> Void, _ check: () throws -> Void
    ) throws {
        let depth = stage.state.slabDepth
        for start in stride(from: stage.state.done, to: shape.depth, by: depth) {
            try check()
            let slices = start..<min(start + depth, shape.depth)
            let needed = images.slices.input(for: slices, of: step)
            let input = needed.step(
                needed.range,
                from: options.grey.normalised(
                    try low.slab(needed.step.slicesNeeded(for: needed.range))))
            var spread: Volume<Float>?
            let result: Volume<Float>
            if keepsSpread {
                let (mean, deviation) = try images.ensemble(
                    input, every: needed.spacing, tiles: stage.state.tiles, check: check)
                result = mean
                spread = deviation.resized(height: scan.height, width: scan.width, by: .area)
            } else {
                result = try images(
                    input, every: needed.spacing, tiles: stage.state.tiles, check: check)
            }
            var clipped = stage.state.clipped
            let voxels = try options.grey.voxels(
                of: result, as: options.elementType, first: start, clipped: &clipped)
            try stage.append(voxels, spread: spread.map { RawSlab($0) }, clipped: clipped)
            try progress(slices.upperBound)
        }
    }

    /// Slices of the output that are finished together: as many as three quarters of the memory take.
    private func slabDepth(
        _ low: Shape, _ high: Shape, _ step: SliceInterpolation
    ) throws -> Int {
        // The result, turned and averaged in an ensemble or compared with what was interpolated, and as
        // voxels; twice the network's input.
        let copies = images.options.isEnsemble || options.regions != nil ? 6 : 2
        let bytes =
            high.sliceCount * (copies * MemoryLayout<Float>.size + options.elementType.byteCount)
            + 2 * low.sliceCount * MemoryLayout<Float>.size
        let made = images.slices.made
        let neighbours = images.slices.input(for: 0..<made, of: step).range.count - 1
        let beside = 2 * neighbours * low.sliceCount * MemoryLayout<Float>.size
        let given = options.memoryInBytes / 4 * 3 - beside
        guard bytes * made <= given else {
            throw UpscalingError.memoryTooSmall(
                neededBytes: (bytes * made + beside) / 3 * 4 + 4,
                givenBytes: options.memoryInBytes)
        }
        return min(given / bytes, Self.deepestSlab, high.depth) / made * made
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

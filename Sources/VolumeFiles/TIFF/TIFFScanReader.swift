import SystemPackage
public import Volumes

/// A scan in TIFF files: a multi-page stack, one image, or a folder or pattern of slices.
///
/// Read are strips and tiles, both byte orders, BigTIFF, every compression of the system's libtiff,
/// integers of 1 to 32 and of 64 bits, floats of 16, 32 and 64 bits, ImageJ's stacks (also those
/// above 4 GiB with one directory), OME-TIFF and tifffile's. Values are as stored: nothing is rescaled or
/// inverted. The files are checked when the scan is opened, so that a cut file is an error then
/// and not a shorter scan; pixels are decoded when they are asked for, pages on all cores.
public final class TIFFScanReader: ScanReader {
    /// What the scan is.
    public let description: ScanDescription
    private let source: Source

    private enum Source {
        case stack(TIFFStack)
        case slices([FilePath], TIFFPixelFormat)
    }

    /// Opens a file, a folder whose `.tif` and `.tiff` files are the slices, or a pattern such as
    /// `scan/slice_*.tif`.
    ///
    /// - Throws: ``VolumeFileError/malformed(_:problem:)`` for files that are cut or broken,
    ///   ``VolumeFileError/unsupported(_:problem:advice:)`` for colour, hyperstacks and slices
    ///   that do not belong together.
    /// - Complexity: Linear in the number of pages and strips.
    public init(_ location: ScanLocation) throws(VolumeFileError) {
        switch try SliceFiles(location, extensions: ["tif", "tiff"]) {
        case .file(let path):
            let stack = try TIFFStack(path)
            source = .stack(stack)
            description = Self.describe(
                stack, files: [path], depth: stack.pages.count, notes: stack.notes)
        case .slices(let paths, let notes):
            let first = try Self.checked(paths)
            source = .slices(paths, first.format)
            description = Self.describe(
                first, files: paths, depth: paths.count, notes: notes + first.notes)
        }
    }

    private static func describe(
        _ stack: TIFFStack, files: [FilePath], depth: Int, notes: [String]
    ) -> ScanDescription {
        ScanDescription(
            format: .tiff, files: files,
            shape: Shape(
                depth: depth, height: stack.format.height, width: stack.format.width),
            elementType: stack.format.elementType, voxelSize: stack.voxelSize,
            metadata: stack.metadata, notes: notes)
    }

    /// Opens every slice once; all are single pages of one size and type.
    private static func checked(_ paths: [FilePath]) throws(VolumeFileError) -> TIFFStack {
        let first = try slice(paths[0])
        try forEachConcurrently(count: paths.count) { index throws(VolumeFileError) in
            _ = try slice(paths[index], like: first.format, of: paths[0])
        }
        return first
    }

    private static func slice(
        _ path: FilePath, like format: TIFFPixelFormat? = nil, of reference: FilePath? = nil
    ) throws(VolumeFileError) -> TIFFStack {
        let stack = try TIFFStack(path)
        guard stack.pages.count == 1 else {
            throw .unsupported(
                path, problem: "\(stack.pages.count) pages where one slice is expected",
                advice: "give this file alone, or one with a single page for every slice")
        }
        guard let format, let reference, stack.format != format else { return stack }
        throw .unsupported(
            path,
            problem: """
                this slice is \(stack.format), \(reference.lastComponent?.string ?? "the first") \
                is \(format)
                """,
            advice: "keep slices of one size and type in a scan")
    }

    /// Reads consecutive slices at native depth; see ``ScanReader/read(_:)``.
    public func read(_ slices: Range<Int>) throws(VolumeFileError) -> RawSlab {
        precondition(
            !slices.isEmpty && slices.lowerBound >= 0
                && slices.upperBound <= description.shape.depth,
            "slices lie within the scan")
        switch source {
        case .stack(let stack): return try stack.read(slices)
        case .slices(let paths, let format):
            let sliceBytes = format.sliceByteCount
            return try unsafe RawSlab.filled(
                elementType: format.elementType, shape: description.shape.withDepth(slices.count),
                path: paths[0],
                pieces: slices.indices.map { index in
                    let start = (index - slices.lowerBound) * sliceBytes
                    return start..<(start + sliceBytes)
                }
            ) { (piece, bytes) throws(VolumeFileError) in
                let path = paths[slices.lowerBound + piece]
                let stack = try Self.slice(path, like: format, of: paths[0])
                try unsafe stack.read(0..<1, into: bytes)
            }
        }
    }
}

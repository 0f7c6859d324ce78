import SystemPackage
public import Volumes

/// A scan in PNG files: one image as a scan of one slice, or a folder or pattern of slices.
///
/// Grey of 1 to 16 bits is taken as stored, colour only where its channels are equal.
public final class PNGScanReader: ScanReader {
    /// What the scan is.
    public let description: ScanDescription
    private let paths: [FilePath]
    private let first: PNGImage

    /// Opens a file, a folder whose `.png` files are the slices, or a pattern such as
    /// `scan/slice_*.png`.
    ///
    /// - Throws: ``VolumeFileError/malformed(_:problem:)`` for files that are cut or broken,
    ///   ``VolumeFileError/unsupported(_:problem:advice:)`` for colour and slices that do not
    ///   belong together.
    public init(_ location: ScanLocation) throws(VolumeFileError) {
        var notes: [String] = []
        switch try SliceFiles(location, extensions: ["png"]) {
        case .file(let path): paths = [path]
        case .slices(let files, let tolerated):
            paths = files
            notes = tolerated
        }
        let first = try PNGImage(paths[0])
        self.first = first
        notes += first.notes
        if paths.count > 1, first.voxelSize != nil {
            notes.append("the slice spacing is not stated: voxels are taken as cubes")
        }
        description = ScanDescription(
            format: .png, files: paths,
            shape: Shape(depth: paths.count, height: first.height, width: first.width),
            elementType: first.elementType, voxelSize: first.voxelSize, notes: notes)
        try forEachConcurrently(count: paths.count) { [paths] index throws(VolumeFileError) in
            _ = try Self.slice(paths[index], like: first)
        }
        // Whether channels are equal only pixels can say.
        if !first.notes.isEmpty { _ = try read(0..<1) }
    }

    private static func slice(
        _ path: FilePath, like first: PNGImage
    ) throws(VolumeFileError) -> PNGImage {
        let image = try PNGImage(path)
        guard image.matches(first) else {
            throw .unsupported(
                path,
                problem: """
                    this slice is \(image.summary), \(first.path.lastComponent?.string ?? "") is \
                    \(first.summary)
                    """,
                advice: "keep slices of one size and type in a scan")
        }
        return image
    }

    /// Reads consecutive slices at native depth; see ``ScanReader/read(_:)``.
    public func read(_ slices: Range<Int>) throws(VolumeFileError) -> RawSlab {
        precondition(
            !slices.isEmpty && slices.lowerBound >= 0 && slices.upperBound <= paths.count,
            "slices lie within the scan")
        let size = first.byteCount
        return try unsafe RawSlab.filled(
            elementType: first.elementType, shape: description.shape.withDepth(slices.count),
            path: paths[0],
            pieces: (0..<slices.count).map { ($0 * size)..<(($0 + 1) * size) }
        ) { [paths, first] (piece, bytes) throws(VolumeFileError) in
            let image = try Self.slice(paths[slices.lowerBound + piece], like: first)
            try unsafe image.decode(into: bytes)
        }
    }
}

import SystemPackage
import Volumes

/// The voxels of a scan as one run of bytes, wherever they are kept.
protocol VoxelSource: AnyObject {
    /// Every file the bytes come from, in order.
    var files: [FilePath] { get }
    /// Reads part of the run; `range` lies within it.
    func read(_ range: Range<Int>) throws(VolumeFileError) -> [UInt8]
}

/// Voxels stored as they are, in one file after a header.
final class PlainVoxelSource: VoxelSource {
    private let file: PositionedFile
    private let offset: Int

    /// Voxels from `offset` to the end of `file`; their number of bytes has been checked.
    init(_ file: PositionedFile, offset: Int) {
        self.file = file
        self.offset = offset
    }

    var files: [FilePath] { [file.path] }

    func read(_ range: Range<Int>) throws(VolumeFileError) -> [UInt8] {
        try file.bytes(at: offset + range.lowerBound, count: range.count)
    }
}

/// Voxels stored as they are, one slice in each file.
final class SliceFilesSource: VoxelSource {
    let files: [FilePath]
    private let offset: Int
    private let sliceByteCount: Int

    /// Checks that every file is `offset` plus one slice long; opens each only when it is read.
    init(
        _ files: [FilePath], offset: Int, sliceByteCount: Int
    ) throws(VolumeFileError) {
        for path in files {
            let file = try PositionedFile(path)
            try ByteCount.check(file, header: offset, voxels: sliceByteCount)
        }
        self.files = files
        self.offset = offset
        self.sliceByteCount = sliceByteCount
    }

    func read(_ range: Range<Int>) throws(VolumeFileError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            let (slice, start) = position.quotientAndRemainder(dividingBy: sliceByteCount)
            let count = min(sliceByteCount - start, range.upperBound - position)
            let file = try PositionedFile(files[slice])
            bytes += try file.bytes(at: offset + start, count: count)
            position += count
        }
        return bytes
    }
}

/// Arithmetic on sizes that files claim.
enum ByteCount {
    /// The bytes of a grid; ``Shape`` has made sure that they can be counted.
    static func of(_ shape: Shape, _ elementType: ElementType) -> Int {
        shape.count * elementType.byteCount
    }

    /// Throws unless `file` is exactly a header and its voxels.
    static func check(
        _ file: PositionedFile, header: Int, voxels: Int
    ) throws(VolumeFileError) {
        let (expected, overflow) = header.addingReportingOverflow(voxels)
        guard !overflow, file.length == expected else {
            throw .malformed(
                file.path,
                problem: """
                    \(file.length) bytes found, \(overflow ? "more than can be counted" : "\(expected)") expected \
                    (\(header) of header and \(voxels) of voxels)
                    """)
        }
    }
}

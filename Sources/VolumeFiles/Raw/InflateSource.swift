import CZlib
import SystemPackage

/// Voxels packed by deflate, in a zlib or gzip wrapper, unpacked as they are read.
///
/// Reading forwards unpacks every byte once; reading backwards starts from the beginning again.
/// Memory stays at one buffer, whatever the file claims to unpack to.
@safe final class InflateSource: VoxelSource {
    private let file: PositionedFile
    private let packed: Range<Int>
    /// Bytes to drop after unpacking, before the first voxel.
    private let skip: Int
    private let voxelByteCount: Int

    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var consumed = 0
    private var filePosition = 0
    /// How many unpacked bytes have been delivered or dropped.
    private var position = 0
    private var hasEnded = false

    private static let inputByteCount = 1 << 18
    /// Deflate's format cannot pack more bytes than this into one.
    private static let greatestRatio = 1032

    /// Voxels in the `packed` range of `file`.
    ///
    /// - Throws: ``VolumeFileError/malformed(_:problem:)`` if the range is too short for any
    ///   deflate stream of that many voxels, so that a small file cannot claim a large scan.
    init(
        _ file: PositionedFile, packed: Range<Int>, skip: Int = 0, voxelByteCount: Int
    ) throws(VolumeFileError) {
        guard voxelByteCount / Self.greatestRatio <= packed.count else {
            throw .malformed(
                file.path,
                problem: """
                    \(packed.count) packed bytes found, which cannot unpack to the \
                    \(voxelByteCount) bytes of voxels declared
                    """)
        }
        self.file = file
        self.packed = packed
        self.skip = skip
        self.voxelByteCount = voxelByteCount
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe czlib_inflate_init(stream) == Z_OK else {
            unsafe stream.deallocate()
            throw .unreadable(file.path, reason: "zlib does not start")
        }
        filePosition = packed.lowerBound
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    var files: [FilePath] { [file.path] }

    func read(_ range: Range<Int>) throws(VolumeFileError) -> [UInt8] {
        let start = skip + range.lowerBound
        if start < position { rewind() }
        while position < start {
            _ = try unpack(min(start - position, Self.inputByteCount))
        }
        let bytes = try unpack(range.count)
        if range.upperBound == voxelByteCount { try checkEnd() }
        return bytes
    }

    private func rewind() {
        unsafe inflateReset(stream)
        input = []
        consumed = 0
        filePosition = packed.lowerBound
        position = 0
        hasEnded = false
    }

    /// Unpacks exactly `count` bytes more.
    private func unpack(_ count: Int) throws(VolumeFileError) -> [UInt8] {
        let bytes = try unsafe Array(count: count) { bytes throws(VolumeFileError) in
            try unsafe unpack(into: bytes.bindMemory(to: UInt8.self))
        }
        position += count
        return bytes
    }

    private func unpack(
        into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws(VolumeFileError) {
        var done = 0
        while done < buffer.count {
            let made = try unsafe step(
                into: UnsafeMutableBufferPointer(rebasing: buffer[done...]))
            done += made
            if made == 0, hasEnded {
                guard try refill() else {
                    throw .malformed(
                        file.path,
                        problem: """
                            its packed voxels end after \(position + done) of \
                            \(skip + voxelByteCount) bytes
                            """)
                }
                // Files of several gzip members, one after the other, are one run of voxels.
                unsafe inflateReset(stream)
                hasEnded = false
            }
        }
    }

    /// One call of zlib; returns how many bytes it made.
    private func step(
        into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws(VolumeFileError) -> Int {
        if hasEnded { return 0 }
        let hasInput = try refill()
        let room = UInt32(clamping: min(buffer.count, 1 << 30))
        var status: Int32 = Z_OK
        var left: UInt32 = 0
        var made = 0
        unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe stream.pointee.next_in = source.baseAddress.map { unsafe $0 + consumed }
            unsafe stream.pointee.avail_in = UInt32(source.count - consumed)
            unsafe stream.pointee.next_out = buffer.baseAddress
            unsafe stream.pointee.avail_out = room
            status = unsafe inflate(stream, Z_NO_FLUSH)
            left = unsafe stream.pointee.avail_in
            made = unsafe Int(room - stream.pointee.avail_out)
        }
        consumed = input.count - Int(left)
        switch status {
        case Z_STREAM_END: hasEnded = true
        case Z_OK: break
        case Z_BUF_ERROR where hasInput && made > 0: break
        case Z_BUF_ERROR:
            throw .malformed(file.path, problem: "its packed voxels are cut short")
        default:
            throw .malformed(file.path, problem: "its packed voxels are corrupted")
        }
        return made
    }

    /// Makes sure there is packed input; false at its end.
    private func refill() throws(VolumeFileError) -> Bool {
        if consumed < input.count { return true }
        let end = min(filePosition + Self.inputByteCount, packed.upperBound)
        guard filePosition < end else { return false }
        input = try file.bytes(at: filePosition, count: end - filePosition)
        consumed = 0
        filePosition = end
        return true
    }

    /// After the last voxel there is the checksum and nothing else.
    private func checkEnd() throws(VolumeFileError) {
        var extra = [UInt8](repeating: 0, count: 1)
        while !hasEnded {
            var made = 0
            var failure: VolumeFileError?
            unsafe extra.withUnsafeMutableBufferPointer { buffer in
                do throws(VolumeFileError) {
                    made = try unsafe step(into: buffer)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            guard made == 0 else {
                throw .malformed(
                    file.path, problem: "it unpacks to more voxels than its header declares")
            }
        }
        guard try !refill() else {
            throw .malformed(file.path, problem: "bytes follow its packed voxels")
        }
    }
}

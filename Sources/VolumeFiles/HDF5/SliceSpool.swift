import Foundation
import Glibc
import SystemPackage
import Volumes

/// Slices set down on the disk until a row of chunks is full, where the row is too large for memory.
///
/// Chunks reach through 64 slices, so wide slices add up: 64 of 2048 x 2048 voxels of 16 bits are
/// 512 MiB. The file has no name, so nothing of it stays however the program ends.
final class SliceSpool {
    private let path: FilePath
    private let descriptor: CInt
    private let sliceBytes: Int

    /// A spool beside `path`, on the disk that has to hold the volume anyway.
    init(beside path: FilePath, sliceBytes: Int) throws(VolumeFileError) {
        self.path = path
        self.sliceBytes = sliceBytes
        let suffix = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let name = path.removingLastComponent().appending(".spool.\(suffix).part")
        descriptor = unsafe open(name.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .whileWriting(path, Errno(rawValue: errno)) }
        unsafe unlink(name.string)
    }

    deinit { close(descriptor) }

    /// Sets slices down, the first of them as slice `first` of the row.
    func put(_ bytes: [UInt8], _ range: Range<Int>, at first: Int) throws(VolumeFileError) {
        do throws(Errno) {
            try unsafe PositionedBytes.write(
                bytes.span.extracting(range).bytes, to: descriptor, at: first * sliceBytes)
        } catch {
            throw .whileWriting(path, error)
        }
    }

    /// The bytes `range` of each of the first `depth` slices, one after the other.
    func take(_ range: Range<Int>, ofEach depth: Int) throws(VolumeFileError) -> [UInt8] {
        let length = range.count
        do throws(Errno) {
            return try unsafe Array(count: depth * length) { bytes throws(Errno) in
                for slice in 0..<depth {
                    let count = try unsafe PositionedBytes.read(
                        descriptor, at: slice * sliceBytes + range.lowerBound,
                        into: UnsafeMutableRawBufferPointer(
                            rebasing: bytes[(slice * length)..<((slice + 1) * length)]))
                    guard count == length else { throw .ioError }
                }
            }
        } catch {
            throw .whileWriting(path, error)
        }
    }
}

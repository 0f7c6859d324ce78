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
        guard descriptor >= 0 else { throw Self.failure(errno, path) }
        unsafe unlink(name.string)
    }

    deinit { close(descriptor) }

    /// Sets slices down, the first of them as slice `first` of the row.
    func put(_ bytes: [UInt8], _ range: Range<Int>, at first: Int) throws(VolumeFileError) {
        var code: CInt = 0
        unsafe bytes.withUnsafeBytes { buffer in
            var done = range.lowerBound
            while done < range.upperBound, code == 0 {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done..<range.upperBound])
                let place = first * sliceBytes + done - range.lowerBound
                let count = unsafe pwrite(descriptor, rest.baseAddress, rest.count, place)
                if count > 0 {
                    done += count
                } else if count == 0 || errno != EINTR {
                    code = count == 0 ? EIO : errno
                }
            }
        }
        guard code == 0 else { throw Self.failure(code, path) }
    }

    /// The bytes `range` of each of the first `depth` slices, one after the other.
    func take(_ range: Range<Int>, ofEach depth: Int) throws(VolumeFileError) -> [UInt8] {
        var code: CInt = 0
        let length = range.count
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: depth * length) { buffer, count in
            for slice in 0..<depth {
                var done = 0
                while done < length, code == 0 {
                    let rest = unsafe UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[
                            (slice * length + done)..<((slice + 1) * length)])
                    let place = slice * sliceBytes + range.lowerBound + done
                    let got = unsafe pread(descriptor, rest.baseAddress, rest.count, place)
                    if got > 0 {
                        done += got
                    } else if got == 0 || errno != EINTR {
                        code = got == 0 ? EIO : errno
                    }
                }
            }
            count = code == 0 ? depth * length : 0
        }
        guard code == 0 else { throw Self.failure(code, path) }
        return bytes
    }

    private static func failure(_ code: CInt, _ path: FilePath) -> VolumeFileError {
        code == ENOSPC || code == EDQUOT
            ? .noSpace(path) : .cannotWrite(path, reason: Errno(rawValue: code).description)
    }
}

import Glibc
import SystemPackage

/// A regular file open for reading at any place, by any number of threads.
final class PositionedFile: Sendable {
    let path: FilePath
    let descriptor: CInt
    /// Bytes in the file when it was opened.
    let length: Int

    /// Opens `path`, following links; folders, pipes and devices are refused.
    init(_ path: FilePath) throws(VolumeFileError) {
        // Without O_NONBLOCK a pipe where a scan is expected would wait for a writer for ever.
        let descriptor = unsafe path.withPlatformString { name in
            unsafe open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        }
        guard descriptor >= 0 else { throw .whileReading(path, Errno(rawValue: errno)) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw .whileReading(path, Errno(rawValue: code))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unsupported(
                path, problem: "not a regular file", advice: "name the file that holds the scan")
        }
        self.path = path
        self.descriptor = descriptor
        self.length = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Fills `buffer` with the bytes at `offset`; all of them must be there.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(VolumeFileError) {
        let done: Int
        do throws(Errno) {
            done = try unsafe PositionedBytes.read(descriptor, at: offset, into: buffer)
        } catch {
            throw .whileReading(path, error)
        }
        guard done == buffer.count else {
            throw .malformed(
                path,
                problem: "cut at byte \(offset + done); \(buffer.count - done) more are needed")
        }
    }

    /// The bytes at `offset`; all of them must be there.
    func bytes(at offset: Int, count: Int) throws(VolumeFileError) -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= length, count <= length - offset else {
            throw .malformed(
                path, problem: "cut: needs \(count) bytes at \(offset), the file has \(length)")
        }
        return try unsafe Array(count: count) { bytes throws(VolumeFileError) in
            try unsafe read(at: offset, into: bytes)
        }
    }
}

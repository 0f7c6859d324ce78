import Glibc
import SystemPackage

/// A new file being written from its beginning to its end.
///
/// A caller that wants all or nothing gives a temporary path and renames it afterwards.
final class OutputFile {
    let path: FilePath
    private var descriptor: CInt
    /// Bytes written so far, which is where the next ones go.
    private(set) var length = 0

    /// Creates the file; one that exists already is an error.
    init(creating path: FilePath) throws(VolumeFileError) {
        self.path = path
        descriptor = unsafe path.withPlatformString { name in
            unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        }
        guard descriptor >= 0 else { throw .whileWriting(path, Errno(rawValue: errno)) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Appends bytes.
    func write(_ bytes: [UInt8]) throws(VolumeFileError) {
        try write(bytes, at: length)
        length += bytes.count
    }

    /// Writes bytes at a place of their own, without moving the end.
    func write(_ bytes: [UInt8], at offset: Int) throws(VolumeFileError) {
        do throws(Errno) {
            try unsafe PositionedBytes.write(bytes.span.bytes, to: descriptor, at: offset)
        } catch {
            throw .whileWriting(path, error)
        }
    }

    /// Brings everything to the disk and closes the file.
    func finish() throws(VolumeFileError) {
        precondition(descriptor >= 0, "a file is finished once")
        let synced = fsync(descriptor)
        let code = errno
        let closed = close(descriptor)
        descriptor = -1
        guard synced == 0 else { throw .whileWriting(path, Errno(rawValue: code)) }
        guard closed == 0 else { throw .whileWriting(path, Errno(rawValue: errno)) }
    }
}

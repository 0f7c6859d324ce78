import Glibc
import SystemPackage

/// A file that grows at its end, each piece written by one call so that a kill tears at most the last.
final class AppendedFile {
    let path: FilePath
    private let file: FileDescriptor

    /// Opens the file, or makes it.
    ///
    /// - Parameter isNew: Whether it must not be there yet.
    init(_ path: FilePath, isNew: Bool) throws(RunLogError) {
        self.path = path
        do {
            file = try FileDescriptor.open(
                path, .readWrite,
                options: isNew
                    ? [.append, .create, .exclusiveCreate, .closeOnExec]
                    : [.append, .create, .closeOnExec],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
        } catch {
            throw .cannotWrite(path, reason: "\(error)")
        }
    }

    deinit { try? file.close() }

    func append(_ bytes: [UInt8]) throws(RunLogError) {
        do {
            _ = try file.writeAll(bytes)
        } catch {
            throw .cannotWrite(path, reason: "\(error)")
        }
    }

    /// Cuts off what is behind `length` bytes.
    func truncate(to length: Int) throws(RunLogError) {
        do {
            try file.resize(to: Int64(length))
        } catch {
            throw .cannotWrite(path, reason: "\(error)")
        }
    }

    /// Waits until the disk has everything.
    func sync() throws(RunLogError) {
        guard fsync(file.rawValue) == 0 else {
            throw .cannotWrite(path, reason: "\(Errno(rawValue: errno))")
        }
    }
}

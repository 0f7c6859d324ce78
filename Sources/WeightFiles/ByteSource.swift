import Glibc
import SystemPackage

/// Bytes that are read by place: a regular file, or an array.
final class ByteSource {
    private enum Storage {
        case file(FileDescriptor)
        case memory([UInt8])
    }

    /// What errors call it.
    let path: FilePath
    /// Bytes in all, when it was opened.
    let count: Int
    private let storage: Storage

    /// Opens a regular file, following links.
    init(_ path: FilePath) throws(WeightFileError) {
        let file: FileDescriptor
        do {
            // Without .nonBlocking a pipe in place of a file would wait for a writer for ever.
            file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        } catch Errno.noSuchFileOrDirectory {
            throw .missing(path)
        } catch {
            throw .unreadable(path, reason: "\(error)")
        }
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            try? file.close()
            throw .unreadable(path, reason: "not a regular file")
        }
        self.path = path
        storage = .file(file)
        count = Int(status.st_size)
    }

    /// Bytes in memory, which errors call `path`.
    init(_ bytes: [UInt8], named path: FilePath) {
        self.path = path
        storage = .memory(bytes)
        count = bytes.count
    }

    deinit {
        if case .file(let file) = storage { try? file.close() }
    }

    /// The bytes from `offset` on; all of them must be there.
    func bytes(at offset: Int, count wanted: Int) throws(WeightFileError) -> [UInt8] {
        guard offset >= 0, wanted >= 0, offset <= count, wanted <= count - offset else {
            throw malformed("\(wanted) bytes at \(offset) are needed, and it has \(count)")
        }
        switch storage {
        case .memory(let bytes):
            return Array(bytes[offset..<(offset + wanted)])
        case .file(let file):
            var failure: WeightFileError?
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
                do throws(WeightFileError) {
                    try unsafe read(file, at: offset, into: .init(rebasing: buffer[..<wanted]))
                    filled = wanted
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            return bytes
        }
    }

    private func read(
        _ file: FileDescriptor, at offset: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws(WeightFileError) {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(
                UnsafeMutableBufferPointer(rebasing: buffer[done...]))
            let step: Int
            do {
                step = try unsafe file.read(
                    fromAbsoluteOffset: Int64(offset + done), into: rest)
            } catch {
                throw .unreadable(path, reason: "\(error)")
            }
            guard step > 0 else {
                throw malformed("cut at byte \(offset + done) while it was read")
            }
            done += step
        }
    }

    /// That these bytes break the rules of their format.
    func malformed(_ problem: String) -> WeightFileError { .malformed(path, problem: problem) }
}

import Glibc
import SystemPackage

/// A file that the system pages in as it is read, by any number of threads.
///
/// Whoever cuts it short while it is mapped ends the process; staged files are ours alone.
@safe final class MappedFile: @unchecked Sendable {
    private let base: UnsafeRawPointer
    let count: Int

    /// Maps the whole file, which is not empty.
    init(_ path: FilePath) throws(Errno) {
        let descriptor = unsafe path.withPlatformString { unsafe open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Errno(rawValue: errno) }
        let length = Int(status.st_size)
        guard length > 0 else { throw .invalidArgument }
        let address = unsafe mmap(nil, length, PROT_READ, MAP_SHARED, descriptor, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw Errno(rawValue: errno)
        }
        unsafe base = UnsafeRawPointer(address)
        count = length
    }

    deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: base), count) }

    /// Tells the system how the file will be read: all of it soon, or here and there.
    func expect(all: Bool) {
        unsafe madvise(
            UnsafeMutableRawPointer(mutating: base), count, all ? MADV_WILLNEED : MADV_RANDOM)
    }

    /// The elements from byte `offset` on, which is aligned for them.
    func withElements<Element: BitwiseCopyable, R>(
        _ type: Element.Type, from offset: Int, _ body: (Span<Element>) -> R
    ) -> R {
        precondition(offset % MemoryLayout<Element>.alignment == 0 && offset <= count)
        let bytes = unsafe UnsafeRawBufferPointer(start: base + offset, count: count - offset)
        return body(unsafe Span(_unsafeBytes: bytes))
    }

    /// The bytes of a range.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes lie in the file")
        return unsafe Array(
            UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }
}

import Glibc
import SystemPackage

/// Bytes at a place of an open file, however many calls of the system they take.
enum PositionedBytes {
    /// Reads until `buffer` is full or the file ends.
    ///
    /// - Returns: How many bytes there were.
    static func read(
        _ descriptor: CInt, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(Errno) -> Int {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe pread(descriptor, rest.baseAddress, rest.count, offset + done)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Errno(rawValue: errno) }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Writes all of `bytes`.
    static func write(_ bytes: RawSpan, to descriptor: CInt, at offset: Int) throws(Errno) {
        try unsafe bytes.withUnsafeBytes { buffer throws(Errno) in
            var done = 0
            while done < buffer.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
                let count = unsafe pwrite(descriptor, rest.baseAddress, rest.count, offset + done)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw Errno(rawValue: errno) }
                if count == 0 { throw .ioError }
                done += count
            }
        }
    }
}

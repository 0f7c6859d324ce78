import CDeflate

/// The zlib format, in one go, by libdeflate.
enum Deflate {
    /// The bytes in `compressed`; `nil` unless they are exactly `count`.
    static func decompress(_ compressed: [UInt8], count: Int) -> [UInt8]? {
        guard let decompressor = unsafe libdeflate_alloc_decompressor() else { return nil }
        defer { unsafe libdeflate_free_decompressor(decompressor) }
        var succeeded = false
        let bytes = unsafe Array(count: count) { buffer in
            let status = unsafe compressed.withUnsafeBytes { source in
                unsafe libdeflate_zlib_decompress(
                    decompressor, source.baseAddress, source.count, buffer.baseAddress, count, nil)
            }
            succeeded = status == LIBDEFLATE_SUCCESS
            // What a failure left untouched must not be read.
            if !succeeded { unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0) }
        }
        return succeeded ? bytes : nil
    }

    /// `bytes` compressed at a level from 1, the fastest; the same bytes on every run and machine.
    static func compress(_ bytes: [UInt8], level: Int) -> [UInt8] {
        guard let compressor = unsafe libdeflate_alloc_compressor(Int32(level)) else {
            preconditionFailure("there is memory for a compressor")
        }
        defer { unsafe libdeflate_free_compressor(compressor) }
        let bound = unsafe libdeflate_zlib_compress_bound(compressor, bytes.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = unsafe bytes.withUnsafeBytes { source in
                unsafe libdeflate_zlib_compress(
                    compressor, source.baseAddress, source.count, buffer.baseAddress, bound)
            }
        }
    }

    /// The check sum of zlib and PNG over `bytes`.
    static func crc32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        unsafe libdeflate_crc32(0, bytes.baseAddress, bytes.count)
    }
}

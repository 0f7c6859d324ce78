import CDeflate
import Dispatch

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

    /// `bytes` compressed at level 1; the same bytes on every run and machine.
    static func compress(_ bytes: [UInt8]) -> [UInt8] {
        guard let compressor = unsafe libdeflate_alloc_compressor(1) else {
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

/// HDF5's shuffle: all first bytes of the numbers, then all second bytes, and so on.
enum ByteShuffle {
    /// Puts the numbers of `row` into the planes of `planes`, from number `first` on.
    static func scatter(
        _ row: UnsafeRawBufferPointer, into planes: UnsafeMutableRawBufferPointer, first: Int,
        elementBytes: Int
    ) {
        let count = row.count / elementBytes
        let plane = planes.count / elementBytes
        precondition(first + count <= plane, "a row of voxels lies inside its chunk")
        guard let source = row.baseAddress, let target = planes.baseAddress else {
            return
        }
        // One loop a width, so that each is compiled to vector instructions.
        func copy(_ elementBytes: Int) {
            for byte in 0..<elementBytes {
                let start = unsafe target.advanced(by: byte * plane + first)
                    .assumingMemoryBound(to: UInt8.self)
                let numbers = unsafe source.advanced(by: byte)
                    .assumingMemoryBound(to: UInt8.self)
                for index in 0..<count {
                    unsafe start[index] = numbers[index &* elementBytes]
                }
            }
        }
        switch elementBytes {
        case 1: copy(1)
        case 2: copy(2)
        case 4: copy(4)
        default: copy(elementBytes)
        }
    }

    /// Takes the numbers of `row` out of the planes of `planes`, from number `first` on.
    static func gather(
        _ row: UnsafeMutableRawBufferPointer, from planes: UnsafeRawBufferPointer, first: Int,
        elementBytes: Int
    ) {
        let count = row.count / elementBytes
        let plane = planes.count / elementBytes
        precondition(first + count <= plane, "a row of voxels lies inside its chunk")
        guard let target = row.baseAddress, let source = planes.baseAddress else {
            return
        }
        func copy(_ elementBytes: Int) {
            for byte in 0..<elementBytes {
                let numbers = unsafe target.advanced(by: byte).assumingMemoryBound(to: UInt8.self)
                let start = unsafe source.advanced(by: byte * plane + first)
                    .assumingMemoryBound(to: UInt8.self)
                for index in 0..<count {
                    unsafe numbers[index &* elementBytes] = start[index]
                }
            }
        }
        switch elementBytes {
        case 1: copy(1)
        case 2:
            // Pairs are by far the commonest: both bytes at once.
            let low = unsafe source.advanced(by: first).assumingMemoryBound(to: UInt8.self)
            let high = unsafe source.advanced(by: plane + first)
                .assumingMemoryBound(to: UInt8.self)
            for index in 0..<count {
                unsafe target.storeBytes(
                    of: (UInt16(low[index]) | UInt16(high[index]) << 8).littleEndian,
                    toByteOffset: index &* 2, as: UInt16.self)
            }
        case 4: copy(4)
        default: copy(elementBytes)
        }
    }
}

/// Evaluates `body` for every index below `count` on all cores, each writing its own part of
/// `memory`; the results keep their order.
func concurrentMap<T: Sendable>(
    count: Int, writing memory: UnsafeMutableRawBufferPointer,
    _ body: (Int, UnsafeMutableRawBufferPointer) -> T
) -> [T] {
    var results = [T?](repeating: nil, count: count)
    unsafe results.withUnsafeMutableBufferPointer { buffer in
        // The iterations own disjoint results and disjoint parts of `memory`.
        nonisolated(unsafe) let base = unsafe buffer
        nonisolated(unsafe) let memory = unsafe memory
        nonisolated(unsafe) let body = unsafe body
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let result = unsafe body(index, memory)
            unsafe base[index] = result
        }
    }
    return results.map { result in
        guard let result else { preconditionFailure("every index is evaluated") }
        return result
    }
}

extension [UInt8] {
    /// An array of `count` bytes, all of which `body` writes before it returns.
    init<E: Error>(
        count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        var failure: E?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(E) {
                try unsafe body(UnsafeMutableRawBufferPointer(buffer))
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        self = bytes
    }
}

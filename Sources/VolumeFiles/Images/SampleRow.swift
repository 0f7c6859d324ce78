import SystemPackage
import Volumes

/// Rows of samples as an image file stores them, turned into elements of memory.
enum SampleRow {
    /// Spreads `count` samples of `bits` bits over elements of `type`, most significant bit first.
    /// Signed samples keep their sign.
    ///
    /// - Parameter isSwapped: Whether libtiff has turned 24-bit samples around, as it does in
    ///   big-endian files.
    static func unpack(
        _ source: UnsafeRawBufferPointer, bits: Int, count: Int, type: ElementType,
        isSwapped: Bool, into target: UnsafeMutableRawBufferPointer
    ) {
        let packed = unsafe source.bindMemory(to: UInt8.self).span
        switch type {
        case .uint8, .int8:
            var span = unsafe target.bindMemory(to: UInt8.self).mutableSpan
            unpack(
                packed, bits: bits, count: count, isSigned: type.isSigned, isSwapped: isSwapped,
                into: &span)
        case .uint16, .int16:
            var span = unsafe target.bindMemory(to: UInt16.self).mutableSpan
            unpack(
                packed, bits: bits, count: count, isSigned: type.isSigned, isSwapped: isSwapped,
                into: &span)
        default:
            var span = unsafe target.bindMemory(to: UInt32.self).mutableSpan
            unpack(
                packed, bits: bits, count: count, isSigned: type.isSigned, isSwapped: isSwapped,
                into: &span)
        }
    }

    private static func unpack<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ source: Span<UInt8>, bits: Int, count: Int, isSigned: Bool,
        isSwapped: Bool, into target: inout MutableSpan<Word>
    ) {
        let mask: UInt64 = 1 << UInt64(bits) - 1
        let sign: UInt64 = isSigned ? 1 << UInt64(bits - 1) : 0
        var held: UInt64 = 0
        var heldBits = 0
        var next = 0
        for index in 0..<count {
            var sample: UInt64
            if bits == 24, isSwapped {
                let bytes = (source[next], source[next + 1], source[next + 2])
                sample = UInt64(bytes.0) | UInt64(bytes.1) << 8 | UInt64(bytes.2) << 16
                next += 3
            } else {
                while heldBits < bits {
                    held = held << 8 | UInt64(source[next])
                    heldBits += 8
                    next += 1
                }
                heldBits -= bits
                sample = held >> UInt64(heldBits) & mask
            }
            // Flipping the sign bit and taking it away again extends it.
            sample = (sample ^ sign) &- sign
            target[index] = Word(truncatingIfNeeded: sample)
        }
    }

    /// Takes the first of `stride` interleaved channels; the first `colours` of them must be equal.
    ///
    /// - Returns: The first pixel and channel that differ, if any do.
    static func gather(
        _ source: UnsafeRawBufferPointer, stride: Int, colours: Int, type: ElementType,
        into target: UnsafeMutableRawBufferPointer
    ) -> (pixel: Int, channel: Int)? {
        switch type.byteCount {
        case 1: unsafe gather(source, UInt8.self, stride: stride, colours: colours, into: target)
        case 2: unsafe gather(source, UInt16.self, stride: stride, colours: colours, into: target)
        case 4: unsafe gather(source, UInt32.self, stride: stride, colours: colours, into: target)
        default: unsafe gather(source, UInt64.self, stride: stride, colours: colours, into: target)
        }
    }

    private static func gather<Word: FixedWidthInteger & BitwiseCopyable>(
        _ source: UnsafeRawBufferPointer, _: Word.Type, stride: Int, colours: Int,
        into target: UnsafeMutableRawBufferPointer
    ) -> (pixel: Int, channel: Int)? {
        let samples = unsafe source.bindMemory(to: Word.self).span
        var pixels = unsafe target.bindMemory(to: Word.self).mutableSpan
        for pixel in 0..<pixels.count {
            let value = samples[pixel * stride]
            for channel in 1..<max(colours, 1) where samples[pixel * stride + channel] != value {
                return (pixel, channel)
            }
            pixels[pixel] = value
        }
        return nil
    }

    /// Turns differences along x into values, in rows of `stride` interleaved channels; sums wrap
    /// at `bits` bits.
    static func undoDifferences(
        _ row: UnsafeMutableRawBufferPointer, stride: Int, bits: Int, elementByteCount: Int
    ) {
        switch elementByteCount {
        case 1: unsafe sum(row.bindMemory(to: UInt8.self), stride: stride, bits: bits)
        case 2: unsafe sum(row.bindMemory(to: UInt16.self), stride: stride, bits: bits)
        case 4: unsafe sum(row.bindMemory(to: UInt32.self), stride: stride, bits: bits)
        default: unsafe sum(row.bindMemory(to: UInt64.self), stride: stride, bits: bits)
        }
    }

    private static func sum<Word: FixedWidthInteger & BitwiseCopyable>(
        _ row: UnsafeMutableBufferPointer<Word>, stride: Int, bits: Int
    ) {
        var row = unsafe row.mutableSpan
        let mask = Word.max >> Word(Word.bitWidth - bits)
        for index in row.indices.dropFirst(stride) {
            row[index] = (row[index] &+ row[index - stride]) & mask
        }
    }

    /// Turns rows of one or two-byte elements into differences along x.
    static func takeDifferences(
        _ rows: UnsafeMutableRawBufferPointer, width: Int, elementByteCount: Int
    ) {
        if elementByteCount == 1 {
            unsafe differ(rows.bindMemory(to: UInt8.self), width: width)
        } else {
            unsafe differ(rows.bindMemory(to: UInt16.self), width: width)
        }
    }

    private static func differ<Word: FixedWidthInteger & BitwiseCopyable>(
        _ rows: UnsafeMutableBufferPointer<Word>, width: Int
    ) {
        var rows = unsafe rows.mutableSpan
        for start in stride(from: 0, to: rows.count, by: width) {
            for index in (start + 1..<start + width).reversed() {
                rows[index] &-= rows[index - 1]
            }
        }
    }
}

extension SampleRow {
    /// The first element in which two rows of one length differ.
    static func firstDifference(
        _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, elementByteCount: Int
    ) -> Int? {
        for index in 0..<a.count where unsafe a[index] != b[index] {
            return index / elementByteCount
        }
        return nil
    }

    /// What to say about a picture whose channels differ.
    static func colourful(
        _ path: FilePath, page: Int, row: Int, column: Int, channel: Int
    ) -> VolumeFileError {
        .unsupported(
            path,
            problem: """
                page \(page) is in colour: \(channel == 1 ? "green" : "blue") differs from red at \
                row \(row), column \(column)
                """,
            advice: "convert it to 8-bit or 16-bit grey, or split the channels and take one")
    }
}

import Foundation

/// The bins in which voxels are counted: keys that keep the order of values.
///
/// Narrow voxels have a key for every value. Wide ones are rounded to single precision, whose bits
/// keep the order once the sign is accounted for, and the leading ``leadingBits`` of them are the
/// key: sign, exponent and the first bits of the mantissa.
enum VoxelKey {
    private static let leadingBits = 20
    /// Sign and exponent take nine bits of the key, the mantissa the rest.
    static let relativeBinWidth = exp2(-Double(leadingBits - 9))
    /// 32-bit counters cannot overflow in parts of this size.
    private static let greatestPart = 1 << 31

    /// Keys come in blocks, most of which are empty where keys are many.
    static let blockSize = 256

    /// What one thread counted.
    struct Part: Sendable {
        var keyCounts: [UInt32]
        /// Which blocks of keys may hold voxels; all where they are few.
        var isBlockUsed: [Bool]?
        /// The sums of wide voxels, row by row.
        var rows: [Moments] = []
        var nanCount = 0
        var infinityCount = 0
    }

    /// Whether every value of the type has a key of its own.
    static func isExact(_ elementType: ElementType) -> Bool { elementType.byteCount <= 2 }

    /// The number of keys.
    static func count(for elementType: ElementType) -> Int {
        isExact(elementType) ? 1 << (8 * elementType.byteCount) : 1 << leadingBits
    }

    /// The value of a key: exact for narrow voxels; for wide ones the end of the bin nearer to zero,
    /// which is the value itself where twelve binary digits can write it.
    static func value(_ key: Int, _ elementType: ElementType) -> Double {
        switch elementType {
        case .uint8, .uint16: return Double(key)
        case .int8: return Double(key - 128)
        case .int16: return Double(key - 32768)
        case .float16:
            let ordered = UInt16(key)
            let bits = ordered & 0x8000 == 0 ? ~ordered : ordered & 0x7FFF
            return Double(Float16(bitPattern: bits))
        default:
            let rest: UInt32 = 1 << (32 - leadingBits) - 1
            let ordered = UInt32(key) << (32 - leadingBits)
            let bits =
                ordered & 0x8000_0000 == 0 ? ~(ordered | rest) : ordered & 0x7FFF_FFFF
            let value = Float(bitPattern: bits)
            // In the outermost bins are doubles beyond single precision.
            return Double(
                value.isFinite
                    ? value
                    : Float(signOf: value, magnitudeOf: .greatestFiniteMagnitude))
        }
    }

    /// Counts a slab on all cores, in parts of whole slices, in order.
    static func countParts(_ slab: RawSlab) -> [Part] {
        // As many parts as keep a workstation busy; the counts are the same for any number.
        let enough = 8
        let needed = (slab.shape.count + greatestPart - 1) / greatestPart
        // Clearing and adding up the counters costs more than counting a small slab does.
        let worthwhile = slab.shape.count / (4 * count(for: slab.elementType)) + 1
        let parts = min(max(min(enough, worthwhile), needed), slab.shape.depth)
        return concurrentMap(count: parts) { part in
            let depth = slab.shape.depth
            let slices = (depth * part / parts)..<(depth * (part + 1) / parts)
            return count(slab, slices)
        }
    }

    private static func count(_ slab: RawSlab, _ slices: Range<Int>) -> Part {
        switch slab.elementType {
        case .uint8: slab.withVoxels(as: UInt8.self) { count8($0, slab.shape, slices, flip: 0) }
        case .int8: slab.withVoxels(as: Int8.self) { count8($0, slab.shape, slices, flip: 0x80) }
        case .uint16: slab.withVoxels(as: UInt16.self) { count16($0, slab.shape, slices, flip: 0) }
        case .int16:
            slab.withVoxels(as: Int16.self) { count16($0, slab.shape, slices, flip: 0x8000) }
        case .float16: slab.withVoxels(as: Float16.self) { countHalf($0, slab.shape, slices) }
        case .uint32: slab.withVoxels(as: UInt32.self) { countWide($0, slab.shape, slices) }
        case .int32: slab.withVoxels(as: Int32.self) { countWide($0, slab.shape, slices) }
        case .uint64: slab.withVoxels(as: UInt64.self) { countWide($0, slab.shape, slices) }
        case .int64: slab.withVoxels(as: Int64.self) { countWide($0, slab.shape, slices) }
        case .float32: slab.withVoxels(as: Float.self) { countWide($0, slab.shape, slices) }
        case .float64: slab.withVoxels(as: Double.self) { countWide($0, slab.shape, slices) }
        }
    }

    /// Four tables side by side, so that equal neighbours do not wait for one counter.
    @inline(__always)
    private static func count8<Element: VoxelElement & FixedWidthInteger>(
        _ span: Span<Element>, _ shape: Shape, _ slices: Range<Int>, flip: UInt8
    ) -> Part {
        var tables = [UInt32](repeating: 0, count: 4 * 256)
        var counts = tables.mutableSpan
        for row in (slices.lowerBound * shape.height)..<(slices.upperBound * shape.height) {
            let row = span.extracting((row * shape.width)..<((row + 1) * shape.width))
            var x = 0
            while x + 4 <= row.count {
                counts[Int(UInt8(truncatingIfNeeded: row[x]))] &+= 1
                counts[256 + Int(UInt8(truncatingIfNeeded: row[x + 1]))] &+= 1
                counts[512 + Int(UInt8(truncatingIfNeeded: row[x + 2]))] &+= 1
                counts[768 + Int(UInt8(truncatingIfNeeded: row[x + 3]))] &+= 1
                x += 4
            }
            while x < row.count {
                counts[Int(UInt8(truncatingIfNeeded: row[x]))] &+= 1
                x += 1
            }
        }
        let keyCounts = (0..<256).map { key in
            let value = key ^ Int(flip)
            return tables[value] + tables[256 + value] + tables[512 + value] + tables[768 + value]
        }
        return Part(keyCounts: keyCounts)
    }

    /// Two tables side by side; four would no longer fit the caches.
    @inline(__always)
    private static func count16<Element: VoxelElement & FixedWidthInteger>(
        _ span: Span<Element>, _ shape: Shape, _ slices: Range<Int>, flip: UInt16
    ) -> Part {
        var tables = [UInt32](repeating: 0, count: 2 * 65536)
        var counts = tables.mutableSpan
        for row in (slices.lowerBound * shape.height)..<(slices.upperBound * shape.height) {
            let row = span.extracting((row * shape.width)..<((row + 1) * shape.width))
            var x = 0
            while x + 2 <= row.count {
                counts[Int(UInt16(truncatingIfNeeded: row[x]))] &+= 1
                counts[65536 + Int(UInt16(truncatingIfNeeded: row[x + 1]))] &+= 1
                x += 2
            }
            if x < row.count { counts[Int(UInt16(truncatingIfNeeded: row[x]))] &+= 1 }
        }
        let keyCounts = (0..<65536).map { key in
            tables[key ^ Int(flip)] + tables[65536 + (key ^ Int(flip))]
        }
        return Part(keyCounts: keyCounts)
    }

    private static func countHalf(
        _ span: Span<Float16>, _ shape: Shape, _ slices: Range<Int>
    ) -> Part {
        var part = Part(keyCounts: Array(repeating: 0, count: 65536))
        for row in (slices.lowerBound * shape.height)..<(slices.upperBound * shape.height) {
            let row = span.extracting((row * shape.width)..<((row + 1) * shape.width))
            for x in row.indices {
                guard row[x].isFinite else {
                    part.nanCount += row[x].isNaN ? 1 : 0
                    part.infinityCount += row[x].isNaN ? 0 : 1
                    continue
                }
                let bits = row[x].bitPattern
                part.keyCounts[Int(bits & 0x8000 == 0 ? bits | 0x8000 : ~bits)] &+= 1
            }
        }
        return part
    }

    @inline(__always)
    private static func countWide<Element: VoxelElement>(
        _ span: Span<Element>, _ shape: Shape, _ slices: Range<Int>
    ) -> Part {
        var part = Part(keyCounts: Array(repeating: 0, count: 1 << leadingBits))
        var counts = part.keyCounts.mutableSpan
        var blocks = [Bool](repeating: false, count: (1 << leadingBits) / blockSize)
        var isUsed = blocks.mutableSpan
        var moments: [Moments] = []
        var nanCount = 0
        var infinityCount = 0
        let ends = Element.elementType.range
        for z in slices {
            for y in 0..<shape.height {
                let start = (z * shape.height + y) * shape.width
                let row = span.extracting(start..<(start + shape.width))
                var sum = 0.0
                var finite = 0
                var low = Double.infinity
                var high = -Double.infinity
                for x in row.indices {
                    let value = row[x].doubleValue
                    guard value.isFinite else {
                        nanCount += value.isNaN ? 1 : 0
                        infinityCount += value.isNaN ? 0 : 1
                        continue
                    }
                    sum += value
                    finite += 1
                    low = value < low ? value : low
                    high = value > high ? value : high
                    let bits = Float(value).bitPattern
                    let ordered = bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
                    let key = Int(ordered >> (32 - leadingBits))
                    counts[key] &+= 1
                    isUsed[key / blockSize] = true
                }
                let mean = finite > 0 ? sum / Double(finite) : 0
                var squares = 0.0
                for x in row.indices {
                    let deviation = row[x].doubleValue - mean
                    squares += deviation.isFinite ? deviation * deviation : 0
                }
                var rowMoments = Moments(
                    count: finite, mean: mean, squares: squares, minimum: low, maximum: high)
                if let ends, low == ends.lowerBound || high == ends.upperBound {
                    for x in row.indices {
                        let value = row[x].doubleValue
                        rowMoments.atLowEnd += value == ends.lowerBound ? 1 : 0
                        rowMoments.atHighEnd += value == ends.upperBound ? 1 : 0
                    }
                }
                moments.append(rowMoments)
            }
        }
        part.isBlockUsed = blocks
        part.rows = moments
        part.nanCount = nanCount
        part.infinityCount = infinityCount
        return part
    }
}

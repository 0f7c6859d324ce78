import Foundation

/// What the voxels of a scan look like as numbers, gathered slab by slab.
///
/// For voxels of 8 and 16 bits everything is exact, because every value is counted. For wider ones
/// count, minimum and maximum are exact (64-bit integers as the nearest `Double`), mean and
/// deviation are summed row by row in double precision, and percentiles come from a histogram over
/// the order of single-precision numbers whose bins are ``percentileRelativeError`` wide.
/// NaN and infinities are counted apart and take no part in the rest. The result depends neither on
/// the number of threads nor on how the scan was cut into slabs.
public struct VoxelStatistics: Sendable {
    /// The number format of the voxels.
    public let elementType: ElementType
    /// Voxels seen, whatever their value.
    public private(set) var count = 0
    /// Voxels that are not a number.
    public private(set) var nanCount = 0
    /// Voxels of positive or negative infinity.
    public private(set) var infinityCount = 0
    /// Voxels in every bin of the key that keeps the order of values.
    private var keyCounts: [Int]
    /// Which blocks of keys may hold voxels.
    private var isBlockUsed: [Bool]
    /// The sums of wide voxels; narrow ones need none.
    private var moments = Moments()

    /// Nothing seen yet.
    public init(of elementType: ElementType) {
        self.elementType = elementType
        let keys = VoxelKey.count(for: elementType)
        keyCounts = Array(repeating: 0, count: keys)
        isBlockUsed = Array(repeating: false, count: keys / VoxelKey.blockSize)
    }

    /// The statistics of one slab.
    public init(of slab: RawSlab) {
        self.init(of: slab.elementType)
        add(slab)
    }

    /// Takes in the slices that follow those seen so far.
    ///
    /// - Complexity: One pass over the voxels, on all cores.
    public mutating func add(_ slab: RawSlab) {
        precondition(slab.elementType == elementType, "a scan's voxels have one type")
        count += slab.shape.count
        for part in VoxelKey.countParts(slab) {
            for block in isBlockUsed.indices where part.isBlockUsed?[block] ?? true {
                isBlockUsed[block] = true
                for key in keys(inBlock: block) { keyCounts[key] += Int(part.keyCounts[key]) }
            }
            for row in part.rows { moments.add(row) }
            nanCount += part.nanCount
            infinityCount += part.infinityCount
        }
    }

    /// Voxels with a finite value.
    public var finiteCount: Int { count - nanCount - infinityCount }

    /// The least finite value; `nil` without any.
    public var minimum: Double? {
        guard finiteCount > 0 else { return nil }
        guard VoxelKey.isExact(elementType) else { return moments.minimum }
        var least: Double?
        forEachKey { key, _ in least = least ?? value(ofKey: key) }
        return least
    }

    /// The greatest finite value; `nil` without any.
    public var maximum: Double? {
        guard finiteCount > 0 else { return nil }
        guard VoxelKey.isExact(elementType) else { return moments.maximum }
        var greatest: Double?
        forEachKey { key, _ in greatest = value(ofKey: key) }
        return greatest
    }

    /// The mean of the finite values; `nil` without any.
    public var mean: Double? {
        guard finiteCount > 0 else { return nil }
        guard VoxelKey.isExact(elementType) else { return moments.mean }
        var sum = 0.0
        forEachKey { key, number in sum += value(ofKey: key) * Double(number) }
        return sum / Double(finiteCount)
    }

    /// The standard deviation of the finite values, as of a whole population; `nil` without any.
    public var standardDeviation: Double? {
        guard let mean else { return nil }
        guard VoxelKey.isExact(elementType) else {
            return (max(moments.squares, 0) / Double(finiteCount)).squareRoot()
        }
        var sum = 0.0
        forEachKey { key, number in
            let deviation = value(ofKey: key) - mean
            sum += deviation * deviation * Double(number)
        }
        return (sum / Double(finiteCount)).squareRoot()
    }

    /// Whether all voxels have one finite value.
    public var isConstant: Bool {
        guard finiteCount == count, let minimum, let maximum else { return false }
        return minimum == maximum
    }

    /// The part of all voxels at the least value their integer type can hold; 0 for fractions.
    public var fractionAtTypeMinimum: Double {
        fraction(atKey: 0, end: elementType.range?.lowerBound)
    }

    /// The part of all voxels at the greatest value their integer type can hold, where a detector or
    /// a conversion saturates; 0 for floating-point numbers.
    public var fractionAtTypeMaximum: Double {
        fraction(atKey: keyCounts.count - 1, end: elementType.range?.upperBound)
    }

    private func fraction(atKey key: Int, end: Double?) -> Double {
        guard let end, count > 0 else { return 0 }
        if VoxelKey.isExact(elementType) { return Double(keyCounts[key]) / Double(count) }
        let number = end == elementType.range?.lowerBound ? moments.atLowEnd : moments.atHighEnd
        return Double(number) / Double(count)
    }

    /// How many different finite values occur, for voxels of 8 and 16 bits; `nil` for wider ones.
    /// At most 256 in 16 bits betray a scan of 8 bits.
    public var distinctValueCount: Int? {
        guard VoxelKey.isExact(elementType) else { return nil }
        var distinct = 0
        forEachKey { _, _ in distinct += 1 }
        return distinct
    }

    /// The greatest relative error of ``percentile(_:)``: 0 where every value is counted.
    public var percentileRelativeError: Double {
        VoxelKey.isExact(elementType) ? 0 : VoxelKey.relativeBinWidth
    }

    /// The least value that at least `percent` of the finite voxels do not exceed, which is one that
    /// occurs; for wide voxels within ``percentileRelativeError`` of it.
    ///
    /// - Parameter percent: From 0, the minimum, to 100, the maximum.
    public func percentile(_ percent: Double) -> Double? {
        precondition(percent >= 0 && percent <= 100, "a percentile lies between 0 and 100")
        guard let minimum, let maximum else { return nil }
        let rank = max(Int((percent / 100 * Double(finiteCount)).rounded(.up)), 1)
        if rank >= finiteCount { return maximum }
        var seen = 0
        var found = maximum
        forEachKey { key, number in
            if seen < rank, seen + number >= rank {
                found = min(max(value(ofKey: key), minimum), maximum)
            }
            seen += number
        }
        return found
    }

    /// The range of grey values worth showing or scaling to: the 0.1th to the 99.9th percentile,
    /// which a few hot or dead voxels do not move. The full range where that is a single value, as
    /// in a mask with few pores; `nil` for a constant.
    public var robustWindow: ClosedRange<Double>? {
        guard let low = percentile(0.1), let high = percentile(99.9), let minimum, let maximum,
            minimum < maximum
        else { return nil }
        return low < high ? low...high : minimum...maximum
    }

    /// Equal bins over `window`, or from the minimum to the maximum, for display: one for every
    /// whole number where integers span fewer than `binCount` values. What lies outside the window
    /// is not counted.
    ///
    /// - Returns: `nil` without finite voxels.
    public func histogram(
        binCount: Int = 256, in window: ClosedRange<Double>? = nil
    ) -> VoxelHistogram? {
        precondition(binCount > 0, "a histogram has bins")
        guard let minimum, let maximum else { return nil }
        let low = window?.lowerBound ?? minimum
        let greatest = window?.upperBound ?? maximum
        var bins = binCount
        var high = greatest
        if !elementType.isFloatingPoint {
            bins = greatest - low < Double(binCount) ? Int(greatest - low) + 1 : binCount
            // A bin reaches up to the next whole number.
            high = greatest + 1
        } else if low == greatest {
            bins = 1
        }
        var counts = [Int](repeating: 0, count: bins)
        forEachKey { key, number in
            let value = min(max(value(ofKey: key), minimum), maximum)
            guard value >= low, value <= greatest else { return }
            let bin = high > low ? (value - low) / (high - low) * Double(bins) : 0
            counts[min(Int(bin), bins - 1)] += number
        }
        return VoxelHistogram(lowerBound: low, upperBound: high, counts: counts)
    }

    private func value(ofKey key: Int) -> Double { VoxelKey.value(key, elementType) }

    private func keys(inBlock block: Int) -> Range<Int> {
        (block * VoxelKey.blockSize)..<((block + 1) * VoxelKey.blockSize)
    }

    /// Calls `body` with every key that holds voxels, in the order of their values.
    private func forEachKey(_ body: (_ key: Int, _ number: Int) -> Void) {
        for block in isBlockUsed.indices where isBlockUsed[block] {
            for key in keys(inBlock: block) where keyCounts[key] > 0 { body(key, keyCounts[key]) }
        }
    }
}

/// Voxels counted in equal bins of their value.
public struct VoxelHistogram: Sendable, Equatable {
    /// Where the first bin begins.
    public let lowerBound: Double
    /// Where the last bin ends.
    public let upperBound: Double
    /// Voxels in every bin.
    public let counts: [Int]
}

extension ElementType {
    /// The values an integer type can hold, as the nearest `Double`; `nil` for fractions.
    public var range: ClosedRange<Double>? {
        guard !isFloatingPoint else { return nil }
        let bits = byteCount * 8
        return isSigned
            ? -exp2(Double(bits - 1))...(exp2(Double(bits - 1)) - 1) : 0...(exp2(Double(bits)) - 1)
    }
}

public import Volumes

/// The standard deviation of a scan's noise, gathered slab by slab.
///
/// The scan falls into cells of 2x2x2 voxels, in an image of 2x2. The sum of a cell with the signs of a
/// chessboard, its finest Haar wavelet in all directions, cancels grey values that change slowly, and
/// the median of its magnitude hardly sees the few cells with an edge: over 0.6745 it is the standard
/// deviation of white Gaussian noise (Donoho and Johnstone 1994, doi:10.1093/biomet/81.3.425). Noise
/// that neighbours share, as reconstruction filters and resampling leave it, comes out too low, and a
/// scan most of which is filled with one value has none: leave what is outside the plug out of view.
///
/// The median is found among bins of 0.1 % width, which depend neither on the number of cores nor on how
/// the scan was cut into slabs.
public struct NoiseEstimate: Sendable {
    private let shape: Shape
    private let fieldOfView: FieldOfView
    /// Cells by the leading binary digits of their magnitude.
    private var counts = [Int](repeating: 0, count: Self.binCount)
    private var cellCount = 0
    /// The slice that comes next.
    private var next = 0
    /// The first slice of cells whose second is in the next slab.
    private var pending: Volume<Float>?

    private static let droppedBits = 13
    private static let binCount = 1 << (31 - droppedBits)

    /// Nothing seen yet of a scan.
    ///
    /// - Parameters:
    ///   - shape: The extent of the whole scan.
    ///   - fieldOfView: Cells count that lie in it wholly.
    public init(shape: Shape, within fieldOfView: FieldOfView = .all) {
        self.shape = shape
        self.fieldOfView = fieldOfView
    }

    /// The noise of a scan in memory; `nil` if no cell is in view.
    public static func standardDeviation(
        of scan: RawSlab, within fieldOfView: FieldOfView = .all
    ) -> Double? {
        var estimate = NoiseEstimate(shape: scan.shape, within: fieldOfView)
        estimate.add(scan)
        return estimate.standardDeviation
    }

    /// Takes in the slices that follow those seen so far. Cells with NaN or infinities do not count.
    ///
    /// - Complexity: One pass over the voxels, on up to four cores.
    public mutating func add(_ slab: RawSlab) {
        add(slab.floats())
    }

    /// Takes in the slices that follow those seen so far, as numbers.
    mutating func add(_ slab: Volume<Float>) {
        let depth = slab.shape.depth
        precondition(next + depth <= shape.depth, "a scan has the slices of its shape")
        var pairs: [SlicePair] = []
        if let pending {
            pairs.append(SlicePair(z: next - 1, below: (pending, 0), above: (slab, 0)))
        }
        if shape.depth == 1 {
            pairs.append(SlicePair(z: 0, below: (slab, 0), above: nil))
        }
        for z in stride(from: next % 2, to: depth - 1, by: 2) {
            pairs.append(SlicePair(z: next + z, below: (slab, z), above: (slab, z + 1)))
        }
        next += depth
        pending = nil
        if next % 2 == 1, next < shape.depth {
            let last = Region(z: depth - 1, y: 0, x: 0, shape: shape.withDepth(1))
            pending = slab.cropped(to: last)
        }
        add(pairs)
    }

    /// The standard deviation in grey values; `nil` if no cell has been in view.
    public var standardDeviation: Double? {
        guard cellCount > 0 else { return nil }
        var seen = 0
        for (bin, count) in counts.enumerated() {
            seen += count
            if 2 * seen >= cellCount { return Self.middle(ofBin: bin) / 0.674_489_750_196_081_7 }
        }
        return nil
    }

    private static func middle(ofBin bin: Int) -> Double {
        let low = Float(bitPattern: UInt32(bin) << UInt32(droppedBits))
        let high = Float(bitPattern: UInt32(bin + 1) << UInt32(droppedBits))
        // The bin of zero is as good as empty but for zero.
        return bin == 0 ? 0 : (Double(low) + Double(high)) / 2
    }

    /// Counts the cells of pairs of slices.
    private mutating func add(_ pairs: [SlicePair]) {
        let parts = min(4, pairs.count)
        let counted = concurrentMap(count: parts) { [self] part in
            var counts = [UInt32](repeating: 0, count: Self.binCount)
            for pair in pairs[(pairs.count * part / parts)..<(pairs.count * (part + 1) / parts)] {
                for y in stride(from: 0, to: shape.height - 1, by: 2) {
                    count(pair, y, &counts)
                }
            }
            return counts
        }
        for part in counted {
            for bin in counts.indices { counts[bin] += Int(part[bin]) }
            cellCount += part.reduce(0) { $0 + Int($1) }
        }
    }

    private func count(_ pair: SlicePair, _ y: Int, _ counts: inout [UInt32]) {
        let columns = cellColumns(pair.z, y)
        let isImage = pair.above == nil
        let above = pair.above ?? pair.below
        let scale: Float = isImage ? 0.5 : Float(0.125).squareRoot()
        pair.below.volume.withVoxels { below in
            above.volume.withVoxels { voxels in
                let low0 = below.extracting(row(pair.below.slice, y))
                let low1 = below.extracting(row(pair.below.slice, y + 1))
                let high0 = voxels.extracting(row(above.slice, y))
                let high1 = voxels.extracting(row(above.slice, y + 1))
                for x in stride(from: columns.lowerBound, to: columns.upperBound, by: 2) {
                    let lower = (low0[x] - low0[x + 1]) - (low1[x] - low1[x + 1])
                    let upper = (high0[x] - high0[x + 1]) - (high1[x] - high1[x + 1])
                    let magnitude = (scale * (isImage ? lower : lower - upper)).magnitude
                    guard magnitude.isFinite else { continue }
                    counts[Int(magnitude.bitPattern >> UInt32(Self.droppedBits))] &+= 1
                }
            }
        }
    }

    private func row(_ z: Int, _ y: Int) -> Range<Int> {
        let start = (z * shape.height + y) * shape.width
        return start..<(start + shape.width)
    }

    /// The columns where cells of two rows begin that lie in view with all their voxels.
    private func cellColumns(_ z: Int, _ y: Int) -> Range<Int> {
        var columns = 0..<shape.width
        for z in z...min(z + 1, shape.depth - 1) {
            for y in [y, y + 1] {
                let inView = fieldOfView.columns(z: z, y: y, in: shape)
                let begin = max(columns.lowerBound, inView.lowerBound)
                columns = begin..<max(begin, min(columns.upperBound, inView.upperBound))
            }
        }
        let begin = columns.lowerBound + columns.lowerBound % 2
        return begin..<max(begin, columns.upperBound - 1)
    }
}

/// Two slices that cells lie in; an image has one.
private struct SlicePair: Sendable {
    /// Where the lower lies in the scan.
    let z: Int
    let below: (volume: Volume<Float>, slice: Int)
    let above: (volume: Volume<Float>, slice: Int)?
}

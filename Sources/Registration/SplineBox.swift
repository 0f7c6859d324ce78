import Foundation
import Volumes

/// A box of a scan, mirrored where it reaches over the scan's border, as the coefficients of a
/// B-spline of degree five.
struct SplineBox: Sendable {
    /// The first coefficient along (z, y, x), in the scan's voxels; may lie before its border.
    private let origin: SIMD3<Int>
    private let height: Int
    /// Coefficients from one row to the next: a multiple of sixteen, so that lines go in bundles.
    private let stride: Int
    private let isImage: Bool
    private var coefficients: [Float]

    /// - Parameters:
    ///   - needed: Which coefficients are asked for, in the scan's voxels, mirrored beyond it.
    ///   - scan: The scan's extent.
    ///   - stretch: How much coarser than the scan its values are wanted, along (z, y, x); waves
    ///     that such voxels cannot hold are left out.
    ///   - read: Reads a box of the scan.
    init(
        needed: [Range<Int>], of scan: Shape, stretch: SIMD3<Double>,
        read: (Region) throws -> Volume<Float>
    ) throws {
        isImage = scan.isImage
        let filters = (0..<3).map { axis in
            scan.isImage && axis == 0 ? LineFilter.none : LineFilter(stretch: stretch[axis])
        }
        let extents = [scan.depth, scan.height, scan.width]
        let samples = (0..<3).map { axis in
            MirroredRange(needed[axis].padded(by: filters[axis].margin), count: extents[axis])
        }
        guard
            let box = Region(z: samples[0].support, y: samples[1].support, x: samples[2].support)
        else { preconditionFailure("coefficients are made from samples") }
        origin = SIMD3(samples[0].first, samples[1].first, samples[2].first)
        let (depth, height, width) = (
            samples[0].indices.count, samples[1].indices.count, samples[2].indices.count
        )
        self.height = height
        // A row of taps is read as eight, so there are two more than needed.
        stride = (width + 2 + 15) / 16 * 16
        coefficients = [Float](repeating: 0, count: depth * height * stride)
        fill(from: try read(box), samples)
        filter(filters, depth: depth, width: width)
    }

    /// Copies the samples of the box, mirrored ones too.
    private mutating func fill(from box: Volume<Float>, _ samples: [MirroredRange]) {
        let (height, stride) = (self.height, self.stride)
        let across = samples[2].indices
        var target = coefficients.mutableSpan
        box.withVoxels { voxels in
            let columns = across.span
            for (z, sourceZ) in samples[0].indices.enumerated() {
                for (y, sourceY) in samples[1].indices.enumerated() {
                    let start = (sourceZ * box.shape.height + sourceY) * box.shape.width
                    let source = voxels.extracting(start..<(start + box.shape.width))
                    let into = (z * height + y) * stride
                    var row = target._mutatingExtracting(into..<(into + columns.count))
                    for x in 0..<columns.count { row[x] = source[columns[x]] }
                }
            }
        }
    }

    /// Filters along z, then y, then x, each where the next still needs it.
    private mutating func filter(_ filters: [LineFilter], depth: Int, width: Int) {
        let (height, stride, isImage) = (self.height, self.stride, self.isImage)
        let slice = height * stride
        let slices = filters[0].margin..<(depth - filters[0].margin)
        let rows = filters[1].margin..<(height - filters[1].margin)
        let none = SIMD16<Float>(repeating: 0)
        var target = coefficients.mutableSpan
        if !isImage {
            var line = [SIMD16<Float>](repeating: none, count: depth)
            for y in 0..<height {
                for x in Swift.stride(from: 0, to: width, by: 16) {
                    let start = y * stride + x
                    for z in 0..<depth { line[z] = target.sixteen(at: start + z * slice) }
                    filters[0].apply(&line)
                    for z in slices { target.set(line[z], at: start + z * slice) }
                }
            }
        }
        var column = [SIMD16<Float>](repeating: none, count: height)
        var row = [SIMD16<Float>](repeating: none, count: width)
        for z in slices {
            for x in Swift.stride(from: 0, to: width, by: 16) {
                let start = z * slice + x
                for y in 0..<height { column[y] = target.sixteen(at: start + y * stride) }
                filters[1].apply(&column)
                for y in rows { target.set(column[y], at: start + y * stride) }
            }
            for y in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: 16) {
                let start = z * slice + y * stride
                let lanes = min(16, rows.upperBound - y)
                for lane in 0..<lanes {
                    let from = start + lane * stride
                    let source = target._mutatingExtracting(from..<(from + width))
                    for x in 0..<width { row[x][lane] = source[x] }
                }
                filters[2].apply(&row)
                for lane in 0..<lanes {
                    let from = start + lane * stride
                    var into = target._mutatingExtracting(from..<(from + width))
                    for x in 0..<width { into[x] = row[x][lane] }
                }
            }
        }
    }

    /// Values at `start + step * k` for every `k` of `steps`, into `out`.
    ///
    /// Positions count in the scan's voxels from its corner, and lie where coefficients were needed.
    func sample(
        from start: SIMD3<Double>, step: SIMD3<Double>, steps: Range<Int>,
        into out: inout MutableSpan<Float>
    ) {
        // From the first coefficient; a value's first tap is the second before it.
        let corner = SIMD3<Double>(origin) + 2.5
        let start = start - corner
        let all = unsafe coefficients.span.bytes
        let slice = height * stride
        for k in steps {
            let at = start + step * Double(k)
            let (y, x) = (Int(at[1]), Int(at[2]))
            let across = QuinticSpline.weights(Float(at[1] - Double(y)))
            let along = QuinticSpline.weights(Float(at[2] - Double(x)))
            let corner = y &* stride &+ x
            let sum: SIMD8<Float>
            if isImage {
                sum = plane(all, corner, across)
            } else {
                let z = Int(at[0])
                let through = QuinticSpline.weights(Float(at[0] - Double(z)))
                let first = z &* slice &+ corner
                var planes = plane(all, first, across) * through[0]
                planes += plane(all, first &+ slice, across) * through[1]
                planes += plane(all, first &+ 2 &* slice, across) * through[2]
                planes += plane(all, first &+ 3 &* slice, across) * through[3]
                planes += plane(all, first &+ 4 &* slice, across) * through[4]
                planes += plane(all, first &+ 5 &* slice, across) * through[5]
                sum = planes
            }
            let products = sum * along
            let pairs = products.lowHalf + products.highHalf
            out[k - steps.lowerBound] = (pairs[0] + pairs[1]) + (pairs[2] + pairs[3])
        }
    }

    /// Six rows of a slice, weighed.
    @inline(__always)
    private func plane(_ all: RawSpan, _ first: Int, _ weights: SIMD8<Float>) -> SIMD8<Float> {
        var sum = row(all, first) * weights[0]
        sum += row(all, first &+ stride) * weights[1]
        sum += row(all, first &+ 2 &* stride) * weights[2]
        sum += row(all, first &+ 3 &* stride) * weights[3]
        sum += row(all, first &+ 4 &* stride) * weights[4]
        return sum + row(all, first &+ 5 &* stride) * weights[5]
    }

    /// Eight coefficients of a row; the bounds are checked, and any bytes are numbers.
    @inline(__always)
    private func row(_ all: RawSpan, _ first: Int) -> SIMD8<Float> {
        unsafe all.unsafeLoadUnaligned(fromByteOffset: first &* 4, as: SIMD8<Float>.self)
    }
}

/// What is done to every line of samples along one axis.
private struct LineFilter: Sendable {
    /// The middle weight of the low-pass and those to its right; empty to let all pass.
    private let lowPass: [Float]
    /// Samples to either side of a coefficient that it depends on.
    let margin: Int

    static let none = LineFilter(lowPass: [], margin: 0)

    private init(lowPass: [Float], margin: Int) {
        self.lowPass = lowPass
        self.margin = margin
    }

    /// Lets waves of less than `0.5 / stretch` cycles per sample pass.
    init(stretch: Double) {
        // A lattice that is coarser by a few per mille, as measured scales are, holds all there is.
        guard stretch > 1.003 else {
            self.init(lowPass: [], margin: QuinticSpline.margin)
            return
        }
        let reach = Int((AxisWeights.crossings * stretch).rounded(.up)) - 1
        let weights = (0...reach).map { AxisWeights.windowedSinc(Double($0) / stretch) }
        let sum = 2 * weights.reduce(0, +) - weights[0]
        self.init(
            lowPass: weights.map { Float($0 / sum) }, margin: QuinticSpline.margin + reach)
    }

    /// Filters sixteen lines; those within ``margin`` of the ends are left undefined.
    func apply(_ lines: inout [SIMD16<Float>]) {
        if !lowPass.isEmpty {
            let reach = lowPass.count - 1
            var passed = lines
            for k in reach..<(lines.count - reach) {
                var sum = lines[k] * lowPass[0]
                for j in 1...reach { sum += (lines[k - j] + lines[k + j]) * lowPass[j] }
                passed[k] = sum
            }
            lines = passed
        }
        var span = lines.mutableSpan
        QuinticSpline.filter(&span)
    }
}

/// Samples of an axis, those beyond its ends mirrored.
private struct MirroredRange {
    /// The first sample; negative where it lies before the axis.
    let first: Int
    /// The samples that stand for them.
    let support: Range<Int>
    /// For each of the range, which sample of the support it is.
    let indices: [Int]

    init(_ range: Range<Int>, count: Int) {
        first = range.lowerBound
        let mirrored = range.map { AxisWeights.mirrored($0, count) }
        let lowest = mirrored.min() ?? 0
        support = lowest..<((mirrored.max() ?? 0) + 1)
        indices = mirrored.map { $0 - lowest }
    }
}

extension Range<Int> {
    /// The range with so many more at either end.
    func padded(by margin: Int) -> Range<Int> {
        (lowerBound - margin)..<(upperBound + margin)
    }
}

extension MutableSpan<Float> {
    /// Sixteen consecutive numbers.
    @inline(__always)
    fileprivate func sixteen(at index: Int) -> SIMD16<Float> {
        let part = span.extracting(index..<(index + 16))
        return SIMD16(
            part[0], part[1], part[2], part[3], part[4], part[5], part[6], part[7], part[8],
            part[9], part[10], part[11], part[12], part[13], part[14], part[15])
    }

    /// Puts sixteen consecutive numbers.
    @inline(__always)
    fileprivate mutating func set(_ numbers: SIMD16<Float>, at index: Int) {
        var part = _mutatingExtracting(index..<(index + 16))
        for lane in 0..<16 { part[lane] = numbers[lane] }
    }
}

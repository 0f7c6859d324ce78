import Fourier
import Volumes

/// What cells of LOW see of HIGH, wherever they lie: a cubic B-spline on the template's lattice.
struct TemplateView: Sendable {
    /// What is looked up.
    enum Part: Sendable {
        /// The grey values of HIGH.
        case image
        /// Their derivative by the blur, per um.
        case blurDerivative
    }

    private let coefficients: Volume<Float>
    private let spacing: SIMD3<Double>
    private let mean: Float
    private let isImage: Bool

    init(buffer: borrowing TransformBuffer, template: HighTemplate, mean: Float) {
        coefficients = Volume(copying: buffer)
        spacing = template.spacing
        isImage = template.isImage
        self.mean = mean
    }

    /// A value and its slope along (z, y, x), per um of HIGH.
    struct Sample {
        var value: Float = 0
        var slope = SIMD3<Float>()
    }

    /// Looks up points of HIGH that lie along a row, evenly apart and all inside HIGH.
    ///
    /// - Parameters:
    ///   - start: The first point, in um.
    ///   - step: From one point to the next, in um.
    ///   - body: What to do with point `i`.
    @inline(__always)
    func forEach(
        count: Int, start: SIMD3<Double>, step: SIMD3<Double>, slopes: Bool,
        _ body: (_ i: Int, _ sample: Sample) -> Void
    ) {
        let shape = coefficients.shape
        let perUm = 1 / spacing
        let (first, stride) = (start * perUm - 0.5, step * perUm)
        let inverse = SIMD3<Float>(Float(perUm[0]), Float(perUm[1]), Float(perUm[2]))
        coefficients.withVoxels { voxels in
            for i in 0..<count {
                let place = first + stride * Double(i)
                let whole = place.rounded(.down)
                let part = place - whole
                let (y, x) = (Int(whole[1]), Int(whole[2]))
                let (wy, wx) = (SplineWeights(Float(part[1])), SplineWeights(Float(part[2])))
                var sample = Sample(value: mean)
                if isImage {
                    for b in 0..<4 {
                        let row = wrapped(y + b - 1, shape.height) * shape.width
                        let line = SplineWeights.row(voxels, row, x - 1, shape.width)
                        let value = (line * wx.values).sum()
                        sample.value += wy.values[b] * value
                        if slopes {
                            sample.slope[1] += wy.slopes[b] * value
                            sample.slope[2] += wy.values[b] * (line * wx.slopes).sum()
                        }
                    }
                } else {
                    let z = Int(whole[0])
                    let wz = SplineWeights(Float(part[0]))
                    for a in 0..<4 {
                        let slice = wrapped(z + a - 1, shape.depth) * shape.height
                        // Along y first: rows are summed whole, and slopes taken of the sums.
                        var values = SIMD4<Float>()
                        var slopesY = SIMD4<Float>()
                        for b in 0..<4 {
                            let row = (slice + wrapped(y + b - 1, shape.height)) * shape.width
                            let line = SplineWeights.row(voxels, row, x - 1, shape.width)
                            values += line * wy.values[b]
                            if slopes { slopesY += line * wy.slopes[b] }
                        }
                        let value = (values * wx.values).sum()
                        sample.value += wz.values[a] * value
                        if slopes {
                            sample.slope[0] += wz.slopes[a] * value
                            sample.slope[1] += wz.values[a] * (slopesY * wx.values).sum()
                            sample.slope[2] += wz.values[a] * (values * wx.slopes).sum()
                        }
                    }
                }
                sample.slope *= inverse
                body(i, sample)
            }
        }
    }

    /// Near the borders the spline reaches into the mirrored margin, which goes on from both ends.
    @inline(__always)
    private func wrapped(_ index: Int, _ count: Int) -> Int {
        index < 0 ? index + count : (index >= count ? index - count : index)
    }
}

/// The weights of four neighbours under a cubic B-spline, and their derivatives.
private struct SplineWeights {
    let values: SIMD4<Float>
    let slopes: SIMD4<Float>

    /// - Parameter t: From the second neighbour towards the third, `0..<1`.
    @inline(__always)
    init(_ t: Float) {
        let u = 1 - t
        let (t2, u2) = (t * t, u * u)
        values = SIMD4(
            u2 * u / 6, (4 - 3 * t2 * (2 - t)) / 6, (4 - 3 * u2 * (2 - u)) / 6, t2 * t / 6)
        slopes = SIMD4(-u2 / 2, t * (1.5 * t - 2), -u * (1.5 * u - 2), t2 / 2)
    }

    @inline(__always)
    static func row(_ voxels: Span<Float>, _ row: Int, _ x: Int, _ width: Int) -> SIMD4<Float> {
        if x >= 0, x + 4 <= width {
            let four = voxels.extracting((row + x)..<(row + x + 4))
            return SIMD4(four[0], four[1], four[2], four[3])
        }
        var line = SIMD4<Float>()
        for i in 0..<4 {
            let column = x + i
            line[i] =
                voxels[
                    row
                        + (column < 0
                            ? column + width : (column >= width ? column - width : column))]
        }
        return line
    }
}

extension Volume where Element == Float {
    /// The samples of a transform's buffer.
    init(copying buffer: borrowing TransformBuffer) {
        let (depth, height, width) = (buffer.depth, buffer.height, buffer.width)
        self.init(
            shape: Shape(depth: depth, height: height, width: width),
            fillingSlicesConcurrently: { z, slice in
                for y in 0..<height {
                    var row = slice._mutatingExtracting((y * width)..<((y + 1) * width))
                    buffer.withRow(z, y) { source in
                        for x in 0..<width { row[x] = source[x] }
                    }
                }
            })
    }
}

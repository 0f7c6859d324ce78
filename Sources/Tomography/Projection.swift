import Foundation

/// Projects slices onto a line of bins, view by view, exactly.
///
/// A square pixel casts a trapezoid onto the detector; each bin takes the part that falls into it.
/// This is the strip integral of a slice of constant pixels, the limit that the distance-driven
/// method (De Man & Basu 2004, doi:10.1088/0031-9155/49/11/024) approaches, so a detector pixel
/// averages over its width and is not sampled by a line. The position of a trapezoid is rounded to
/// 1/1024 of a bin.
struct Projector {
    private static let phases = 1024
    private let brick: SliceBrick
    private let filled: [Range<Int>]
    private let binSize: Double
    /// Bins of a view that leaves nothing of the object out.
    let fullBins: Int
    private let taps: Int
    private let offset: Double

    /// Prepares `brick` for bins of `binSize` micrometres; `oddBins` says whether the axis lies in
    /// the middle of a bin rather than between two, `atLeast` how many bins are wanted anyway, and
    /// `offset` by how many bins everything appears shifted in every view.
    init(
        _ brick: SliceBrick, binSize: Double, oddBins: Bool, atLeast minimum: Int,
        offset: Double = 0
    ) {
        self.offset = offset
        self.brick = brick
        self.binSize = binSize
        filled = brick.filledColumns
        let pixel = brick.pixelSizeInMicrometres
        taps = Int((pixel * 2.0.squareRoot() / binSize).rounded(.up)) + 1
        let far = [brick.corner[0], brick.corner[0] + Double(brick.height) * pixel].map(abs)
        let side = [brick.corner[1], brick.corner[1] + Double(brick.width) * pixel].map(abs)
        let reach = hypot(far.max() ?? 0, side.max() ?? 0) / binSize + abs(offset)
        let half = max(Int(reach.rounded(.up)) + taps + 1, minimum / 2)
        fullBins = 2 * half + (oddBins ? 1 : 0)
    }

    /// Writes the line integrals of one view, `fullBins` of them, over what `line` held.
    func project(view: Int, of views: Int, into line: inout [SIMD8<Float>]) {
        precondition(line.count == fullBins, "a view has room for the whole object")
        let (cosine, sine) = SinogramBrick.direction(ofView: view, of: views)
        let step = brick.pixelSizeInMicrometres / binSize
        let halfWidths = (abs(cosine) * step / 2, abs(sine) * step / 2)
        let table = weights(halfWidths)
        let support = halfWidths.0 + halfWidths.1
        let start =
            (brick.corner[1] * cosine + brick.corner[0] * sine) / binSize
            + (cosine + sine) * step / 2 + Double(fullBins) / 2 - support + offset
        for index in line.indices { line[index] = SIMD8(repeating: 0) }
        var output = line.mutableSpan
        let source = brick.pixels.span
        let weights = table.span
        let scale = Double(Projector.phases)
        for y in filled.indices where !filled[y].isEmpty {
            let row = source.extracting((y * brick.width)..<((y + 1) * brick.width))
            let rowStart = start + Double(y) * sine * step
            for x in filled[y] {
                let position = rowStart + Double(x) * cosine * step
                let base = Int(position)
                let phase = Int((position - Double(base)) * scale)
                let pixel = row[x]
                let tableRow = weights.extracting((phase * taps)..<((phase + 1) * taps))
                for tap in 0..<taps { output[base + tap] += pixel * tableRow[tap] }
            }
        }
    }

    /// For every phase of a trapezoid's left end in a bin, the line integral per unit of attenuation
    /// in that bin and the next ones.
    private func weights(_ halfWidths: (Double, Double)) -> [Float] {
        let (a, b) = (max(halfWidths.0, halfWidths.1), min(halfWidths.0, halfWidths.1))
        let pixel = brick.pixelSizeInMicrometres
        func mass(below t: Double) -> Double {
            // Of a box when the pixel is seen along an edge, of a trapezoid otherwise.
            guard b > 1e-9 else { return min(max((t + a) / (2 * a), 0), 1) }
            func ramp(_ z: Double) -> Double { z > 0 ? z * z / 2 : 0 }
            return min(
                (ramp(t + a + b) - ramp(t + a - b) - ramp(t - a + b) + ramp(t - a - b))
                    / (4 * a * b), 1)
        }
        var table = [Float](repeating: 0, count: Projector.phases * taps)
        for phase in 0..<Projector.phases {
            let offset = (Double(phase) + 0.5) / Double(Projector.phases) + a + b
            var before = 0.0
            for tap in 0..<taps {
                let after = tap == taps - 1 ? 1 : mass(below: Double(tap + 1) - offset)
                table[phase * taps + tap] = Float((after - before) * pixel * pixel / binSize)
                before = after
            }
        }
        return table
    }
}

/// The line integrals of slices over half a turn.
///
/// - Parameters:
///   - brick: Attenuation per micrometre.
///   - views: Directions, spread evenly over half a turn.
///   - bins: Samples of a view, symmetrical about the rotation axis; what lies beyond is left out.
///   - binSizeInMicrometres: The width of a sample.
/// - Returns: Line integrals (no unit), each averaged over the width of its bin.
public func project(
    _ brick: SliceBrick, views: Int, bins: Int, binSizeInMicrometres: Double
) -> SinogramBrick {
    var sinogram = SinogramBrick(
        views: views, bins: bins, binSizeInMicrometres: binSizeInMicrometres)
    let projector = Projector(
        brick, binSize: binSizeInMicrometres, oddBins: !bins.isMultiple(of: 2),
        atLeast: bins)
    var line = [SIMD8<Float>](repeating: SIMD8(repeating: 0), count: projector.fullBins)
    let margin = (projector.fullBins - bins) / 2
    for view in 0..<views {
        projector.project(view: view, of: views, into: &line)
        for bin in 0..<bins {
            sinogram.values[view * bins + bin] = line[bin + margin]
        }
    }
    return sinogram
}

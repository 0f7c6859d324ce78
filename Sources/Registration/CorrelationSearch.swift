import Fourier
import Foundation
import Volumes

/// A shift at which HIGH looks like LOW.
struct Candidate: Sendable {
    /// Whole cells from LOW's corner to HIGH's.
    let cells: SIMD3<Int>
    /// The same, with the peak's position between cells.
    let position: SIMD3<Double>
    /// How much it stands out; see ``CorrelationSearch``.
    let score: Double
}

/// The normalised correlation of two locally mean-free volumes at every shift of whole cells.
///
/// Both are padded with zeros, so nothing wraps, and the correlation at a shift is divided by the
/// energies of exactly the cells that overlap there (Padfield 2012, doi:10.1109/TIP.2011.2181402), so
/// neither the border nor the outline of a turned scan needs a window. A correlation `r` over
/// `n` cells scores `atanh(r) * sqrt(n)`, in units that make chance alike at every overlap (Fisher's
/// transformation), divided by the square root of the largest `n`.
struct CorrelationSearch: Sendable {
    /// The shifts that stand out most, best first; at least one.
    let candidates: [Candidate]
    /// The standard deviation of the score over all shifts far from the best.
    let chanceDeviation: Double
    /// Shifts that were compared.
    let shifts: Int
    /// The best score within ``expectedReach`` cells of where HIGH was expected; minus infinity if none was tried.
    let expectedScore: Double

    /// Shifts that are tried: near a known one, with enough overlap.
    struct Limits: Sendable {
        /// Cells that must overlap.
        let overlapCells: Int
        /// A box of shifts, in cells; everything if `nil`.
        let centre: SIMD3<Double>?
        let radius: SIMD3<Double>
    }

    /// Candidates closer than this, along every axis, are one peak: the main lobe of a texture whose
    /// local mean was taken away is no wider than the window's radius.
    private static let lobe = 4
    private static let kept = 6
    /// How far from where HIGH is expected its peak may lie, in cells.
    static let expectedReach = 3.0

    /// Searches; `nil` if no shift is within the limits.
    ///
    /// - Parameter expected: From LOW's corner to that of HIGH's box, in cells.
    init?(low: Volume<Float>, high: MaskedCells, expected: SIMD3<Double>, limits: Limits) {
        let surface = CorrelationSearch.surface(low: low, high: high, limits: limits)
        let shape = surface.shape
        let box = high.values.shape
        let origin = SIMD3(box.depth - 1, box.height - 1, box.width - 1)
        @Sendable func isInside(_ cells: SIMD3<Int>) -> Bool {
            guard let centre = limits.centre else { return true }
            return (0..<3).allSatisfy {
                abs(Double(cells[$0]) - centre[$0]) <= max(1, limits.radius[$0])
            }
        }
        let perSlice = concurrentMap(count: shape.depth) { z -> [Candidate] in
            var found: [Candidate] = []
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    let score = surface[z, y, x]
                    guard score > 0,
                        found.count < CorrelationSearch.kept * 4
                            || Double(score) > found[found.count - 1].score
                    else { continue }
                    let cells = SIMD3(z, y, x) &- origin
                    guard CorrelationSearch.isPeak(surface, z, y, x), isInside(cells) else {
                        continue
                    }
                    let candidate = CorrelationSearch.candidate(surface, z, y, x, cells: cells)
                    let place = found.firstIndex { $0.score < candidate.score } ?? found.count
                    found.insert(candidate, at: place)
                    if found.count > CorrelationSearch.kept * 4 { found.removeLast() }
                }
            }
            return found
        }
        var candidates: [Candidate] = []
        // Equal scores keep the order of slices, rows and columns.
        let all = perSlice.joined().enumerated().sorted {
            ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
        }
        for candidate in all.map(\.element) where candidates.count < CorrelationSearch.kept {
            let isNew = candidates.allSatisfy { other in
                let apart = candidate.cells &- other.cells
                return (0..<3).contains { abs(apart[$0]) > CorrelationSearch.lobe }
            }
            if isNew { candidates.append(candidate) }
        }
        guard let best = candidates.first else { return nil }
        self.candidates = candidates
        var expectedScore = -Double.infinity
        let reach = CorrelationSearch.expectedReach
        func near(_ axis: Int, _ extent: Int) -> ClosedRange<Int> {
            let place = expected[axis] + Double(origin[axis])
            let low = min(max(0, Int((place - reach).rounded(.up))), extent - 1)
            return low...min(max(low, Int((place + reach).rounded(.down))), extent - 1)
        }
        for z in near(0, shape.depth) {
            for y in near(1, shape.height) {
                for x in near(2, shape.width) {
                    expectedScore = max(expectedScore, Double(surface[z, y, x]))
                }
            }
        }
        self.expectedScore = expectedScore
        let sums = concurrentMap(count: shape.depth) { z -> (Double, Int) in
            var (sum, count) = (0.0, 0)
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    let score = Double(surface[z, y, x])
                    let apart = SIMD3(z, y, x) &- origin &- best.cells
                    guard score.isFinite,
                        (0..<3).contains(where: { abs(apart[$0]) > CorrelationSearch.lobe })
                    else { continue }
                    sum += score * score
                    count += 1
                }
            }
            return (sum, count)
        }
        shifts = sums.reduce(0) { $0 + $1.1 }
        chanceDeviation = (sums.reduce(0) { $0 + $1.0 } / Double(max(1, shifts))).squareRoot()
    }

    /// The score at every shift; the voxel at `high.shape - 1` is the shift zero. Shifts with too
    /// little overlap score minus infinity.
    private static func surface(
        low: Volume<Float>, high: MaskedCells, limits: Limits
    ) -> Volume<Float> {
        let (a, b) = (low.shape, high.values.shape)
        let shape = Shape(
            depth: a.depth + b.depth - 1, height: a.height + b.height - 1,
            width: a.width + b.width - 1)
        let transform = RealTransform(
            depth: nextFastLength(shape.depth), height: nextFastLength(shape.height),
            width: nextFastLength(shape.width))
        func correlation(_ lowTerm: Term, _ highTerm: Term) -> TransformBuffer {
            var first = transform.spectrum(of: low, lowTerm)
            first.correlate(with: transform.spectrum(of: high.values, highTerm, times: high.mask))
            transform.inverse(&first)
            return first
        }
        let products = correlation(.values, .values)
        let lowSquares = correlation(.squares, .ones)
        let highSquares = correlation(.ones, .squares)
        let counts = correlation(.ones, .ones)
        let largest = min(Double(a.count), high.mask.moments.mean * Double(b.count))
        var surface = Volume<Float>(shape: shape, repeating: 0)
        for z in 0..<shape.depth {
            let dz = z - (b.depth - 1)
            let k = dz < 0 ? dz + transform.depth : dz
            for y in 0..<shape.height {
                let dy = y - (b.height - 1)
                let j = dy < 0 ? dy + transform.height : dy
                products.withRow(k, j) { products in
                    lowSquares.withRow(k, j) { lowSquares in
                        highSquares.withRow(k, j) { highSquares in
                            counts.withRow(k, j) { counts in
                                for x in 0..<shape.width {
                                    let dx = x - (b.width - 1)
                                    let i = dx < 0 ? dx + transform.width : dx
                                    let cells = Double(counts[i])
                                    // Transforms leave counts a little off whole numbers.
                                    guard cells + 0.5 >= Double(limits.overlapCells) else {
                                        surface[z, y, x] = -.infinity
                                        continue
                                    }
                                    let energies = Double(lowSquares[i]) * Double(highSquares[i])
                                    // Values are in units of their deviation; less than this is what
                                    // transforms round. The bounds keep a perfect match finite.
                                    let least = 1e-4 * cells
                                    let r =
                                        min(lowSquares[i], highSquares[i]) > Float(least)
                                        ? max(
                                            -0.999,
                                            min(0.999, Double(products[i]) / energies.squareRoot()))
                                        : 0
                                    surface[z, y, x] = Float(
                                        atanh(r) * (cells / largest).squareRoot())
                                }
                            }
                        }
                    }
                }
            }
        }
        return surface
    }

    private static func isPeak(_ surface: Volume<Float>, _ z: Int, _ y: Int, _ x: Int) -> Bool {
        let shape = surface.shape
        let score = surface[z, y, x]
        for k in max(0, z - 1)...min(shape.depth - 1, z + 1) {
            for j in max(0, y - 1)...min(shape.height - 1, y + 1) {
                for i in max(0, x - 1)...min(shape.width - 1, x + 1)
                where surface[k, j, i] > score {
                    return false
                }
            }
        }
        return true
    }

    /// The peak of a parabola through the neighbours along every axis.
    private static func candidate(
        _ surface: Volume<Float>, _ z: Int, _ y: Int, _ x: Int, cells: SIMD3<Int>
    ) -> Candidate {
        let shape = surface.shape
        let centre = Double(surface[z, y, x])
        var position = SIMD3(Double(cells[0]), Double(cells[1]), Double(cells[2]))
        var score = centre
        func fit(_ axis: Int, _ index: Int, _ extent: Int, _ value: (Int) -> Float) {
            guard index > 0, index < extent - 1 else { return }
            let (before, after) = (Double(value(index - 1)), Double(value(index + 1)))
            let curvature = before - 2 * centre + after
            guard before.isFinite, after.isFinite, curvature < 0 else { return }
            let offset = (before - after) / (2 * curvature)
            position[axis] += offset
            score += (before - after) * offset / 4 * -1
        }
        fit(0, z, shape.depth) { surface[$0, y, x] }
        fit(1, y, shape.height) { surface[z, $0, x] }
        fit(2, x, shape.width) { surface[z, y, $0] }
        return Candidate(cells: cells, position: position, score: score)
    }
}

/// Cells of which only those in a mask count.
struct MaskedCells: Sendable {
    let values: Volume<Float>
    /// One where a cell counts, and zero elsewhere.
    let mask: Volume<Float>
}

/// What is summed over an overlap.
private enum Term {
    case ones
    case values
    case squares

    @inline(__always)
    func callAsFunction(_ value: Float) -> Float {
        switch self {
        case .ones: 1
        case .values: value
        case .squares: value * value
        }
    }
}

extension RealTransform {
    /// The spectrum of a volume's term, with zeros beyond it.
    fileprivate func spectrum(
        of volume: Volume<Float>, _ term: Term, times mask: Volume<Float>? = nil
    ) -> TransformBuffer {
        var buffer = makeBuffer()
        let shape = volume.shape
        buffer.forEachRowConcurrently { z, y, row in
            guard z < shape.depth, y < shape.height else { return }
            let start = (z * shape.height + y) * shape.width
            volume.withVoxels { voxels in
                let source = voxels.extracting(start..<(start + shape.width))
                for x in 0..<source.count { row[x] = term(source[x]) }
            }
            mask?.withVoxels { voxels in
                let factors = voxels.extracting(start..<(start + shape.width))
                for x in 0..<factors.count { row[x] *= factors[x] }
            }
        }
        forward(&buffer)
        return buffer
    }
}

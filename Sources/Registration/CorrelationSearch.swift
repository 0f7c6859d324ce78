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
/// energies of exactly the cells that overlap there (as in Padfield 2012,
/// doi:10.1109/TIP.2011.2181402, for boxes), so the border needs no window. A correlation `r` over
/// `n` cells scores `atanh(r) * sqrt(n)`, in units that make chance alike at every overlap (Fisher's
/// transformation), divided by the square root of the largest `n`.
struct CorrelationSearch: Sendable {
    /// The shifts that stand out most, best first; at least one.
    let candidates: [Candidate]
    /// The standard deviation of the score over all shifts far from the best.
    let chanceDeviation: Double
    /// Shifts that were compared.
    let shifts: Int

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

    /// Searches; `nil` if no shift is within the limits.
    init?(low: Volume<Float>, high: Volume<Float>, limits: Limits) {
        let surface = CorrelationSearch.surface(low: low, high: high, limits: limits)
        let shape = surface.shape
        let origin = SIMD3(high.shape.depth - 1, high.shape.height - 1, high.shape.width - 1)
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
        low: Volume<Float>, high: Volume<Float>, limits: Limits
    ) -> Volume<Float> {
        let (a, b) = (low.shape, high.shape)
        let shape = Shape(
            depth: a.depth + b.depth - 1, height: a.height + b.height - 1,
            width: a.width + b.width - 1)
        let products = correlation(low, high, shape)
        let (lowSquares, highSquares) = (SummedSquares(low), SummedSquares(high))
        let largest = Double(min(a.count, b.count))
        return Volume(shape: shape) { z, slice in
            var lowSums = [Double](repeating: 0, count: a.width + 1)
            var highSums = [Double](repeating: 0, count: b.width + 1)
            let dz = z - (b.depth - 1)
            let slices = max(0, dz)..<min(a.depth, dz + b.depth)
            for y in 0..<shape.height {
                let dy = y - (b.height - 1)
                let rows = max(0, dy)..<min(a.height, dy + b.height)
                lowSquares.upToColumn(slices: slices, rows: rows, into: &lowSums)
                highSquares.upToColumn(
                    slices: (slices.lowerBound - dz)..<(slices.upperBound - dz),
                    rows: (rows.lowerBound - dy)..<(rows.upperBound - dy), into: &highSums)
                let (lowSpan, highSpan) = (lowSums.span, highSums.span)
                products.withRow(
                    dz < 0 ? dz + products.depth : dz, dy < 0 ? dy + products.height : dy
                ) { row in
                    for x in 0..<shape.width {
                        let dx = x - (b.width - 1)
                        let (start, end) = (max(0, dx), min(a.width, dx + b.width))
                        let cells = slices.count * rows.count * (end - start)
                        guard cells >= limits.overlapCells else {
                            slice[y * shape.width + x] = -.infinity
                            continue
                        }
                        let energies =
                            (lowSpan[end] - lowSpan[start])
                            * (highSpan[end - dx] - highSpan[start - dx])
                        let product = Double(row[dx < 0 ? dx + row.count : dx])
                        // The bound keeps rounding from making a perfect match infinite.
                        let r =
                            energies > 0
                            ? max(-0.999, min(0.999, product / energies.squareRoot())) : 0
                        slice[y * shape.width + x] = Float(
                            atanh(r) * (Double(cells) / largest).squareRoot())
                    }
                }
            }
        }
    }

    /// The sums of products at every shift, by Fourier transforms.
    private static func correlation(
        _ low: Volume<Float>, _ high: Volume<Float>, _ shape: Shape
    ) -> TransformBuffer {
        let transform = RealTransform(
            depth: nextFastLength(shape.depth), height: nextFastLength(shape.height),
            width: nextFastLength(shape.width))
        func spectrum(_ volume: Volume<Float>) -> TransformBuffer {
            var buffer = transform.makeBuffer()
            let shape = volume.shape
            buffer.forEachRowConcurrently { z, y, row in
                guard z < shape.depth, y < shape.height else { return }
                volume.withVoxels { voxels in
                    let start = (z * shape.height + y) * shape.width
                    let source = voxels.extracting(start..<(start + shape.width))
                    for x in 0..<source.count { row[x] = source[x] }
                }
            }
            transform.forward(&buffer)
            return buffer
        }
        var products = spectrum(low)
        products.correlate(with: spectrum(high))
        transform.inverse(&products)
        return products
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

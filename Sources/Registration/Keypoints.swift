import Foundation
import Volumes

/// Places of a scan that can be recognised in another scan of the same rock, however it was turned: the
/// middles of pores and grains, each with a description of what lies around it.
///
/// Places are extrema of a difference of Gaussians (Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94),
/// at one width, since the voxel sizes of both scans are known. A place is described by its surroundings
/// on a few spheres (circles, in images), expanded in harmonics: the products of the spheres'
/// coefficients, summed over each degree, do not change when the rock is turned or mirrored.
struct Keypoints: Sendable {
    /// In um of the scan.
    private(set) var positions: [SIMD3<Double>] = []
    /// Whether the place is brighter than what is around it.
    private(set) var isBright: [Bool] = []
    /// `stride` groups of eight numbers for every place; their squares add to one.
    private(set) var descriptors: [SIMD8<Float>] = []
    private(set) var stride = 0

    var count: Int { positions.count }

    /// Finds the places that stand out most.
    ///
    /// - Parameters:
    ///   - scan: Grey values on a lattice of cells.
    ///   - cell: The edges of a cell, in um.
    ///   - origin: The corner of the first cell, in um.
    ///   - sigma: The width of the narrower Gaussian, in cells.
    ///   - density: Places per cell; the same for both scans, so that the same places stand out.
    init(
        _ scan: Volume<Float>, cell: SIMD3<Double>, origin: SIMD3<Double>, sigma: Double,
        density: Double
    ) {
        let fine = scan.smoothed(sigma: sigma)
        let shells = Shells(sigma: sigma, isImage: scan.shape.isImage)
        let found = fine.extrema(against: scan.smoothed(sigma: 1.6 * sigma), margin: shells.margin)
        let wanted = Int((density * Double(scan.shape.count)).rounded(.up))
        // Equal strengths keep the order of slices, rows and columns.
        let kept = found.enumerated().sorted {
            (abs($1.element.strength), $0.offset) < (abs($0.element.strength), $1.offset)
        }.prefix(wanted).map(\.element)
        let described = concurrentMap(count: (kept.count + 63) / 64) { group in
            kept[(group * 64)..<min(kept.count, (group + 1) * 64)].flatMap {
                shells.describe(fine, $0.position)
            }
        }
        positions = kept.map { origin + ($0.position + 0.5) * cell }
        isBright = kept.map { $0.strength > 0 }
        descriptors = described.flatMap { $0 }
        stride = shells.stride
    }

    /// For every place the best partners among others of its kind, best first.
    ///
    /// - Parameter partners: How many at most.
    func matches(in others: Keypoints, partners: Int) -> [KeypointMatch] {
        let groups = concurrentMap(count: (count + 31) / 32) { group -> [KeypointMatch] in
            let (own, theirs) = (descriptors.span, others.descriptors.span)
            var found: [KeypointMatch] = []
            for index in (group * 32)..<min(count, (group + 1) * 32) {
                let one = own.extracting((index * stride)..<((index + 1) * stride))
                var best: [(likeness: Float, other: Int)] = []
                for other in 0..<others.count where others.isBright[other] == isBright[index] {
                    let two = theirs.extracting((other * stride)..<((other + 1) * stride))
                    var sums = SIMD8<Float>()
                    for i in 0..<one.count { sums += one[i] * two[i] }
                    let likeness = sums.sum()
                    if best.count > partners, likeness <= best[partners].likeness { continue }
                    let place = best.firstIndex { $0.likeness < likeness } ?? best.count
                    best.insert((likeness, other), at: place)
                    if best.count > partners + 1 { best.removeLast() }
                }
                // What the best partner has over the first that is left out says how safe it is.
                guard best.count > partners else { continue }
                let rest = max(1e-6, 1 - best[partners].likeness)
                for partner in best.prefix(partners) {
                    found.append(
                        KeypointMatch(
                            index: index, from: positions[index],
                            to: others.positions[partner.other],
                            doubt: max(0, 1 - partner.likeness) / rest))
                }
            }
            return found
        }
        return groups.flatMap { $0 }
    }
}

/// A place of HIGH and one of LOW that look alike.
struct KeypointMatch: Sendable {
    /// The place of HIGH.
    let index: Int
    /// In um of HIGH.
    let from: SIMD3<Double>
    /// In um of LOW.
    let to: SIMD3<Double>
    /// How much less alike the next place is: small for a safe match, up to one.
    let doubt: Float
}

/// The spheres on which the surroundings of a place are seen.
private struct Shells: Sendable {
    let basis: HarmonicBasis
    /// In cells.
    let radii: [Float]
    let isImage: Bool

    init(sigma: Double, isImage: Bool) {
        basis =
            isImage
            ? .circle(directions: 24, degree: 8) : .sphere(directions: 96, degree: 6)
        radii = [1.2, 2, 2.8, 3.6, 4.4].map { Float($0 * sigma) }
        self.isImage = isImage
    }

    /// Cells at the border that no place may lie in.
    var margin: Int { Int((radii[radii.count - 1] + 0.5).rounded(.up)) }

    private var pairs: Int { radii.count * (radii.count + 1) / 2 }

    /// Groups of eight numbers.
    var stride: Int { (pairs * (basis.degrees.count - 1) + 7) / 8 }

    func describe(_ volume: Volume<Float>, _ place: SIMD3<Double>) -> [SIMD8<Float>] {
        let directions = basis.directions.count
        var values = [Float](repeating: 0, count: radii.count * directions)
        let centre = SIMD3<Float>(place)
        volume.withVoxels { voxels in
            for (shell, radius) in radii.enumerated() {
                for direction in 0..<directions {
                    values[shell * directions + direction] = volume.linear(
                        voxels, centre + basis.directions[direction] * radius)
                }
            }
        }
        // Gain and offset of the scan do not matter.
        let mean = values.reduce(0, +) / Float(values.count)
        let coefficients = expand(values.map { $0 - mean })
        var numbers = [Float]()
        numbers.reserveCapacity(stride * 8)
        for first in radii.indices {
            for second in first..<radii.count {
                for degree in 0..<(basis.degrees.count - 1) {
                    var sum: Float = 0
                    for i in basis.degrees[degree]..<basis.degrees[degree + 1] {
                        sum +=
                            coefficients[first * basis.count + i]
                            * coefficients[second * basis.count + i]
                    }
                    // Roots keep the strongest products from deciding alone.
                    numbers.append(sum < 0 ? -(-sum).squareRoot() : sum.squareRoot())
                }
            }
        }
        let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
        var groups = [SIMD8<Float>](repeating: SIMD8(), count: stride)
        guard length > 0 else { return groups }
        for (index, number) in numbers.enumerated() {
            groups[index / 8][index % 8] = number / length
        }
        return groups
    }

    /// The harmonics' coefficients of every shell.
    private func expand(_ values: [Float]) -> [Float] {
        let directions = basis.directions.count
        var coefficients = [Float](repeating: 0, count: radii.count * basis.count)
        let (all, functions) = (values.span, basis.functions.span)
        for shell in radii.indices {
            let row = all.extracting((shell * directions)..<((shell + 1) * directions))
            for function in 0..<basis.count {
                let weights = functions.extracting(
                    (function * directions)..<((function + 1) * directions))
                var sums = SIMD8<Float>()
                for i in Swift.stride(from: 0, to: directions, by: 8) {
                    let a = row.extracting(i..<(i + 8))
                    let b = weights.extracting(i..<(i + 8))
                    sums +=
                        SIMD8(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7])
                        * SIMD8(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7])
                }
                coefficients[shell * basis.count + function] = sums.sum()
            }
        }
        return coefficients
    }
}

extension Volume where Element == Float {
    /// Means under a Gaussian of standard deviation `sigma`, in voxels; along z only for volumes.
    func smoothed(sigma: Double) -> Volume<Float> {
        func weights(_ extent: Int) -> AxisWeights {
            .gaussian(
                count: extent, sampleCount: extent, sigma: sigma, position: { Double($0) + 0.5 })
        }
        return SeparableSampler(
            z: shape.isImage ? .single : weights(shape.depth), y: weights(shape.height),
            x: weights(shape.width)
        ).sample(self)
    }

    /// The value at a point between voxels, by straight lines; the point lies a voxel inside.
    @inline(__always)
    fileprivate func linear(_ voxels: Span<Float>, _ point: SIMD3<Float>) -> Float {
        let whole = point.rounded(.down)
        let part = point - whole
        let (z, y, x) = (Int(whole[0]), Int(whole[1]), Int(whole[2]))
        let here = (z * shape.height + y) * shape.width + x
        @inline(__always)
        func along(_ at: Int) -> Float {
            let two = voxels.extracting(at..<(at + 2))
            return two[0] + part[2] * (two[1] - two[0])
        }
        @inline(__always)
        func plane(_ at: Int) -> Float {
            let first = along(at)
            return first + part[1] * (along(at + shape.width) - first)
        }
        let first = plane(here)
        if shape.isImage { return first }
        return first + part[0] * (plane(here + shape.sliceCount) - first)
    }
}

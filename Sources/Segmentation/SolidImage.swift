import Foundation
import Volumes

/// A disc in a slice, in voxels from its corner.
struct Disc: Sendable {
    var y: Double
    var x: Double
    var radius: Double
}

/// How many slices of a scan are solid at every place of a slice.
struct SolidImage: Sendable {
    let height: Int
    let width: Int
    let depth: Int
    let counts: [UInt32]
    private static let sectors = 180

    /// The disc inside which most is solid and outside which least is: where the variance of the
    /// counts between the two is greatest. Found to a voxel or so, from a coarse image to the full
    /// one.
    func bestDisc() -> Disc? {
        var factor = 1
        while max(height, width) > 64 * factor { factor *= 2 }
        var cells = Cells(self, factor: factor)
        var all: [(Double, Double)] = []
        for y in 0..<cells.height {
            for x in 0..<cells.width { all.append((Double(y) + 0.5, Double(x) + 0.5)) }
        }
        guard var best = cells.best(of: all) else { return nil }
        while factor > 1 {
            factor /= 2
            cells = Cells(self, factor: factor)
            var around: [(Double, Double)] = []
            for dy in -4...4 {
                for dx in -4...4 {
                    around.append(
                        (2 * best.y + Double(dy) / 2, 2 * best.x + Double(dx) / 2))
                }
            }
            guard let closer = cells.best(of: around) else { return nil }
            best = closer
        }
        return best
    }

    /// The circle that most of the edges near the rim of a disc lie on.
    func refined(_ disc: Disc) -> Disc? {
        let reach = max(6, disc.radius / 12)
        let profiles = profiles(of: disc, reach: reach)
        var edges: [Double] = []
        var terms: [[Double]] = []
        for (sector, profile) in profiles.enumerated() {
            guard let edge = profile.edge() else { continue }
            let angle = Self.angle(sector)
            edges.append(disc.radius - reach + edge * Profile.step)
            terms.append([1, sin(angle), cos(angle)])
        }
        guard
            let fit = robustLine(
                through: edges, terms: terms, weights: Array(repeating: 1, count: edges.count),
                leastDeviation: Profile.step)
        else { return nil }
        guard fit[0] > 1, abs(fit[1]) + abs(fit[2]) < disc.radius else { return nil }
        return Disc(y: disc.y + fit[1], x: disc.x + fit[2], radius: fit[0])
    }

    /// The disc as a plug, if what lies around it is air and its rim is clear.
    func plug(_ disc: Disc) -> Plug? {
        var (inside, outside) = (Share(), Share())
        for y in 0..<height {
            for x in 0..<width {
                let distance = disc.distance(y, x)
                let count = Int(counts[y * width + x])
                if distance <= disc.radius - 1 { inside.add(count, of: depth) }
                if distance > disc.radius + 1 { outside.add(count, of: depth) }
            }
        }
        guard 200 * outside.all >= height * width * depth, inside.all > 0,
            outside.value < inside.value / 4
        else { return nil }
        let reach = max(4, disc.radius / 20)
        var (visible, clear) = (0, 0)
        var quarters: Set<Int> = []
        for (sector, profile) in profiles(of: disc, reach: reach).enumerated() {
            guard let (inner, outer) = profile.sides() else { continue }
            visible += 1
            if inner > 0.4 * inside.value, outer < 0.3 * inside.value, inner > 2 * outer {
                clear += 1
                quarters.insert(sector * 4 / Self.sectors)
            }
        }
        guard 12 * visible >= Self.sectors, 5 * clear >= 4 * visible, quarters.count >= 3
        else { return nil }
        return Plug(
            centreY: disc.y, centreX: disc.x, radius: disc.radius,
            visibleRim: Double(visible) / Double(Self.sectors), solidInside: inside.value,
            solidOutside: outside.value)
    }

    private static func angle(_ sector: Int) -> Double {
        (Double(sector) + 0.5) / Double(sectors) * 2 * .pi
    }

    /// What is solid near the rim of a disc, by direction and distance.
    private func profiles(of disc: Disc, reach: Double) -> [Profile] {
        let bins = Int((2 * reach / Profile.step).rounded(.up))
        var profiles = [Profile](
            repeating: Profile(bins: bins, depth: depth), count: Self.sectors)
        let least = disc.radius - reach
        for y in 0..<height {
            for x in 0..<width {
                let distance = disc.distance(y, x)
                let bin = Int(((distance - least) / Profile.step).rounded(.down))
                guard bin >= 0, bin < bins else { continue }
                var angle = atan2(Double(y) + 0.5 - disc.y, Double(x) + 0.5 - disc.x)
                if angle < 0 { angle += 2 * .pi }
                let sector = min(
                    Int(angle / (2 * .pi) * Double(Self.sectors)), Self.sectors - 1)
                profiles[sector].add(Int(counts[y * width + x]), bin: bin)
            }
        }
        return profiles
    }
}

extension Disc {
    /// The distance of a voxel's centre from the disc's.
    @inline(__always)
    fileprivate func distance(_ row: Int, _ column: Int) -> Double {
        let (dy, dx) = (Double(row) + 0.5 - y, Double(column) + 0.5 - x)
        return (dy * dy + dx * dx).squareRoot()
    }
}

/// Solid voxels among some.
private struct Share {
    private(set) var solid = 0
    private(set) var all = 0
    var value: Double { all > 0 ? Double(solid) / Double(all) : 0 }

    mutating func add(_ count: Int, of depth: Int) {
        solid += count
        all += depth
    }
}

/// What is solid along one direction from the middle of a disc.
private struct Profile {
    /// The width of a bin, in voxels.
    static let step = 0.5
    private var shares: [Share]
    private let depth: Int

    init(bins: Int, depth: Int) {
        shares = Array(repeating: Share(), count: bins)
        self.depth = depth
    }

    mutating func add(_ count: Int, bin: Int) { shares[bin].add(count, of: depth) }

    /// Where the profile steps down most, in bins; `nil` where the scan ends within three voxels of
    /// that place, or where what lies beyond is no emptier than rock may be.
    func edge() -> Double? {
        let solid = shares.reduce(0) { $0 + $1.solid }
        let all = shares.reduce(0) { $0 + $1.all }
        var best: (score: Double, bin: Int, inner: Double, outer: Double)?
        var (below, within) = (0, 0)
        for (bin, share) in shares.enumerated() {
            below += share.solid
            within += share.all
            guard within > 0, within < all else { continue }
            let separation = betweenClasses(
                inside: Double(below), of: Double(within), all: Double(solid), of: Double(all))
            if separation > best?.score ?? 0 {
                best = (
                    separation, bin, Double(below) / Double(within),
                    Double(solid - below) / Double(all - within)
                )
            }
        }
        guard let best, best.outer < 0.3 * best.inner,
            shares[(best.bin + 1)...].dropFirst(5).contains(where: { $0.all > 0 })
        else { return nil }
        return Double(best.bin + 1)
    }

    /// The solid shares of the two halves but for the voxels next to the middle; `nil` where the
    /// scan ends in one of them.
    func sides() -> (inner: Double, outer: Double)? {
        let middle = shares.count / 2
        var (inner, outer) = (Share(), Share())
        for (bin, share) in shares.enumerated() {
            if bin < middle - 2 { inner.add(share.solid, of: share.all) }
            if bin >= middle + 2 { outer.add(share.solid, of: share.all) }
        }
        guard inner.all > 0, outer.all > 0, 4 * outer.all > inner.all else { return nil }
        return (inner.value, outer.value)
    }
}

/// The variance between a disc and the rest, up to a factor; 0 where the disc is the emptier.
@inline(__always)
private func betweenClasses(inside: Double, of within: Double, all: Double, of total: Double)
    -> Double
{
    let difference = inside * total - all * within
    return difference > 0 ? difference * difference / (within * (total - within)) : 0
}

/// A coarser image, of sums over squares of `factor` voxels.
private struct Cells: Sendable {
    let height: Int
    let width: Int
    private let sums: [Double]
    private let sizes: [Double]

    init(_ image: SolidImage, factor: Int) {
        height = (image.height + factor - 1) / factor
        width = (image.width + factor - 1) / factor
        var sums = [Double](repeating: 0, count: height * width)
        var sizes = sums
        for y in 0..<image.height {
            for x in 0..<image.width {
                let cell = y / factor * width + x / factor
                sums[cell] += Double(image.counts[y * image.width + x])
                sizes[cell] += 1
            }
        }
        self.sums = sums
        self.sizes = sizes
    }

    /// The best disc about any of some middles, in cells, to half a cell.
    func best(of middles: [(Double, Double)]) -> Disc? {
        let total = sizes.reduce(0, +)
        let all = sums.reduce(0, +)
        // Reach beyond the far corner from a middle a few cells off the image.
        let reach = 2 * Int(Double(height * height + width * width).squareRoot()) + 16
        let found = concurrentMap(count: middles.count) { index in
            self.best(about: middles[index], reach: reach, total: total, all: all)
        }
        var best: (score: Double, disc: Disc)?
        for candidate in found where candidate.score > best?.score ?? 0 { best = candidate }
        return best?.disc
    }

    private func best(
        about middle: (Double, Double), reach: Int, total: Double, all: Double
    ) -> (score: Double, disc: Disc) {
        var inside = [Double](repeating: 0, count: reach)
        var within = inside
        for y in 0..<height {
            let dy = Double(y) + 0.5 - middle.0
            for x in 0..<width {
                let dx = Double(x) + 0.5 - middle.1
                let ring = Int(2 * (dy * dy + dx * dx).squareRoot())
                let cell = y * width + x
                inside[ring] += sums[cell]
                within[ring] += sizes[cell]
            }
        }
        var best = (score: 0.0, disc: Disc(y: middle.0, x: middle.1, radius: 0))
        var (sum, size) = (0.0, 0.0)
        for ring in 0..<reach {
            sum += inside[ring]
            size += within[ring]
            if size == 0 || size >= total { continue }
            let score = betweenClasses(inside: sum, of: size, all: all, of: total)
            if score > best.score {
                best.score = score
                best.disc.radius = Double(ring + 1) / 2
            }
        }
        return best
    }
}

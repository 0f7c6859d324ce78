import Foundation

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
        var cells = CoarseSolid(self, factor: factor)
        var all: [(Double, Double)] = []
        for y in 0..<cells.height {
            for x in 0..<cells.width { all.append((Double(y) + 0.5, Double(x) + 0.5)) }
        }
        guard var best = cells.best(of: all) else { return nil }
        while factor > 1 {
            factor /= 2
            cells = CoarseSolid(self, factor: factor)
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
            edges.append(disc.radius - reach + edge * RimProfile.step)
            terms.append([1, sin(angle), cos(angle)])
        }
        guard
            let fit = robustLine(
                through: edges, terms: terms, weights: Array(repeating: 1, count: edges.count),
                leastDeviation: RimProfile.step)
        else { return nil }
        guard fit[0] > 1, abs(fit[1]) + abs(fit[2]) < disc.radius else { return nil }
        return Disc(y: disc.y + fit[1], x: disc.x + fit[2], radius: fit[0])
    }

    /// The disc as a plug, if what lies around it is air and its rim is clear.
    func plug(_ disc: Disc) -> Plug? {
        var (inside, outside) = (SolidShare(), SolidShare())
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
    private func profiles(of disc: Disc, reach: Double) -> [RimProfile] {
        let bins = Int((2 * reach / RimProfile.step).rounded(.up))
        var profiles = [RimProfile](
            repeating: RimProfile(bins: bins, depth: depth), count: Self.sectors)
        let least = disc.radius - reach
        for y in 0..<height {
            for x in 0..<width {
                let distance = disc.distance(y, x)
                let bin = Int(((distance - least) / RimProfile.step).rounded(.down))
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

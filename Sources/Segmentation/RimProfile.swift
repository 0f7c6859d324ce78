/// Solid voxels among some.
struct SolidShare {
    private(set) var solid = 0
    private(set) var all = 0
    var value: Double { all > 0 ? Double(solid) / Double(all) : 0 }

    mutating func add(_ count: Int, of depth: Int) {
        solid += count
        all += depth
    }
}

/// What is solid along one direction from the middle of a disc.
struct RimProfile {
    /// The width of a bin, in voxels.
    static let step = 0.5
    private var shares: [SolidShare]
    private let depth: Int

    init(bins: Int, depth: Int) {
        shares = Array(repeating: SolidShare(), count: bins)
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
        var (inner, outer) = (SolidShare(), SolidShare())
        for (bin, share) in shares.enumerated() {
            if bin < middle - 2 { inner.add(share.solid, of: share.all) }
            if bin >= middle + 2 { outer.add(share.solid, of: share.all) }
        }
        guard inner.all > 0, outer.all > 0, 4 * outer.all > inner.all else { return nil }
        return (inner.value, outer.value)
    }
}

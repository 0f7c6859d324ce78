/// Otsu's threshold of a histogram (Otsu 1979, doi:10.1109/TSMC.1979.4310076): the last level of the
/// lower class for which the variance between the classes is greatest.
///
/// Exact: scores are compared as fractions of whole numbers, without rounding. Among equal scores the
/// lowest level wins, and it is always an occupied one. As in scikit-image, a voxel belongs to the
/// upper class when it is greater than the threshold.
///
/// - Parameter counts: Voxels at each grey level; up to 65,536 levels and 2^38 voxels.
/// - Returns: The index of the level, or `nil` if fewer than two levels are occupied.
public func otsuThreshold(counts: [Int]) -> Int? {
    precondition(counts.count <= 1 << 16, "a histogram has up to 65,536 levels")
    var voxels = 0
    var sum = 0
    for (level, count) in counts.enumerated() {
        precondition(count >= 0, "a histogram counts")
        voxels += count
        sum += level * count
    }
    precondition(voxels <= 1 << 38, "a histogram holds up to 2^38 voxels")
    var best: (level: Int, score: ClassSeparation)?
    var (below, sumBelow) = (0, 0)
    for (level, count) in counts.enumerated() where count > 0 {
        below += count
        sumBelow += level * count
        if below == voxels { break }
        let score = ClassSeparation(
            below: below, sumBelow: sumBelow, voxels: voxels, sum: sum)
        if let best, !(best.score < score) { continue }
        best = (level, score)
    }
    return best?.level
}

/// The variance between two classes, up to a factor common to all thresholds, as the fraction
/// (S n - s N)^2 / (n (N - n)).
private struct ClassSeparation {
    /// |S n - s N|, which is n (N - n) times the distance of the means: below 2^90.
    private let root: UInt128
    /// n (N - n), up to 2^74.
    private let denominator: UInt128

    init(below: Int, sumBelow: Int, voxels: Int, sum: Int) {
        let left = UInt128(sum) * UInt128(below)
        let right = UInt128(sumBelow) * UInt128(voxels)
        root = left > right ? left - right : right - left
        denominator = UInt128(below) * UInt128(voxels - below)
    }

    static func < (a: ClassSeparation, b: ClassSeparation) -> Bool {
        product(a.root, b.denominator) < product(b.root, a.denominator)
    }

    /// root^2 times factor in 256 bits, the higher half first.
    private static func product(_ root: UInt128, _ factor: UInt128) -> (UInt128, UInt128) {
        let square = root.multipliedFullWidth(by: root)
        let low = square.low.multipliedFullWidth(by: factor)
        return (square.high * factor + low.high, low.low)
    }
}

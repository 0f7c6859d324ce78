/// The levels that part a histogram into classes with the greatest variance between them: Otsu's
/// criterion for up to five classes (Liao, Chen and Chung 2001, JISE 17:713).
///
/// Exact: of all ways to choose the levels, the one whose score, a fraction of whole numbers, is
/// greatest. Scores are told apart in double precision where its rounding errors cannot matter, and
/// without rounding where they could. Among equal scores the lowest first level wins, then the lowest
/// second, and so on; a level is always an occupied one, the last of its class.
///
/// The score of a class that begins at a level and ends at another satisfies the quadrangle
/// inequality, so the best end never moves down as the beginning moves up, and halving finds the best
/// of all (Aggarwal et al. 1987, doi:10.1007/BF01840359, name such tables totally monotone).
///
/// - Parameters:
///   - counts: Voxels at each grey level; up to 65,536 levels and 2^38 voxels.
///   - classes: From 2 to 5.
/// - Returns: The last level of every class but the highest, in rising order, or `nil` if fewer levels
///   are occupied than there are classes.
/// - Complexity: O(classes * n log n) for n occupied levels; some 60 bytes a level.
public func multiOtsuThresholds(counts: [Int], classes: Int) -> [Int]? {
    precondition(counts.count <= 1 << 16, "a histogram has up to 65,536 levels")
    precondition((2...5).contains(classes), "a histogram is parted into 2 to 5 classes")
    guard var search = PartitionSearch(counts) else { return nil }
    return search.thresholds(classes)
}

/// The best partitions of the upper levels into few classes, from which those into more are made.
private struct PartitionSearch {
    /// The occupied levels, in rising order.
    private let levels: [Int]
    /// Voxels and their levels' sum up to each of them; levels count from about their mean, which
    /// keeps sums short and changes every score alike.
    private let classes: ClassSums
    /// The best score of the levels from each on, in as many classes as so far.
    private var best: [Double]
    /// Where the first class ends, for every number of classes from two, and every level it begins at.
    private var ends: [[Int32]] = []

    init?(_ counts: [Int]) {
        var (voxels, sum) = (0, 0)
        for (level, count) in counts.enumerated() {
            precondition(count >= 0, "a histogram counts")
            voxels += count
            sum += level * count
        }
        precondition(voxels <= 1 << 38, "a histogram holds up to 2^38 voxels")
        guard voxels > 0 else { return nil }
        levels = counts.indices.filter { counts[$0] > 0 }
        classes = ClassSums(counts, levels, origin: sum / voxels)
        best = []
    }

    mutating func thresholds(_ count: Int) -> [Int]? {
        guard levels.count >= count else { return nil }
        best = levels.indices.map { classes.score($0, levels.count) }
        for number in 2...count {
            var scores = best
            var ends = [Int32](repeating: 0, count: levels.count)
            // As many levels as classes are needed; of all classes only the first partition counts.
            let last = number == count ? 0 : levels.count - number
            findEnds(
                of: 0...last, among: 1...(levels.count - number + 1), number, &scores, &ends)
            best = scores
            self.ends.append(ends)
        }
        var begin = 0
        return self.ends.reversed().map { ends in
            begin = Int(ends[begin])
            return levels[begin - 1]
        }
    }

    /// Finds the best first class of the levels from each of `begins` on, in `number` classes; the
    /// first class ends before one of `candidates`.
    private func findEnds(
        of begins: ClosedRange<Int>, among candidates: ClosedRange<Int>, _ number: Int,
        _ scores: inout [Double], _ ends: inout [Int32]
    ) {
        let begin = (begins.lowerBound + begins.upperBound) / 2
        let (end, score) = bestEnd(
            from: begin, among: max(candidates.lowerBound, begin + 1)...candidates.upperBound,
            number)
        scores[begin] = score
        ends[begin] = Int32(end)
        if begin > begins.lowerBound {
            findEnds(
                of: begins.lowerBound...(begin - 1), among: candidates.lowerBound...end, number,
                &scores, &ends)
        }
        if begin < begins.upperBound {
            findEnds(
                of: (begin + 1)...begins.upperBound, among: end...candidates.upperBound, number,
                &scores, &ends)
        }
    }

    private func bestEnd(
        from begin: Int, among candidates: ClosedRange<Int>, _ number: Int
    ) -> (end: Int, score: Double) {
        var found = (end: candidates.lowerBound, score: 0.0)
        // What is below cannot be better, and what is above is, whatever was rounded.
        var (doubtful, certain) = (-Double.infinity, -Double.infinity)
        for end in candidates {
            let score = classes.score(begin, end) + best[end]
            if score < doubtful { continue }
            if score <= certain, !isBetter(begin, end, than: found.end, number) { continue }
            found = (end, score)
            doubtful = score * (1 - ClassSums.greatestError)
            certain = score * (1 + ClassSums.greatestError)
        }
        return found
    }

    /// Whether the first class better ends before `end` than before `other`, without rounding.
    private func isBetter(_ begin: Int, _ end: Int, than other: Int, _ number: Int) -> Bool {
        partition(begin, other, number) < partition(begin, end, number)
    }

    private func partition(_ begin: Int, _ end: Int, _ number: Int) -> PartitionScore {
        var score = PartitionScore(classes.count(begin, end), classes.sum(begin, end))
        var (begin, end) = (begin, end)
        for ends in ends[..<(number - 2)].reversed() {
            (begin, end) = (end, Int(ends[end]))
            score.add(classes.count(begin, end), classes.sum(begin, end))
        }
        score.add(classes.count(end, levels.count), classes.sum(end, levels.count))
        return score
    }
}

/// The voxels, and the sum of their levels, of classes of consecutive levels.
private struct ClassSums {
    private var counts: [Int] = [0]
    private var sums: [Int] = [0]

    /// How far scores of five classes may be off, relative to the greater: each is rounded twelve
    /// times, to the 53rd binary digit.
    static let greatestError = 0x1p-48

    init(_ histogram: [Int], _ levels: [Int], origin: Int) {
        var (count, sum) = (0, 0)
        for level in levels {
            count += histogram[level]
            sum += histogram[level] * (level - origin)
            counts.append(count)
            sums.append(sum)
        }
    }

    @inline(__always)
    func count(_ begin: Int, _ end: Int) -> Int { counts[end] - counts[begin] }

    @inline(__always)
    func sum(_ begin: Int, _ end: Int) -> Int { sums[end] - sums[begin] }

    /// The square of the sum over the number of voxels.
    @inline(__always)
    func score(_ begin: Int, _ end: Int) -> Double {
        let sum = Double(sum(begin, end))
        return sum * sum / Double(count(begin, end))
    }
}

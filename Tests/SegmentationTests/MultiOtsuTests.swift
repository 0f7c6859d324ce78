import Randomness
import Segmentation
import Testing

@Suite struct `Multi-Otsu` {
    @Test(arguments: UInt64(0)..<150)
    func `is the first of the best partitions, in exact arithmetic`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let classes = Int.random(in: 2...5, using: &generator)
        let levels = Int.random(in: 2...13, using: &generator)
        // Few different counts, so that many partitions are equally good.
        let counts = (0..<levels).map { _ in Int.random(in: 0...2, using: &generator) }
        #expect(
            multiOtsuThresholds(counts: counts, classes: classes) == exhaustive(counts, classes))
    }

    @Test(arguments: UInt64(0)..<40)
    func `into two classes is Otsu's`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let levels = Int.random(in: 0...3000, using: &generator)
        let most = [1, 3, 1000, 1 << 26].randomElement(using: &generator) ?? 1
        let counts = (0..<levels).map { _ in Int.random(in: 0...most, using: &generator) }
        #expect(
            multiOtsuThresholds(counts: counts, classes: 2)
                == otsuThreshold(counts: counts).map { [$0] })
    }

    @Test(arguments: [
        (2, [60]), (3, [38, 79]), (4, [31, 59, 88]), (5, [31, 58, 83, 104]),
    ])
    func `is that of scikit-image on five peaks`(classes: Int, expected: [Int]) {
        // skimage.filters.threshold_otsu and threshold_multiotsu 0.26 of hist=(counts, levels).
        var counts = [Int](repeating: 1, count: 128)
        for (centre, reach, height) in [
            (17, 15, 4), (46, 12, 7), (71, 9, 11), (97, 20, 3), (118, 7, 5),
        ] {
            for level in counts.indices {
                counts[level] += height * max(0, reach - abs(level - centre))
            }
        }
        #expect(multiOtsuThresholds(counts: counts, classes: classes) == expected)
    }

    @Test func `of a flat histogram parts it evenly, the lower classes not larger`() {
        let flat = [Int](repeating: 3, count: 1 << 16)
        #expect(multiOtsuThresholds(counts: flat, classes: 4) == [16_383, 32_767, 49_151])
        // 65,536 is three times 21,845 and one more; a class of 21,846 may be any of the three.
        #expect(multiOtsuThresholds(counts: flat, classes: 3) == [21_844, 43_689])
    }

    @Test func `stays exact for the largest histograms`() {
        // Four spikes of 2^36 voxels: parting either middle gap is the same but for one voxel.
        var counts = [Int](repeating: 0, count: 1 << 16)
        for level in [0, 20_000, 45_535, 65_535] { counts[level] = 1 << 36 }
        #expect(multiOtsuThresholds(counts: counts, classes: 3) == [0, 20_000])
        #expect(multiOtsuThresholds(counts: counts, classes: 4) == [0, 20_000, 45_535])
        // Merging the lower two and merging the upper two are a tie, and the lowest level wins.
        counts[20_000] -= 1
        #expect(multiOtsuThresholds(counts: counts, classes: 3) == [20_000, 45_535])
        counts[45_535] -= 1
        #expect(multiOtsuThresholds(counts: counts, classes: 3) == [0, 20_000])
        counts[45_535] -= 1
        #expect(multiOtsuThresholds(counts: counts, classes: 3) == [0, 20_000])
    }

    @Test func `needs as many occupied levels as classes`() {
        #expect(multiOtsuThresholds(counts: [], classes: 3) == nil)
        #expect(multiOtsuThresholds(counts: [0, 5, 0, 1], classes: 3) == nil)
        #expect(multiOtsuThresholds(counts: [0, 5, 2, 1], classes: 3) == [1, 2])
    }

    /// All partitions in lexicographic order, their scores brought to one denominator.
    private func exhaustive(_ counts: [Int], _ classes: Int) -> [Int]? {
        let occupied = counts.indices.filter { counts[$0] > 0 }
        var best: (levels: [Int], numerator: Int, denominator: Int)?
        func part(_ chosen: [Int], from first: Int) {
            guard chosen.count == classes - 1 else {
                for level in occupied.dropLast() where level >= first {
                    part(chosen + [level], from: level + 1)
                }
                return
            }
            var (numerator, denominator) = (0, 1)
            for (low, high) in zip([-1] + chosen, chosen + [counts.count - 1]) {
                let levels = (low + 1)...high
                let voxels = levels.reduce(0) { $0 + counts[$1] }
                let sum = levels.reduce(0) { $0 + $1 * counts[$1] }
                numerator = numerator * voxels + sum * sum * denominator
                denominator *= voxels
            }
            if let best, numerator * best.denominator <= best.numerator * denominator { return }
            best = (chosen, numerator, denominator)
        }
        guard occupied.count >= classes else { return nil }
        part([], from: 0)
        return best?.levels
    }
}

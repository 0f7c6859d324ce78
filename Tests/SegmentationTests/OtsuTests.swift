import Randomness
import Segmentation
import Testing
import Volumes

@Suite struct `Otsu's threshold` {
    @Test(arguments: UInt64(0)..<60)
    func `is the first that separates the classes most, in exact arithmetic`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let levels = Int.random(in: 2...40, using: &generator)
        let counts = (0..<levels).map { _ in
            Bool.random(using: &generator) ? Int.random(in: 0...9, using: &generator) : 0
        }
        #expect(otsuThreshold(counts: counts) == exhaustive(counts))
    }

    @Test func `of the coarse Bentheimer scan is that of scikit-image`() {
        // The histogram of LR_6um.tif from level 79 to 171, above which 103 stray voxels were
        // left out; skimage threshold_otsu gives 124 with and without them.
        let counts = [
            9, 30, 69, 149, 249, 540, 802, 1186, 1568, 2047, 2273, 2373, 2266, 1979, 1661, 1342,
            1131, 868, 729, 662, 642, 552, 523, 474, 481, 486, 474, 427, 453, 442, 452, 430, 426,
            391, 434, 425, 457, 432, 383, 423, 417, 448, 428, 428, 448, 402, 452, 445, 500, 483,
            442, 460, 460, 509, 507, 545, 509, 499, 540, 615, 637, 617, 696, 738, 814, 996, 1408,
            1952, 2920, 4149, 6031, 8319, 10112, 11870, 12501, 12658, 11800, 9395, 7407, 5168,
            3265, 1961, 904, 449, 225, 73, 40, 18, 14, 9, 9, 8, 7,
        ]
        #expect(otsuThreshold(counts: Array(repeating: 0, count: 79) + counts) == 124)
    }

    @Test func `of a flat histogram is its lower middle`() {
        #expect(otsuThreshold(counts: Array(repeating: 7, count: 256)) == 127)
        #expect(otsuThreshold(counts: [4, 0, 0, 0, 4]) == 0)
    }

    @Test func `needs two levels`() {
        #expect(otsuThreshold(counts: []) == nil)
        #expect(otsuThreshold(counts: [0, 12, 0]) == nil)
    }

    @Test func `stays exact for the largest histograms`() {
        // Two spikes a count apart from symmetry: the 128-bit squares overflow if not taken in full.
        var counts = [Int](repeating: 0, count: 1 << 16)
        counts[0] = 1 << 32
        counts[32_768] = 1 << 32
        counts[65_535] = 1 << 32
        // The middle is nearer to the upper end by one level, so it goes there.
        #expect(otsuThreshold(counts: counts) == 0)
        counts[32_768] = 0
        counts[32_767] = 1 << 32
        #expect(otsuThreshold(counts: counts) == 32_767)
    }

    /// The definition, with fractions compared by cross multiplication of small numbers.
    private func exhaustive(_ counts: [Int]) -> Int? {
        let voxels = counts.reduce(0, +)
        let sum = counts.indices.reduce(0) { $0 + $1 * counts[$1] }
        var best: (level: Int, numerator: Int, denominator: Int)?
        for level in counts.indices {
            let below = counts[...level].reduce(0, +)
            if below == 0 || below == voxels { continue }
            let sumBelow = (0...level).reduce(0) { $0 + $1 * counts[$1] }
            let root = sum * below - sumBelow * voxels
            let denominator = below * (voxels - below)
            if let best, root * root * best.denominator <= best.numerator * denominator {
                continue
            }
            best = (level, root * root, denominator)
        }
        return best?.level
    }
}

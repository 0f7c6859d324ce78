import Foundation
import Randomness
import Resizing
import Testing
import Volumes

@testable import Degradation

@Suite struct `Augmentation of a pair` {
    /// A Gaussian hill at a place given in LOW voxels, as both scans see it.
    private func hill(y: Double, x: Double, height: Int, width: Int, scale: Int) -> Volume<Float> {
        var voxels: [Float] = []
        for row in 0..<(height * scale) {
            for column in 0..<(width * scale) {
                let down = (Double(row) + 0.5) / Double(scale) - y
                let right = (Double(column) + 0.5) / Double(scale) - x
                voxels.append(Float(exp(-(down * down + right * right) / (2 * 2.2 * 2.2))))
            }
        }
        return Volume(
            shape: Shape(depth: 1, height: height * scale, width: width * scale), voxels: voxels)
    }

    /// Where a hill's middle lies, in LOW voxels.
    private func middle(_ volume: Volume<Float>, scale: Int) -> (y: Double, x: Double) {
        var (sum, y, x) = (0.0, 0.0, 0.0)
        for row in 0..<volume.shape.height {
            for column in 0..<volume.shape.width {
                let value = Double(volume[0, row, column])
                sum += value
                y += value * (Double(row) + 0.5)
                x += value * (Double(column) + 0.5)
            }
        }
        return (y / sum / Double(scale), x / sum / Double(scale))
    }

    @Test(arguments: UInt64(0)..<200)
    func `keeps both sides' coordinates together`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let scale = [1, 2, 3, 4, 5, 8][Int(seed % 6)]
        let ranges = PairAugmentationRanges(
            moveProbability: 0.7, detourProbability: 0.5, noiseProbability: 0)
        let drawn = ranges.draw(scale: scale, using: &generator)
        let (y, x) = (19 + 3 * generator.nextUnit(), 23 + 3 * generator.nextUnit())
        let low = hill(y: y, x: x, height: 40, width: 48, scale: 1)
        let high = hill(y: y, x: x, height: 40, width: 48, scale: scale)
        let changed = drawn.apply(low: low, high: high, scale: scale)
        #expect(changed.high.shape.height == changed.low.shape.height * scale)
        let (seen, target) = (middle(changed.low, scale: 1), middle(changed.high, scale: scale))
        // Moved by a curve through six samples, the hill stays within a five-hundredth of a voxel. A
        // detour blurs it by an amount that beats with its grid, which pulls at the middle a little.
        let tolerance = drawn.detour == nil ? 0.002 : 0.05
        #expect(abs(seen.y - target.y) < tolerance, "\(drawn)")
        #expect(abs(seen.x - target.x) < tolerance, "\(drawn)")
    }

    @Test func `leaves HIGH its values, and with turns alone LOW too`() {
        var generator = SplitMix64(seed: 3)
        let (low, high) = (rock(12, 10, depth: 3), rock(48, 40, depth: 3, seed: 2))
        var seen = Set<SliceOrientation>()
        for _ in 0..<100 {
            let drawn = PairAugmentationRanges.turnsOnly.draw(scale: 4, using: &generator)
            let changed = drawn.apply(low: low, high: high, scale: 4)
            #expect(changed.low.array.sorted() == low.array.sorted())
            #expect(changed.high.array.sorted() == high.array.sorted())
            seen.insert(drawn.orientation)
        }
        #expect(seen.count == 8)
        let moved = PairAugmentationRanges(
            flips: false, turns: false, moveProbability: 1, detourProbability: 0,
            blurProbability: 0,
            noiseProbability: 0
        ).draw(scale: 4, using: &generator)
        let changed = moved.apply(low: low, high: high, scale: 4)
        #expect(
            changed.high[1, 20 + moved.highRowsDown, 20 + moved.highColumnsRight]
                == high[1, 20, 20])
    }

    @Test func `is mirrored without turns, or turned without mirrors, as asked for`() {
        func orientations(flips: Bool, turns: Bool) -> (Set<SliceOrientation>, reverses: Bool) {
            let ranges = PairAugmentationRanges(flips: flips, turns: turns)
            var generator = SplitMix64(seed: 11)
            let drawn = (0..<200).map { _ in ranges.draw(scale: 4, using: &generator) }
            return (Set(drawn.map(\.orientation)), drawn.contains { $0.reversesSlices })
        }
        let mirrors = orientations(flips: true, turns: false)
        #expect(mirrors.0.count == 4 && mirrors.reverses)
        #expect(mirrors.0.allSatisfy { !$0.transposes })
        let turns = orientations(flips: false, turns: true)
        #expect(turns.0.count == 4 && !turns.reverses)
        // What a quarter turn makes, once to four times.
        let picture = rock(6, 6)
        var turned = picture
        var expected: [[Float]] = []
        for _ in 0..<4 {
            turned = SliceOrientation(flipsRows: true, transposes: true).apply(to: turned)
            expected.append(turned.array)
        }
        #expect(Set(turns.0.map { $0.apply(to: picture).array }) == Set(expected))
        let none = orientations(flips: false, turns: false)
        #expect(none.0 == [SliceOrientation()] && !none.reverses)
        var generator = SplitMix64(seed: 11)
        let kept = PairAugmentationRanges(reversesSlices: false)
        #expect((0..<50).allSatisfy { _ in !kept.draw(scale: 4, using: &generator).reversesSlices })
    }

    @Test func `four quarter turns are none`() {
        let turn = SliceOrientation(flipsRows: true, transposes: true)
        let picture = rock(7, 11, depth: 2)
        var turned = turn.apply(to: picture)
        #expect(turned.shape == Shape(depth: 2, height: 11, width: 7))
        #expect(turned[0, 0, 0] == picture[0, 6, 0])
        for _ in 0..<3 { turned = turn.apply(to: turned) }
        #expect(turned == picture)
    }

    @Test(arguments: UInt64(0)..<20)
    func `is made again from the stored draw`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let drawn = PairAugmentationRanges(
            moveProbability: 0.5, detourProbability: 0.5, blurProbability: 0.5,
            noiseProbability: 0.5
        ).draw(scale: 3, using: &generator)
        let again = try JSONDecoder().decode(
            PairAugmentation.self, from: JSONEncoder().encode(drawn))
        #expect(again == drawn)
        let (low, high) = (rock(12, 14), rock(36, 42))
        let (first, second) = (
            drawn.apply(low: low, high: high, scale: 3), again.apply(low: low, high: high, scale: 3)
        )
        #expect(first.low == second.low && first.high == second.high)
    }
}

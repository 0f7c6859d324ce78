import Foundation
import Randomness
import Testing
import Volumes

@testable import Registration

@Suite struct `A vote of matches` {
    static let tolerance = 10.0

    /// Matches in boxes of 500 um, of which a share is right to a third of the tolerance.
    static func matches(
        _ count: Int, right: Int, truth: SpatialTransform, isImage: Bool = false, seed: UInt64
    ) -> [KeypointMatch] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { index in
            func place() -> SIMD3<Double> {
                var place = SIMD3<Double>.random(in: 0...500, using: &generator)
                if isImage { place[0] = 0 }
                return place
            }
            let from = place()
            var to = place()
            if index < right {
                to = truth(from) + SIMD3<Double>.random(in: -3...3, using: &generator)
                if isImage { to[0] = 0 }
            }
            // Right ones are a little safer, as they are in scans.
            let doubt = Float.random(in: (index < right ? 0.3 : 0.5)...1, using: &generator)
            return KeypointMatch(index: index, from: from, to: to, doubt: doubt)
        }
    }

    static func vote(_ matches: [KeypointMatch], isImage: Bool = false) -> PoseVote {
        PoseVote(matches, isImage: isImage, tolerance: tolerance, scales: 0.88...1.12)
    }

    /// How far a pose takes points of the box from where they belong, at the most.
    static func error(
        _ pose: SpatialTransform, _ truth: SpatialTransform, isImage: Bool = false
    ) -> Double {
        (0..<8).map {
            let side = SIMD3(isImage ? 0 : Double($0 & 1), Double(($0 >> 1) & 1), Double($0 >> 2))
            return (pose(side * 500) - truth(side * 500)).length
        }.max() ?? .infinity
    }

    @Test(arguments: UInt64(0)..<4)
    func `finds the pose of one match in twenty`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let isMirrored = seed % 2 == 1
        let truth = SimilarityFitTruth.pose(isMirrored: isMirrored, using: &generator)
        let matches = Self.matches(600, right: 30, truth: truth, seed: seed)
        let ballots = Self.vote(matches).best(kept: 4) { _, _ in true }
        let best = try #require(ballots.first)
        #expect(best.isMirrored == isMirrored)
        // Thirty places, each off by up to three um along each axis.
        #expect(Self.error(best.pose, truth) < 5, "\(Self.error(best.pose, truth))")
        #expect(best.votes >= 28)
        #expect(ballots.dropFirst().allSatisfy { $0.votes < best.votes / 2 })
    }

    @Test(arguments: [false, true])
    func `finds an image's pose`(isMirrored: Bool) throws {
        let truth = SpatialTransform(
            linear: SpatialTransform(
                rotationInDegrees: SIMD3(140, 0, 0), scale: 1.05, translation: SIMD3(0, 0, 0)
            ).linear.enumerated().map {
                $0.offset == 0 ? SIMD3(1, 0, 0) : $0.element * SIMD3(1, 1, isMirrored ? -1 : 1)
            }, translation: SIMD3(0, 40, 300))
        let matches = Self.matches(400, right: 40, truth: truth, isImage: true, seed: 3)
        let best = try #require(
            Self.vote(matches, isImage: true).best(kept: 4) { _, _ in true }.first)
        #expect(best.isMirrored == isMirrored)
        #expect(Self.error(best.pose, truth, isImage: true) < 5)
    }

    @Test(arguments: UInt64(0)..<3)
    func `gives few votes where nothing is right`(seed: UInt64) {
        let matches = Self.matches(400, right: 0, truth: .identity, seed: seed)
        let ballots = Self.vote(matches).best(kept: 4) { _, _ in true }
        // Three make a pose; a few more join it by chance.
        #expect(ballots.allSatisfy { $0.votes <= 9 }, "\(ballots.map(\.votes))")
    }

    @Test func `keeps to the poses that are allowed`() {
        let truth = SpatialTransform(
            rotationInDegrees: SIMD3(0, 80, 0), scale: 1, translation: SIMD3(100, 200, 50))
        let matches = Self.matches(300, right: 60, truth: truth, seed: 5)
        let all = Self.vote(matches).best(kept: 4) { _, _ in true }
        #expect(all.first.map { $0.votes >= 55 } == true)
        let some = Self.vote(matches).best(kept: 4) { pose, _ in pose.turnInDegrees < 30 }
        #expect(some.allSatisfy { $0.votes < 15 })
    }

    @Test func `keeps to the scales that are searched`() {
        let truth = SpatialTransform(
            rotationInDegrees: SIMD3(0, 80, 0), scale: 1.3, translation: SIMD3(0, 0, 0))
        let matches = Self.matches(300, right: 60, truth: truth, seed: 6)
        let ballots = Self.vote(matches).best(kept: 4) { _, _ in true }
        #expect(ballots.allSatisfy { (0.88...1.12).contains(abs($0.pose.scale)) })
        #expect(ballots.allSatisfy { $0.votes < 25 }, "\(ballots.map(\.votes))")
    }

    @Test func `names every pose once`() {
        // Two poses that differ by more than the tolerance, each with many right matches.
        let truth = SpatialTransform(translation: SIMD3(20, 30, 40))
        let second = SpatialTransform(
            rotationInDegrees: SIMD3(0, 90, 0), scale: 1, translation: SIMD3(0, 500, 0))
        let matches =
            Self.matches(40, right: 22, truth: truth, seed: 7)
            + Self.matches(40, right: 20, truth: second, seed: 8)
        let ballots = Self.vote(matches).best(kept: 4) { _, _ in true }
        let strong = ballots.filter { $0.votes >= 15 }
        #expect(strong.count == 2)
        #expect(strong.contains { Self.error($0.pose, truth) < 8 })
        #expect(strong.contains { Self.error($0.pose, second) < 8 })
    }

    @Test func `is the same every time, and for any order of matches`() {
        let truth = SpatialTransform(
            rotationInDegrees: SIMD3(10, 80, 0), scale: 1, translation: SIMD3(0, 0, 0))
        let matches = Self.matches(200, right: 20, truth: truth, seed: 9)
        let first = Self.vote(matches).best(kept: 4) { _, _ in true }
        let again = Self.vote(matches.reversed()).best(kept: 4) { _, _ in true }
        #expect(first.map(\.pose) == again.map(\.pose))
        #expect(first.map(\.votes) == again.map(\.votes))
    }

    @Test func `needs four matches`() {
        let matches = Self.matches(3, right: 3, truth: .identity, seed: 1)
        #expect(Self.vote(matches).best(kept: 4) { _, _ in true }.isEmpty)
        #expect(Self.vote([]).best(kept: 4) { _, _ in true }.isEmpty)
    }
}

/// A similarity of space whose box overlaps its image.
private enum SimilarityFitTruth {
    static func pose(isMirrored: Bool, using generator: inout SplitMix64) -> SpatialTransform {
        let turn = SIMD3<Double>.random(in: -100...100, using: &generator)
        let rotation = SpatialTransform(
            rotationInDegrees: turn, scale: .random(in: 0.9...1.1, using: &generator),
            translation: SIMD3(0, 0, 0))
        let linear = rotation.linear.map { $0 * SIMD3(1, 1, isMirrored ? -1 : 1) }
        let middle = SIMD3(repeating: 250.0)
        let turned = SpatialTransform(linear: linear, translation: SIMD3(0, 0, 0))
        return SpatialTransform(linear: linear, translation: middle - turned(middle))
    }
}

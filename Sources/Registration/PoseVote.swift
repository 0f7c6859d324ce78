import Foundation
import Randomness
import Volumes

/// Poses that many matches of places agree on, found by fitting similarities to three matches at a time
/// (random sample consensus: Fischler and Bolles 1981, doi:10.1145/358669.358692).
///
/// Three places of HIGH whose distances are those of their partners, up to one scale, make a pose; three
/// points do not tell a rock from its mirror image, so both are tried.
struct PoseVote: Sendable {
    /// A pose and the matches that agree.
    struct Ballot: Sendable {
        let pose: SpatialTransform
        let isMirrored: Bool
        let votes: Int
    }

    private let matches: [KeypointMatch]
    private let isImage: Bool
    /// How far a place may lie from its partner, in um.
    private let tolerance: Double
    private let scales: ClosedRange<Double>

    init(
        _ matches: [KeypointMatch], isImage: Bool, tolerance: Double, scales: ClosedRange<Double>
    ) {
        // Safe matches come first, so that trials find them more often.
        self.matches = matches.enumerated().sorted {
            ($0.element.doubt, $0.offset) < ($1.element.doubt, $1.offset)
        }.map(\.element)
        self.isImage = isImage
        self.tolerance = tolerance
        self.scales = scales
    }

    /// Threes that are drawn at most, and those drawn before it is first looked whether that is enough.
    private static let (mostTrials, firstTrials) = (1 << 19, 1 << 14)

    /// The poses with the most votes, best first.
    ///
    /// - Parameters:
    ///   - kept: How many poses at most; poses that differ by less than four tolerances are one.
    ///   - accepts: Which poses may be.
    func best(
        kept: Int, accepts: @Sendable (SpatialTransform, _ isMirrored: Bool) -> Bool
    ) -> [Ballot] {
        guard matches.count >= 4 else { return [] }
        let chunk = 2048
        var found: [Ballot] = []
        var (drawn, end) = (0, Self.firstTrials)
        while drawn < Self.mostTrials {
            let (first, chunks) = (drawn / chunk, (end - drawn) / chunk)
            found += concurrentMap(count: chunks) {
                ballots(trials: chunk, seed: UInt64(first + $0), kept: kept, accepts: accepts)
            }.flatMap { $0 }
            (drawn, end) = (end, end * 2)
            // Scans of two rocks agree in some five matches; with so many more, looking on would only
            // find the same pose again.
            let most = found.map(\.votes).max() ?? 0
            if most >= 24 { break }
        }
        let sorted = found.enumerated().sorted {
            ($1.element.votes, $0.offset) < ($0.element.votes, $1.offset)
        }.map(\.element)
        var distinct: [Ballot] = []
        func isNew(_ ballot: Ballot) -> Bool {
            distinct.allSatisfy { !isSame($0.pose, ballot.pose) }
        }
        for ballot in sorted where distinct.count < kept && isNew(ballot) {
            let refined = refit(ballot)
            if scales.contains(abs(refined.pose.scale)), isNew(refined) {
                distinct.append(refined)
            }
        }
        return distinct.enumerated().sorted {
            ($1.element.votes, $0.offset) < ($0.element.votes, $1.offset)
        }.map(\.element)
    }

    /// Whether two poses take the safest places nearly to the same points.
    private func isSame(_ a: SpatialTransform, _ b: SpatialTransform) -> Bool {
        matches.prefix(20).allSatisfy { (a($0.from) - b($0.from)).length <= 4 * tolerance }
    }

    private func ballots(
        trials: Int, seed: UInt64, kept: Int,
        accepts: (SpatialTransform, _ isMirrored: Bool) -> Bool
    ) -> [Ballot] {
        var generator = SplitMix64(seed: seed)
        var best: [Ballot] = []
        for _ in 0..<trials {
            guard let three = draw(&generator) else { continue }
            for isMirrored in [false, true] {
                guard
                    let pose = SpatialTransform.similarity(
                        from: three.map { ($0.from, $0.to) }, isMirrored: isMirrored,
                        isImage: isImage),
                    scales.contains(abs(pose.scale)), accepts(pose, isMirrored)
                else { continue }
                let least = best.count < kept ? 3 : best[best.count - 1].votes
                let votes = votes(pose)
                guard votes > least else { continue }
                // Threes of one pose must not crowd out the next one.
                if let same = best.firstIndex(where: { isSame($0.pose, pose) }) {
                    if best[same].votes >= votes { continue }
                    best.remove(at: same)
                }
                let place = best.firstIndex { $0.votes < votes } ?? best.count
                best.insert(Ballot(pose: pose, isMirrored: isMirrored, votes: votes), at: place)
                if best.count > kept { best.removeLast() }
            }
        }
        return best
    }

    /// Three matches whose distances go together; `nil` for most draws.
    private func draw(_ generator: inout SplitMix64) -> [KeypointMatch]? {
        func pick() -> KeypointMatch {
            // The square of an even number favours the safe ones.
            let u = generator.nextUnit()
            return matches[min(matches.count - 1, Int(u * u * Double(matches.count)))]
        }
        let (a, b) = (pick(), pick())
        let shortest = 4 * tolerance
        guard let first = ratio(a, b, shortest) else { return nil }
        if isImage {
            return [a, b]
        }
        let c = pick()
        guard let second = ratio(a, c, shortest), let third = ratio(b, c, shortest) else {
            return nil
        }
        let (low, high) = (min(first, second, third), max(first, second, third))
        return high - low < 0.1 ? [a, b, c] : nil
    }

    /// How much farther apart two partners are than their places; `nil` if by more than any scale.
    @inline(__always)
    private func ratio(_ a: KeypointMatch, _ b: KeypointMatch, _ shortest: Double) -> Double? {
        let (from, to) = (a.from - b.from, a.to - b.to)
        let (here, there) = ((from * from).sum(), (to * to).sum())
        guard here > shortest * shortest else { return nil }
        let square = there / here
        let (low, high) = (scales.lowerBound * 0.95, scales.upperBound * 1.05)
        guard square > low * low, square < high * high else { return nil }
        return square.squareRoot()
    }

    /// The places of HIGH that come near a partner; one with several partners counts once.
    private func votes(_ pose: SpatialTransform) -> Int {
        let rows = pose.linear
        let shift = pose.translation
        let bound = tolerance * tolerance
        var votes = 0
        for match in matches {
            let p = match.from
            let image =
                SIMD3(
                    (rows[0] * p).sum(), (rows[1] * p).sum(), (rows[2] * p).sum()) + shift
            let apart = image - match.to
            if (apart * apart).sum() < bound { votes += 1 }
        }
        return votes
    }

    /// The pose fitted to all matches that agree with it.
    private func refit(_ ballot: Ballot) -> Ballot {
        var best = ballot
        for _ in 0..<4 {
            let near = matches.filter { (best.pose($0.from) - $0.to).length < 1.5 * tolerance }
            guard
                let pose = SpatialTransform.similarity(
                    from: near.map { ($0.from, $0.to) }, isMirrored: ballot.isMirrored,
                    isImage: isImage)
            else { break }
            let votes = votes(pose)
            if votes < best.votes { break }
            best = Ballot(pose: pose, isMirrored: ballot.isMirrored, votes: votes)
        }
        return best
    }
}

import Dataset
import Randomness
import TestSupport
import Testing
import Volumes

@testable import PatchFeed

/// Turns some samples upside down, and makes LOW the corner voxels of HIGH blocks.
private struct Upending: PatchPreparation {
    let cuts: Bool
    var leavesPairsAlone: Bool { false }

    func prepare(
        _ sample: inout PatchSample, using generator: inout some RandomNumberGenerator
    ) throws -> Int {
        let number = Int(generator.next() % 1000)
        let scale = sample.geometry.scale
        if let block = sample.block {
            let shape = Shape(
                depth: sample.geometry.lowSlices, height: block.shape.height / scale,
                width: block.shape.width / scale)
            var low = Volume<Float>(shape: shape, repeating: 0)
            for z in 0..<shape.depth {
                for y in 0..<shape.height {
                    for x in 0..<shape.width {
                        low[z, y, x] = block[z * scale, y * scale, x * scale]
                    }
                }
            }
            sample.low = low
        }
        guard number % 2 == 1 else { return number }
        func upended(_ volume: Volume<Float>) -> Volume<Float> {
            var turned = volume
            for z in 0..<volume.shape.depth {
                for y in 0..<volume.shape.height {
                    for x in 0..<volume.shape.width {
                        turned[z, y, x] = volume[z, volume.shape.height - 1 - y, x]
                    }
                }
            }
            return turned
        }
        sample.low = sample.low.map(upended)
        sample.high = upended(sample.high)
        guard cuts else { return number }
        let margin = sample.geometry.margin * scale
        sample.high = sample.high.cropped(
            to: Region(
                z: 0, y: margin, x: margin,
                shape: Shape(
                    depth: 1, height: sample.geometry.highEdge, width: sample.geometry.highEdge)))
        return number
    }
}

/// Fails on one patch, or leaves a wrong extent.
private struct Failing: PatchPreparation {
    struct Refusal: Error, CustomStringConvertible {
        var description: String { "the kernel is wider than the patch; take a smaller one" }
    }
    let badPatches: Set<String>
    let shrinks: Bool
    var leavesPairsAlone: Bool { false }

    func prepare(
        _ sample: inout PatchSample, using generator: inout some RandomNumberGenerator
    ) throws {
        guard badPatches.contains(sample.place.patch) else { return }
        guard shrinks else { throw Refusal() }
        sample.low = sample.low?.cropped(to: Region(all: Shape(edge: 1)))
    }
}

@Suite struct `A preparation of samples` {
    private let fixture: Fixture
    init() throws { fixture = try Fixture() }

    private func feed<Preparation: PatchPreparation>(
        _ pairs: [TrainingPair], _ preparation: Preparation, margin: Int = 0, share: Double = 1,
        threads: Int = 2, lowSlices: Int = 1
    ) throws -> PatchFeed<Preparation> {
        var settings = FeedSettings(seed: 3, batch: 5, epochs: 2)
        settings.threads = threads
        settings.scannedShare = share
        let geometry = try PatchGeometry(
            scale: 4, highEdge: 32, lowSlices: lowSlices, margin: margin)
        return try PatchFeed(
            SamplePlan(pairs, part: .train, geometry: geometry), volumes: fixture.stage(pairs),
            preparation: preparation, settings: settings)
    }

    @Test(arguments: [0, 3, 40], [false, true])
    func `changes both sides, with numbers of its own for each sample`(margin: Int, cuts: Bool)
        throws
    {
        let pairs = [try fixture.pair("a")]
        let plain = try deliver(feed(pairs, AsScanned()))
        let upended = try deliver(feed(pairs, Upending(cuts: cuts), margin: margin))
        #expect(upended.map(\.places) == plain.map(\.places))
        #expect(Set(upended.flatMap(\.drawn)).count > 30)
        for (plain, upended) in zip(plain, upended) {
            for slot in 0..<5 {
                let turns = Int(upended.drawn[slot]).map { $0 % 2 == 1 } ?? false
                for (edge, before, after) in [
                    (8, plain.low, upended.low), (32, plain.high, upended.high),
                ] {
                    for y in 0..<edge {
                        let from = (slot * edge + (turns ? edge - 1 - y : y)) * edge
                        let to = (slot * edge + y) * edge
                        #expect(before[from..<(from + edge)] == after[to..<(to + edge)])
                    }
                }
            }
        }
    }

    @Test func `draws the same for any number of threads`() throws {
        let pairs = [try fixture.pair("a")]
        let expected = try deliver(feed(pairs, Upending(cuts: false), share: 0.5, threads: 0))
        for threads in [1, 4] {
            #expect(
                try deliver(feed(pairs, Upending(cuts: false), share: 0.5, threads: threads))
                    == expected)
        }
    }

    @Test func `makes LOW of HIGH for the stated share of samples`() throws {
        let pairs = [try fixture.pair("a"), try fixture.pair("b")]
        for share in [0, 0.3, 0.5, 1] {
            let places = try deliver(feed(pairs, Upending(cuts: false), share: share))
                .filter { $0.position.epoch == 0 }.flatMap(\.places)
            #expect(places.count == 40)
            for count in 1...40 {
                let scanned = places.prefix(count).count { $0.source == .scanned }
                #expect(scanned == Int((Double(count) * share).rounded(.down)))
            }
        }
    }

    @Test func `sees all HIGH voxels behind a degraded sample`() throws {
        let pair = try fixture.pair("a")
        let batches = try deliver(
            feed([pair], Upending(cuts: false), margin: 2, share: 0, lowSlices: 3))
        for batch in batches {
            for (slot, place) in batch.places.enumerated() {
                guard let number = Int(batch.drawn[slot]), number % 2 == 0 else { continue }
                for z in 0..<3 {
                    let expected = grey(
                        (place.low.z + z) * 4, (place.low.y + 2) * 4, (place.low.x + 5) * 4,
                        high: true)
                    #expect(
                        abs(
                            batch.low[((slot * 3 + z) * 8 + 2) * 8 + 5]
                                - normalised(Double(expected), pair.highWindow)) < 1e-6)
                }
            }
        }
    }

    @Test func `mirrors voxels beyond the faces of the pair`() throws {
        let pair = try fixture.pair("a")
        let staged = try fixture.stage([pair])
        let geometry = try PatchGeometry(scale: 4, highEdge: 8, margin: 3)
        let voxels = try PairVoxels(pair, staged, geometry)
        let corner = Region(z: 0, y: 38, x: 0, shape: Shape(depth: 1, height: 2, width: 2))
        let sample = voxels.sample(
            PatchPlace(
                epoch: 0, index: 0, sample: pair.sample, anchor: corner, low: corner,
                source: .degraded, rotationCentre: .zero))
        let block = try #require(sample.block)
        #expect(block.shape == Shape(depth: 4, height: 32, width: 32))
        #expect(block.voxelSize == VoxelSize(micrometres: 2))
        for (y, x) in [(0, 0), (19, 11), (20, 12), (31, 31), (5, 0)] {
            let row = 35 * 4 + y
            let column = x - 12
            let expected = grey(
                1, row < 160 ? row : 319 - row, column >= 0 ? column : -1 - column, high: true)
            #expect(
                abs(block[1, y, x] - normalised(Double(expected), pair.highWindow)) < 1e-6)
        }
    }

    @Test func `that fails names the patch, and the first one for any number of threads`() throws {
        let pair = try fixture.pair("a")
        let places = try deliver(feed([pair], AsScanned())).flatMap(\.places)
        let bad = [places[13].patch, places[11].patch]
        for threads in [0, 1, 4] {
            let feed = try feed(
                [pair], Failing(badPatches: Set(bad), shrinks: false), threads: threads)
            var batches = 0
            let error = feedError { while try feed.next() != nil { batches += 1 } }
            #expect(batches == 2)
            #expect(error?.description == "patch \(bad[1]): \(Failing.Refusal())")
            #expect(feedError { _ = try feed.next() } == .cancelled)
        }
        let shrinking = feedError {
            _ = try deliver(feed([pair], Failing(badPatches: Set(bad), shrinks: true)))
        }
        #expect(shrinking?.description.contains("made 1x1x1 LOW voxels where 1x8x8") == true)
        let unmade = feedError {
            _ = try deliver(feed([pair], Failing(badPatches: [], shrinks: false), share: 0))
        }
        #expect(unmade?.description.contains("made no LOW voxels") == true)
    }
}

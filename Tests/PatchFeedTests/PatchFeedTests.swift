import Dataset
import Foundation
import TestSupport
import Testing
import Volumes

@testable import PatchFeed

@Suite struct `A feed of patches` {
    private let fixture: Fixture
    init() throws { fixture = try Fixture() }

    private func settings(_ change: (inout FeedSettings) -> Void = { _ in }) -> FeedSettings {
        var settings = FeedSettings(seed: 7, batch: 4, epochs: 2)
        change(&settings)
        return settings
    }

    private func feed(
        _ pairs: [TrainingPair], edge: Int = 32, scale: Int = 4, lowSlices: Int = 1,
        highSlices: PatchGeometry.HighSlices = .middle, settings: FeedSettings? = nil,
        from position: FeedPosition = .start
    ) throws -> PatchFeed<AsScanned> {
        let geometry = try PatchGeometry(
            scale: scale, highEdge: edge, lowSlices: lowSlices, highSlices: highSlices)
        return try PatchFeed(
            SamplePlan(pairs, part: .train, geometry: geometry), volumes: fixture.stage(pairs),
            preparation: AsScanned(), settings: settings ?? self.settings(), from: position)
    }

    @Test func `delivers the voxels that the catalog's place says, normalised and not clipped`()
        throws
    {
        let pairs = try [
            fixture.pair("a"), fixture.pair("b", shape: Shape(depth: 8, height: 24, width: 70)),
        ]
        let batches = try deliver(feed(pairs, edge: 48))
        #expect(batches.count == 2 * ((20 + 24) / 4))
        var reachedOut = false
        for batch in batches {
            for (slot, place) in batch.places.enumerated() {
                let pair = try #require(pairs.first { $0.sample == place.sample })
                #expect(place.low.shape == Shape(depth: 1, height: 12, width: 12))
                for y in 0..<12 {
                    for x in 0..<12 {
                        let grey = grey(place.low.z, place.low.y + y, place.low.x + x, high: false)
                        let value = batch.low[(slot * 12 + y) * 12 + x]
                        #expect(abs(value - normalised(Double(grey), pair.lowWindow)) < 1e-6)
                    }
                }
                for y in 0..<48 {
                    for x in 0..<48 {
                        // The slice past the middle of the four in the LOW slice.
                        let grey = grey(
                            place.low.z * 4 + 2, place.low.y * 4 + y, place.low.x * 4 + x,
                            high: true)
                        let value = batch.high[(slot * 48 + y) * 48 + x]
                        reachedOut = reachedOut || value > 1.5
                        #expect(abs(value - normalised(Double(grey), pair.highWindow)) < 1e-6)
                    }
                }
                let centre = pair.assumedRotationCentre
                #expect(
                    place.rotationCentre
                        == SIMD2(centre[0] - Double(place.low.y), centre[1] - Double(place.low.x)))
            }
        }
        #expect(reachedOut)
    }

    @Test func `visits every patch once in an epoch, at new places in the next`() throws {
        let pairs = try [fixture.pair("a"), fixture.pair("b", scale: 4)]
        let batches = try deliver(feed(pairs, edge: 24, settings: settings { $0.batch = 5 }))
        var epochs: [[PatchPlace]] = [[], []]
        for batch in batches {
            epochs[batch.position.epoch] += batch.places
            #expect(batch.places.allSatisfy { $0.epoch == batch.position.epoch })
        }
        for places in epochs {
            #expect(places.count == 40)
            #expect(Set(places.map(\.patch)).count == 40)
            #expect(places.map(\.index) == Array(0..<40))
        }
        #expect(epochs[0].map(\.patch) != epochs[1].map(\.patch))
        #expect(Set(epochs[0].map(\.low)) != Set(epochs[1].map(\.low)))
        // Windows lie in the part that patches cover, and half at least in their own.
        let covered = Region(z: 0, y: 0, x: 0, shape: Shape(depth: 8, height: 40, width: 32))
        for place in epochs.joined() {
            #expect(place.low.intersection(covered) == place.low)
            let shared = try #require(place.anchor.intersection(place.low)).shape
            #expect(shared.height >= 3 && shared.width >= 3)
        }
    }

    @Test(arguments: [(0, 1), (0, 3), (1, 2), (3, 2), (5, 4)])
    func `is the same for any number of threads and buffers`(threads: Int, buffers: Int) throws {
        let pairs = try [fixture.pair("a"), fixture.pair("b")]
        let expected = try deliver(feed(pairs, settings: settings { $0.threads = 0 }))
        let found = try deliver(
            feed(
                pairs,
                settings: settings {
                    $0.threads = threads
                    $0.buffers = buffers
                }))
        #expect(found == expected)
        #expect(found.count == 20)
        let other = try deliver(feed(pairs, settings: settings { $0.seed = 8 }))
        #expect(other.map(\.places) != expected.map(\.places))
    }

    @Test func `goes on where it was stopped`() throws {
        let pairs = try [fixture.pair("a"), fixture.pair("b")]
        for dropsRest in [true, false] {
            let settings = settings {
                $0.batch = 7
                $0.dropsRest = dropsRest
            }
            let all = try deliver(feed(pairs, settings: settings))
            #expect(all.count == (dropsRest ? 10 : 12))
            #expect(all.map(\.places.count).contains(5) == !dropsRest)
            for (index, batch) in all.enumerated() {
                let rest = try deliver(feed(pairs, settings: settings, from: batch.next))
                #expect(rest == Array(all[(index + 1)...]))
            }
        }
        let error = feedError {
            _ = try feed(pairs, from: FeedPosition(epoch: 0, index: 3))
        }
        #expect(error == .notABatch(FeedPosition(epoch: 0, index: 3), batch: 4))
    }

    @Test func `can have epochs shorter and longer than the patches`() throws {
        let pair = try fixture.pair("a")
        let short = try deliver(feed([pair], settings: settings { $0.samplesPerEpoch = 8 }))
        #expect(short.count == 4)
        let first = Set(short[..<2].flatMap(\.places).map(\.patch))
        let second = Set(short[2...].flatMap(\.places).map(\.patch))
        #expect(first.count == 8 && second.count == 8 && first != second)
        let long = try deliver(feed([pair], settings: settings { $0.samplesPerEpoch = 48 }))
        let patches = long[..<12].flatMap(\.places).map(\.patch)
        #expect(Set(patches[..<20]).count == 20)
        #expect(Set(patches[20..<40]).count == 20)
    }

    @Test func `of one patch works, and says when an epoch fills no batch`() throws {
        let box = Region(z: 0, y: 0, x: 0, shape: Shape(edge: 9))
        let pair = try fixture.pair(
            "a", shape: Shape(edge: 9), patches: [PatchRecord(region: box, porosity: 0.1)])
        let error = feedError { _ = try feed([pair]) }
        #expect(error == .epochTooShort(samples: 1, batch: 4))
        #expect(error?.description.contains("patches_per_epoch") == true)
        let batches = try deliver(feed([pair], settings: settings { $0.samplesPerEpoch = 4 }))
        #expect(batches.map(\.places.count) == [4, 4])
        #expect(Set(batches.flatMap(\.places).map(\.low)).count > 4)
        let kept = try deliver(feed([pair], settings: settings { $0.dropsRest = false }))
        #expect(kept.map(\.places.count) == [1, 1])
        let none = feedError { _ = try feed([pair], settings: settings { $0.samplesPerEpoch = 0 }) }
        #expect(none == .emptyEpoch)
    }

    @Test func `gives neighbouring LOW slices as channels, and HIGH slices as wanted`() throws {
        let pair = try fixture.pair("a")
        for (wanted, channels) in [
            (PatchGeometry.HighSlices.middle, 1), (.mean, 1), (.all, 4),
        ] {
            let batches = try deliver(feed([pair], edge: 16, lowSlices: 3, highSlices: wanted))
            // The first and last slices have no neighbours on one side.
            #expect(Set(batches.flatMap(\.places).map(\.low.z)) == Set(0...5))
            for batch in batches {
                #expect(batch.low.count == 4 * 3 * 16)
                #expect(batch.high.count == 4 * channels * 256)
                for (slot, place) in batch.places.enumerated() {
                    for z in 0..<3 {
                        let low = grey(place.low.z + z, place.low.y + 1, place.low.x, high: false)
                        #expect(
                            abs(
                                batch.low[((slot * 3 + z) * 4 + 1) * 4]
                                    - normalised(Double(low), pair.lowWindow)) < 1e-6)
                    }
                    let all = (0..<4).map { z in
                        Double(
                            grey(
                                (place.low.z + 1) * 4 + z, place.low.y * 4 + 3, place.low.x * 4 + 5,
                                high: true))
                    }
                    let expected =
                        switch wanted {
                        case .middle: [all[2]]
                        case .mean: [all.reduce(0, +) / 4]
                        case .all: all
                        }
                    for (channel, value) in expected.enumerated() {
                        #expect(
                            abs(
                                batch.high[((slot * channels + channel) * 16 + 3) * 16 + 5]
                                    - normalised(value, pair.highWindow)) < 1e-5)
                    }
                }
            }
        }
    }

    @Test func `makes the samples of a smaller scale by averaging HIGH voxels`() throws {
        let pair = try fixture.pair("a")
        for batch in try deliver(feed([pair], edge: 16, scale: 2)) {
            for (slot, place) in batch.places.enumerated() {
                var sum = 0.0
                // Pixel (3, 5) of the second of two slices, each of 2x2x2 HIGH voxels.
                for z in 2..<4 {
                    for y in 6..<8 {
                        for x in 10..<12 {
                            sum += Double(
                                grey(
                                    place.low.z * 4 + z, place.low.y * 4 + y, place.low.x * 4 + x,
                                    high: true))
                        }
                    }
                }
                #expect(
                    abs(
                        batch.high[slot * 256 + 3 * 16 + 5] - normalised(sum / 8, pair.highWindow))
                        < 1e-5)
            }
        }
    }

    @Test func `reads images, whose depth has no scale`() throws {
        let pair = try fixture.pair("a", shape: Shape(depth: 1, height: 40, width: 32))
        for batch in try deliver(feed([pair])) {
            for (slot, place) in batch.places.enumerated() {
                let expected = grey(0, place.low.y * 4 + 31, place.low.x * 4 + 30, high: true)
                #expect(
                    abs(
                        batch.high[slot * 1024 + 31 * 32 + 30]
                            - normalised(Double(expected), pair.highWindow)) < 1e-6)
            }
        }
        let mixed = try [pair, fixture.pair("b")]
        let error = feedError { _ = try feed(mixed, highSlices: .all) }
        #expect(error?.description.contains("images") == true)
    }

    @Test(arguments: [ElementType.uint8, .int16, .float32, .float64])
    func `keeps voxels of other number formats exact`(type: ElementType) throws {
        let pair = try fixture.pair("a", type: type)
        for batch in try deliver(feed([pair])) {
            for (slot, place) in batch.places.enumerated() {
                let stored = grey(place.low.z, place.low.y + 7, place.low.x + 6, high: false)
                let value =
                    switch type {
                    case .uint8: Double(stored % 251)
                    case .int16: Double(Int16(truncatingIfNeeded: stored))
                    default: Double(stored)
                    }
                #expect(
                    abs(batch.low[slot * 64 + 7 * 8 + 6] - normalised(value, pair.lowWindow)) < 1e-6
                )
            }
        }
    }

    @Test func `refuses scans without a window, and files unlike the catalog`() throws {
        let blank = try fixture.pair("a", lowWindow: nil)
        #expect(feedError { _ = try feed([blank]) } == .noWindow(blank.sample, .low))
        let flat = try fixture.pair("b", highWindow: 5...5)
        #expect(feedError { _ = try feed([flat]) } == .noWindow(flat.sample, .high))
        let pair = try fixture.pair("c")
        _ = try fixture.pair("d", shape: Shape(depth: 9, height: 40, width: 33))
        try FileManager.default.removeItem(
            atPath: fixture.workspace.appending("c.h5").string)
        try FileManager.default.moveItem(
            atPath: fixture.workspace.appending("d.h5").string,
            toPath: fixture.workspace.appending("c.h5").string)
        let error = feedError { _ = try feed([pair]) }
        #expect(error?.description.contains("the catalog says 9x40x32") == true)
    }

    @Test func `says when the receiver holds every batch, and goes on when it lets go`() throws {
        let feed = try feed([fixture.pair("a")], settings: settings { $0.buffers = 2 })
        let first = try #require(try feed.next())
        let second = try #require(try feed.next())
        #expect(feedError { _ = try feed.next() } == .allBuffersHeld(2))
        second.release()
        #expect(feedError { _ = try feed.next() } == .allBuffersHeld(2))
        first.release()
        let third = try #require(try feed.next())
        #expect(third.position == FeedPosition(epoch: 0, index: 8))
    }

    @Test func `ends when it is cancelled, and with its last holder`() throws {
        var feed: PatchFeed<AsScanned>? = try feed(
            [fixture.pair("a")],
            settings: settings {
                $0.epochs = 1_000_000
                $0.threads = 3
            })
        let batch = try #require(try feed?.next())
        feed?.cancel()
        #expect(feedError { while try feed?.next() != nil {} } == .cancelled)
        feed = nil
        // What was received stays.
        #expect(Delivered(batch).low.count == 4 * 64)
    }

    @Test func `measures how long the receiver waited`() throws {
        let feed = try feed([fixture.pair("a")], settings: settings { $0.threads = 0 })
        #expect(feed.timing.elapsedSeconds == 0)
        while try feed.next() != nil { Thread.sleep(forTimeInterval: 0.002) }
        let timing = feed.timing
        #expect(timing.batches == 10 && timing.samples == 40)
        #expect(timing.elapsedSeconds >= 0.02)
        #expect(timing.waitedSeconds > 0 && timing.waitedSeconds < timing.elapsedSeconds - 0.019)
        #expect((0...1).contains(timing.waitedShare))
    }
}

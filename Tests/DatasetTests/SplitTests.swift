import Foundation
import Randomness
import Testing

@testable import Dataset

@Suite struct `Split` {
    static let sizes = Array(1...40)

    @Test(arguments: sizes)
    func `gives every sample one part, whatever the order of the input`(count: Int) throws {
        let samples = try names(count)
        for seed in UInt64(0)..<5 {
            let split = try assignSplit(samples: samples, seed: seed)
            #expect(Set(split.assignments.keys) == Set(samples))
            var generator = SplitMix64(seed: seed)
            let shuffled = samples.shuffled(using: &generator)
            #expect(try assignSplit(samples: shuffled, seed: seed) == split)
            let parts = SplitPart.allCases.flatMap { split.samples(in: $0) }
            #expect(parts.sorted() == samples.sorted())
        }
    }

    @Test(arguments: sizes, [(0.7, 0.15, 0.15), (0.5, 0.25, 0.25), (0.8, 0.2, 0.0), (1, 0, 0)])
    func `meets the fractions within rounding`(
        count: Int, shares: (Double, Double, Double)
    ) throws {
        let fractions = try #require(
            SplitFractions(train: shares.0, validation: shares.1, test: shares.2))
        let split = try assignSplit(samples: try names(count), fractions: fractions, seed: 7)
        for part in SplitPart.allCases {
            let found = Double(split.samples(in: part).count)
            let share = fractions[part] * Double(count)
            // A part that would be empty takes one sample from the others.
            #expect(found > share - 1 - 1e-9 || count <= 3 * 3)
            #expect(found < share + 1 + 1e-9)
            if count >= 3, fractions[part] > 0 { #expect(found >= 1) }
        }
        #expect(!split.samples(in: .train).isEmpty)
        if count >= 3 { #expect(split.notes.isEmpty) }
    }

    @Test(arguments: UInt64(0)..<20)
    func `keeps every sample where it was when samples are added`(seed: UInt64) throws {
        let samples = try names(40)
        var previous: [SampleID: SplitPart] = [:]
        for count in 1...40 {
            let split = try assignSplit(
                samples: Array(samples.prefix(count)), previous: previous, seed: seed)
            for (id, part) in previous {
                #expect(split.assignments[id]?.part == part)
                #expect(split.assignments[id]?.reason == .kept)
            }
            previous = split.assignments.mapValues(\.part)
            for part in SplitPart.allCases {
                let share = SplitFractions.usual[part] * Double(count)
                // One by one, no part strays from its share by more than filling empty parts asks.
                #expect(abs(Double(split.samples(in: part).count) - share) < 1.6)
            }
        }
        #expect(Set(previous.values).count == 3)
    }

    @Test(arguments: UInt64(0)..<20)
    func `respects pins, and fills what they leave`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let samples = try names(Int.random(in: 6...40, using: &generator))
        var pinned: [SampleID: SplitPart] = [:]
        for id in samples.prefix(3) {
            pinned[id] = SplitPart.allCases.randomElement(using: &generator)
        }
        let split = try assignSplit(samples: samples, pinned: pinned, seed: seed)
        for (id, part) in pinned {
            #expect(
                split.assignments[id]
                    == SplitAssignment(
                        part: part, reason: .pinned(previous: nil)))
        }
        for part in SplitPart.allCases { #expect(!split.samples(in: part).isEmpty) }
    }

    @Test func `lets a pin overrule an earlier split, and says so`() throws {
        let samples = try names(5)
        let split = try assignSplit(
            samples: samples, pinned: [samples[0]: .test], previous: [samples[0]: .train], seed: 1)
        let reason = try #require(split.assignments[samples[0]]?.reason)
        #expect(reason == .pinned(previous: .train))
        #expect(reason.description == "pinned by the manifest; was train")
    }

    @Test func `says when a part stays empty`() throws {
        let samples = try names(4)
        let pinned = Dictionary(uniqueKeysWithValues: samples.map { ($0, SplitPart.train) })
        let split = try assignSplit(samples: samples, pinned: pinned, seed: 1)
        #expect(split.notes.count == 2)
        #expect(try assignSplit(samples: try names(1), seed: 1).samples(in: .train).count == 1)
        #expect(try assignSplit(samples: try names(2), seed: 1).notes.isEmpty == false)
    }

    @Test func `depends on the seed and on nothing of the machine`() throws {
        // FNV-1a and the finaliser, worked out apart from this code in Python.
        let id = try #require(SampleID("berea-01"))
        #expect(splitHash(of: id, seed: 0) == 0xEDD2_4AF6_7C65_28DE)
        #expect(splitHash(of: id, seed: 42) == 0x36CD_C1E3_E507_8464)
        let samples = try names(20)
        let parts = try (UInt64(0)..<10).map {
            try assignSplit(samples: samples, seed: $0).samples(in: .test)
        }
        #expect(Set(parts).count > 5)
    }

    @Test func `refuses repeated samples, unknown pins and shares that do not add up`() throws {
        let samples = try names(3)
        #expect(throws: SplitError.repeatedSample(samples[1])) {
            try assignSplit(samples: samples + [samples[1]], seed: 1)
        }
        let stranger = try #require(SampleID("stranger"))
        #expect(throws: SplitError.unknownPin(stranger)) {
            try assignSplit(samples: samples, pinned: [stranger: .test], seed: 1)
        }
        #expect(SplitFractions(train: 0.5, validation: 0.2, test: 0.2) == nil)
        #expect(SplitFractions(train: 0, validation: 0.5, test: 0.5) == nil)
        #expect(SplitFractions(train: .nan, validation: 0.5, test: 0.5) == nil)
        let text = Data(#"{"train":0.9,"validation":0.2,"test":0.2}"#.utf8)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(SplitFractions.self, from: text)
        }
    }

    private func names(_ count: Int) throws -> [SampleID] {
        try (0..<count).map { try #require(SampleID("plug-\($0)")) }
    }
}

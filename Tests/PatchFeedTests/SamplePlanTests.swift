import Dataset
import Testing
import Volumes

@testable import PatchFeed

@Suite struct `A plan of samples` {
    private let shape = Shape(depth: 8, height: 32, width: 32)

    private func pair(
        _ name: String, _ part: SplitPart = .train, scale: Int = 4, file: String? = nil,
        flags: [Int: Set<PatchFlag>] = [:], edge: Int = 8, shape: Shape? = nil
    ) throws -> TrainingPair {
        let shape = shape ?? self.shape
        let regions = PatchGrid(size: Shape(edge: edge), stride: Shape(edge: edge))
            .regions(in: shape)
        return TrainingPair(
            sample: try #require(SampleID(name)), material: "rock", split: part,
            pair: PairRecord(
                file: file ?? "\(name).h5", scale: scale, region: Region(all: shape),
                voxelSize: nil),
            lowOrigin: .scanned, lowScanShape: shape, lowWindow: 0...1, highWindow: 0...1,
            patches: regions.enumerated().map { index, region in
                PatchRecord(region: region, porosity: nil, flags: flags[index] ?? [])
            })
    }

    private func geometry(_ edge: Int, scale: Int = 4, lowSlices: Int = 1) throws -> PatchGeometry {
        try PatchGeometry(scale: scale, highEdge: edge, lowSlices: lowSlices)
    }

    @Test func `takes the samples of its part, in order of their names`() throws {
        let pairs = try [pair("c"), pair("b", .test), pair("a"), pair("d", .validation)]
        let plan = try SamplePlan(pairs, part: .train, geometry: geometry(32))
        #expect(plan.pairs.map(\.sample.name) == ["a", "c"])
        #expect(plan.count == 32)
        #expect(plan.leftOut.isEmpty)
        #expect(plan.highShape == Shape(depth: 1, height: 32, width: 32))
    }

    @Test func `refuses a part that has nothing`() throws {
        let error = feedError {
            _ = try SamplePlan([pair("a")], part: .test, geometry: geometry(32))
        }
        #expect(error == .emptyPart(.test))
        #expect(error?.description.contains("split: test") == true)
    }

    @Test func `refuses one rock in two parts, whatever part is asked for`() throws {
        for part in [SplitPart.train, .test] {
            let error = feedError {
                _ = try SamplePlan(
                    [pair("a", file: "x.h5"), pair("b", .test, file: "x.h5")], part: part,
                    geometry: geometry(32))
            }
            #expect(error?.description.contains("'a' and 'b' share the file x.h5") == true)
            let twice = feedError {
                _ = try SamplePlan(
                    [pair("a"), pair("a", .test, file: "y.h5")], part: part, geometry: geometry(32))
            }
            #expect(twice?.description.contains("share a name") == true)
        }
    }

    @Test func `leaves out flagged patches and says so`() throws {
        let flagged = try pair("a", flags: [0: [.outside], 5: [.noPores], 6: [.mismatched]])
        let plan = try SamplePlan([flagged], part: .train, geometry: geometry(32))
        // Patches without pores are rock like any other.
        #expect(plan.count == 14)
        #expect(
            plan.leftOut.map(\.description) == ["a: 2 patches: flagged mismatched, outside"])
        let strict = try SamplePlan(
            [flagged], part: .train, geometry: geometry(32), leavingOut: Set(PatchFlag.allCases))
        #expect(strict.count == 13)
    }

    @Test func `keeps windows out of bad patches, but not out of dull ones`() throws {
        // Windows of 16 LOW voxels around patches of 8: patch 5 of the 4x4 has no bad neighbours to
        // three sides, but each window with it in a corner has.
        func count(_ flag: PatchFlag) throws -> Int {
            try SamplePlan(
                [pair("a", flags: [5: [flag]])], part: .train, geometry: geometry(64),
                leavingOut: Set(PatchFlag.allCases)
            ).count
        }
        #expect(try count(.noSolid) == 15)
        // The corner patch 0, and 1 and 4 beside it, have no 2x2 patches without patch 5.
        #expect(try count(.outside) == 15 - 3)
    }

    @Test func `takes pairs of a multiple of the scale, and says which it cannot`() throws {
        let pairs = try [pair("a", scale: 4), pair("b", scale: 5), pair("c", scale: 2)]
        let plan = try SamplePlan(pairs, part: .train, geometry: geometry(16, scale: 2))
        #expect(plan.pairs.map(\.sample.name) == ["a", "c"])
        #expect(
            plan.leftOut.map(\.description) == [
                "b: 16 patches: the pair has scale 5, from which 2 cannot be made"
            ])
    }

    @Test func `says why nothing is left, sample by sample`() throws {
        let pairs = try [
            pair("a"), pair("b", shape: Shape(depth: 8, height: 6, width: 40)),
            pair("c", flags: [5: [.outside], 6: [.outside], 9: [.outside], 10: [.outside]]),
        ]
        let text = try #require(
            feedError {
                _ = try SamplePlan(pairs, part: .train, geometry: geometry(4 * 33))
            }
        ).description
        #expect(text.contains("a: 16 patches: a sample of 1x33x33 LOW voxels does not fit"))
        #expect(text.contains("b: 0 patches: the pair has no patches"))
        let scattered = try #require(
            feedError {
                _ = try SamplePlan([pairs[2]], part: .train, geometry: geometry(4 * 17))
            }
        ).description
        #expect(scattered.contains("c: 12 patches: no window of 1x17x17 LOW voxels"))
    }

    @Test func `refuses patches that do not go with the scale`() throws {
        func text(_ body: () throws -> PatchGeometry) -> String {
            feedError { _ = try body() }?.description ?? ""
        }
        #expect(text { try geometry(30) }.contains("take 28"))
        #expect(text { try geometry(3) }.contains("take 4"))
        #expect(text { try geometry(32, scale: 9) }.contains("between 1 and 8"))
        #expect(text { try geometry(32, lowSlices: 2) }.contains("odd"))
        #expect(text { try geometry(0) }.contains("between 1 and 8192"))
    }
}

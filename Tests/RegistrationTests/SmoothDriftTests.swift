import Foundation
import Registration
import Testing

/// Enough fields to see an alarm in a thousand; fewer where nothing is optimised.
#if DEBUG
    private let fields = UInt64(25)
#else
    private let fields = UInt64(2000)
#endif

@Suite struct `Smooth drift` {
    /// A tenth of a HIGH voxel.
    private let minimum = 0.1

    @Test(arguments: BlockField.Drift.allCases, UInt64(0)..<5)
    func `is found to a fraction of a block's noise`(
        drift: BlockField.Drift, seed: UInt64
    ) throws {
        let field = BlockField(
            SIMD3(6, 6, 6), drift: drift, amplitude: 0.5, isUneven: true, seed: seed)
        let report = smoothDrift(of: field.blocks, minimumLengthInMicrometres: minimum)
        let displacement = try #require(report.displacement, "\(report)")
        // Of 216 blocks with a noise of 0.1, some 15 parameters take a share of 0.1 sqrt(15 / 216),
        // and what the penalty holds back of the wave is as much.
        #expect(field.error(of: displacement) < 0.06)
        #expect(report.reason == nil)
        let evidence = try #require(report.evidence)
        #expect(evidence.axes == drift.axes)
        #expect(evidence.chiSquareAfter < 0.6 * evidence.chiSquareBefore)
        #expect(evidence.heldOutChiSquare < evidence.chiSquareBefore)
    }

    @Test(arguments: BlockField.Drift.allCases)
    func `is found where it is much larger than noise`(drift: BlockField.Drift) throws {
        let field = BlockField(
            SIMD3(6, 6, 6), drift: drift, amplitude: 10, isUneven: true, seed: 1)
        let report = smoothDrift(of: field.blocks, minimumLengthInMicrometres: minimum)
        // Two spans of a spline follow a full wave to a thirtieth of its amplitude.
        #expect(field.error(of: try #require(report.displacement)) < 0.4)
    }

    @Test(arguments: [SIMD3(3, 3, 3), SIMD3(4, 4, 4), SIMD3(1, 5, 5)])
    func `is not found in noise, whatever its variance and with wrong blocks`(shape: SIMD3<Int>) {
        var chances: [Double] = []
        for seed in 0..<fields {
            let field = BlockField(shape, isUneven: true, seed: seed)
            let report = smoothDrift(of: field.blocks, minimumLengthInMicrometres: 0)
            #expect(report.displacement == nil, "seed \(seed)")
            chances.append(report.evidence?.falseAlarmProbability ?? 1)
        }
        // The probabilities are bounds: no more than one in ten of them is below a tenth.
        #expect(chances.count { $0 < 0.1 } <= chances.count / 10)
        #expect(chances.allSatisfy { $0 > 1e-5 })
    }

    @Test(arguments: BlockField.Drift.allCases)
    func `of three tenths of a voxel is proven by 64 blocks`(drift: BlockField.Drift) {
        let proven = (UInt64(0)..<25).count { seed in
            let field = BlockField(SIMD3(4, 4, 4), drift: drift, amplitude: 0.3, seed: seed)
            return smoothDrift(of: field.blocks, minimumLengthInMicrometres: minimum).displacement
                != nil
        }
        #expect(proven == 25)
    }

    @Test func `is found in images, where z stays as it is`() throws {
        var field = BlockField(SIMD3(1, 8, 8), seed: 3)
        field.blocks = field.blocks.map { block in
            block.with(shift: block.shift + SIMD3(0, 0, block.position[1] / 1000 - 0.5))
        }
        let report = smoothDrift(of: field.blocks, minimumLengthInMicrometres: minimum)
        let displacement = try #require(report.displacement, "\(report)")
        #expect(displacement.lattice.counts[0] == 1)
        #expect(report.evidence?.axes == [2])
        for block in field.blocks {
            let moved = displacement(block.position)
            #expect(moved[0] == 0 && moved[1] == 0)
            // Some six parameters of 64 blocks: 0.1 sqrt(6 / 64), and more at corners.
            #expect(abs(moved[2] - (block.position[1] / 1000 - 0.5)) < 0.1)
        }
    }

    @Test func `is found where blocks lie anywhere`() throws {
        let field = BlockField(
            SIMD3(5, 5, 5), drift: .parabola, amplitude: 0.5, isUneven: true, isRagged: true,
            seed: 2)
        let report = smoothDrift(of: field.blocks, minimumLengthInMicrometres: minimum)
        #expect(field.error(of: try #require(report.displacement)) < 0.08)
    }

    @Test func `is not looked for in too few blocks`() {
        let field = BlockField(SIMD3(2, 2, 3), drift: .heating, amplitude: 1, seed: 1)
        let report = smoothDrift(of: field.blocks, minimumLengthInMicrometres: minimum)
        #expect(report.displacement == nil)
        #expect(report.evidence == nil)
        #expect(report.reason?.hasPrefix("Only 12 of 12 blocks can be used; 16 are needed") == true)
        #expect(smoothDrift(of: [], minimumLengthInMicrometres: minimum).blocks == 0)
    }

    @Test func `is left alone where it is too small to matter`() throws {
        let field = BlockField(
            SIMD3(6, 6, 6), drift: .heating, amplitude: 0.08, noise: 0.02, seed: 1)
        let report = smoothDrift(of: field.blocks, minimumLengthInMicrometres: minimum)
        #expect(report.displacement == nil)
        #expect(report.reason?.hasPrefix("There is a drift, but") == true)
        #expect(try #require(report.evidence).falseAlarmProbability < 1e-4)
    }

    @Test func `is smooth: shifts that alternate are none`() {
        var field = BlockField(SIMD3(4, 4, 4), noise: 0.01, seed: 1)
        field.blocks = field.blocks.map { block in
            let sign = Int((block.position / 250).sum()).isMultiple(of: 2) ? 1.0 : -1
            return block.with(shift: block.shift + SIMD3(0, sign, 0))
        }
        #expect(
            smoothDrift(of: field.blocks, minimumLengthInMicrometres: minimum).displacement == nil)
    }

    @Test(arguments: [1e2, 1e8])
    func `is found in spite of blocks without texture`(variance: Double) throws {
        var field = BlockField(SIMD3(6, 6, 6), drift: .heating, amplitude: 0.5, seed: 4)
        for index in stride(from: 0, to: field.blocks.count, by: 5) {
            let wild = SIMD3(repeating: Double(index % 7 - 3) * variance.squareRoot())
            field.blocks[index] = field.blocks[index].with(shift: wild, variance: variance)
        }
        field.blocks[1] = field.blocks[1].with(shift: SIMD3(.nan, 0, 0))
        field.blocks[2] = field.blocks[2].with(variance: .infinity)
        let report = smoothDrift(of: field.blocks, minimumLengthInMicrometres: minimum)
        #expect(report.blocks == 216 - 44 - 2)
        #expect(field.error(of: try #require(report.displacement)) < 0.03)
    }

    @Test func `outlives being written and read`() throws {
        let field = BlockField(SIMD3(4, 4, 4), drift: .heating, amplitude: 1, seed: 1)
        let report = smoothDrift(of: field.blocks, minimumLengthInMicrometres: minimum)
        #expect(report.displacement != nil)
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(DriftReport.self, from: data) == report)
    }
}

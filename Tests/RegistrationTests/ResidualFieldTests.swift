import Foundation
import Registration
import Testing

@Suite struct `Residual field` {
    @Test func `of noise is as long as noise is expected to be`() throws {
        let field = try #require(ResidualField(BlockField(SIMD3(8, 8, 8), seed: 1).blocks))
        // The median length of three normal components is 1.538 of their deviation, and the 95th
        // percentile 2.795; 512 blocks know the former to 3 %, the latter to 4 %.
        #expect(abs(field.medianInMicrometres / 0.1538 - 1) < 0.1)
        #expect(abs(field.p95InMicrometres / 0.2795 - 1) < 0.12)
        // The median of 4000 differences knows the variance to 5 %.
        #expect(abs(field.noiseInflation / 4 - 1) < 0.15)
        #expect(abs(field.noiseMedianInMicrometres / 0.1538 - 1) < 0.1)
        #expect(abs(field.noiseP95InMicrometres / 0.2795 - 1) < 0.1)
        #expect(abs(field.chiSquare - 1) < 0.15)
    }

    @Test func `knows its linear trend in spite of wrong blocks`() throws {
        var blocks = BlockField(SIMD3(6, 6, 6), isUneven: true, seed: 2).blocks
        blocks = blocks.map { block in
            let p = block.position / 1000 - 0.5
            return block.with(shift: block.shift + SIMD3(p[0], 0.5 * p[2], -0.5 * p[1]))
        }
        let field = try #require(ResidualField(blocks))
        let trend = try #require(field.trend)
        let truth = [SIMD3(1.0, 0, 0), SIMD3(0, 0, -0.5), SIMD3(0, 0.5, 0)]
        for axis in 0..<3 {
            let errors = (trend.along[axis] - truth[axis]) / trend.standardErrors[axis]
            for component in 0..<3 {
                // Nine errors of 4 deviations do not happen by chance.
                #expect(abs(errors[component]) < 4)
                #expect(abs(trend.standardErrors[axis][component] - 0.025) < 0.015)
            }
        }
        #expect(field.chiSquare > 2)
        // A linear drift does not count as noise. Wrong blocks are in one of ten differences, which
        // puts their median where 0.56 of the good ones are: 1.3 times the variance, known to 8 %.
        #expect(abs(field.noiseInflation / 4 - 1.3) < 0.3)
        #expect(field.medianInMicrometres > 1.5 * field.noiseMedianInMicrometres)
    }

    @Test func `of images has no z`() throws {
        let blocks = BlockField(SIMD3(1, 6, 6), seed: 5).blocks
        let field = try #require(ResidualField(blocks))
        let trend = try #require(field.trend)
        #expect(trend.middle[0] == 0)
        #expect(trend.along[0] == SIMD3() && trend.along[1][0] == 0)
        // Two normal components: a median of 1.177 deviations, known to 12 % by 36 blocks, and its
        // expectation by the square root of their inflation.
        #expect(abs(field.medianInMicrometres / 0.1177 - 1) < 0.4)
        #expect(abs(field.noiseMedianInMicrometres / 0.1177 - 1) < 0.3)
    }

    @Test func `leaves blocks without texture out`() throws {
        let blocks = BlockField(SIMD3(4, 4, 4), seed: 1).blocks
        let empty = blocks[0].with(shift: SIMD3(90, 90, 90), variance: 1e4)
        let field = try #require(ResidualField(blocks))
        #expect(try #require(ResidualField(blocks + [empty])) == field)
        #expect(ResidualField([empty.with(shift: SIMD3(.nan, 0, 0))]) == nil)
        #expect(ResidualField([]) == nil)
        #expect(try #require(ResidualField([empty])).trend == nil)
    }
}

import TestSupport
import Testing
import Volumes

@testable import Transport

@Suite struct `The discretisation estimate` {
    @Test func `is nothing where voxels are exact`() throws {
        var mask = Mask(shape: Shape(depth: 4, height: 5, width: 5), repeating: false)
        for z in 0..<4 { for y in 1..<4 { for x in 0..<5 { mask[z, y, x] = true } } }
        #expect(abs(try refinedDiffusivity(of: mask, along: .z).relativeError) < 1e-6)
        let flow = try refinedPermeability(of: mask, along: .z, boundary: .periodic)
        #expect(abs(flow.relativeError) < 1e-5)
        let solid = Mask(shape: Shape(edge: 2), repeating: false)
        #expect(try refinedDiffusivity(of: solid, along: .z).relativeError == 0)
    }

    @Test(arguments: UInt64(0)..<3)
    func `foresees what voxels of a quarter give`(seed: UInt64) throws {
        let mask = amongBalls(Shape(edge: 12), seed: seed)
        let estimate = try refinedDiffusivity(of: mask, along: .y)
        let quarter = try refinedDiffusivity(of: mask.refined(), along: .y)
        #expect(quarter.value == estimate.refinedValue)
        // Three levels nearly agree on where they tend, by far nearer than the first level is to
        // it.
        let truth = quarter.extrapolatedValue
        #expect(abs(estimate.extrapolatedValue - truth) < 0.25 * abs(estimate.value - truth))
        let flow = try refinedPermeability(of: mask, along: .y, boundary: .mirrored)
        let finer = try refinedPermeability(of: mask.refined(), along: .y, boundary: .mirrored)
        #expect(isClose(finer.value / 4, flow.refinedValue, within: 1e-9))
        let limit = finer.extrapolatedValue / 4
        #expect(abs(flow.extrapolatedValue - limit) < 0.35 * abs(flow.value - limit))
    }
}

import Foundation
import Randomness
import Testing
import Volumes

@Suite struct `Voxel statistics` {
    @Test(arguments: ElementType.allCases, UInt64(0)..<5)
    func `agree with sorting all voxels`(type: ElementType, seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let shape = Shape(
            depth: .random(in: 1...5, using: &generator),
            height: .random(in: 1...20, using: &generator),
            width: .random(in: 1...70, using: &generator))
        let values = (0..<shape.count).map { _ in
            // Whole numbers, so that every type holds them.
            Double.random(in: type.isSigned ? -100...100 : 0...200, using: &generator).rounded()
        }
        let statistics = VoxelStatistics(of: slab(values, shape, type))
        let sorted = values.sorted()
        let mean = values.reduce(0, +) / Double(values.count)
        let variance =
            values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        #expect(statistics.count == values.count)
        #expect(statistics.minimum == sorted.first)
        #expect(statistics.maximum == sorted.last)
        #expect(isClose(statistics.mean, mean))
        #expect(isClose(statistics.standardDeviation, variance.squareRoot()))
        for percent in [0, 0.1, 10, 50, 90, 99.9, 100] {
            let rank = max(Int((percent / 100 * Double(values.count)).rounded(.up)), 1)
            // Whole numbers below 4096 need no more digits than the widest bins keep.
            #expect(statistics.percentile(percent) == sorted[rank - 1])
        }
        #expect(statistics.histogram()?.counts.reduce(0, +) == values.count)
        #expect(statistics.isConstant == (sorted.first == sorted.last))
    }

    @Test(arguments: UInt64(0)..<10)
    func `give percentiles of floats within the stated error`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let shape = Shape(depth: 3, height: 30, width: 40)
        let values = (0..<shape.count).map { _ in
            let size = exp(Double.random(in: -30...30, using: &generator))
            return Double(Float(Bool.random(using: &generator) ? size : -size))
        }
        let statistics = VoxelStatistics(of: slab(values, shape, .float32))
        let sorted = values.sorted()
        for percent in stride(from: 0.0, through: 100, by: 2.5) {
            let rank = max(Int((percent / 100 * Double(values.count)).rounded(.up)), 1)
            let exact = sorted[rank - 1]
            let found = try #require(statistics.percentile(percent))
            #expect(abs(found - exact) <= abs(exact) * statistics.percentileRelativeError)
        }
    }

    @Test(arguments: [ElementType.uint16, .float32, .int32, .float64])
    func `do not depend on how the scan is cut into slabs`(type: ElementType) {
        var generator = SplitMix64(seed: 7)
        let shape = Shape(depth: 12, height: 9, width: 11)
        let values = (0..<shape.count).map { _ in
            Double.random(in: 0...60_000, using: &generator).rounded() / (type == .float32 ? 7 : 1)
        }
        let whole = VoxelStatistics(of: slab(values, shape, type))
        var pieces = VoxelStatistics(of: type)
        var start = 0
        for depth in [1, 5, 2, 4] {
            let count = depth * shape.sliceCount
            pieces.add(
                slab(Array(values[start..<(start + count)]), shape.withDepth(depth), type))
            start += count
        }
        #expect(whole.mean == pieces.mean)
        #expect(whole.standardDeviation == pieces.standardDeviation)
        #expect(whole.percentile(37) == pieces.percentile(37))
        #expect(whole.histogram() == pieces.histogram())
    }

    @Test(arguments: [ElementType.float16, .float32, .float64])
    func `count NaN and infinity apart`(type: ElementType) {
        let values: [Double] = [1, .nan, 2, .infinity, -.infinity, 3, .nan, 2]
        let statistics = VoxelStatistics(
            of: slab(values, Shape(depth: 2, height: 2, width: 2), type))
        #expect(statistics.nanCount == 2)
        #expect(statistics.infinityCount == 2)
        #expect(statistics.finiteCount == 4)
        #expect(statistics.minimum == 1)
        #expect(statistics.maximum == 3)
        #expect(statistics.mean == 2)
        #expect(statistics.standardDeviation == 0.5.squareRoot())
        #expect(!statistics.isConstant)
    }

    @Test func `have no values where nothing is finite`() {
        let statistics = VoxelStatistics(
            of: slab([.nan, .nan], Shape(depth: 1, height: 1, width: 2), .float32))
        #expect(statistics.minimum == nil)
        #expect(statistics.mean == nil)
        #expect(statistics.percentile(50) == nil)
        #expect(statistics.histogram() == nil)
        #expect(statistics.robustWindow == nil)
    }

    @Test(arguments: [ElementType.uint8, .int8, .uint16, .int16, .uint32, .int32])
    func `see voxels at the ends of their type`(type: ElementType) throws {
        let ends = try #require(type.range)
        let values = [ends.lowerBound, ends.upperBound, ends.upperBound, 5]
        let statistics = VoxelStatistics(
            of: slab(values, Shape(depth: 2, height: 1, width: 2), type))
        #expect(statistics.fractionAtTypeMinimum == 0.25)
        #expect(statistics.fractionAtTypeMaximum == 0.5)
    }

    @Test func `tell a constant from the rest`() {
        let shape = Shape(depth: 2, height: 3, width: 4)
        let constant = VoxelStatistics(of: slab(Array(repeating: 9, count: 24), shape, .uint16))
        #expect(constant.isConstant)
        #expect(constant.robustWindow == nil)
        #expect(constant.standardDeviation == 0)
        #expect(constant.distinctValueCount == 1)
    }

    @Test func `take a window that a few hot voxels do not move`() {
        let shape = Shape(depth: 10, height: 100, width: 100)
        var values = (0..<shape.count).map { Double($0 % 1000) }
        values[17] = 65535
        let statistics = VoxelStatistics(of: slab(values, shape, .uint16))
        #expect(statistics.maximum == 65535)
        #expect(statistics.robustWindow == 0...999 || statistics.robustWindow == 0...998)
    }

    @Test func `fall back on the full range for a mask with few pores`() {
        let shape = Shape(depth: 10, height: 100, width: 100)
        var values = [Double](repeating: 255, count: shape.count)
        values[3] = 0
        #expect(VoxelStatistics(of: slab(values, shape, .uint8)).robustWindow == 0...255)
    }

    @Test func `agree with NumPy`() {
        // a = np.sin(np.arange(2*30*40)*0.1).reshape(2,30,40).astype('f4').astype('f8')
        // a.mean(), a.std(), np.percentile(a, 50, method='inverted_cdf')
        let shape = Shape(depth: 2, height: 30, width: 40)
        let values = (0..<shape.count).map { Double(Float(sin(Double($0) * 0.1))) }
        let statistics = VoxelStatistics(of: slab(values, shape, .float64))
        #expect(isClose(statistics.mean, 0.0026099350367924973))
        #expect(isClose(statistics.standardDeviation, 0.7065178148265494))
    }

    private func isClose(_ found: Double?, _ expected: Double) -> Bool {
        guard let found else { return false }
        // The order of a few thousand additions shows in the last digits only.
        return abs(found - expected) <= 1e-12 * max(abs(expected), 1)
    }
}

/// A slab of any type from numbers.
func slab(_ values: [Double], _ shape: Shape, _ type: ElementType) -> RawSlab {
    type.visit(Filling(values: values, shape: shape))
}

private struct Filling: ElementTypeVisitor {
    let values: [Double]
    let shape: Shape

    func visit<Element: VoxelElement>(_ type: Element.Type) -> RawSlab {
        RawSlab(Volume(shape: shape, voxels: values.map { Element(nearest: $0) }))
    }
}

import Randomness
import Testing
import Volumes

@Suite struct `Raw slab` {
    @Test(arguments: ElementType.allCases)
    func `binned keeps the mean of every bin`(type: ElementType) {
        var generator = SplitMix64(seed: 11)
        let shape = Shape(depth: 7, height: 8, width: 9)
        let values = (0..<shape.count).map { _ in
            Double.random(in: type.isSigned ? -100...100 : 0...200, using: &generator).rounded()
        }
        let binned = slab(values, shape, type).binned(by: 3).convert(to: Double.self)
        #expect(binned.shape == Shape(depth: 2, height: 2, width: 3))
        for z in 0..<2 {
            for y in 0..<2 {
                for x in 0..<3 {
                    var sum = 0.0
                    for dz in 0..<3 {
                        for dy in 0..<3 {
                            for dx in 0..<3 {
                                sum += values[((3 * z + dz) * 8 + 3 * y + dy) * 9 + 3 * x + dx]
                            }
                        }
                    }
                    let mean = sum / 27
                    let expected =
                        type == .float16
                        ? Double(Float16(mean))
                        : type == .float32
                            ? Double(Float(mean)) : type == .float64 ? mean : mean.rounded()
                    #expect(binned[z, y, x] == expected)
                }
            }
        }
    }

    @Test func `binned rounds halves away from zero`() {
        let shape = Shape(depth: 2, height: 2, width: 2)
        let up = slab([1, 0, 1, 0, 1, 0, 1, 0], shape, .int16).binned(by: 2)
        #expect(up.volume(as: Int16.self)[0, 0, 0] == 1)
        let down = slab([-1, 0, -1, 0, -1, 0, -1, 0], shape, .int16).binned(by: 2)
        #expect(down.volume(as: Int16.self)[0, 0, 0] == -1)
        let largest = slab(Array(repeating: 0x1p64, count: 8), shape, .uint64).binned(by: 2)
        #expect(largest.volume(as: UInt64.self)[0, 0, 0] == .max)
    }

    @Test func `binned passes NaN on`() {
        let shape = Shape(depth: 2, height: 2, width: 4)
        var values = [Double](repeating: 1, count: 16)
        values[0] = .nan
        let binned = slab(values, shape, .float32).binned(by: 2).volume(as: Float.self)
        #expect(binned[0, 0, 0].isNaN)
        #expect(binned[0, 0, 1] == 1)
    }

    @Test func `cropped is what a typed volume gives`() throws {
        let shape = Shape(depth: 4, height: 5, width: 6)
        let whole = slab((0..<shape.count).map { Double($0) }, shape, .uint16)
        let region = try #require(Region(z: 1..<3, y: 2..<5, x: 0..<4))
        #expect(
            whole.cropped(to: region).volume(as: UInt16.self)
                == whole.volume(as: UInt16.self).cropped(to: region))
    }

    @Test func `converted to a wider type keeps every value`() {
        let shape = Shape(depth: 1, height: 2, width: 2)
        let (wide, tally) = VoxelConversion(to: .int32)(slab([0, 1, 65535, 7], shape, .uint16))
        #expect(wide == slab([0, 1, 65535, 7], shape, .int32))
        #expect(tally == .init())
    }

    @Test(arguments: [
        (ElementType.uint16, ElementType.uint8, 256.0), (.int16, .uint16, -1),
        (.float32, .uint16, 0.5), (.float64, .float32, 1e300), (.float32, .int32, .nan),
        (.uint64, .int64, 0x1p63),
    ])
    func `converted reports what the new type cannot hold`(
        from: ElementType, to: ElementType, value: Double
    ) {
        let shape = Shape(depth: 1, height: 1, width: 3)
        let (_, tally) = VoxelConversion(to: to)(slab([1, value, 2], shape, from))
        #expect(tally.unfit == 1)
        #expect(tally.exampleOfUnfit.map { $0 == value || $0.isNaN } == true)
    }

    @Test func `converted with a window spreads it and counts what lies outside`() {
        let shape = Shape(depth: 1, height: 1, width: 6)
        let source = slab([0, 100, 150, 200, 300, 400], shape, .uint16)
        let (bytes, tally) = VoxelConversion(to: .uint8, window: 100...200)(source)
        #expect(bytes == slab([0, 0, 128, 255, 255, 255], shape, .uint8))
        #expect(tally.below == 1)
        #expect(tally.above == 2)
        let (fractions, _) = VoxelConversion(to: .float32, window: 100...200)(source)
        #expect(fractions == slab([0, 0, 0.5, 1, 1, 1], shape, .float32))
    }
}

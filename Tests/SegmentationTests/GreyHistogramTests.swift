import Randomness
import TestSupport
import Testing
import Volumes

@testable import Segmentation

@Suite struct `Grey histogram` {
    @Test(arguments: [ElementType.uint8, .int8, .uint16, .int16])
    func `has a bin for every level of narrow formats`(type: ElementType) throws {
        let scan = scan(of: type, Shape(depth: 3, height: 5, width: 37), seed: 1)
        var histogram = try #require(GreyHistogram(levelsOf: type))
        histogram.add(scan)
        var expected: [Double: Int] = [:]
        for value in scan.convert(to: Double.self).array { expected[value, default: 0] += 1 }
        #expect(histogram.isExact)
        #expect(histogram.voxelCount == 555)
        for bin in histogram.counts.indices {
            #expect(histogram.counts[bin] == expected[histogram.value(ofBin: bin)] ?? 0)
        }
    }

    @Test(arguments: ElementType.allCases)
    func `over a range is that of its definition`(type: ElementType) throws {
        let scan = scan(of: type, Shape(depth: 4, height: 6, width: 21), seed: 2)
        let values = scan.convert(to: Double.self).array
        let range = values.sorted()[50]...values.sorted()[400]
        var histogram = try GreyHistogram(of: type, over: range)
        histogram.add(scan)
        let inRange = values.filter { range.contains($0) }
        #expect(histogram.voxelCount == inRange.count)
        #expect(histogram.outsideCount == values.count - inRange.count)
        let whole = !type.isFloatingPoint && range.upperBound - range.lowerBound < 65_536
        #expect(histogram.isExact == whole)
        let width = range.upperBound - range.lowerBound
        var counts = [Int](repeating: 0, count: whole ? Int(width) + 1 : 65_536)
        for value in inRange {
            let place = (value - range.lowerBound) / (whole ? 1 : width / 65_536)
            counts[min(Int(place), counts.count - 1)] += 1
        }
        // Bins of floats end at multiples of a rounded width, so neighbours may share a voxel out.
        #expect(
            zip(counts, histogram.counts).reduce(0) { $0 + abs($1.0 - $1.1) } <= (whole ? 0 : 4))
    }

    @Test(arguments: ElementType.allCases, [1, 2, 3, 5])
    func `is the same however the scan is cut into slabs`(type: ElementType, depth: Int) throws {
        let shape = Shape(depth: 7, height: 9, width: 20)
        let scan = scan(of: type, shape, seed: 3)
        let view = FieldOfView.cylinder(centreY: 4.2, centreX: 9.7, radius: 4)
        let least = try #require(VoxelStatistics(of: scan).minimum)
        let greatest = try #require(VoxelStatistics(of: scan).maximum)
        func empty() throws -> GreyHistogram {
            try GreyHistogram(levelsOf: type) ?? GreyHistogram(of: type, over: least...greatest)
        }
        var whole = try empty()
        whole.add(scan, within: view)
        var streamed = try empty()
        for first in stride(from: 0, to: shape.depth, by: depth) {
            let slices = first..<min(first + depth, shape.depth)
            streamed.add(scan.slices(slices), firstSlice: first, within: view)
        }
        #expect(streamed == whole)
        var inView = 0
        for z in 0..<shape.depth {
            for y in 0..<shape.height { inView += view.columns(z: z, y: y, in: shape).count }
        }
        #expect(whole.voxelCount == inView)
    }

    @Test func `counts a box of the scan where its slabs lie`() throws {
        let shape = Shape(depth: 6, height: 4, width: 5)
        let scan = RawSlab(
            Volume(shape: shape, voxels: (0..<shape.count).map { UInt8($0 / 20) }))
        let region = try #require(Region(z: 3..<5, y: 1..<3, x: 2..<5))
        let box = FieldOfView.box(region)
        var histogram = try #require(GreyHistogram(levelsOf: .uint8))
        for first in stride(from: 0, to: 6, by: 2) {
            histogram.add(scan.slices(first..<(first + 2)), firstSlice: first, within: box)
        }
        #expect(histogram.counts[3] == 6)
        #expect(histogram.counts[4] == 6)
        #expect(histogram.voxelCount == 12)
        #expect(histogram.occupiedBins == 3...4)
    }

    @Test func `counts apart what has no bin`() throws {
        let slab = RawSlab(
            Volume(
                shape: Shape(depth: 1, height: 1, width: 7),
                voxels: [0, 1, .nan, .infinity, -1, 0.25, 2] as [Float]))
        var histogram = try GreyHistogram(of: .float32, over: 0...1)
        histogram.add(slab)
        #expect(histogram.voxelCount == 3)
        #expect(histogram.notFiniteCount == 2)
        #expect(histogram.outsideCount == 2)
        #expect(throws: SegmentationError.rangeTooWide(minimum: -1.5e308, maximum: 1.5e308)) {
            try GreyHistogram(of: .float64, over: -1.5e308...1.5e308)
        }
    }

    @Test func `of one value has one bin occupied and no threshold`() throws {
        var histogram = try GreyHistogram(of: .float64, over: 2.5...2.5)
        histogram.add(
            RawSlab(Volume(shape: Shape(depth: 2, height: 2, width: 2), repeating: 2.5)))
        #expect(histogram.voxelCount == 8)
        #expect(histogram.otsuThreshold == nil)
        #expect(histogram.multiOtsuThresholds(classes: 2) == nil)
    }

    @Test(arguments: [ElementType.uint16, .float32, .float16, .int32])
    func `parts the scan at a grey value that occurs in it`(type: ElementType) throws {
        var generator = SplitMix64(seed: 4)
        let shape = Shape(depth: 4, height: 16, width: 16)
        let values = (0..<shape.count).map { place in
            [100.0, 300, 700][place % 3] + Double.random(in: -20...20, using: &generator).rounded()
        }
        let scan = VoxelConversion(to: type)(RawSlab(Volume(shape: shape, voxels: values))).slab
        var histogram = try GreyHistogram(of: type, over: 0...1000)
        histogram.add(scan)
        let darker = try #require(values.filter { $0 < 200 }.max())
        let middle = try #require(values.filter { $0 < 500 }.max())
        #expect(histogram.multiOtsuThresholds(classes: 3) == [darker, middle])
        #expect(histogram.otsuThreshold == middle)
    }

    /// Random voxels of a format, of which wide whole numbers span more than 65,536 levels.
    private func scan(of type: ElementType, _ shape: Shape, seed: UInt64) -> RawSlab {
        var generator = SplitMix64(seed: seed)
        let reach = type.range.map { min($0.upperBound, 1e7) } ?? 1000
        let values = (0..<shape.count).map { _ in
            Double.random(in: (type.isSigned ? -reach : 0)...reach, using: &generator)
        }
        return RawSlab(Volume(shape: shape, voxels: values)).rounded(to: type)
    }
}

extension RawSlab {
    /// Some slices of a slab.
    func slices(_ slices: Range<Int>) -> RawSlab {
        let count = shape.sliceCount * elementType.byteCount
        return RawSlab(
            elementType: elementType, shape: shape.withDepth(slices.count),
            bytes: Array(bytes[(slices.lowerBound * count)..<(slices.upperBound * count)]))
    }

    /// The nearest values of another format.
    func rounded(to type: ElementType) -> RawSlab {
        switch type {
        case .uint8: RawSlab(convert(to: UInt8.self))
        case .int8: RawSlab(convert(to: Int8.self))
        case .uint16: RawSlab(convert(to: UInt16.self))
        case .int16: RawSlab(convert(to: Int16.self))
        case .uint32: RawSlab(convert(to: UInt32.self))
        case .int32: RawSlab(convert(to: Int32.self))
        case .uint64: RawSlab(convert(to: UInt64.self))
        case .int64: RawSlab(convert(to: Int64.self))
        case .float16: RawSlab(convert(to: Float16.self))
        case .float32: RawSlab(convert(to: Float.self))
        case .float64: RawSlab(convert(to: Double.self))
        }
    }
}

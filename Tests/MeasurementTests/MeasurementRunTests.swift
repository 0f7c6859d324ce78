import Measurement
import Randomness
import Testing
import Volumes

@Suite struct `Measuring slab by slab` {
    private static func mask() -> Mask {
        var generator = SplitMix64(seed: 3)
        let shape = Shape(depth: 11, height: 9, width: 10)
        return Mask(
            shape: shape, voxelSize: VoxelSize(micrometres: 2),
            voxels: (0..<shape.count).map { _ in generator.nextUnit() < 0.4 })
    }

    @Test(arguments: [1, 2, 4, 11])
    func `finds what measuring the whole finds, whatever the slabs`(height: Int) throws {
        let mask = Self.mask()
        let measurements = PoreMeasurement.costing(atMost: .volume)
        var run = try MeasurementRun(measurements, shape: mask.shape, voxelSize: mask.voxelSize)
        for first in stride(from: 0, to: mask.shape.depth, by: height) {
            let slices = first..<min(first + height, mask.shape.depth)
            run.add(
                mask.cropped(
                    to: Region(z: first, y: 0, x: 0, shape: mask.shape.withDepth(slices.count))))
        }
        #expect(try run.findings() == measurePores(of: mask, by: measurements))
    }

    @Test func `keeps no mask for what can look at slabs`() {
        let shape = Shape(depth: 100, height: 100, width: 100)
        let all = PoreMeasurement.all
        let streaming = all.filter { $0.accumulator != nil }
        #expect(!streaming.isEmpty)
        #expect(MeasurementRun.memory(for: streaming, shape: shape) == 0)
        for measurement in all where measurement.accumulator == nil {
            #expect(
                MeasurementRun.memory(for: streaming + [measurement], shape: shape)
                    == shape.count * (measurement.bytesPerVoxel + 1))
        }
        let part = PoreMeasurement.transport(by: SolverPlan(edge: 10))
        #expect(
            MeasurementRun.memory(for: [part], shape: shape)
                == shape.count + 1000 * part.bytesPerVoxel)
    }

    @Test func `refuses a field of view beside the mask before any slab`() {
        let outside = FieldOfView.box(
            Region(z: 0, y: 0, x: 0, shape: Self.mask().shape.withDepth(99)))
        #expect(throws: MeasurementError.self) {
            try MeasurementRun(shape: Self.mask().shape, voxelSize: nil, within: outside)
        }
    }
}

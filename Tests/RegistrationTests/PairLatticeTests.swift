import Testing
import Volumes

@testable import Registration

@Suite struct `Pair lattice` {
    private func lattice(
        low: Shape = Shape(edge: 20), lowSize: Double = 8, high: Shape = Shape(edge: 32),
        highSize: Double = 2, transform: SpatialTransform, scale: Int = 4
    ) throws -> PairLattice {
        try PairLattice(
            low: low, lowVoxelSize: #require(VoxelSize(micrometres: lowSize)), high: high,
            highVoxelSize: #require(VoxelSize(micrometres: highSize)), transform: transform,
            scale: scale)
    }

    @Test func `is all LOW voxels that HIGH covers wholly`() throws {
        // HIGH covers 64 um: from 8 to 72, from 9 to 73 and from -20 to 44.
        let lattice = try lattice(transform: SpatialTransform(translation: SIMD3(8, 9, -20)))
        #expect(lattice.region == Region(z: 1..<9, y: 2..<9, x: 0..<5))
        #expect(lattice.shape == Shape(depth: 32, height: 28, width: 20))
        #expect(lattice.voxelSize == VoxelSize(micrometres: 2))
    }

    @Test func `of a part of HIGH is that of HIGH cut to it`() throws {
        let turn = SpatialTransform(
            rotationInDegrees: SIMD3(12, 0, 0), scale: 1, translation: SIMD3(40, 60, 30))
        let part = try #require(Region(z: 3..<29, y: 2..<30, x: 10..<32))
        let whole = try lattice(transform: turn)
        let size = try #require(VoxelSize(micrometres: 2))
        let lattice = try PairLattice(
            low: Shape(edge: 20), lowVoxelSize: #require(VoxelSize(micrometres: 8)),
            high: Shape(edge: 32), highVoxelSize: size, transform: turn, of: part, scale: 4)
        let moved = SpatialTransform(
            linear: turn.linear, translation: turn(SIMD3(3, 2, 10) * 2))
        let cut = try self.lattice(high: part.shape, transform: moved)
        #expect(lattice.region == cut.region)
        #expect(lattice.region.shape.count < whole.region.shape.count)

        let rock = BlobRock(extent: SIMD3(repeating: 64), spacing: 8, seed: 1)
        let high = rock.volume(
            Shape(edge: 32), voxelSize: size, corner: SIMD3(0, 0, 0), noise: 1)
        let made = try lattice.resample(high)
        #expect(made.shape == lattice.shape)
    }

    @Test func `needs a covered voxel`() throws {
        #expect(throws: RegistrationError.noOverlap) {
            try self.lattice(transform: SpatialTransform(translation: SIMD3(0, 0, 153)))
        }
    }

    @Test func `stays within a HIGH scan that is turned`() throws {
        let turn = SpatialTransform(
            rotationInDegrees: SIMD3(20, -8, 5), scale: 1.01, translation: SIMD3(40, 60, 30))
        let lattice = try lattice(transform: turn)
        let region = lattice.region
        #expect(region.shape.count > 60)
        for corner in 0..<8 {
            let point = SIMD3(
                Double(corner & 1 == 0 ? region.z : region.slices.upperBound),
                Double(corner & 2 == 0 ? region.y : region.rows.upperBound),
                Double(corner & 4 == 0 ? region.x : region.columns.upperBound))
            let image = turn.inverse(point * 8)
            #expect(image.min() >= -1e-5 && image.max() <= 64 + 1e-5)
        }
    }

    @Test func `takes HIGH's voxels unchanged where the lattices meet`() throws {
        let rock = BlobRock(extent: SIMD3(repeating: 64), spacing: 8, seed: 1)
        let high = rock.volume(
            Shape(edge: 32), voxelSize: try #require(VoxelSize(micrometres: 2)),
            corner: SIMD3(0, 0, 0), noise: 1)
        let lattice = try lattice(transform: SpatialTransform(translation: SIMD3(8, 6, -4)))
        let crop = high.cropped(
            to: Region(z: 0, y: 1, x: 2, shape: Shape(depth: 32, height: 28, width: 28)))
        #expect(try lattice.resample(high) == crop)
        let part = try lattice.resample(high, slices: 5..<9)
        #expect(part.array == Array(crop.array[(5 * 28 * 28)..<(9 * 28 * 28)]))
    }

    @Test(arguments: [
        (lowSize: 8.0, highSize: 2.0, tolerance: 2e-3),
        (lowSize: 9, highSize: 2.2, tolerance: 4e-3),
        // Twice as coarse as HIGH: the means are over other boxes, a third of a voxel's variance.
        (lowSize: 16, highSize: 2, tolerance: 5e-2),
    ])
    func `gives what a scan on the lattice would have seen`(
        lowSize: Double, highSize: Double, tolerance: Double
    ) throws {
        let corner = SIMD3(11.3, 9.9, 17.2)
        let rock = BlobRock(extent: SIMD3(repeating: 160), spacing: 20, seed: 2)
        let size = try #require(VoxelSize(micrometres: highSize))
        let high = rock.volume(Shape(edge: 40), voxelSize: size, corner: corner)
        let lattice = try lattice(
            lowSize: lowSize, high: high.shape, highSize: highSize,
            transform: SpatialTransform(translation: corner))
        let resampled = try lattice.resample(high)
        let fine = try #require(lattice.voxelSize)
        let start = SIMD3(
            Double(lattice.region.z), Double(lattice.region.y), Double(lattice.region.x))
        let exact = rock.volume(lattice.shape, voxelSize: fine, corner: start * lowSize)
        // Away from HIGH's border, where mirrored voxels enter.
        let margin = 6
        var (worst, contrast) = (Float(0), Float(0))
        for z in margin..<(lattice.shape.depth - margin) {
            for y in margin..<(lattice.shape.height - margin) {
                for x in margin..<(lattice.shape.width - margin) {
                    worst = max(worst, abs(resampled[z, y, x] - exact[z, y, x]))
                    contrast = max(contrast, abs(exact[z, y, x]))
                }
            }
        }
        #expect(Double(worst / contrast) < tolerance)
    }

    @Test func `gives the bits of the whole at once where it is read by boxes`() throws {
        let corner = SIMD3(11.3, 9.9, 17.2)
        let rock = BlobRock(extent: SIMD3(repeating: 400), spacing: 20, seed: 3)
        let size = try #require(VoxelSize(micrometres: 2.2))
        let high = rock.volume(
            Shape(depth: 75, height: 34, width: 150), voxelSize: size, corner: corner, noise: 1)
        let lattice = try lattice(
            low: Shape(edge: 50), lowSize: 9, high: high.shape, highSize: 2.2,
            transform: SpatialTransform(translation: corner))
        // Two blocks along z and x.
        #expect(lattice.shape.depth > 64 && lattice.shape.width > 128)
        let extents = [high.shape.depth, high.shape.height, high.shape.width]
        let first = [lattice.region.z, lattice.region.y, lattice.region.x]
        let counts = [lattice.shape.depth, lattice.shape.height, lattice.shape.width]
        let weights = (0..<3).map { axis in
            let step = 9 / 2.2 / 4
            return AxisWeights.interpolation(
                count: counts[axis], sampleCount: extents[axis], stretch: step,
                position: {
                    (Double(first[axis] * 4) + Double($0) + 0.5) * step - corner[axis] / 2.2
                })
        }
        let whole = SeparableSampler(z: weights[0], y: weights[1], x: weights[2]).sample(high)
        #expect(try lattice.resample(high).array == whole.array)
    }

    @Test func `refines images in their plane`() throws {
        let lattice = try lattice(
            low: Shape(depth: 1, height: 20, width: 20),
            high: Shape(depth: 1, height: 32, width: 32),
            transform: SpatialTransform(translation: SIMD3(0, 8, 7)))
        #expect(lattice.region == Region(z: 0..<1, y: 1..<9, x: 1..<8))
        #expect(lattice.shape == Shape(depth: 1, height: 32, width: 28))
    }
}

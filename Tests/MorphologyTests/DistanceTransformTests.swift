import Morphology
import TestSupport
import Testing
import Volumes

@Suite struct `Squared distance transform` {
    @Test(arguments: UInt64(0)..<30)
    func `is the least squared distance to a false voxel`(seed: UInt64) {
        let shapes = [
            Shape(depth: 5, height: 6, width: 7), Shape(depth: 1, height: 9, width: 8),
            Shape(depth: 9, height: 1, width: 1), Shape(depth: 2, height: 1, width: 12),
        ]
        let shape = shapes[Int(seed) % shapes.count]
        let mask = randomMask(shape, porosity: [0.5, 0.9, 0.97][Int(seed) % 3], seed: seed)
        let distances = squaredDistanceTransform(of: mask)
        let solid = solid(of: mask)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    #expect(distances[z, y, x] == nearest(z, y, x, to: solid))
                }
            }
        }
    }

    @Test func `of five balls is that of scipy`() {
        // round(scipy.ndimage.distance_transform_edt(mask) ** 2), scipy 1.x, weighted sum.
        let distances = squaredDistanceTransform(of: ballMask())
        #expect(distances.weightedSum == 106_595_760)
        #expect(distances.array.max() == 40)
    }

    @Test func `without a false voxel is unbounded`() {
        let mask = Mask(shape: Shape(edge: 3), repeating: true)
        #expect(squaredDistanceTransform(of: mask).array.allSatisfy { $0 == .max })
    }

    @Test func `reaches across a long empty volume`() {
        var mask = Mask(shape: Shape(depth: 40, height: 3, width: 50), repeating: true)
        mask[0, 0, 0] = false
        #expect(squaredDistanceTransform(of: mask)[39, 2, 49] == 39 * 39 + 4 + 49 * 49)
    }

    @Test(arguments: UInt64(0)..<12)
    func `weighs steps along an axis by the edge of a voxel`(seed: UInt64) {
        let shapes = [
            Shape(depth: 5, height: 6, width: 21), Shape(depth: 1, height: 19, width: 18),
            Shape(depth: 33, height: 2, width: 17),
        ]
        let edges = [
            VoxelEdges(depth: 3, height: 2, width: 1), VoxelEdges(depth: 1, height: 50, width: 7),
            VoxelEdges(depth: 2, height: 2, width: 3),
        ][Int(seed / 3) % 3]
        let shape = shapes[Int(seed) % shapes.count]
        let mask = randomMask(shape, porosity: 0.97, seed: seed)
        let distances = squaredDistanceTransform(of: mask, edges: edges)
        let solid = solid(of: mask)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    #expect(distances[z, y, x] == nearest(z, y, x, to: solid, edges))
                }
            }
        }
    }

    @Test func `of five balls with uneven edges is that of scipy`() {
        // round(scipy.ndimage.distance_transform_edt(mask, sampling=(3, 2, 5)) ** 2), weighted sum.
        let distances = squaredDistanceTransform(
            of: ballMask(), edges: VoxelEdges(depth: 3, height: 2, width: 5))
        #expect(distances.weightedSum == 822_479_315)
        #expect(distances.array.max() == 250)
    }

    /// Long distances leave the search among neighbours for the lower envelope, within a block of
    /// columns that has both.
    @Test(arguments: [40, 47, 48, 49, 50, 97, 400])
    func `is exact where distances are long`(length: Int) {
        for shape in [
            Shape(depth: length, height: 2, width: 19), Shape(depth: 2, height: length, width: 19),
        ] {
            var mask = Mask(shape: shape, repeating: true)
            mask[0, 0, 3] = false
            mask[shape.depth - 1, shape.height - 1, 17] = false
            for y in 0..<shape.height { mask[shape.depth / 2, y, 12] = false }
            let distances = squaredDistanceTransform(of: mask)
            let solid = solid(of: mask)
            for z in 0..<shape.depth {
                for y in 0..<shape.height {
                    for x in 0..<shape.width {
                        #expect(distances[z, y, x] == nearest(z, y, x, to: solid))
                    }
                }
            }
        }
    }

    @Test func `knows edges in micrometres that have a common measure`() throws {
        let slices = try #require(
            VoxelSize(
                depthInMicrometres: 7.5, heightInMicrometres: 5, widthInMicrometres: 5))
        let edges = try #require(VoxelEdges(slices))
        #expect(edges == VoxelEdges(depth: 3, height: 2, width: 2))
        #expect(edges.unitInMicrometres(of: slices) == 2.5)
        let cube = try #require(VoxelSize(micrometres: 2.253_17))
        #expect(VoxelEdges(cube) == .cube)
        let decimal = try #require(
            VoxelSize(
                depthInMicrometres: 3.2, heightInMicrometres: 2.7, widthInMicrometres: 2.7))
        #expect(VoxelEdges(decimal) == VoxelEdges(depth: 32, height: 27, width: 27))
        let none = try #require(
            VoxelSize(
                depthInMicrometres: 2.0.squareRoot(), heightInMicrometres: 1,
                widthInMicrometres: 1))
        #expect(VoxelEdges(none) == nil)
        #expect(VoxelEdges.cube.fits(Shape(edge: 1000)))
        #expect(!VoxelEdges(depth: 1000, height: 1, width: 1).fits(Shape(edge: 1000)))
    }

    @Test(arguments: UInt64(0)..<8)
    func `takes what is out of view for neither true nor false`(seed: UInt64) {
        let shape = Shape(depth: 6, height: 11, width: 12)
        let mask = randomMask(shape, porosity: 0.9, seed: seed)
        let views: [FieldOfView] = [
            .cylinder(centreY: 5.5, centreX: 6, radius: 4.5),
            .box(Region(z: 1, y: 2, x: 3, shape: Shape(depth: 4, height: 6, width: 5))),
        ]
        let view = views[Int(seed) % 2]
        var passable = mask
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                let columns = view.columns(z: z, y: y, in: shape)
                for x in 0..<shape.width where !columns.contains(x) { passable[z, y, x] = true }
            }
        }
        let distances = squaredDistanceTransform(of: mask, within: view)
        let solid = solid(of: passable)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                let columns = view.columns(z: z, y: y, in: shape)
                for x in 0..<shape.width {
                    let expected = columns.contains(x) ? nearest(z, y, x, to: solid) : 0
                    #expect(distances[z, y, x] == expected)
                }
            }
        }
    }

    /// The places of the false voxels.
    private func solid(of mask: Mask) -> [SIMD3<Int>] {
        let shape = mask.shape
        return mask.array.indices.filter { !mask.array[$0] }.map {
            SIMD3($0 / shape.sliceCount, $0 / shape.width % shape.height, $0 % shape.width)
        }
    }

    private func nearest(
        _ z: Int, _ y: Int, _ x: Int, to solid: [SIMD3<Int>], _ edges: VoxelEdges = .cube
    ) -> UInt32 {
        let scale = SIMD3(edges.depth, edges.height, edges.width)
        return solid.reduce(UInt32.max) { nearest, place in
            let step = (place &- SIMD3(z, y, x)) &* scale
            return min(nearest, UInt32((step &* step).wrappedSum()))
        }
    }
}

import Morphology
import TestSupport
import Testing
import Volumes

@Suite struct `Local thickness` {
    @Test(arguments: UInt64(0)..<30)
    func `is that of the largest ball of all that cover a voxel`(seed: UInt64) {
        let shapes = [
            Shape(depth: 9, height: 10, width: 11), Shape(depth: 1, height: 24, width: 23),
            Shape(depth: 40, height: 4, width: 6), Shape(depth: 2, height: 5, width: 80),
            Shape(depth: 7, height: 1, width: 30),
        ]
        let shape = shapes[Int(seed) % shapes.count]
        let mask = randomMask(shape, porosity: [0.7, 0.95, 0.99][Int(seed) % 3], seed: seed)
        #expect(localThickness(of: mask) == tryingEveryBall(mask))
    }

    @Test func `of five balls is that of trying every ball`() {
        #expect(localThickness(of: ballMask()) == tryingEveryBall(ballMask()))
    }

    /// The pores between balls of radius 6, with the slopes and cusps of a rock.
    @Test func `of a Boolean model is that of trying every ball`() {
        let mask = BooleanModel(shape: Shape(edge: 26), radius: 5, porosity: 0.5, seed: 8).mask
        #expect(localThickness(of: mask) == tryingEveryBall(mask))
    }

    /// Balls of twelve voxels' radius and more are painted by cubes, smaller ones by rows after them.
    @Test func `of large pores beside small ones is that of trying every ball`() {
        for shape in [
            Shape(depth: 20, height: 17, width: 30), Shape(depth: 1, height: 60, width: 70),
        ] {
            var mask = Mask(shape: shape, repeating: true)
            mask[0, 0, 0] = false
            mask[shape.depth - 1, shape.height - 2, shape.width - 6] = false
            for z in 0..<shape.depth {
                for y in 0..<shape.height where (y + z) % 3 == 0 {
                    mask[z, y, shape.width - 3] = false
                }
            }
            #expect(localThickness(of: mask) == tryingEveryBall(mask))
        }
    }

    @Test func `is the same where distances are shared`() {
        // Distances that are used again are not painted over.
        let distances = squaredDistanceTransform(of: ballMask())
        let copy = distances
        #expect(localThickness(from: distances) == tryingEveryBall(ballMask()))
        #expect(distances == copy && distances == squaredDistanceTransform(of: ballMask()))
    }

    /// Distances of 2048 voxels and more are beyond what is looked up.
    @Test func `of a dead end is that of the ball at its mouth, however long`() {
        let shape = Shape(depth: 1, height: 1, width: 5000)
        var mask = Mask(shape: shape, repeating: true)
        mask[0, 0, 0] = false
        let thickness = localThickness(of: mask)
        #expect(thickness[0, 0, 0] == 0)
        #expect(thickness.array.dropFirst().allSatisfy { $0 == 4999 * 4999 })
    }

    @Test func `of a slit is half its width everywhere`() {
        // Seven voxels wide: the middle is four from the walls' nearest centres.
        var mask = Mask(shape: Shape(depth: 12, height: 9, width: 12), repeating: true)
        for z in 0..<12 {
            for x in 0..<12 {
                mask[z, 0, x] = false
                mask[z, 8, x] = false
            }
        }
        let thickness = localThickness(of: mask)
        #expect(zip(thickness.array, mask.array).allSatisfy { $0 == ($1 ? 16 : 0) })
    }

    @Test func `without solid is unbounded, and without pores zero`() {
        let shape = Shape(edge: 4)
        #expect(
            localThickness(of: Mask(shape: shape, repeating: true)).array
                .allSatisfy { $0 == .max })
        #expect(
            localThickness(of: Mask(shape: shape, repeating: false)).array
                .allSatisfy { $0 == 0 })
    }

    @Test(arguments: UInt64(0)..<6)
    func `takes no ball centred out of view`(seed: UInt64) {
        let mask = randomMask(
            Shape(depth: 8, height: 13, width: 70), porosity: 0.97, seed: seed)
        let views: [FieldOfView] = [
            .cylinder(centreY: 6, centreX: 40, radius: 5.5),
            .box(Region(z: 1, y: 2, x: 3, shape: Shape(depth: 6, height: 9, width: 66))),
        ]
        let view = views[Int(seed) % 2]
        #expect(localThickness(of: mask, within: view) == tryingEveryBall(mask, within: view))
    }

    @Test func `has a mean radius`() throws {
        var mask = Mask(shape: Shape(depth: 1, height: 3, width: 9), repeating: false)
        for x in 1..<8 { mask[0, 1, x] = true }
        let counts = RadiusDistribution(of: localThickness(of: mask))
        #expect(counts.entries == [.init(squaredRadius: 1, voxelCount: 7)])
        #expect(counts.meanRadius == 1)
        let none = Volume<UInt32>(shape: Shape(edge: 2), repeating: 0)
        #expect(RadiusDistribution(of: none).meanRadius == nil)
    }

    private func tryingEveryBall(
        _ mask: Mask, within view: FieldOfView = .all
    ) -> Volume<UInt32> {
        let distances = squaredDistanceTransform(of: mask, within: view)
        var thickness = distances
        let shape = mask.shape
        func reach(_ centre: Int, _ radius: Int, _ extent: Int) -> ClosedRange<Int> {
            max(centre - radius, 0)...min(centre + radius, extent - 1)
        }
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width where distances[z, y, x] > 1 {
                    let square = distances[z, y, x]
                    let radius = Int(Double(square).squareRoot())
                    for c in reach(z, radius, shape.depth) {
                        for b in reach(y, radius, shape.height) {
                            let inView = view.columns(z: c, y: b, in: shape)
                            let row = (c * shape.height + b) * shape.width
                            let rowAway = (c - z) * (c - z) + (b - y) * (b - y)
                            thickness.withMutableVoxels { voxels in
                                for a in reach(x, radius, shape.width) where inView.contains(a) {
                                    let away = rowAway + (a - x) * (a - x)
                                    if away < Int(square), voxels[row + a] < square {
                                        voxels[row + a] = square
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        return thickness
    }
}

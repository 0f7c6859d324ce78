import Morphology
import TestSupport
import Testing
import Volumes

@Suite struct `Drainage` {
    private static let shapes = [
        Shape(depth: 9, height: 10, width: 11), Shape(depth: 1, height: 20, width: 21),
        Shape(depth: 34, height: 4, width: 6),
    ]
    private static let inlets: [Faces] = [.zLow, [.yLow, .xHigh], .xLow, [.zLow, .zHigh]]

    @Test(arguments: UInt64(0)..<24)
    func `is what filling the balls anew for every radius gives`(seed: UInt64) {
        let shape = Self.shapes[Int(seed) % 3]
        let mask = randomMask(shape, porosity: [0.6, 0.9, 0.98][Int(seed / 3) % 3], seed: seed)
        let inlet = Self.inlets[Int(seed) % Self.inlets.count]
        #expect(drainage(of: mask, from: inlet) == fillingAnew(mask, from: inlet))
    }

    @Test(arguments: UInt64(0)..<6)
    func `goes only through what is in view`(seed: UInt64) {
        let mask = randomMask(
            Shape(depth: 8, height: 13, width: 12), porosity: 0.9, seed: seed)
        let views: [FieldOfView] = [
            .cylinder(centreY: 6, centreX: 6.5, radius: 5),
            .box(Region(z: 1, y: 2, x: 3, shape: Shape(depth: 6, height: 9, width: 8))),
        ]
        let view = views[Int(seed) % 2]
        let filled = drainage(of: mask, from: .zLow, within: view)
        #expect(filled == fillingAnew(mask, from: .zLow, within: view))
    }

    @Test func `of a Boolean model is what filling the balls anew gives`() {
        let mask = BooleanModel(shape: Shape(edge: 20), radius: 4, porosity: 0.6, seed: 2).mask
        let filled = drainage(of: mask, from: .yHigh)
        #expect(filled == fillingAnew(mask, from: .yHigh))
        let counts = RadiusDistribution(of: filled)
        for entry in counts.entries {
            let exact = filled.array.count { $0 >= entry.squaredRadius }
            #expect(counts.voxelCount(atLeast: entry.squaredRadius) == exact)
        }
    }

    @Test func `passes a throat at the throat's radius`() {
        // A chamber 9 voxels wide behind a throat 3 wide, in an image; the inlet is on the left.
        var mask = Mask(shape: Shape(depth: 1, height: 11, width: 24), repeating: false)
        for y in 4...6 { for x in 0..<24 { mask[0, y, x] = true } }
        for y in 1...9 { for x in 8...16 { mask[0, y, x] = true } }
        let filled = drainage(of: mask, from: .xLow)
        let distances = squaredDistanceTransform(of: mask)
        #expect(localThickness(of: mask)[0, 5, 12] == 25)
        #expect(filled[0, 5, 12] == 4)
        #expect(criticalSquaredRadius(in: distances, from: .xLow, to: .xHigh) == 4)
        #expect(criticalSquaredRadius(in: distances, from: .yLow, to: .yHigh) == nil)
        // An image has no faces along z.
        #expect(criticalSquaredRadius(in: distances, from: .zLow, to: .zHigh) == nil)
        #expect(drainage(of: mask, from: [.zLow, .zHigh]).array.allSatisfy { $0 == 0 })
    }

    @Test(arguments: UInt64(0)..<12)
    func `breaks through at the largest radius whose centres connect the faces`(seed: UInt64) {
        let shape = Self.shapes[Int(seed) % 3]
        let mask = randomMask(shape, porosity: [0.8, 0.95][Int(seed) % 2], seed: seed)
        let distances = squaredDistanceTransform(of: mask)
        for (start, end) in [(Faces.zLow, Faces.zHigh), (.yLow, .yHigh), (.xHigh, .xLow)] {
            let radii = Set(distances.array).subtracting([0])
            let connecting = radii.filter { radius in
                ConnectedComponents(of: distances.map { $0 >= radius }).components
                    .contains { $0.faces.isSuperset(of: start.union(end)) }
            }
            let critical = criticalSquaredRadius(in: distances, from: start, to: end)
            #expect(critical == connecting.max())
        }
    }

    @Test func `without solid fills all at once, and without a face nothing`() {
        let mask = Mask(shape: Shape(edge: 4), repeating: true)
        #expect(drainage(of: mask, from: .zLow).array.allSatisfy { $0 == .max })
        #expect(drainage(of: mask, from: []).array.allSatisfy { $0 == 0 })
    }

    private func fillingAnew(
        _ mask: Mask, from inlet: Faces, within view: FieldOfView = .all
    ) -> Volume<UInt32> {
        let shape = mask.shape
        let distances = squaredDistanceTransform(of: mask, within: view)
        var filled = Volume<UInt32>(shape: shape, repeating: 0)
        for level in Set(distances.array).subtracting([0]).sorted() {
            let centres = ConnectedComponents(of: distances.map { $0 >= level }, within: view)
            centres.forEachRun { z, y, columns, component in
                if centres.components[component].faces.isDisjoint(with: inlet) { return }
                for x in columns {
                    let square = Int(distances[z, y, x])
                    let radius = Int(Double(square).squareRoot())
                    func reach(_ centre: Int, _ extent: Int) -> ClosedRange<Int> {
                        max(centre - radius, 0)...min(centre + radius, extent - 1)
                    }
                    for c in reach(z, shape.depth) {
                        for b in reach(y, shape.height) {
                            let inView = view.columns(z: c, y: b, in: shape)
                            for a in reach(x, shape.width) where inView.contains(a) {
                                let away =
                                    (c - z) * (c - z) + (b - y) * (b - y) + (a - x) * (a - x)
                                if away < square { filled[c, b, a] = level }
                            }
                        }
                    }
                }
            }
        }
        return filled
    }
}

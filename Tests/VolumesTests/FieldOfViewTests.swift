import Foundation
import Testing
import Volumes

@Suite struct `Field of view` {
    let shape = Shape(depth: 3, height: 20, width: 30)

    @Test(arguments: [(10.0, 15.0, 7.0), (10.5, 15.5, 4.25), (2, 3, 9), (10, 15, 0.8), (-3, 4, 8)])
    func `of a cylinder holds the voxels whose centres are inside`(
        centreY: Double, centreX: Double, radius: Double
    ) {
        let view = FieldOfView.cylinder(centreY: centreY, centreX: centreX, radius: radius)
        var rows: Set<Int> = []
        var columns: Set<Int> = []
        for y in 0..<shape.height {
            for x in 0..<shape.width {
                let (dy, dx) = (Double(y) + 0.5 - centreY, Double(x) + 0.5 - centreX)
                let isInside = dy * dy + dx * dx <= radius * radius
                #expect(view.columns(z: 1, y: y, in: shape).contains(x) == isInside)
                if isInside {
                    rows.insert(y)
                    columns.insert(x)
                }
            }
        }
        let bounds = view.bounds(in: shape)
        #expect(bounds?.slices == 0..<3)
        #expect(bounds?.rows.lowerBound == rows.min())
        #expect(bounds?.rows.count == rows.count)
        #expect(bounds?.columns.lowerBound == columns.min())
        #expect(bounds?.columns.count == columns.count)
    }

    @Test(arguments: [
        FieldOfView.box(Region(z: 0, y: 0, x: 1, shape: Shape(depth: 3, height: 20, width: 30))),
        .cylinder(centreY: 100, centreX: 15, radius: 5),
        .cylinder(centreY: .nan, centreX: 15, radius: 5),
        .cylinder(centreY: 10, centreX: 15, radius: .infinity),
        .cylinder(centreY: 10, centreX: 15, radius: 0),
    ])
    func `that misses the volume has no bounds`(view: FieldOfView) {
        #expect(view.bounds(in: shape) == nil)
    }

    @Test(arguments: [
        FieldOfView.all, .box(Region(z: 1, y: 2, x: 3, shape: Shape(edge: 2))),
        .cylinder(centreY: 1, centreX: 2.5, radius: 3),
    ])
    func `survives JSON`(view: FieldOfView) throws {
        let data = try JSONEncoder().encode(view)
        #expect(try JSONDecoder().decode(FieldOfView.self, from: data) == view)
    }
}

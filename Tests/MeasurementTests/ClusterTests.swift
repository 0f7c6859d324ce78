import Measurement
import Morphology
import TestSupport
import Testing
import Volumes

@Suite struct `The cluster function` {
    @Test(arguments: [FieldOfView.all, .cylinder(centreY: 7, centreX: 33, radius: 6.5)])
    func `counts pairs in one part`(view: FieldOfView) throws {
        let shape = Shape(depth: 9, height: 14, width: 80)
        let mask = randomMask(shape, porosity: 0.35, seed: 12)
        let labels = ConnectedComponents(of: mask, within: view).labels()
        let found = try PoreMeasurement.clusters(mask, within: view).curves
        for (axis, step) in [
            (Axis.z, (1, 0, 0)), (.y, (0, 1, 0)), (.x, (0, 0, 1)),
        ] {
            let curve = try #require(found.first { $0.axis == axis })
            for (lag, value) in curve.y.enumerated() {
                var (pairs, one) = (0, 0)
                for z in 0..<shape.depth {
                    for y in 0..<shape.height {
                        for x in view.columns(z: z, y: y, in: shape) {
                            let other = (z + lag * step.0, y + lag * step.1, x + lag * step.2)
                            guard other.0 < shape.depth, other.1 < shape.height,
                                view.columns(z: other.0, y: other.1, in: shape).contains(other.2)
                            else { continue }
                            pairs += 1
                            let label = labels[z, y, x]
                            one += label != 0 && label == labels[other.0, other.1, other.2] ? 1 : 0
                        }
                    }
                }
                #expect(value == Double(one) / Double(pairs), "\(axis) \(lag)")
            }
        }
    }

    @Test func `is the two-point correlation where all pores are connected`() throws {
        var mask = randomMask(Shape(edge: 20), porosity: 0.7, seed: 2)
        let parts = ConnectedComponents(of: mask)
        let labels = parts.labels()
        let sizes = parts.components.map(\.voxelCount)
        let largest = UInt32((sizes.firstIndex(of: sizes.max() ?? 0) ?? 0) + 1)
        mask = labels.map { $0 == largest }
        let clusters = try PoreMeasurement.clusters(mask).curves
        let pairs = try PoreMeasurement.twoPoint(mask).curves
        for curve in clusters {
            #expect(curve.y == pairs.first { $0.axis == curve.axis }?.y)
        }
    }
}

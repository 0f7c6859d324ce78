import Foundation
import Measurement
import TestSupport
import Testing
import Volumes

@Suite struct `Boxes of each size` {
    private func curve(_ name: String, _ found: PoreFindings) throws -> MeasuredCurve {
        try #require(found.curves.first { $0.name == name })
    }

    @Test(
        arguments: [(1, 40, 50), (30, 29, 50)],
        [FieldOfView.all, .cylinder(centreY: 14, centreX: 22, radius: 13.5)])
    func `differ as the boxes do`(extents: (Int, Int, Int), view: FieldOfView) throws {
        let shape = Shape(depth: extents.0, height: extents.1, width: extents.2)
        let mask = randomMask(shape, porosity: 0.3, seed: 4)
        let found = try PoreMeasurement.representative(mask, within: view)
        let mean = try curve("rev_porosity_mean", found)
        let deviation = try curve("rev_porosity_deviation", found)
        let bounds = try #require(view.bounds(in: shape))
        for (index, edge) in mean.x.enumerated() {
            let edge = Int(edge)
            #expect(edge % 4 == 0)
            // Boxes from the second voxel of each axis on, made of boxes of four.
            let first = (z: shape.isImage ? 0 : 1, y: bounds.y + 1, x: bounds.x + 1)
            let thickness = shape.isImage ? 1 : edge
            var values: [Double] = []
            func limit(_ end: Int, _ first: Int) -> Int { first + (end - first) / 4 * 4 }
            let ends = (
                z: shape.isImage ? 1 : limit(shape.depth, first.z),
                y: limit(bounds.rows.upperBound, first.y),
                x: limit(bounds.columns.upperBound, first.x)
            )
            for z in stride(from: first.z, through: ends.z - thickness, by: thickness) {
                for y in stride(from: first.y, through: ends.y - edge, by: edge) {
                    for x in stride(from: first.x, through: ends.x - edge, by: edge) {
                        // All of the box, and the voxels before it, are in view.
                        let isWhole = (y - 1..<y + edge).allSatisfy { row in
                            let columns = view.columns(z: z, y: row, in: shape)
                            return columns.contains(x - 1) && columns.contains(x + edge - 1)
                        }
                        guard isWhole else { continue }
                        var pores = 0
                        for k in z..<z + thickness {
                            for j in y..<y + edge {
                                for i in x..<x + edge { pores += mask[k, j, i] ? 1 : 0 }
                            }
                        }
                        values.append(Double(pores) / Double(thickness * edge * edge))
                    }
                }
            }
            let expected = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - expected) * ($1 - expected) }
            #expect(abs(mean.y[index] - expected) < 1e-12)
            #expect(
                abs(deviation.y[index] - (squares / Double(values.count - 1)).squareRoot()) < 1e-12)
        }
        #expect(mean.x.count >= 2)
    }

    @Test func `have the surface of the whole, and differ less the larger they are`() throws {
        let rock = BooleanRock(radius: 8, porosity: 0.2)
        let mask = rock.mask(Shape(edge: 129), seed: 3)
        let found = try PoreMeasurement.representative(mask)
        let mean = try curve("rev_surface_mean", found)
        let deviation = try curve("rev_surface_deviation", found)
        let whole = try #require(
            try PoreMeasurement.interface(mask).parameters.first { $0.name == "specific_surface" })
        // Boxes of 4 to 64 voxels that divide 128 fill the same place.
        let full = mean.x.indices.filter { 128 % Int(mean.x[$0]) == 0 }
        #expect(full.count >= 4)
        for index in full { #expect(abs(mean.y[index] - mean.y[0]) < 1e-9) }
        #expect(mean.y[0] < whole.value && mean.y[0] > 0.85 * whole.value)
        for (a, b) in zip(full, full.dropFirst()) { #expect(deviation.y[b] < deviation.y[a]) }
    }

    @Test func `of independent voxels differ by the square root of their number`() throws {
        let mask = randomMask(Shape(edge: 65), porosity: 0.5, seed: 8)
        let deviation = try curve(
            "rev_porosity_deviation", try PoreMeasurement.representative(mask))
        #expect(abs(deviation.y[0] / (0.5 / 8) - 1) < 0.05)
        #expect(abs(deviation.y[1] / (0.5 / 512.squareRoot()) - 1) < 0.15)
    }
}

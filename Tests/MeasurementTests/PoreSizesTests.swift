import Foundation
import Measurement
import Testing
import Volumes

@Suite struct `Widths of the pore space` {
    private func mask(
        _ shape: Shape, voxelSize: VoxelSize? = nil, _ isPore: (Int, Int, Int) -> Bool
    ) -> Mask {
        var mask = Mask(shape: shape, voxelSize: voxelSize, repeating: false)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width { mask[z, y, x] = isPore(z, y, x) }
            }
        }
        return mask
    }

    private func value(
        _ name: String, _ axis: Axis? = nil, in found: PoreFindings
    ) -> Double? {
        found.parameters.first { $0.name == name && $0.axis == axis }?.value
    }

    private func curve(_ name: String, in found: PoreFindings) throws -> [(Double, Double)] {
        let curve = try #require(found.curves.first { $0.name == name })
        return Array(zip(curve.x, curve.y))
    }

    @Test(arguments: [nil, VoxelSize(micrometres: 2)])
    func `are that of a slit, along it`(size: VoxelSize?) throws {
        let edge = size?.widthInMicrometres ?? 1
        let shape = Shape(depth: 12, height: 13, width: 11)
        let slit = mask(shape, voxelSize: size) { _, _, x in (3..<8).contains(x) }
        let found = try measurePoreSizes(of: slit)
        #expect(value("local_thickness_mean", in: found) == 5 * edge)
        #expect(value("local_thickness_standard_deviation", in: found) == 0)
        #expect(value("breakthrough_diameter", .z, in: found) == 5 * edge)
        #expect(value("breakthrough_diameter", .y, in: found) == 5 * edge)
        #expect(value("breakthrough_diameter", .x, in: found) == nil)
        #expect(found.skipped.contains { $0.name == "breakthrough_diameter" && $0.axis == .x })
        #expect(found.parameters[0].unit == (size == nil ? "voxel" : "um"))
    }

    @Test func `are shared by two slits as their voxels are`() throws {
        let shape = Shape(depth: 9, height: 9, width: 16)
        let slits = mask(shape) { _, _, x in (1..<4).contains(x) || (6..<13).contains(x) }
        let sizes = try curve("pore_size_distribution", in: try measurePoreSizes(of: slits))
        #expect(sizes.map(\.0) == [3, 7])
        #expect(sizes.map(\.1) == [1, 0.7])
        let mean = try #require(value("local_thickness_mean", in: try measurePoreSizes(of: slits)))
        #expect(abs(mean - 5.8) < 1e-12)
    }

    @Test func `fill behind a throat when the throat does`() throws {
        let shape = Shape(depth: 24, height: 15, width: 15)
        let chamber = mask(shape) { z, y, x in
            (12..<21).contains(z) && (3..<12).contains(y) && (3..<12).contains(x)
                || z < 12 && (6..<9).contains(y) && (6..<9).contains(x)
        }
        let found = try measurePoreSizes(of: chamber)
        let filled = try curve("drainage_saturation", in: found)
        // What enters is as wide as the throat, and then fills the chamber but for its corners.
        #expect(filled.last?.0 == 3)
        #expect((0.9...1).contains(try #require(filled.last?.1)))
        #expect(filled.first?.1 == 1)
        // The chamber itself is wider.
        #expect(try curve("pore_size_distribution", in: found).last?.0 == 9)
        #expect(value("breakthrough_diameter", .z, in: found) == nil)
    }

    @Test func `take mercury at the pressure of Washburn`() throws {
        let shape = Shape(depth: 6, height: 6, width: 5)
        let crack = mask(shape, voxelSize: VoxelSize(micrometres: 1)) { _, _, x in x == 2 }
        let found = try measurePoreSizes(of: crack)
        let mercury = try #require(found.curves.first { $0.name == "mercury_saturation" })
        #expect(mercury.xUnit == "kPa" && mercury.y == [1])
        #expect(abs(mercury.x[0] - 1486.1) < 0.05)
        let sizeless = try measurePoreSizes(of: crack.withVoxelSize(nil))
        #expect(sizeless.skipped.contains { $0.name == "mercury_saturation" })
    }

    @Test func `are none without pores, without solid, or of long voxels, and say so`() throws {
        let shape = Shape(depth: 4, height: 5, width: 6)
        let long = VoxelSize(
            depthInMicrometres: 2, heightInMicrometres: 1, widthInMicrometres: 1)
        for (mask, word) in [
            (mask(shape) { _, _, _ in false }, "no pore space"),
            (mask(shape) { _, _, _ in true }, "no solid"),
            (mask(shape, voxelSize: long) { _, _, x in x > 2 }, "cubic"),
        ] {
            let found = try measurePoreSizes(of: mask)
            #expect(found.parameters.isEmpty && found.curves.isEmpty)
            #expect(found.skipped.count == 6)
            #expect(found.skipped.allSatisfy { $0.reason.contains(word) })
        }
    }

    @Test func `are mapped voxel by voxel`() throws {
        let shape = Shape(depth: 9, height: 9, width: 16)
        let slits = mask(shape, voxelSize: VoxelSize(micrometres: 2)) { _, _, x in
            (1..<4).contains(x) || (6..<13).contains(x)
        }
        let map = try #require(try localThicknessMap(of: slits))
        for x in 0..<16 {
            let expected: Float = (1..<4).contains(x) ? 6 : (6..<13).contains(x) ? 14 : 0
            #expect(map[4, 4, x] == expected)
        }
        #expect(try localThicknessMap(of: mask(shape) { _, _, _ in true }) == nil)
    }

    @Test func `are those of the field of view`() throws {
        let shape = Shape(depth: 10, height: 12, width: 20)
        let slits = mask(shape) { _, _, x in (2..<5).contains(x) || (8..<17).contains(x) }
        let left = FieldOfView.box(
            Region(z: 0, y: 0, x: 0, shape: Shape(depth: 10, height: 12, width: 7)))
        #expect(
            value("local_thickness_mean", in: try measurePoreSizes(of: slits, within: left)) == 3)
    }
}

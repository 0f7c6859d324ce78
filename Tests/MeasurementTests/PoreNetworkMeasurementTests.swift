import Foundation
import Measurement
import PoreNetwork
import TestSupport
import Testing
import Volumes

@Suite struct `Pores, throats and grains` {
    /// Balls of radius 6 whose centres are eleven voxels apart, two along each axis.
    private static let balls: Mask = {
        let shape = Shape(depth: 29, height: 29, width: 29)
        var mask = Mask(shape: shape, voxelSize: VoxelSize(micrometres: 3), repeating: false)
        for z in 0..<29 {
            for y in 0..<29 {
                for x in 0..<29 {
                    mask[z, y, x] = [9, 20].contains { i in
                        [9, 20].contains { j in
                            [9, 20].contains { k in
                                (z - i) * (z - i) + (y - j) * (y - j) + (x - k) * (x - k) < 36
                            }
                        }
                    }
                }
            }
        }
        return mask
    }()

    private func value(_ name: String, in found: PoreFindings) -> Double? {
        found.parameters.first { $0.name == name }?.value
    }

    @Test func `of a lattice of balls are counted and joined as they lie`() throws {
        let found = try measureNetwork(of: Self.balls)
        #expect(value("pore_count", in: found) == 8)
        #expect(value("throat_count", in: found) == 12)
        #expect(value("coordination_number_mean", in: found) == 3)
        // All balls are alike, each an eighth of the pore space.
        let voxels = Double(Self.balls.array.count(where: \.self))
        let diameter = cbrt(6 * voxels / 8 / .pi) * 3
        #expect(
            abs(try #require(value("pore_diameter_mean", in: found)) - diameter) < 0.05 * diameter)
        let throat = try #require(value("throat_inscribed_diameter_mean", in: found))
        #expect(throat > 0 && throat < 0.6 * diameter)
    }

    @Test func `are measured from face to face`() throws {
        let shape = Shape(depth: 11, height: 11, width: 11)
        var cube = Mask(shape: shape, repeating: false)
        for z in 2..<9 { for y in 2..<9 { for x in 2..<9 { cube[z, y, x] = true } } }
        let found = try measureNetwork(of: cube)
        #expect(value("pore_inscribed_diameter_mean", in: found) == 7)
        let expected = cbrt(6 * 343 / Double.pi)
        #expect(abs(try #require(value("pore_diameter_mean", in: found)) - expected) < 1e-12)
        #expect(found.parameters.first { $0.name == "pore_diameter_mean" }?.unit == "voxel")
        #expect(value("throat_count", in: found) == 0)
    }

    /// Noise of many small pores, which rules part differently.
    @Test(arguments: PorePartition.allCases)
    func `are those of the rule that parts them, and bear its convention`(rule: PorePartition)
        throws
    {
        let noise = randomMask(Shape(depth: 26, height: 28, width: 30), porosity: 0.6, seed: 7)
        for (mask, view) in [
            (noise, FieldOfView.all), (Self.balls, .all),
            (Self.balls, .cylinder(centreY: 14, centreX: 14, radius: 12)),
        ] {
            let seen = mask.within(view)
            let found = try PoreMeasurement.network(partedBy: rule)(seen, within: view)
            let regions = rule.regions(of: seen, within: view)
            #expect(value("pore_count", in: found) == Double(regions.count))
            // PoreSpy's peaks keep away from walls, and so find none in noise.
            #expect(regions.count > 1 || rule == .porespy && mask.array == noise.array)
            let grains = rule.regions(
                of: Mask(shape: mask.shape, repeating: true).within(view).without(seen),
                within: view)
            #expect(value("grain_count", in: found) == Double(grains.count))
            let conventions = Set(
                found.parameters.map(\.convention) + found.curves.map(\.convention))
            #expect(conventions.count == 1)
            #expect(
                (conventions.first == PoreMeasurement.network.parameters[0].convention)
                    == (rule == .prominence))
        }
        let counts = try Set(
            PorePartition.allCases.map {
                value("pore_count", in: try measureNetwork(of: noise, partedBy: $0))
            })
        #expect(counts.count > 1, "rules differ in noise")
    }

    @Test func `have shares by size that fall from one`() throws {
        let found = try measureNetwork(of: Self.balls)
        for curve in found.curves {
            #expect(curve.y.first == 1)
            #expect(zip(curve.y, curve.y.dropFirst()).allSatisfy { $0 > $1 })
            #expect(zip(curve.x, curve.x.dropFirst()).allSatisfy { $0 < $1 })
        }
        #expect(found.curves.map(\.name).contains("throat_diameter_distribution"))
    }

    @Test func `are grains where solid is taken for pores`() throws {
        let solid = try measureNetwork(of: Self.balls.map { !$0 })
        let pores = try measureNetwork(of: Self.balls)
        #expect(value("grain_count", in: solid) == value("pore_count", in: pores))
        #expect(value("grain_diameter_mean", in: solid) == value("pore_diameter_mean", in: pores))
    }

    @Test func `of nothing, of everything and of long voxels are none or said`() throws {
        let shape = Shape(depth: 4, height: 5, width: 6)
        let empty = try measureNetwork(of: Mask(shape: shape, repeating: false))
        #expect(value("pore_count", in: empty) == 0)
        #expect(empty.skipped.map(\.name).contains("pore_diameter_mean"))
        let full = try measureNetwork(of: Mask(shape: shape, repeating: true))
        #expect(value("pore_count", in: full) == 1)
        #expect(value("grain_count", in: full) == 0)
        let long = VoxelSize(
            depthInMicrometres: 2, heightInMicrometres: 1, widthInMicrometres: 1)
        let found = try measureNetwork(of: Mask(shape: shape, voxelSize: long, repeating: true))
        #expect(found.parameters.isEmpty && found.skipped.count == 11)
    }
}

extension Mask {
    /// True where this is, in view.
    fileprivate func within(_ fieldOfView: FieldOfView) -> Mask {
        var mask = Mask(shape: shape, voxelSize: voxelSize, repeating: false)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in fieldOfView.columns(z: z, y: y, in: shape) {
                    mask[z, y, x] = self[z, y, x]
                }
            }
        }
        return mask
    }

    /// True where this is and the other is not.
    fileprivate func without(_ other: Mask) -> Mask {
        Mask(shape: shape, voxelSize: voxelSize, voxels: zip(array, other.array).map { $0 && !$1 })
    }
}

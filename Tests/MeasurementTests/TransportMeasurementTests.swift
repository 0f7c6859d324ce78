import Foundation
import Measurement
import Synchronization
import Testing
import Volumes

@Suite struct `Diffusion and flow of a sample` {
    /// A square channel of six voxels along x, in a cube of ten.
    private func channel(_ size: VoxelSize? = nil) -> Mask {
        let shape = Shape(depth: 10, height: 10, width: 12)
        var mask = Mask(shape: shape, voxelSize: size, repeating: false)
        for z in 2..<8 { for y in 2..<8 { for x in 0..<12 { mask[z, y, x] = true } } }
        return mask
    }

    private func value(
        _ name: String, _ axis: Axis?, in found: PoreFindings
    ) -> Double? {
        found.parameters.first { $0.name == name && $0.axis == axis }?.value
    }

    @Test func `are those of a straight channel`() throws {
        let found = try measureTransport(of: channel())
        let diffusivity = try #require(value("relative_diffusivity", .x, in: found))
        #expect(abs(diffusivity - 0.36) < 1e-6)
        #expect(abs(try #require(value("tortuosity", .x, in: found)) - 1) < 1e-6)
        let permeability = try #require(value("permeability", .x, in: found))
        // Of six voxels across, each wall is half a voxel from the nearest velocity.
        #expect(abs(permeability / (0.0351443 * 36 * 0.36) - 1) < 0.02)
        // Balls of diameter 5 pass a channel that is six wide.
        let widest = try #require(value("permeability_katz_thompson", .x, in: found))
        #expect(abs(widest - 25 * 0.36 / 226) < 1e-6)
    }

    @Test func `are zero where nothing percolates, which has no formation factor`() throws {
        let found = try measureTransport(of: channel())
        for axis in [Axis.z, .y] {
            #expect(value("relative_diffusivity", axis, in: found) == 0)
            #expect(value("permeability", axis, in: found) == 0)
            #expect(value("permeability_katz_thompson", axis, in: found) == 0)
            #expect(value("formation_factor", axis, in: found) == nil)
            #expect(
                found.skipped.contains {
                    $0.name == "formation_factor" && $0.axis == axis
                        && $0.reason.contains("no pore space leads")
                })
        }
    }

    @Test func `come in squares of the voxel size`() throws {
        let plain = try measureTransport(of: channel())
        let sized = try measureTransport(of: channel(VoxelSize(micrometres: 3)))
        let parameter = try #require(
            sized.parameters.first { $0.name == "permeability" && $0.axis == .x })
        #expect(parameter.unit == "um2")
        let expected = 9 * (value("permeability", .x, in: plain) ?? 0)
        #expect(abs(parameter.value - expected) < 1e-9 * expected)
    }

    @Test func `have a whole tensor where the volume repeats, and say why not elsewhere`() throws {
        // A slit of six voxels that slants in z and x, of voxels of 3 um.
        let shape = Shape(depth: 12, height: 4, width: 12)
        let mask = Mask(
            shape: shape, voxelSize: VoxelSize(micrometres: 3),
            voxels: (0..<shape.count).map { ($0 % 12 + $0 / 48) % 12 < 6 })
        let names = ["zy", "zx", "yz", "yx", "xz", "xy"].map { "cross_permeability_\($0)" }
        let found = try measureTransport(of: mask, by: SolverPlan(boundary: .periodic))
        let elements = found.parameters.filter { names.contains($0.name) }
        #expect(Set(elements.map(\.name)) == Set(names))
        #expect(elements.allSatisfy { $0.unit == "um2" && $0.axis == nil })
        let along = try #require(value("permeability_periodic", .z, in: found))
        for name in names {
            let share = try #require(value(name, nil, in: found)) / along
            // The normal is (1, 0, 1): what flows along z flows against x, and nothing along y.
            let isAcross = name.hasSuffix("_zx") || name.hasSuffix("_xz")
            #expect(abs(share - (isAcross ? -1 : 0)) < 1e-2)
        }
        for plan in [SolverPlan(), SolverPlan(boundary: .mirrored)] {
            let other = try measureTransport(of: mask, by: plan)
            #expect(names.allSatisfy { value($0, nil, in: other) == nil })
            #expect(Set(other.skipped.map(\.name)).isSuperset(of: names))
        }
        let stopped = try measureTransport(
            of: mask, by: SolverPlan(boundary: .periodic, mayContinue: { false }))
        #expect(Set(stopped.skipped.map(\.name)).isSuperset(of: names))
    }

    @Test func `are left out when the budget ends, with the reason`() throws {
        let asked = Atomic(0)
        let plan = SolverPlan(mayContinue: {
            // Long enough to begin with the first axis.
            asked.add(1, ordering: .relaxed).oldValue < 1
        })
        // A straight channel needs no step: this one bends.
        var bent = channel()
        for z in 2..<5 { for y in 2..<8 { bent[z, y, 6] = false } }
        let found = try measureTransport(of: bent, by: plan)
        // Nothing percolates along z, which takes no step; x is not begun.
        #expect(value("permeability", .z, in: found) == 0)
        #expect(value("permeability", .x, in: found) == nil)
        #expect(
            found.skipped.contains {
                $0.name == "permeability" && $0.axis == .x && $0.reason.contains("budget")
            })
        #expect(value("permeability", .x, in: try measureTransport(of: bent)) != nil)
    }

    @Test func `of a part are those of the cube in the middle`() throws {
        let shape = Shape(depth: 14, height: 14, width: 12)
        var mask = Mask(shape: shape, repeating: true)
        for z in 0..<14 {
            for y in 0..<14 {
                for x in 0..<12 where z < 2 || z > 11 {
                    mask[z, y, x] = false
                }
            }
        }
        let all = try measureTransport(of: mask)
        let part = try measureTransport(of: mask, by: SolverPlan(edge: 10))
        let (whole, open) = (
            try #require(value("relative_diffusivity", .x, in: all)),
            try #require(value("relative_diffusivity", .x, in: part))
        )
        #expect(abs(whole - 10.0 / 14) < 1e-6 && abs(open - 1) < 1e-6)
    }

    @Test func `say how far the voxels' size moves them, if asked`() throws {
        var mask = channel()
        for z in 2..<5 { for y in 2..<8 { for x in 5..<8 { mask[z, y, x] = false } } }
        let found = try measureTransport(of: mask, by: SolverPlan(refines: true))
        let parameter = try #require(
            found.parameters.first { $0.name == "relative_diffusivity" && $0.axis == .x })
        let error = try #require(parameter.error)
        #expect(error > 0 && error < 0.2 * parameter.value)
        #expect(try measureTransport(of: mask).parameters.allSatisfy { $0.error == nil })
    }

    @Test func `have no answer where nothing resists, or one slice is sealed`() throws {
        let open = Mask(shape: Shape(depth: 4, height: 4, width: 4), repeating: true)
        let free = try measureTransport(of: open, by: SolverPlan(boundary: .periodic))
        #expect(value("permeability_periodic", .x, in: free) == nil)
        #expect(free.skipped.contains { $0.reason.contains("no solid to resist") })
        var image = Mask(shape: Shape(depth: 1, height: 12, width: 12), repeating: false)
        for y in 3..<9 { for x in 0..<12 { image[0, y, x] = true } }
        let sealed = try measureTransport(of: image)
        #expect(value("permeability", .x, in: sealed) == nil)
        #expect(sealed.skipped.contains { $0.reason.contains("one slice") })
        let mirrored = try measureTransport(of: image, by: SolverPlan(boundary: .mirrored))
        let flow = try #require(value("permeability_mirrored", .x, in: mirrored))
        #expect(abs(flow - 36.0 / 12 * 0.5) < 1e-3)
        #expect(value("solved_voxel_count", nil, in: mirrored) == 144)
        #expect(value("solved_porosity", nil, in: mirrored) == 0.5)
    }

    @Test func `are estimated from porosity and surface`() throws {
        // Balls of radius 6 on a lattice of sixteen voxels, in pore space: solid is a ball.
        let shape = Shape(depth: 48, height: 48, width: 48)
        var mask = Mask(shape: shape, repeating: true)
        for z in 0..<48 {
            for y in 0..<48 {
                for x in 0..<48 {
                    let place = SIMD3(Double(z % 16), Double(y % 16), Double(x % 16)) - 7.5
                    if (place * place).sum() < 36 { mask[z, y, x] = false }
                }
            }
        }
        let found = try measurePores(of: mask, by: [.porosity, .interface, .kozenyCarman])
        let porosity = try #require(value("porosity_total", nil, in: found))
        let surface = try #require(value("specific_surface", nil, in: found))
        let estimate = try #require(value("permeability_kozeny_carman", nil, in: found))
        #expect(abs(estimate * 5 * surface * surface / pow(porosity, 3) - 1) < 1e-12)
        // Carman's form for balls; those in the window whole are one voxel's width denser than in the box.
        let solid = 1 - porosity
        let diameter = 2 * cbrt(solid * 4096 * 3 / 4 / .pi)
        let carman = diameter * diameter * pow(porosity, 3) / (180 * solid * solid)
        #expect(abs(estimate / carman / pow(47.0 / 48, 6) - 1) < 0.05)
        let full = try measurePores(
            of: Mask(shape: shape, repeating: true), by: [.kozenyCarman])
        #expect(full.parameters.isEmpty && full.skipped.count == 1)
    }
}

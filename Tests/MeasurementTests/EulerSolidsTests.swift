import Measurement
import Testing
import Volumes

/// Bodies whose components, tunnels and cavities can be counted by eye: the Euler number is components
/// less tunnels plus cavities.
@Suite struct `The Euler number` {
    struct Solid: Sendable, CustomTestStringConvertible {
        let name: String
        let euler: Int
        let mask: Mask
        var testDescription: String { name }

        /// A body of the voxels for which `isInside` holds, at their centres from the middle.
        init(_ name: String, _ euler: Int, _ isInside: (Double, Double, Double) -> Bool) {
            self.name = name
            self.euler = euler
            let edge = 41
            var mask = Mask(shape: Shape(edge: edge), repeating: false)
            for z in 0..<edge {
                for y in 0..<edge {
                    for x in 0..<edge {
                        mask[z, y, x] = isInside(Double(z) - 20, Double(y) - 20, Double(x) - 20)
                    }
                }
            }
            self.mask = mask
        }
    }

    private static func ball(_ z: Double, _ y: Double, _ x: Double, _ radius: Double) -> Bool {
        z * z + y * y + x * x <= radius * radius
    }

    private static func torus(
        _ z: Double, _ y: Double, _ x: Double, _ ring: Double, _ tube: Double
    ) -> Bool {
        let away = (y * y + x * x).squareRoot() - ring
        return away * away + z * z <= tube * tube
    }

    private static func box(_ z: Double, _ y: Double, _ x: Double, _ half: Double) -> Bool {
        max(abs(z), abs(y), abs(x)) <= half
    }

    /// A plate with square holes in a row.
    private static func plate(holes: Int) -> Solid {
        Solid("a plate with \(holes) holes", 1 - holes) { z, y, x in
            guard abs(z) <= 2, abs(y) <= 5, abs(x) <= 19 else { return false }
            let place = Int(x) + 19
            let isHole = abs(y) <= 1 && place % 6 >= 3 && place % 6 <= 4 && place / 6 < holes
            return !isHole
        }
    }

    /// Bars along the lines of a lattice of so many points an axis.
    private static func scaffold(_ points: Int) -> Solid {
        let count = points * points * points - 3 * points * points * (points - 1)
        return Solid("a scaffold of \(points) points an axis", count) { z, y, x in
            let places = [z, y, x].map { Int($0) + 20 }
            guard places.allSatisfy({ $0 <= 6 * (points - 1) + 1 }) else { return false }
            return places.count { $0 % 6 <= 1 } >= 2
        }
    }

    static let solids: [Solid] = [
        Solid("nothing", 0) { _, _, _ in false },
        Solid("a voxel", 1) { z, y, x in box(z, y, x, 0) },
        Solid("a ball", 1) { z, y, x in ball(z, y, x, 15) },
        Solid("everything", 1) { _, _, _ in true },
        Solid("a rod from face to face", 1) { _, y, x in y * y + x * x <= 30 },
        Solid("a hollow ball", 2) { z, y, x in ball(z, y, x, 15) && !ball(z, y, x, 9) },
        Solid("a box with two cavities", 3) { z, y, x in
            box(z, y, x, 15) && !box(z, y, x - 6, 2) && !box(z, y, x + 6, 2)
        },
        Solid("a ball in a hollow ball", 3) { z, y, x in
            ball(z, y, x, 15) && !ball(z, y, x, 11) || ball(z, y, x, 5)
        },
        Solid("two balls", 2) { z, y, x in ball(z, y, x - 10, 6) || ball(z, y, x + 10, 6) },
        Solid("two balls that touch", 1) { z, y, x in
            ball(z, y, x - 6, 7) || ball(z, y, x + 6, 7)
        },
        Solid("a torus", 0) { z, y, x in torus(z, y, x, 12, 4) },
        Solid("a hollow torus", 0) { z, y, x in
            torus(z, y, x, 12, 6) && !torus(z, y, x, 12, 3)
        },
        Solid("two tori through each other", 0) { z, y, x in
            torus(z, y, x + 5, 9, 2) || torus(y, z, x - 5, 9, 2)
        },
        Solid("a chain of a torus and two balls", 1) { z, y, x in
            torus(z, y, x, 9, 2.5) || ball(z, y, x - 12, 5) || ball(z - 15, y, x, 3)
        },
        plate(holes: 1), plate(holes: 2), plate(holes: 3), plate(holes: 6),
        scaffold(2), scaffold(3), scaffold(4),
        Solid("a cube with three tunnels that meet", -4) { z, y, x in
            box(z, y, x, 12)
                && [(z, y), (z, x), (y, x)].allSatisfy { max(abs($0.0), abs($0.1)) > 3 }
        },
        Solid("a cube with three tunnels that pass", -2) { z, y, x in
            box(z, y, x, 14) && max(abs(z - 8), abs(y)) > 2 && max(abs(z), abs(x + 8)) > 2
                && max(abs(y - 8), abs(x - 8)) > 2
        },
        Solid("a box with two blind holes", 1) { z, y, x in
            box(z, y, x, 12) && (max(abs(y), abs(x)) > 4 || abs(z) < 2)
        },
    ]

    @Test(arguments: solids) func `is exact`(solid: Solid) throws {
        let found = try PoreMeasurement.interface(solid.mask).parameters
        for name in ["euler_number_6", "euler_number_26"] {
            #expect(found.first { $0.name == name }?.value == Double(solid.euler), "\(name)")
        }
    }

    @Test func `of voxels that share an edge or a corner depends on what joins them`() throws {
        for step in [(0, 1, 1), (1, 1, 1)] {
            var mask = Mask(shape: Shape(edge: 4), repeating: false)
            mask[1, 1, 1] = true
            mask[1 + step.0, 1 + step.1, 1 + step.2] = true
            let found = try PoreMeasurement.interface(mask).parameters
            #expect(found.first { $0.name == "euler_number_6" }?.value == 2)
            #expect(found.first { $0.name == "euler_number_26" }?.value == 1)
        }
    }
}

import Foundation
import Measurement
import Randomness
import Testing
import Volumes

@Suite struct `Porosity` {
    @Test func `of a channel and a bubble percolates along the channel only`() throws {
        var mask = Mask(shape: Shape(depth: 10, height: 8, width: 6), repeating: false)
        for z in 0..<10 { mask[z, 3, 3] = true }
        mask[5, 6, 2] = true
        mask[5, 6, 3] = true
        mask[2, 0, 0] = true
        let found = try measurePorosity(of: mask)
        #expect(value("porosity_total", in: found) == 13.0 / 480)
        #expect(value("porosity_connected", in: found) == 11.0 / 480)
        #expect(value("porosity_closed", in: found) == 2.0 / 480)
        #expect(value("porosity_largest_component", in: found) == 10.0 / 480)
        #expect(value("porosity_percolating", .z, in: found) == 10.0 / 480)
        #expect(value("porosity_percolating", .y, in: found) == 0)
        #expect(value("porosity_percolating", .x, in: found) == 0)
        #expect(value("pore_component_count", in: found) == 3)
    }

    @Test func `of a checkerboard is a half that connects nothing`() throws {
        let shape = Shape(edge: 6)
        var mask = Mask(shape: shape, repeating: false)
        for z in 0..<6 {
            for y in 0..<6 {
                for x in 0..<6 { mask[z, y, x] = (z + y + x) % 2 == 0 }
            }
        }
        let found = try measurePorosity(of: mask)
        #expect(value("porosity_total", in: found) == 0.5)
        #expect(value("porosity_closed", in: found) == 32.0 / 216)
        #expect(value("porosity_largest_component", in: found) == 1.0 / 216)
        #expect(value("pore_component_count", in: found) == 108)
        for axis in Axis.allCases {
            #expect(value("porosity_percolating", axis, in: found) == 0)
        }
    }

    @Test(arguments: UInt64(0)..<30)
    func `of a random mask is what flood fills from its faces find`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let shape = Shape(depth: 7, height: 8, width: 9)
        let porosity = [0.25, 0.35, 0.5][Int(seed) % 3]
        let mask = Mask(
            shape: shape,
            voxels: (0..<shape.count).map { _ in
                Double.random(in: 0..<1, using: &generator) < porosity
            })
        let found = try measurePorosity(of: mask)
        let count = Double(shape.count)
        let total = mask.array.count { $0 }
        #expect(value("porosity_total", in: found) == Double(total) / count)
        let touching = flood(mask) { z, y, x in
            [z, y, x].contains(0) || z == 6 || y == 7 || x == 8
        }
        let connected = Double(touching.count) / count
        #expect(value("porosity_connected", in: found) == connected)
        #expect(value("porosity_closed", in: found) == Double(total - touching.count) / count)
        for (axis, last) in [(0, 6), (1, 7), (2, 8)] {
            let low = flood(mask) { [$0, $1, $2][axis] == 0 }
            let high = flood(mask) { [$0, $1, $2][axis] == last }
            // A part that reaches both faces is in both floods, and only such a part is.
            #expect(
                value("porosity_percolating", [.z, .y, .x][axis], in: found)
                    == Double(low.intersection(high).count) / count)
        }
    }

    @Test func `of a box is that of the cropped mask`() throws {
        var generator = SplitMix64(seed: 5)
        let shape = Shape(depth: 12, height: 13, width: 14)
        let mask = Mask(
            shape: shape,
            voxels: (0..<shape.count).map { _ in
                Double.random(in: 0..<1, using: &generator) < 0.4
            })
        let region = Region(z: 1, y: 2, x: 3, shape: Shape(depth: 9, height: 10, width: 10))
        #expect(
            try measurePorosity(of: mask, within: .box(region))
                == measurePorosity(of: mask.cropped(to: region)))
    }

    @Test func `of a plug counts the voxels of the plug`() throws {
        let shape = Shape(depth: 6, height: 20, width: 20)
        let view = FieldOfView.cylinder(centreY: 10, centreX: 10, radius: 8)
        // Air around a solid plug with one channel along it and one closed pore.
        var mask = Mask(shape: shape, repeating: true)
        var inside = 0
        for z in 0..<6 {
            for y in 0..<20 {
                for x in view.columns(z: z, y: y, in: shape) {
                    mask[z, y, x] = false
                    inside += 1
                }
            }
            mask[z, 10, 10] = true
        }
        mask[3, 6, 6] = true
        let found = try measurePorosity(of: mask, within: view)
        #expect(value("porosity_total", in: found) == 7 / Double(inside))
        #expect(value("porosity_closed", in: found) == 1 / Double(inside))
        #expect(value("porosity_percolating", .z, in: found) == 6 / Double(inside))
        #expect(found.filter { $0.name == "porosity_percolating" }.count == 1)
    }

    @Test func `of an image knows two axes`() throws {
        var mask = Mask(shape: Shape(depth: 1, height: 9, width: 9), repeating: false)
        for x in 0..<9 { mask[0, 4, x] = true }
        mask[0, 7, 7] = true
        let found = try measurePorosity(of: mask)
        #expect(value("porosity_percolating", .z, in: found) == nil)
        #expect(value("porosity_percolating", .y, in: found) == 0)
        #expect(value("porosity_percolating", .x, in: found) == 9.0 / 81)
        #expect(value("porosity_closed", in: found) == 1.0 / 81)
    }

    @Test func `of random voxels has the error of their number`() throws {
        // Independent voxels: p (1 - p) / n is the variance. The estimate from 27 blocks scatters by a
        // seventh, from 8 by a quarter; the mean of 40 estimates, the greater of two each, lies a
        // little above the truth.
        let shape = Shape(edge: 24)
        var sum = 0.0
        for seed in UInt64(0)..<40 {
            var generator = SplitMix64(seed: seed)
            let mask = Mask(
                shape: shape,
                voxels: (0..<shape.count).map { _ in
                    Double.random(in: 0..<1, using: &generator) < 0.2
                })
            let total = try measurePorosity(of: mask).first { $0.name == "porosity_total" }
            sum += total?.error ?? .nan
        }
        let truth = (0.2 * 0.8 / Double(shape.count)).squareRoot()
        #expect(sum / 40 > truth * 0.95)
        #expect(sum / 40 < truth * 1.35)
    }

    @Test func `of half a volume is off by what its halves say`() throws {
        var mask = Mask(shape: Shape(edge: 12), repeating: false)
        for z in 0..<6 {
            for y in 0..<12 { for x in 0..<12 { mask[z, y, x] = true } }
        }
        // Eight blocks of porosity 1 or 0: sqrt(8/7 * 8 * (0.5/8)^2) = 0.189.
        let total = try measurePorosity(of: mask).first { $0.name == "porosity_total" }
        #expect(abs((total?.error ?? 0) - 0.5 / 7.0.squareRoot()) < 1e-12)
    }

    @Test func `is refused outside the mask`() {
        let mask = Mask(shape: Shape(edge: 4), repeating: false)
        let view = FieldOfView.cylinder(centreY: 40, centreX: 2, radius: 1)
        #expect(throws: MeasurementError.fieldOfViewOutside(view, Shape(edge: 4))) {
            try measurePorosity(of: mask, within: view)
        }
    }

    @Test func `in JSON has six keys, null where there is nothing`() throws {
        let mask = Mask(shape: Shape(edge: 1), repeating: true)
        let parameters = try measurePorosity(of: mask)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(parameters), as: UTF8.self)
        #expect(text.contains("\"axis\":null"))
        #expect(text.contains("\"error\":null"))
        let decoded = try JSONDecoder().decode([MeasuredParameter].self, from: Data(text.utf8))
        #expect(decoded == parameters)
    }

    private func value(
        _ name: String, _ axis: Axis? = nil, in found: [MeasuredParameter]
    ) -> Double? {
        found.first { $0.name == name && $0.axis == axis }?.value
    }

    /// The pore voxels connected to a pore voxel for which `isSeed` holds.
    private func flood(_ mask: Mask, from isSeed: (Int, Int, Int) -> Bool) -> Set<[Int]> {
        let shape = mask.shape
        var reached: Set<[Int]> = []
        var open: [[Int]] = []
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width where mask[z, y, x] && isSeed(z, y, x) {
                    open.append([z, y, x])
                }
            }
        }
        reached.formUnion(open)
        while let place = open.popLast() {
            for axis in 0..<3 {
                for step in [-1, 1] {
                    var next = place
                    next[axis] += step
                    let extent = [shape.depth, shape.height, shape.width][axis]
                    guard next[axis] >= 0, next[axis] < extent, mask[next[0], next[1], next[2]],
                        reached.insert(next).inserted
                    else { continue }
                    open.append(next)
                }
            }
        }
        return reached
    }
}

import Foundation
import SystemPackage
import TestSupport
import Testing
import VolumeFiles
import Volumes

@testable import Measurement

@Suite struct `The two-point correlation` {
    private func curve(_ axis: Axis?, _ found: PoreFindings) throws -> [Double] {
        let name = axis == nil ? "two_point_correlation_radial" : "two_point_correlation"
        return try #require(found.curves.first { $0.name == name && $0.axis == axis }).y
    }

    @Test(
        arguments: [(5, 70, 131), (70, 5, 64), (9, 8, 62), (3, 4, 127), (66, 3, 3)],
        [FieldOfView.all, .cylinder(centreY: 2.2, centreX: 30, radius: 28)])
    func `counts every pair`(shape: (Int, Int, Int), view: FieldOfView) throws {
        let shape = Shape(depth: shape.0, height: shape.1, width: shape.2)
        guard view.bounds(in: shape) != nil else { return }
        let mask = randomMask(shape, porosity: 0.4, seed: 3)
        var accumulator = try TwoPointAccumulator(shape, within: view)
        accumulator.add(mask)
        let found = accumulator.along
        func isInside(_ z: Int, _ y: Int, _ x: Int) -> Bool {
            z >= 0 && y >= 0 && z < shape.depth && y < shape.height
                && view.columns(z: z, y: y, in: shape).contains(x)
        }
        for (direction, step) in LatticeDirections.steps.enumerated() {
            for lag in [1, 2, 3, 31, 37, 46, 63, 64] {
                var (pairs, pores) = (0, 0)
                for z in 0..<shape.depth {
                    for y in 0..<shape.height {
                        for x in view.columns(z: z, y: y, in: shape) {
                            let other = (z + lag * step.x, y + lag * step.y, x + lag * step.z)
                            guard isInside(other.0, other.1, other.2) else { continue }
                            pairs += 1
                            pores += mask[z, y, x] && mask[other.0, other.1, other.2] ? 1 : 0
                        }
                    }
                }
                let lags = found[direction]
                if pairs == 0 {
                    #expect(lags.count <= lag)
                } else if lag < lags.count {
                    #expect(lags[lag] == Double(pores) / Double(pairs), "\(step) \(lag)")
                } else {
                    #expect(direction >= 3, "lags of the axes are complete")
                }
            }
        }
    }

    @Test func `of overlapping balls is that of theory`() throws {
        let asked = BooleanRock(radius: 8, porosity: 0.2)
        var sums = [Axis?: [Double]]()
        var integral = 0.0
        let seeds = UInt64(1)...8
        for seed in seeds {
            let found = try PoreMeasurement.twoPoint(asked.mask(Shape(edge: 140), seed: seed))
            for axis in [.z, .y, .x, nil] as [Axis?] {
                let y = try curve(axis, found)
                let sum = sums[axis] ?? Array(repeating: 0, count: y.count)
                sums[axis] = zip(sum, y).map { $0 + $1 / 8 }
            }
            integral += found.parameters.filter { $0.name == "correlation_length_integral" }
                .reduce(0) { $0 + $1.value / 24 }
        }
        let porosity = try #require(sums[.z]?.first)
        let made = BooleanRock(radius: 8, porosity: porosity)
        for (axis, values) in sums {
            for lag in [1, 2, 4, 8, 12] {
                // Eight rocks say less of longer distances.
                #expect(
                    abs(values[lag] / made.twoPoint(Double(lag)) - 1) < (lag < 8 ? 0.01 : 0.025),
                    "\(axis?.rawValue ?? "radial") \(lag)")
            }
        }
        let squared = porosity * porosity
        let truth = stride(from: 0.005, to: 16, by: 0.01).reduce(0) {
            $0 + 0.01 * (made.twoPoint($1) - squared) / (porosity - squared)
        }
        #expect(abs(integral / truth - 1) < 0.08)
    }

    @Test func `of stripes falls and comes back`() throws {
        var mask = Mask(shape: Shape(edge: 32), repeating: false)
        for z in 0..<32 where z % 8 < 4 {
            for y in 0..<32 { for x in 0..<32 { mask[z, y, x] = true } }
        }
        let found = try PoreMeasurement.twoPoint(mask)
        let z = try curve(.z, found)
        #expect(z[0] == 0.5 && z[4] == 0 && z[8] == 0.5)
        #expect(try curve(.y, found).allSatisfy { $0 == 0.5 })
        func value(_ name: String, _ axis: Axis) -> Double? {
            found.parameters.first { $0.name == name && $0.axis == axis }?.value
        }
        // S2 along z: 16/32, 12/31, 8/30, 4/29, so the correlation is 1, .548, .067.
        let second = 4 * 8.0 / 30 - 1
        let first = 4 * 12.0 / 31 - 1
        let third = 4 * 4.0 / 29 - 1
        let part = second * second / (second - third) / 2
        #expect(
            abs(
                (value("correlation_length_integral", .z) ?? 0)
                    - ((1 + first) / 2 + (first + second) / 2 + part)) < 1e-12)
        #expect(value("correlation_length_integral", .y) == nil)
        #expect(found.skipped.contains { $0.name == "correlation_length_decay" && $0.axis == .y })
    }

    @Test(.enabled(if: SharedData.isPresent))
    func `of the Berea sandstone is the published one`() throws {
        let folder = SharedData.folder.appending("berea-icl-segmented")
        let reader = try openScan(ScanLocation(folder.appending("berea_400.tif")))
        let mask = try reader.readAll().convert(to: UInt8.self).map { $0 == 0 }
        let found = try PoreMeasurement.twoPoint(mask)
        let text = try String(
            contentsOfFile: folder.appending("reference_two_point_pore.csv").string,
            encoding: .utf8)
        var worst = 0.0
        for line in text.split(whereSeparator: \.isNewline).dropFirst() {
            let fields = line.split(separator: ",").compactMap { Double($0) }
            let lag = Int(fields[0])
            guard lag <= 64 else { break }
            for (column, axis) in [Axis.z, .x, .y].enumerated() {
                worst = max(worst, abs(try curve(axis, found)[lag] - fields[column + 1]))
            }
        }
        #expect(worst < 1e-9)
        let interface = try PoreMeasurement.interface(mask).parameters
        #expect(interface.first { $0.name == "euler_number_6" }?.value == -4370)
        #expect(interface.first { $0.name == "euler_number_26" }?.value == -4393)
    }
}

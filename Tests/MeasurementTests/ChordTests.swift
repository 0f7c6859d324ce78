import Measurement
import TestSupport
import Testing
import Volumes

@Suite struct `Chords` {
    private func curve(
        _ name: String, _ axis: Axis, _ found: PoreFindings
    ) -> MeasuredCurve? {
        found.curves.first { $0.name == name && $0.axis == axis }
    }

    /// The runs of one phase along a line: length, and whether both its ends are in view.
    private func runs(_ line: [Bool]) -> [(length: Int, isComplete: Bool)] {
        var runs: [(Int, Bool)] = []
        var start: Int?
        for (place, isIn) in (line + [false]).enumerated() {
            if isIn, start == nil { start = place }
            if !isIn, let begun = start {
                runs.append((place - begun, begun > 0 && place < line.count))
                start = nil
            }
        }
        return runs
    }

    @Test(
        arguments: [(7, 9, 130), (9, 40, 63), (70, 3, 5)],
        [FieldOfView.all, .cylinder(centreY: 4, centreX: 30, radius: 28)])
    func `are the runs of all lines`(extents: (Int, Int, Int), view: FieldOfView) throws {
        let shape = Shape(depth: extents.0, height: extents.1, width: extents.2)
        guard view.bounds(in: shape) != nil else { return }
        let mask = randomMask(shape, porosity: 0.6, seed: 11)
        let found = try PoreMeasurement.chords(mask, within: view)
        for axis in Axis.allCases {
            var lines: [[Bool]] = []
            func isInside(_ z: Int, _ y: Int, _ x: Int) -> Bool {
                view.columns(z: z, y: y, in: shape).contains(x)
            }
            func append(_ places: [(Int, Int, Int)]) {
                let inside = places.filter(isInside)
                if !inside.isEmpty { lines.append(inside.map { mask[$0.0, $0.1, $0.2] }) }
            }
            let (d, h, w) = (shape.depth, shape.height, shape.width)
            switch axis {
            case .z:
                for y in 0..<h { for x in 0..<w { append((0..<d).map { ($0, y, x) }) } }
            case .y:
                for z in 0..<d { for x in 0..<w { append((0..<h).map { (z, $0, x) }) } }
            case .x:
                for z in 0..<d { for y in 0..<h { append((0..<w).map { (z, y, $0) }) } }
            }
            for (phase, isPore) in [("pore", true), ("solid", false)] {
                let all = lines.flatMap { runs($0.map { $0 == isPore }) }
                let complete = all.filter(\.isComplete).map(\.length)
                let chords = curve("chord_length_distribution_\(phase)", axis, found)
                if complete.isEmpty {
                    #expect(chords == nil)
                } else {
                    let expected = (1...(complete.max() ?? 1)).map { length in
                        Double(complete.count { $0 == length }) / Double(complete.count)
                    }
                    #expect(chords?.y == expected)
                }
                let path = try #require(curve("lineal_path_\(phase)", axis, found))
                for (steps, value) in path.y.enumerated() {
                    let segments = all.reduce(0) { $0 + max($1.length - steps, 0) }
                    let places = lines.reduce(0) { $0 + max($1.count - steps, 0) }
                    #expect(value == Double(segments) / Double(places))
                }
            }
        }
    }

    @Test func `of overlapping balls are those of theory`() throws {
        let asked = BooleanRock(radius: 8, porosity: 0.2)
        let names = ["chord_length_pore", "mean_intercept_length_major"]
        var means = [0.0, 0.0]
        var path = [Double](repeating: 0, count: 13)
        for seed in UInt64(1)...8 {
            let mask = asked.mask(Shape(edge: 140), seed: seed)
            let found = try measurePores(of: mask, by: [.interface, .chords])
            for (index, name) in names.enumerated() {
                let values = found.parameters.filter { $0.name == name }.map(\.value)
                means[index] += values.reduce(0, +) / Double(values.count) / 8
            }
            let y = try #require(curve("lineal_path_pore", .y, found)).y
            for lag in path.indices { path[lag] += y[lag] / 8 }
            let degree = try #require(found.parameters.first { $0.name == "anisotropy_degree" })
            #expect(degree.value < 0.12)
        }
        let made = BooleanRock(radius: 8, porosity: path[0])
        #expect(abs(means[0] / made.meanChord - 1) < 0.02)
        #expect(abs(means[1] / made.meanChord - 1) < 0.05)
        for lag in [1, 2, 4, 8, 12] {
            #expect(abs(path[lag] / made.linealPath(Double(lag)) - 1) < 0.03, "\(lag)")
        }
    }

    @Test func `differ between rocks by their errors`() throws {
        let rock = BooleanRock(radius: 5, porosity: 0.3)
        let names = ["mean_intercept_length_middle", "chord_length_pore", "specific_surface"]
        var values = names.map { _ in [Double]() }
        var errors = names.map { _ in 0.0 }
        for seed in UInt64(0)..<24 {
            let found = try PoreMeasurement.interface(rock.mask(Shape(edge: 72), seed: seed))
            for (index, name) in names.enumerated() {
                let parameter = try #require(found.parameters.first { $0.name == name })
                values[index].append(parameter.value)
                errors[index] += try #require(parameter.error) / 24
            }
        }
        for (index, values) in values.enumerated() {
            let mean = values.reduce(0, +) / 24
            let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 23).squareRoot()
            // Of 24 rocks the deviation is known to a seventh, and each error to a quarter.
            #expect(errors[index] > 0.6 * deviation, "\(names[index])")
            #expect(errors[index] < 2 * deviation, "\(names[index])")
        }
    }

    @Test func `of a stretched rock point where it is stretched`() throws {
        // The same voxels, three times as long along y.
        let rock = BooleanRock(radius: 6, porosity: 0.3)
        let size = VoxelSize(
            depthInMicrometres: 1, heightInMicrometres: 3, widthInMicrometres: 1)
        let found = try PoreMeasurement.interface(
            rock.mask(Shape(edge: 120), seed: 5).withVoxelSize(size)
        ).parameters
        func value(_ name: String, _ axis: Axis? = nil) throws -> Double {
            try #require(found.first { $0.name == name && $0.axis == axis }).value
        }
        #expect(try value("anisotropy_direction", .y) > 0.99)
        let ratio = try value("mean_intercept_length_major") / value("mean_intercept_length_minor")
        #expect(abs(ratio - 3) < 0.2)
        #expect(abs(try value("anisotropy_degree") - (1 - 1 / ratio)) < 1e-12)
    }

    @Test func `of layers are exact`() throws {
        var mask = Mask(shape: Shape(edge: 24), repeating: false)
        for z in 0..<24 where z % 6 < 2 {
            for y in 0..<24 { for x in 0..<24 { mask[z, y, x] = true } }
        }
        let found = try measurePores(of: mask, by: [.interface, .chords])
        // The first layer touches the border.
        #expect(curve("chord_length_distribution_pore", .z, found)?.y == [0, 1])
        #expect(curve("chord_length_distribution_solid", .z, found)?.y == [0, 0, 0, 1])
        #expect(curve("chord_length_distribution_pore", .y, found) == nil)
        #expect(curve("lineal_path_pore", .y, found)?.y.allSatisfy { $0 == 1.0 / 3 } ?? false)
        #expect(
            found.skipped.contains { $0.name == "anisotropy_degree" },
            "no line crosses along the layers")
    }
}

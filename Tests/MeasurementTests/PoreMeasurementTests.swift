import Foundation
import Measurement
import TestSupport
import Testing
import Volumes

@Suite struct `All measurements of pores` {
    @Test func `are those of each, in order`() throws {
        let mask = ballMask()
        let all = try measurePores(of: mask)
        var each = PoreFindings()
        for measurement in PoreMeasurement.all { each.append(try measurement(mask)) }
        #expect(all == each)
        #expect(all.parameters.first?.name == "porosity_total")
        #expect(PoreMeasurement.all.map(\.name).first == "porosity")
        #expect(PoreMeasurement.costing(atMost: .scan).map(\.name).contains("porosity"))
    }

    @Test func `say which parameters mean in a slice what they mean in a volume`() throws {
        let mask = ballMask()
        let depth = Double(mask.shape.depth)
        for measurement in PoreMeasurement.all {
            for name in measurement.ofSlices {
                let whole = try #require(
                    try measurement(mask).parameters.first { $0.name == name })
                let slices = try (0..<mask.shape.depth).map { z in
                    let slice = mask.cropped(
                        to: Region(z: z, y: 0, x: 0, shape: mask.shape.withDepth(1)))
                    let found = try measurement(slice).parameters
                    return try #require(found.first { $0.name == name }).value
                }
                #expect(abs(slices.reduce(0, +) / depth - whole.value) < 1e-12, "\(name)")
            }
        }
    }

    /// Pore spaces of every awkward kind.
    static let pores: [String: Mask] = [
        "balls": ballMask(),
        "noise": randomMask(Shape(depth: 18, height: 20, width: 22), porosity: 0.3, seed: 1),
        "an image": randomMask(Shape(depth: 1, height: 40, width: 70), porosity: 0.4, seed: 2),
        "a row": randomMask(Shape(depth: 1, height: 1, width: 70), porosity: 0.4, seed: 3),
        "two slices": randomMask(Shape(depth: 2, height: 9, width: 9), porosity: 0.4, seed: 4),
        "nothing": Mask(shape: Shape(edge: 9), repeating: false),
        "everything": Mask(shape: Shape(edge: 9), repeating: true),
        "a solid voxel": Mask(shape: Shape(edge: 1), repeating: false),
        "a pore voxel": Mask(shape: Shape(edge: 1), repeating: true),
    ]

    @Test(arguments: Array(pores.keys).sorted(), [nil, 2.5])
    func `find only what they define, and finite numbers`(name: String, edge: Double?) throws {
        let size = edge.flatMap { VoxelSize(micrometres: $0) }
        let mask = try #require(Self.pores[name]).withVoxelSize(size)
        for measurement in PoreMeasurement.all {
            let found = try measurement(mask)
            for parameter in found.parameters {
                let definition = try #require(
                    measurement.parameters.first { $0.name == parameter.name }, "\(parameter)")
                #expect(parameter.convention == definition.convention)
                #expect(parameter.unit == definition.dimension.unit(at: size), "\(parameter)")
                #expect((parameter.axis != nil) == definition.hasAxis)
                #expect(parameter.value.isFinite, "\(parameter)")
                #expect(parameter.error?.isFinite ?? true, "\(parameter)")
            }
            for curve in found.curves {
                let definition = try #require(
                    measurement.curves.first { $0.name == curve.name }, "\(curve.name)")
                #expect(curve.convention == definition.convention)
                #expect(curve.xUnit == definition.x.unit(at: size))
                #expect(curve.yUnit == definition.y.unit(at: size))
                #expect((curve.x + curve.y).allSatisfy { $0.isFinite }, "\(curve.name)")
                #expect(curve.x == curve.x.sorted())
            }
            let names = Set(found.parameters.map(\.name) + found.curves.map(\.name))
            let accounted = names.union(found.skipped.map(\.name))
            #expect(accounted == measurement.names, "\(name): \(measurement.name)")
            let twice = Dictionary(
                grouping: found.parameters, by: { "\($0.name) \($0.axis?.rawValue ?? "")" })
            #expect(twice.values.allSatisfy { $0.count == 1 })
            let gaps = found.skipped.map { "\($0.name) \($0.axis?.rawValue ?? "")" }
            #expect(Set(gaps).count == gaps.count, "\(gaps)")
        }
    }

    @Test(arguments: [("nothing", 0.0), ("everything", 1.0)])
    func `of one phase have no surface, and say what they lack`(
        name: String, share: Double
    ) throws {
        let found = try measurePores(of: try #require(Self.pores[name]))
        func value(_ name: String) -> Double? { found.parameters.first { $0.name == name }?.value }
        #expect(value("porosity_total") == share)
        for name in [
            "specific_surface", "specific_surface_marching_cubes", "mean_curvature_density_6",
            "euler_density_26",
        ] {
            #expect(value(name) == 0, "\(name)")
        }
        #expect(value("euler_number_6") == share && value("euler_number_26") == share)
        let missing = Set(found.skipped.map(\.name))
        #expect(
            missing.isSuperset(of: [
                "chord_length_pore", "anisotropy_degree", "correlation_length_integral",
                "chord_length_distribution_solid",
            ]))
        for curve in found.curves where curve.name.hasPrefix("two_point") {
            #expect(curve.y.allSatisfy { abs($0 - share) < 1e-12 })
        }
    }

    @Test func `are refused where nothing is in view`() throws {
        let mask = Mask(shape: Shape(edge: 4), repeating: true)
        let view = FieldOfView.cylinder(centreY: 40, centreX: 2, radius: 1)
        for measurement in PoreMeasurement.all {
            #expect(throws: MeasurementError.fieldOfViewOutside(view, mask.shape)) {
                try measurement(mask, within: view)
            }
        }
    }

    @Test func `in JSON are parameters, curves and what is missing`() throws {
        let found = try measurePores(of: try #require(Self.pores["an image"]))
        let data = try JSONEncoder().encode(found)
        let object = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: [[String: Any]]])
        #expect(Set(object.keys) == ["parameters", "curves", "skipped"])
        let six: Set = ["name", "value", "unit", "axis", "convention", "error"]
        #expect(object["parameters"]?.allSatisfy { Set($0.keys) == six } ?? false)
        let seven: Set = ["name", "axis", "x", "x_unit", "y", "y_unit", "convention"]
        #expect(object["curves"]?.allSatisfy { Set($0.keys) == seven } ?? false)
        #expect(try JSONDecoder().decode(PoreFindings.self, from: data) == found)
    }
}

import Dataset
import Testing
import Volumes

@Suite struct `Parameter` {
    @Test(arguments: [
        ("porosity_total", 22.6, "percent", 0.226, ParameterUnit.fraction),
        ("porosity_connected", 0.2, "fraction", 0.2, .fraction),
        ("porosity_total", 18.96, "%", 0.1896, .fraction),
        // Published as 121 mD; 1 D is 9.869233e-13 m2 (rounded in the last digit).
        ("permeability", 1.194177e-13, "m2", 121.0, .millidarcy),
        ("permeability", 0.386, "D", 386, .millidarcy),
        ("permeability", 2, "µm²", 2026.5, .millidarcy),
        ("cross_permeability_zx", -2, "um2", -2026.5, .millidarcy),
        ("pore_diameter_mean", 0.05, "mm", 50, .micrometre),
        ("pore_radius", 50, "nm", 0.05, .micrometre),
        ("specific_surface", 25, "1/mm", 0.025, .perMicrometre),
        ("formation_factor_z", 12, "1", 12, .one),
        ("grain_density", 2650, "kg/m3", 2.65, .gramPerCubicCentimetre),
    ])
    func `is held in one unit`(
        name: String, value: Double, unit: String, expected: Double, held: ParameterUnit
    ) throws {
        let unit = try #require(ParameterUnit(written: unit))
        let record = try LaboratoryValue(name: name, value: value, unit: unit, method: "m")
        #expect(record.unit == held)
        // The darcy of the permeability row is quoted to seven digits.
        #expect(abs(record.value - expected) <= abs(expected) * 1e-6)
    }

    @Test func `converts percent with one rounding`() {
        #expect(ParameterUnit.percent.converted(22.6) == 0.226)
        #expect(ParameterUnit.percent.converted(7) == 0.07)
    }

    @Test(arguments: [
        ("porosity_total", 5.0, ParameterUnit.millimetre), ("permeability", 5, .percent),
        ("tortuosity", 1.5, .micrometre), ("pore_size", 3, .squareMicrometre),
    ])
    func `in a unit of something else is refused`(name: String, value: Double, unit: ParameterUnit)
    {
        #expect {
            try LaboratoryValue(name: name, value: value, unit: unit, method: "m")
        } throws: { error in
            guard case DatasetError.wrongUnit(name, unit, _) = error else { return false }
            return "\(error)".contains(name)
        }
    }

    @Test(arguments: [
        ("porosity_total", 101.0, ParameterUnit.percent), ("porosity_total", -0.1, .fraction),
        ("tortuosity", 0.9, .one), ("permeability", -1, .millidarcy),
        ("porosity", .nan, .fraction), ("permeability", .infinity, .darcy),
    ])
    func `that cannot be is refused`(name: String, value: Double, unit: ParameterUnit) {
        #expect(throws: DatasetError.self) {
            try LaboratoryValue(name: name, value: value, unit: unit, method: "m")
        }
    }

    @Test func `of a misspelt name is refused with the nearest one`() {
        #expect(throws: DatasetError.unknownParameter("porosty_total", nearest: "porosity_total")) {
            try LaboratoryValue(name: "porosty_total", value: 1, unit: .percent, method: "m")
        }
        #expect(throws: DatasetError.malformedParameterName("Porosity")) {
            try LaboratoryValue(name: "Porosity", value: 1, unit: .percent, method: "m")
        }
    }

    @Test func `computed under a name unknown here keeps its unit`() throws {
        let record = try ParameterRecord(
            name: "anisotropy", value: 3, unit: .percent, source: .computed, method: "m")
        #expect(record.value == 3)
        #expect(record.unit == .percent)
    }

    @Test func `has an uncertainty in the same unit`() throws {
        let value = try LaboratoryValue(
            name: "permeability", value: 2.4, unit: .darcy, method: "gas", uncertainty: 0.1)
        #expect(value.uncertainty == 100)
    }
}

@Suite struct `Nearest name` {
    @Test(arguments: [
        ("matreial", "material"), ("voxelsize", "voxel_size"), ("Path", "path"),
        ("v_patchs", "v_patches"), ("lab", nil), ("xyz", nil), ("", nil),
    ])
    func `is the one that was meant`(written: String, meant: String?) {
        let keys = ["material", "voxel_size", "path", "laboratory", "v_patches", "low"]
        #expect(nearestName(to: written, among: keys) == meant)
    }
}

@Suite struct `Patch` {
    @Test func `has a name that its place decides`() throws {
        let sample = try #require(SampleID("plug-1"))
        let patch = PatchRecord(
            region: .init(z: 0, y: 16, x: 32, shape: .init(edge: 16)), porosity: 0.2)
        #expect(patch.id(in: sample) == "plug-1/z0-y16-x32")
    }
}

import Dataset
import SystemPackage
import Volumes
import StrictYAML

/// Reads one entry of `samples`.
struct SampleParser {
    let rules: PathRules
    let problems: Problems
    let datasetScale: Int
    let datasetRegistration: RegistrationEntry
    let datasetMeasurement: MeasurementEntry
    let datasetRegion: RegionOfInterest?

    private static let keys = [
        "id", "material", "scale", "low", "high", "laboratory", "alignment", "registration",
        "measurement", "region", "split",
    ]

    /// The sample at a node; `nil`, with problems noted, for one that cannot be used.
    func sample(_ node: YAMLNode) -> SampleEntry? {
        guard
            let reader = MappingReader(
                node, "a sample", keys: SampleParser.keys, problems: problems)
        else { return nil }
        _ = reader.required("id", as: "plug-1")
        _ = reader.required("material", as: "Bentheimer sandstone")
        let id = reader["id"].flatMap(sampleID)
        let material = reader.text("material")
        let scale = reader.integer("scale", in: 1...8) ?? datasetScale
        let low = reader["low"].map(lowScan) ?? .simulated
        let high = reader.required("high", as: "{path: plug-1/high.tif, voxel_size: 2 um}")
            .flatMap { scan($0, "'high'") }
        let laboratory = reader["laboratory"].map(laboratoryValues) ?? []
        let alignment = reader["alignment"].flatMap(startingAlignment)
        let registration = reader["registration"].map {
            SettingsParser(problems: problems).registration($0, over: datasetRegistration)
        }
        let measurement = reader["measurement"].map {
            SettingsParser(problems: problems).measurement($0, over: datasetMeasurement)
        }
        let region =
            reader["region"].map { RegionParser(problems: problems).parse($0) } ?? datasetRegion
        let split = reader.choice("split", SplitPart.self)
        if reader["low"] == nil || low == LowScan.none {
            for key in ["alignment", "registration"] where reader[key] != nil {
                reader.complain(key, "'\(key)' is between two scans, and 'low' names none")
            }
        }
        guard let id, let material, let low, let high else { return nil }
        return SampleEntry(
            id: id, material: material, scale: scale, low: low, high: high, laboratory: laboratory,
            alignment: alignment, registration: registration ?? datasetRegistration,
            measurement: measurement ?? datasetMeasurement, region: region, split: split,
            line: node.mark?.line ?? 1)
    }

    private func sampleID(_ node: YAMLNode) -> SampleID? {
        guard case .scalar(let scalar) = node, let id = SampleID(scalar.string) else {
            problems.add(
                node,
                "'id' is 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit\(butIs(node))"
            )
            return nil
        }
        return id
    }

    private func lowScan(_ node: YAMLNode) -> LowScan? {
        if case .scalar(let scalar) = node {
            guard scalar.string == "none" else {
                problems.add(
                    node,
                    "'low' is a scan, as in '{path: low.tif}', or none; leave the key out to have it simulated\(nearest(node, ["none"]))"
                )
                return nil
            }
            return LowScan.none
        }
        return scan(node, "'low'").map(LowScan.scan)
    }

    private func scan(_ node: YAMLNode, _ place: String) -> ScanEntry? {
        let keys = ["path", "dataset", "voxel_size", "allow_gaps"]
        guard let reader = MappingReader(node, place, keys: keys, problems: problems) else {
            return nil
        }
        let voxelSize = reader["voxel_size"].map { readVoxelSize($0, problems) } ?? .inFile
        let dataset = reader.text("dataset", limit: 1000)
        let allowsGaps = reader.flag("allow_gaps") ?? false
        _ = reader.required("path", as: "plug-1/scan.tif")
        guard let written = reader.text("path", limit: 4000) else { return nil }
        do {
            let (path, root) = try rules.resolve(written)
            return ScanEntry(
                path: path, written: written, root: root, dataset: dataset, voxelSize: voxelSize,
                allowsGaps: allowsGaps, line: node.mark?.line ?? 1)
        } catch {
            switch error {
            case .outside(let path):
                reader.complain(
                    "path",
                    "\(quoted(written)) leads to \(quoted(path.string)), outside the manifest's folder; move it there, or name its folder with --root"
                )
            case .linksInCircles:
                reader.complain("path", "the links of \(quoted(written)) lead in circles")
            case .malformed:
                reader.complain("path", "\(quoted(written)) is no path")
            }
            return nil
        }
    }

    private func laboratoryValues(_ node: YAMLNode) -> [LaboratoryValue] {
        guard case .sequence(let sequence) = node, sequence.count <= 1000 else {
            problems.add(node, "'laboratory' is a list of values, each with a '-' before it")
            return []
        }
        var lines: [String: Int] = [:]
        return sequence.compactMap { node in
            guard let value = laboratoryValue(node) else { return nil }
            let key = "\(value.name) \(value.axis?.rawValue ?? "")"
            if let line = lines[key] {
                problems.add(
                    node,
                    "'\(value.name)' is already there, on line \(line); keep the value that counts")
            }
            lines[key] = node.mark?.line ?? 1
            return value
        }
    }

    private func laboratoryValue(_ node: YAMLNode) -> LaboratoryValue? {
        let keys = ["name", "value", "unit", "method", "axis", "uncertainty"]
        guard
            let reader = MappingReader(node, "a laboratory value", keys: keys, problems: problems)
        else { return nil }
        _ = reader.required("name", as: "porosity_total")
        _ = reader.required("value", as: "22.6")
        _ = reader.required("unit", as: "percent")
        _ = reader.required("method", as: "helium pycnometry")
        let uncertainty = reader.number("uncertainty", in: 0...1e30)
        let axis = reader.choice("axis", Axis.self)
        let unit = reader.text("unit", limit: 20).flatMap { text -> ParameterUnit? in
            guard let unit = ParameterUnit(written: text) else {
                let names = ParameterUnit.allCases.map(\.rawValue)
                reader.complain(
                    "unit",
                    "\(DatasetError.unknownUnit(text, nearest: nearestName(to: text, among: names)))"
                )
                return nil
            }
            return unit
        }
        guard let name = reader.text("name", limit: 64),
            let value = reader.number("value", in: -1e30...1e30), let unit,
            let method = reader.text("method")
        else { return nil }
        do {
            return try LaboratoryValue(
                name: name, value: value, unit: unit, method: method, axis: axis,
                uncertainty: uncertainty,
                written: "\(reader["value"]?.scalar?.string ?? "") \(reader.text("unit") ?? "")")
        } catch {
            switch error {
            case .wrongUnit, .unknownUnit: reader.complain("unit", "\(error)")
            case .outOfRange: reader.complain("value", "\(error)")
            case .malformedParameterName, .unknownParameter: reader.complain("name", "\(error)")
            }
            return nil
        }
    }

    private func startingAlignment(_ node: YAMLNode) -> StartingAlignment? {
        let keys = ["translation", "rotation", "scale", "within", "turn"]
        guard let reader = MappingReader(node, "'alignment'", keys: keys, problems: problems) else {
            return nil
        }
        let zero = SIMD3<Double>(0, 0, 0)
        let rotation = reader["rotation"].map {
            Quantity.angle.readVector($0, "rotation", in: -180...180, problems)
        }
        let scale = reader.number("scale", in: 0.5...2)
        let within = reader["within"].flatMap {
            Quantity.length.read($0, "within", in: 1e-3...1e7, problems)
        }
        let turn = reader["turn"].flatMap { Quantity.angle.read($0, "turn", in: 0...180, problems) }
        guard
            let translation = reader.required("translation", as: "[120 um, 0 um, -35.5 um]")
                .flatMap({
                    Quantity.length.readVector($0, "translation", in: -1e7...1e7, problems)
                })
        else { return nil }
        return StartingAlignment(
            translationInMicrometres: translation, rotationInDegrees: (rotation ?? zero) ?? zero,
            scale: scale ?? 1, uncertaintyInMicrometres: within,
            uncertaintyInDegrees: turn ?? StartingAlignment.standardUncertaintyInDegrees)
    }
}

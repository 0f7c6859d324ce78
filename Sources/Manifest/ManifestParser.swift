import Dataset
import Foundation
public import SystemPackage
import Volumes
import StrictYAML

extension Manifest {
    /// The most bytes a manifest may have.
    public static let maximumByteCount = YAMLFile.maximumByteCount

    /// Reads and checks the manifest at `path`.
    ///
    /// - Parameter root: A folder, besides the manifest's own, in which scans may lie.
    /// - Throws: ``ManifestError``, with all problems of the file.
    public init(contentsOf path: FilePath, root: FilePath? = nil) throws(ManifestError) {
        let text: String
        do {
            text = try YAMLFile.text(of: path, what: "manifest")
        } catch {
            throw ManifestError(error, path)
        }
        try self.init(yaml: text, path: path, root: root)
    }

    /// Checks the text of a manifest; `path` says where it would lie, and its folder is where
    /// relative paths start.
    ///
    /// - Parameter root: A folder, besides the manifest's own, in which scans may lie.
    /// - Throws: ``ManifestError/invalid(_:_:)`` with all problems, in the order of the text.
    public init(yaml: String, path: FilePath, root: FilePath? = nil) throws(ManifestError) {
        let rules: PathRules
        do {
            rules = try PathRules(folder: path.removingLastComponent(), root: root)
        } catch {
            throw .unreadable(path, reason: "the links of its folder lead in circles")
        }
        let node: YAMLNode?
        do {
            node = try YAMLFile.root(of: yaml, what: "manifest")
        } catch {
            throw ManifestError(error, path)
        }
        let problems = Problems()
        let parser = ManifestParser(rules: rules, problems: problems)
        let manifest = node.flatMap { parser.manifest($0, path: path) }
        if node == nil { problems.add(nil, "the file is empty; it needs 'dataset' and 'samples'") }
        guard let manifest, problems.all.isEmpty else { throw .invalid(path, problems.sorted) }
        self = manifest
    }
}

/// Walks the nodes of a manifest.
struct ManifestParser {
    let rules: PathRules
    let problems: Problems

    /// The whole document; what is missing or wrong is noted, and the rest read on.
    func manifest(_ node: YAMLNode, path: FilePath) -> Manifest? {
        guard
            let top = MappingReader(
                node, "the manifest", keys: ["dataset", "samples"], problems: problems)
        else { return nil }
        let datasetKeys = [
            "name", "scale", "split", "region", "segmentation", "measurement", "registration",
            "patches", "simulation", "root",
        ]
        let dataset = top.required("dataset", as: "{name: bentheimer}").flatMap {
            MappingReader($0, "'dataset'", keys: datasetKeys, problems: problems)
        }
        _ = dataset?.required("name", as: "bentheimer")
        let scale = dataset?.integer("scale", in: 1...8) ?? 4
        var rules = rules
        if let root = dataset?.text("root", limit: 4000) {
            do {
                try rules.allow(root)
            } catch {
                dataset?.complain("root", "'root' is a folder, seen from the manifest's")
            }
        }
        let settings = SettingsParser(problems: problems)
        let split = dataset?["split"].map(settings.split) ?? .standard
        let measurement =
            dataset?["measurement"].map { settings.measurement($0, over: .standard) } ?? .standard
        let segmentation =
            dataset?["segmentation"].map(
                SegmentationParser(problems: problems).parse) ?? .standard
        let patches = dataset?["patches"].map(settings.patches) ?? .standard
        let simulation = dataset?["simulation"].map(settings.simulation) ?? .standard
        let registration =
            dataset?["registration"].map { settings.registration($0, over: .standard) } ?? .standard
        let region = dataset?["region"].flatMap(RegionParser(problems: problems).parse)
        let samples = top.required("samples", as: "[{id: plug-1, …}]").map {
            self.samples(
                $0,
                by: SampleParser(
                    rules: rules, problems: problems, datasetScale: scale,
                    datasetRegistration: registration, datasetMeasurement: measurement,
                    datasetRegion: region))
        }
        guard let name = dataset?.text("name"), let samples, problems.all.isEmpty else {
            return nil
        }
        return Manifest(
            path: path, name: name, scale: scale, split: split, segmentation: segmentation,
            measurement: measurement,
            patches: patches, registration: registration, simulation: simulation, samples: samples)
    }

    private func samples(_ node: YAMLNode, by parser: SampleParser) -> [SampleEntry] {
        guard case .sequence(let sequence) = node, (1...10_000).contains(sequence.count) else {
            problems.add(
                node, "'samples' is a list of 1 to 10000 samples, each with a '-' before it")
            return []
        }
        var lines: [String: Int] = [:]
        let samples = sequence.compactMap { node -> SampleEntry? in
            let entry = parser.sample(node)
            guard case .mapping(let mapping) = node,
                let id = mapping.first(where: { $0.key.scalar?.string == "id" })?.value,
                let name = id.scalar?.string
            else { return entry }
            // Folders are named after samples, and some file systems do not tell cases apart.
            if let line = lines[name.lowercased()] {
                problems.add(
                    id,
                    "sample \(quoted(name)) is already there, on line \(line); ids differ, and not only in case"
                )
            } else {
                lines[name.lowercased()] = id.mark?.line ?? 1
            }
            return entry
        }
        checkSharedScans(samples)
        return samples
    }

    /// One scan in two samples would put the same rock on both sides of the split. Who has but one
    /// core may still take parts of it for samples, by boxes that share nothing and a split that says so.
    private func checkSharedScans(_ samples: [SampleEntry]) {
        var owners: [String: [SampleEntry]] = [:]
        for sample in samples {
            var scans = [sample.high]
            if case .scan(let low) = sample.low { scans.append(low) }
            for scan in scans {
                let key = "\(scan.path)\0\(scan.dataset ?? "")"
                let before = owners[key, default: []]
                owners[key, default: []].append(sample)
                if before.contains(where: { $0.id == sample.id }) {
                    problems.add(
                        line: scan.line, column: 1,
                        "'\(sample.id)' names \(quoted(scan.written)) as both of its scans")
                } else if let owner = before.first(where: { !sample.mayShareScans(with: $0) }) {
                    problems.add(
                        line: scan.line, column: 1,
                        "\(quoted(scan.written)) is already a scan of '\(owner.id)'; one rock stays on one side of the split, so pin both to the same 'split', keep one, or give each a 'split' and a box as its 'region', apart from the other's"
                    )
                }
            }
        }
    }
}

extension SampleEntry {
    /// Whether a scan may be one of another sample too: both are pinned to the same part of the split,
    /// or to different ones with boxes of HIGH that are apart from each other.
    public func mayShareScans(with other: SampleEntry) -> Bool {
        guard let split, let otherSplit = other.split else { return false }
        if split == otherSplit { return true }
        guard let region, let otherRegion = other.region else { return false }
        return region.isApart(from: otherRegion)
    }
}

public import Dataset
import Foundation
import GRDB
import Volumes

extension CatalogDatabase {
    /// What training reads: every sample with a pair, in order of the names, with its patches in order
    /// of z, y, x.
    ///
    /// - Throws: ``CatalogError/unusable(_:what:reason:)`` for a pair whose sample is in no part of the
    ///   split, or for one rock in two parts: then no number measured on it would mean anything.
    public func trainingPairs() throws(CatalogError) -> [TrainingPair] {
        let (rows, patches, scans) = try read { db in
            (
                try Row.fetchAll(db, sql: Self.pairsForTraining),
                Dictionary(
                    grouping: try Row.fetchAll(
                        db,
                        sql: """
                            SELECT sample, z, y, x, depth, height, width, porosity, flags
                            FROM patch ORDER BY sample, z, y, x
                            """), by: { $0["sample"] as String }),
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT c.sha256, c.sample, s.split, p.z, p.y, p.x, p.depth, p.height, p.width
                        FROM scan AS c JOIN sample AS s ON s.id = c.sample
                        LEFT JOIN pair AS p ON p.sample = c.sample
                        WHERE c.sha256 IS NOT NULL AND s.split IS NOT NULL ORDER BY c.sample, c.role
                        """)
            )
        }
        try checkParts(of: scans)
        return try rows.map { row throws(CatalogError) in
            try trainingPair(row, patches: patches[row["sample"]] ?? [])
        }
    }

    private static let pairsForTraining = """
        SELECT s.material, s.split, p.*,
            l.origin AS low_origin, l.depth AS scan_depth, l.height AS scan_height,
            l.width AS scan_width, l.window_low, l.window_high,
            m.file AS mask_file, m.dataset AS mask_dataset, m.labels_dataset,
            m.depth AS mask_depth, m.height AS mask_height, m.width AS mask_width, m.thresholds,
            m.method AS mask_method, m.settings AS mask_settings
        FROM pair AS p
        JOIN sample AS s ON s.id = p.sample
        LEFT JOIN scan AS l ON l.sample = p.sample AND l.role = 'low'
        LEFT JOIN mask AS m ON m.sample = p.sample AND m.role = 'high' AND m.grid = 'pair'
        ORDER BY p.sample
        """

    /// A scan is told by the sum of its bytes: under two names it is still one rock. Two samples of
    /// different parts may have it only where their pairs are boxes of it without a common voxel.
    private func checkParts(of scans: [Row]) throws(CatalogError) {
        struct Owner {
            let sample: String
            let part: String
            let pair: Region?
            let sums: Set<String>

            /// Boxes are told apart on the lattice of one LOW scan.
            func isApart(from other: Owner) -> Bool {
                guard let pair, let otherPair = other.pair, sums == other.sums else { return false }
                return pair.intersection(otherPair) == nil
            }
        }
        let sums = Dictionary(grouping: scans) { $0["sample"] as String }
            .mapValues { Set($0.map { $0["sha256"] as String }) }
        var owners: [String: [Owner]] = [:]
        for scan in scans {
            let (sum, sample): (String, String) = (scan["sha256"], scan["sample"])
            let owner = Owner(
                sample: sample, part: scan["split"], pair: region(scan), sums: sums[sample] ?? [])
            for other in owners[sum, default: []]
            where other.part != owner.part && !owner.isApart(from: other) {
                throw .unusable(
                    path,
                    what: "'\(other.sample)' (\(other.part)) and '\(sample)' (\(owner.part))",
                    reason:
                        "hold the same scan, so training would see what is tested; pin both to one part with 'split' in the manifest"
                )
            }
            owners[sum, default: []].append(owner)
        }
    }

    private func trainingPair(
        _ row: Row, patches: [Row]
    ) throws(CatalogError) -> TrainingPair {
        let name: String = row["sample"]
        func refuse(_ reason: String) -> CatalogError {
            .unusable(path, what: "'\(name)'", reason: reason)
        }
        guard let sample = SampleID(name) else { throw refuse("is no name of a sample") }
        let part: String? = row["split"]
        guard let part = part.flatMap(SplitPart.init) else {
            throw refuse("has a pair but no part of the split; let the build run to its end")
        }
        let origin: String? = row["low_origin"]
        guard let origin = origin.flatMap(ScanOrigin.init),
            let scanShape = shape(row, "scan_depth", "scan_height", "scan_width"),
            let region = region(row)
        else { throw refuse("has a pair without a LOW scan; let the build run to its end") }
        guard region.fits(in: scanShape) else { throw refuse("has a pair larger than its scan") }
        var window: ClosedRange<Double>?
        if let first: Double = row["window_low"], let last: Double = row["window_high"] {
            window = first...last
        }
        var greyFit: GreyFit?
        if let gain: Double = row["grey_gain"], let offset: Double = row["grey_offset"],
            let correlation: Double = row["grey_correlation"]
        {
            greyFit = GreyFit(gain: gain, offset: offset, correlation: correlation)
        }
        let records = try patches.map { patch throws(CatalogError) -> PatchRecord in
            guard let box = self.region(patch), box.fits(in: region.shape) else {
                throw refuse("has a patch that reaches out of its pair")
            }
            let flags: String = patch["flags"]
            let words = flags.split(separator: ",").map(String.init)
            let known = words.compactMap(PatchFlag.init)
            guard known.count == words.count else { throw refuse("has patches flagged '\(flags)'") }
            return PatchRecord(region: box, porosity: patch["porosity"], flags: Set(known))
        }
        return TrainingPair(
            sample: sample, material: row["material"], split: part,
            pair: PairRecord(
                file: row["file"], lowDataset: row["low_dataset"],
                highDataset: row["high_dataset"], scale: row["scale"], region: region,
                voxelSize: voxelSize(row), greyFit: greyFit),
            lowOrigin: origin, lowScanShape: scanShape,
            lowWindow: window,
            highWindow: window.flatMap { low in greyFit.flatMap { $0.high(of: low) } },
            mask: mask(row), patches: records)
    }

    private func shape(_ row: Row, _ depth: String, _ height: String, _ width: String) -> Shape? {
        guard let depth: Int = row[depth], let height: Int = row[height],
            let width: Int = row[width]
        else { return nil }
        return Shape(checkingDepth: depth, height: height, width: width)
    }

    private func region(_ row: Row) -> Region? {
        shape(row, "depth", "height", "width").map {
            Region(z: row["z"], y: row["y"], x: row["x"], shape: $0)
        }
    }

    private func voxelSize(_ row: Row) -> VoxelSize? {
        guard let depth: Double = row["voxel_z_um"], let height: Double = row["voxel_y_um"],
            let width: Double = row["voxel_x_um"]
        else { return nil }
        return VoxelSize(
            depthInMicrometres: depth, heightInMicrometres: height, widthInMicrometres: width)
    }

    private func mask(_ row: Row) -> MaskRecord? {
        guard let file: String = row["mask_file"],
            let shape = shape(row, "mask_depth", "mask_height", "mask_width")
        else { return nil }
        func decode<T: Decodable>(_ column: String, _ type: T.Type) -> T? {
            let text: String = row[column]
            return try? JSONDecoder().decode(type, from: Data(text.utf8))
        }
        return MaskRecord(
            grid: .pair, file: file, dataset: row["mask_dataset"],
            labelsDataset: row["labels_dataset"], shape: shape,
            thresholds: decode("thresholds", [Double].self) ?? [], method: row["mask_method"],
            settings: decode("mask_settings", [String: String].self) ?? [:])
    }
}

public import Dataset
import Foundation
import GRDB

/// What a status line says about one sample.
public struct SampleSummary: Sendable, Equatable, Codable {
    /// Its name.
    public let id: String
    /// The rock, in words.
    public let material: String
    /// The part of the split.
    public let split: SplitPart?
    /// How many patches there are.
    public let patches: Int
    /// How many of them nothing speaks against.
    public let goodPatches: Int
    /// How each stage ended, by name.
    public let stages: [Stage]

    /// How one stage ended.
    public struct Stage: Sendable, Equatable, Codable {
        /// The stage.
        public let stage: String
        /// How it ended.
        public let outcome: StageOutcome
        /// Why, if it did not end well.
        public let message: String?
    }

    /// Whether a stage failed.
    public var hasFailed: Bool { stages.contains { $0.outcome == .failed } }
}

extension CatalogDatabase {
    /// All samples, in order of their names.
    public func sampleSummaries() throws(CatalogError) -> [SampleSummary] {
        try read { db in
            let runs = try Row.fetchAll(
                db, sql: "SELECT sample, stage, outcome, message FROM stage_run ORDER BY 1, 2")
            let stages = Dictionary(grouping: runs) { $0["sample"] as String }
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT sample, material, split, patches, good_patches
                    FROM v_samples ORDER BY sample
                    """
            ).map { row in
                let id: String = row["sample"]
                let split: String? = row["split"]
                return SampleSummary(
                    id: id, material: row["material"], split: split.flatMap(SplitPart.init),
                    patches: row["patches"], goodPatches: row["good_patches"],
                    stages: (stages[id] ?? []).compactMap { run in
                        StageOutcome(rawValue: run["outcome"]).map {
                            SampleSummary.Stage(
                                stage: run["stage"], outcome: $0, message: run["message"])
                        }
                    })
            }
        }
    }

    /// The facts about the whole dataset.
    public func meta() throws(CatalogError) -> [String: String] {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT key, value FROM meta")
            return Dictionary(
                rows.map { ($0["key"] as String, $0["value"] as String) },
                uniquingKeysWith: { first, _ in first })
        }
    }
}

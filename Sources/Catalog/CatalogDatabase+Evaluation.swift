public import Dataset
import GRDB

extension CatalogDatabase {
    /// The samples of a part without a pair, in order of their names, each with what is known of why.
    public func samplesWithoutPair(
        in part: SplitPart
    ) throws(CatalogError) -> [(sample: String, reason: String)] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT s.id, r.accepted, r.reason, v.failure FROM sample AS s
                    JOIN v_samples AS v ON v.sample = s.id
                    LEFT JOIN registration AS r ON r.sample = s.id
                    LEFT JOIN pair AS p ON p.sample = s.id
                    WHERE s.split = ? AND p.sample IS NULL ORDER BY s.id
                    """, arguments: [part.rawValue]
            ).map { row in
                let (accepted, why, failure): (Bool?, String?, String?) = (
                    row["accepted"], row["reason"], row["failure"]
                )
                let reason =
                    if accepted == false {
                        "its registration was not accepted" + (why.map { " (\($0))" } ?? "")
                    } else {
                        failure ?? "it has no pair of LOW and HIGH"
                    }
                return (row["id"], reason)
            }
        }
    }

    /// How the HIGH scans were segmented: settings as JSON, by sample.
    public func segmentationSettings() throws(CatalogError) -> [String: String] {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT sample, json_extract(settings, '$.segmentation') AS settings FROM mask
                    WHERE role = 'high' AND grid = 'scan'
                    """)
            return Dictionary(
                rows.compactMap { row in
                    let settings: String? = row["settings"]
                    return settings.map { (row["sample"] as String, $0) }
                }, uniquingKeysWith: { first, _ in first })
        }
    }
}

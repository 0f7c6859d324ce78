import Console
import Foundation
import Pipeline

/// Prints a value as one JSON object on standard output.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    try writeToStandardOutput(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
}

/// Prints rows in aligned columns; the first row names them.
func printTable(_ rows: [[String]]) {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
        rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    for row in rows {
        let cells = row.enumerated().map { index, cell in
            index == row.count - 1
                ? cell : cell.padding(toLength: widths[index], withPad: " ", startingAt: 0)
        }
        print(cells.joined(separator: "  "))
    }
}

/// Prints how a workspace stands: a row a sample, then what failed, then what to open.
func printSummary(_ summary: BuildSummary) {
    func number(_ value: Double?, _ digits: Int) -> String {
        value.map { String(format: "%.\(digits)f", $0) } ?? "-"
    }
    printTable(
        [["sample", "split", "stages done", "correlation", "porosity", "patches"]]
            + summary.samples.map { sample in
                let done = sample.stages.filter { $0.outcome == .done }.map(\.stage.rawValue)
                return [
                    sample.sample.name, sample.split?.rawValue ?? "-",
                    done.isEmpty ? "none" : done.joined(separator: " "),
                    number(sample.correlation, 3), number(sample.porosity, 4),
                    sample.patches.map(String.init) ?? "-",
                ]
            })
    for sample in summary.failed {
        for stage in sample.stages where stage.outcome == .failed {
            print("\(sample.sample): \(stage.stage.rawValue) failed: \(stage.message ?? "")")
        }
    }
    if let catalog = summary.catalog { print("catalog: \(catalog)") }
    if let report = summary.report { print("page: \(report)") }
}

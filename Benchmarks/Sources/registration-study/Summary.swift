import Foundation

/// What the trials of one case come to.
struct Summary {
    let study: StudyCase
    let trials: [Trial]

    private var errors: [Double] {
        trials.map { $0.cornerError.isNaN ? .infinity : $0.cornerError }
    }
    private var foundShare: Double { share { $0.cornerError < 1 } }
    private var acceptedShare: Double { share { $0.accepted } }

    /// Of pairs that were accepted and report a bound, those whose error keeps it.
    private var coverage: Double {
        let told = trials.filter { $0.accepted && $0.reportedCornerError.isFinite }
        guard !told.isEmpty else { return .nan }
        return Double(told.count { $0.cornerError <= $0.reportedCornerError })
            / Double(told.count)
    }

    private func share(_ holds: (Trial) -> Bool) -> Double {
        Double(trials.count { holds($0) }) / Double(trials.count)
    }

    /// Whether the goal is met; mirrors have to be noticed.
    var isMet: Bool {
        switch study.goal {
        case .median(let limit): quantile(0.5, of: errors) <= limit
        case .found(let wanted):
            foundShare >= wanted
                && !trials.contains {
                    $0.cornerError < 1 && $0.foundMirrored != $0.isMirrored
                }
        case .refused: !trials.contains { $0.accepted }
        }
    }

    private var goalText: String {
        switch study.goal {
        case .median(let limit): "median <= \(limit)"
        case .found(let wanted): "found >= \(percent(wanted))"
        case .refused: "none accepted"
        }
    }

    static let header = """
        | case | trials | median | at best | 95 % | found | accepted | wrongly accepted | in error bar | \
        blur/true | seconds | goal | |
        |---|---|---|---|---|---|---|---|---|---|---|---|---|
        """

    /// A row of a Markdown table; errors are at HIGH's worst corner, in its voxels.
    var row: String {
        let hasTruth = study.hasTruth
        let wrong = trials.count { $0.accepted && !($0.cornerError < 1) }
        let cells: [String] = [
            study.name, "\(trials.count)", hasTruth ? digits(quantile(0.5, of: errors)) : "",
            hasTruth ? digits(quantile(0.5, of: trials.map(\.attainableError))) : "",
            hasTruth ? digits(quantile(0.95, of: errors)) : "",
            hasTruth ? percent(foundShare) : "", percent(acceptedShare), "\(wrong)",
            coverage.isNaN ? "" : percent(coverage),
            hasTruth ? digits(quantile(0.5, of: trials.map(\.blurRatio))) : "",
            digits(quantile(0.5, of: trials.map(\.wallSeconds))), goalText,
            isMet ? "met" : "**missed**",
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    /// Trials that went wrong: not found, found but refused, or accepted although there is no truth.
    /// A mirror image that is found is rightly refused.
    var troubles: [Trial] {
        trials.filter { trial in
            study.hasTruth
                ? !(trial.cornerError < 1) || trial.accepted == trial.isMirrored
                    || trial.foundMirrored != trial.isMirrored
                : trial.accepted
        }
    }

    private func percent(_ share: Double) -> String { String(format: "%.4g %%", 100 * share) }
    private func digits(_ value: Double) -> String {
        value.isFinite ? String(format: "%.3g", value) : "-"
    }
}

/// The value below which a share of the values lies; values that are not numbers come last.
func quantile(_ share: Double, of values: [Double]) -> Double {
    let sorted = values.map { $0.isNaN ? .infinity : $0 }.sorted()
    guard let last = sorted.last else { return .nan }
    let place = share * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    let part = place - Double(index)
    return part == 0
        ? sorted[index] : sorted[index] + part * (sorted[index + 1] - sorted[index])
}

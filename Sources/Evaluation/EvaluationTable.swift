import Foundation
import ImageMetrics
import Randomness

/// What a reader of the terminal sees: methods in rows, means over the samples.
public struct EvaluationTable {
    private let judgements: [SampleJudgement]
    private let settings: EvaluationSettings

    /// A table of what samples say.
    public init(_ judgements: [SampleJudgement], settings: EvaluationSettings) {
        self.judgements = judgements
        self.settings = settings
    }

    /// Lines of text with figures of images and of the porosity, then every other parameter.
    public func text() throws -> String {
        let samples = judgements.map(\.sample.name)
        var lines = [
            "\(samples.count) sample\(samples.count == 1 ? "" : "s"): "
                + samples.joined(separator: ", ")
        ]
        lines += try Self.aligned(imageRows())
        if let thresholds = judgements.first?.thresholds {
            let span = thresholds.values.map { $0 - thresholds.centre }
            lines.append(
                "porosity at the catalog's threshold; bias and error are means over "
                    + "\(thresholds.values.count) thresholds"
                    + (judgements.count == 1
                        ? String(
                            format: ", %.0f %+.0f to %+.0f", thresholds.centre, span.min() ?? 0,
                            span.max() ?? 0) : ""))
        }
        let others = try parameterRows()
        if others.count > 1 {
            lines += ["", "Mean error over the thresholds, % of HIGH (signed bias in the unit)"]
            lines += Self.aligned(others)
        }
        return lines.joined(separator: "\n")
    }

    private static let porosity = "porosity_total"

    /// PSNR, similarities and the porosity's errors of each method.
    private func imageRows() throws -> [[String]] {
        let percent = Int((settings.confidence * 100).rounded())
        var rows = [
            [
                "method", "PSNR dB", "SSIM", "MS-SSIM", "porosity %", "bias, points", "error %",
                "\(percent) % interval",
            ],
            ["HIGH", "", "", "", porosity { $0.high }, "", "", ""],
        ]
        for method in EnlargingMethod.allCases {
            let images = judgements.compactMap { $0.images[method] }
            let sweeps = try porositySweeps(method)
            var row = [
                method.title, Self.mean(images.map(\.psnr), "%.2f"),
                Self.mean(images.map(\.ssim), "%.4f"),
                Self.mean(images.compactMap(\.msSSIM), "%.4f"),
                porosity { $0.pores[method] },
                Self.mean(sweeps.compactMap(\.meanBias).map { $0 * 100 }, "%+.2f"),
                Self.mean(sweeps.compactMap(\.meanRelativeError).map { $0 * 100 }, "%.1f"),
            ]
            var generator = Philox4x32(seed: settings.seed, stream: 0)
            let intervals = ThresholdSweep.intervals(
                of: sweeps, confidence: settings.confidence, resamples: settings.resamples,
                using: &generator)
            row.append(
                intervals.map {
                    String(
                        format: "%.1f to %.1f", $0.relativeError.lowerBound * 100,
                        $0.relativeError.upperBound * 100)
                } ?? "-")
            rows.append(row)
        }
        return rows
    }

    /// The total porosity at the catalogs' thresholds, in percent.
    private func porosity(
        of figures: (SampleJudgement) -> SampleJudgement.PoreFigures?
    ) -> String {
        let centre = ThresholdChoice.steps.firstIndex(of: 0) ?? 0
        let values = judgements.compactMap { judgement -> Double? in
            guard let key = judgement.parameters.first(where: { $0.name == Self.porosity })?.key
            else { return nil }
            return figures(judgement)?.slabs[key].mean(at: centre)
        }
        return Self.mean(values.map { $0 * 100 }, "%.2f")
    }

    /// Slabs of the total porosity, whose mean is the whole's.
    private func porositySweeps(_ method: EnlargingMethod) throws -> [ThresholdSweep] {
        try judgements.compactMap { judgement in
            try judgement.parameters.first { $0.name == Self.porosity }
                .flatMap { try judgement.slabSweep($0, method) }
        }
    }

    /// Every parameter by every method.
    private func parameterRows() throws -> [[String]] {
        var parameters: [JudgedParameter] = []
        for parameter in judgements.flatMap(\.parameters)
        where !parameters.contains(where: { $0.key == parameter.key }) {
            parameters.append(parameter)
        }
        return try [["parameter"] + EnlargingMethod.allCases.map(\.title)]
            + parameters.map { parameter in
                try [parameter.key]
                    + EnlargingMethod.allCases.map { method in
                        let sweeps = try judgements.compactMap { try $0.sweep(parameter, method) }
                        let errors = sweeps.compactMap(\.meanRelativeError).map { $0 * 100 }
                        let biases = sweeps.compactMap(\.meanBias)
                        let isLarge = errors.contains { $0 >= 1000 }
                        return Self.mean(errors, isLarge ? "%.0f" : "%.1f") + " ("
                            + Self.mean(biases, "%+.3g") + ")"
                    }
            }
    }

    private static func mean(_ numbers: [Double], _ format: String) -> String {
        guard !numbers.isEmpty else { return "-" }
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        return mean.isFinite ? String(format: format, mean) : "equal"
    }

    /// Columns side by side, the first to the left and the others to the right.
    private static func aligned(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }.joined(separator: "  ")
        }
    }
}

import ImageMetrics

/// What single slices say, as CSV for spreadsheets and pandas.
public enum SliceTables {
    /// One row for each sample, method and HIGH slice: figures of images where a slice was judged, and
    /// what a slice can tell of the pore space at the catalog's threshold, HIGH's beside it.
    public static func slices(_ judgements: [SampleJudgement]) -> String {
        let parameters = parametersOfSlices(judgements)
        var lines = [
            (["sample", "method", "high_slice", "low_slice", "psnr", "ssim", "ms_ssim"]
                + parameters.flatMap { ["\($0.name)_high", $0.name] }).joined(separator: ",")
        ]
        for judgement in judgements {
            let judged = Dictionary(
                uniqueKeysWithValues: judgement.judgedSlices.enumerated().map { ($1, $0) })
            let centre = ThresholdChoice.steps.firstIndex(of: 0) ?? 0
            for method in EnlargingMethod.allCases {
                let images = judgement.images[method] ?? .init()
                for slice in 0..<judgement.highShape.depth {
                    let low = judged[slice]
                    var row = [judgement.sample.name, method.rawValue, String(slice)]
                    row.append(low.map(String.init) ?? "")
                    row.append(low.map { text(decibels(images.squaredErrors[$0])) } ?? "")
                    row.append(low.map { text(images.similarities[$0]) } ?? "")
                    row.append(
                        low.flatMap {
                            images.multiScale.isEmpty ? nil : text(images.multiScale[$0])
                        }
                            ?? "")
                    for parameter in parameters {
                        for figures in [judgement.high, judgement.pores[method]] {
                            let values = figures?.slices[parameter.key].values
                            row.append(
                                values.flatMap { $0.isEmpty ? nil : $0[centre][slice] }.map(text)
                                    ?? "")
                        }
                    }
                    lines.append(row.joined(separator: ","))
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One row for each sample, method, parameter, threshold and part of the sample: the whole, each
    /// slab, and each slice for what slices can tell.
    public static func sweep(_ judgements: [SampleJudgement]) -> String {
        var lines = [
            "sample,method,parameter,axis,unit,threshold,part,first_high_slice,high_slices,high,value"
        ]
        for judgement in judgements {
            guard let thresholds = judgement.thresholds?.values else { continue }
            for method in EnlargingMethod.allCases {
                guard let pores = judgement.pores[method] else { continue }
                for parameter in judgement.parameters {
                    let key = parameter.key
                    let parts = [
                        ("whole", pores.whole?[key], judgement.high.whole?[key]),
                        ("slab", pores.slabs[key], judgement.high.slabs[key]),
                        ("slice", pores.slices[key], judgement.high.slices[key]),
                    ]
                    for (name, own, high) in parts {
                        guard let own, let high else { continue }
                        for (index, threshold) in thresholds.enumerated() {
                            var first = 0
                            for (slab, depth) in own.slabDepths.enumerated() {
                                defer { first += depth }
                                let (value, truth) = (
                                    own.values[index][slab], high.values[index][slab]
                                )
                                if value == nil, truth == nil { continue }
                                lines.append(
                                    [
                                        judgement.sample.name, method.rawValue, parameter.name,
                                        parameter.axis?.rawValue ?? "", parameter.unit,
                                        text(threshold), name, String(first), String(depth),
                                        truth.map(text) ?? "", value.map(text) ?? "",
                                    ].joined(separator: ","))
                            }
                        }
                    }
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Parameters that single slices have.
    private static func parametersOfSlices(_ judgements: [SampleJudgement]) -> [JudgedParameter] {
        var found: [JudgedParameter] = []
        for judgement in judgements {
            for parameter in judgement.parameters
            where !found.contains(where: { $0.key == parameter.key }) {
                let values = judgement.high.slices[parameter.key].values
                if values.contains(where: { $0.contains { $0 != nil } }) { found.append(parameter) }
            }
        }
        return found
    }

    private static func text(_ number: Double) -> String { number.isFinite ? "\(number)" : "inf" }
}

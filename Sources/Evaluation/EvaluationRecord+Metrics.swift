public import Dataset

extension EvaluationRecord {
    /// What the catalog keeps of an evaluation: the figures of images, and of every parameter the bias
    /// and the relative error over the thresholds, for each sample and method.
    public var metrics: [MetricRecord] {
        samples.flatMap { entry -> [MetricRecord] in
            var figures: [(String, Double?)] = [
                ("psnr", entry.psnr.value), ("ssim", entry.ssim.value),
                ("ms_ssim", entry.msSSIM.value),
            ]
            for error in entry.errors {
                let name = error.name + (error.axis.map { ".\($0.rawValue)" } ?? "")
                figures.append((name + ".bias", error.bias.value))
                figures.append((name + ".relative_error", error.relativeError.value))
            }
            return figures.compactMap { name, value in
                value.map {
                    MetricRecord(
                        step: network.step ?? 0, part: part, sample: entry.sample,
                        method: entry.method.rawValue, name: name, value: $0)
                }
            }
        }
    }
}

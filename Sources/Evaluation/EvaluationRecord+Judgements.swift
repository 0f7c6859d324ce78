public import Dataset
import Foundation
import ImageMetrics
import Randomness
import Segmentation

extension EvaluationRecord {
    /// What judgements come to.
    ///
    /// - Parameters:
    ///   - judgements: Of the samples of the part, in order of their names.
    ///   - border: HIGH voxels left out at each edge.
    public init(
        _ judgements: [SampleJudgement], of network: Network, part: SplitPart, border: Int,
        leftOut: [String], captions: [String: String] = [:], settings: EvaluationSettings
    ) throws {
        self.init(
            network: network, part: part, method: Method(settings, border: border),
            leftOut: leftOut,
            samples: try judgements.flatMap { judgement in
                try EnlargingMethod.allCases.map { method in
                    try Entry(judgement, method)
                }
            }, captions: captions)
    }
}

extension EvaluationRecord.Method {
    init(_ settings: EvaluationSettings, border: Int) {
        highSlices = settings.highSlices
        self.border = border
        metrics = [
            "psnr": "of all judged voxels of a sample, data range 1",
            "ssim": StructuralSimilarity.gaussian7().name,
            "ms_ssim": "11x11 sigma 1.5 range 1.0 double, five scales or as many as fit",
            "grey_values":
                "0 and 1 are the ends of LOW's window in the catalog, and of HIGH what they come to by the "
                + "straight line that registration fitted to the grey values of both; nothing is clipped",
        ]
        methods = [
            "nearest": "LOW voxels as blocks",
            "bicubic": "Keys' cubic, a = -1/2, mirrored at the faces",
            "lanczos": "windowed sinc of three lobes, mirrored at the faces",
            "sr": "the network",
        ]
        zStep =
            "for volumes LOW slices are brought to HIGH's places by Keys' cubic (a = -1/2) and then "
            + "enlarged, by every method but nearest; images are enlarged from LOW slices as they are"
        thresholds = ThresholdChoice.rule
        denoising =
            "of HIGH and all methods, as the catalog's segmentation of the sample did to HIGH"
        intervals =
            "\(settings.confidence) of \(settings.resamples) bootstrap draws of slabs along z, the "
            + "same for HIGH and every method; seed \(settings.seed)"
    }
}

extension EvaluationRecord.Entry {
    init(
        _ judgement: SampleJudgement, _ method: EnlargingMethod
    ) throws {
        let images = judgement.images[method] ?? .init()
        sample = judgement.sample
        self.method = method
        psnr = Figure(images.psnr)
        ssim = Figure(images.ssim)
        msSSIM = Figure(images.msSSIM)
        msSSIMScales = images.scales
        let shape = judgement.highShape
        highShape = [shape.depth, shape.height, shape.width]
        measured = judgement.isMeasuredWhole ? "whole" : "slabs"
        slabDepth = judgement.slabDepth
        thresholds = judgement.thresholds
        denoising = judgement.settings.denoising
        porePhase = judgement.settings.porePhase
        parameters = try judgement.parameters.flatMap { parameter in
            try judgement.values(parameter, method)
        }
        errors = try judgement.parameters.map { parameter in
            try EvaluationRecord.Error(judgement, parameter, method)
        }
        slices = judgement.judgedSlices.enumerated().map { low, high in
            EvaluationRecord.Slice(
                low: low, high: high, psnr: Figure(decibels(images.squaredErrors[low])),
                ssim: Figure(images.similarities[low]),
                msSSIM: Figure(images.multiScale.isEmpty ? nil : images.multiScale[low]))
        }
    }
}

extension EvaluationRecord.Error {
    init(
        _ judgement: SampleJudgement, _ parameter: JudgedParameter, _ method: EnlargingMethod
    ) throws {
        let settings = judgement.settings
        name = parameter.name
        axis = parameter.axis
        unit = parameter.unit
        let sweep = try judgement.sweep(parameter, method)
        bias = Figure(sweep?.meanBias)
        relativeError = Figure(sweep?.meanRelativeError)
        let slabs = try judgement.slabSweep(parameter, method)
        // The same draws for every parameter and method, so that their intervals compare.
        var generator = Philox4x32(seed: settings.seed, stream: 0)
        let intervals = slabs?.intervals(
            confidence: settings.confidence, resamples: settings.resamples, using: &generator)
        self.slabs = EvaluationRecord.Slabs(
            bias: Figure(slabs?.meanBias), relativeError: Figure(slabs?.meanRelativeError),
            biasInterval: intervals.map { [$0.bias.lowerBound, $0.bias.upperBound] },
            relativeErrorInterval: intervals.map {
                [$0.relativeError.lowerBound, $0.relativeError.upperBound]
            })
    }
}

extension SampleJudgement {
    /// A parameter at every threshold, HIGH's and a method's.
    func values(
        _ parameter: JudgedParameter, _ method: EnlargingMethod
    ) throws -> [EvaluationRecord.Value] {
        guard let thresholds, let pores = pores[method] else { return [] }
        let (own, reference) =
            if let whole = pores.whole, let high = high.whole {
                (whole[parameter.key], high[parameter.key])
            } else {
                (pores.slabs[parameter.key], high.slabs[parameter.key])
            }
        return thresholds.values.enumerated().map { index, threshold in
            EvaluationRecord.Value(
                name: parameter.name, axis: parameter.axis, unit: parameter.unit,
                threshold: threshold, high: Figure(reference?.mean(at: index)),
                lowOrSR: Figure(own?.mean(at: index)))
        }
    }
}

extension SampleJudgement.ImageFigures {
    /// Of all voxels, in decibels; infinite for equal images.
    var psnr: Double { decibels(squaredErrors.mean) }
    /// The mean over slices.
    var ssim: Double { similarities.mean }
    /// The mean over slices; `nil` where they are too small.
    var msSSIM: Double? { multiScale.isEmpty ? nil : multiScale.mean }
}

extension SweptQuantity {
    /// The mean over slabs that have the quantity, weighted by their depth.
    func mean(at threshold: Int) -> Double? {
        var (sum, weight) = (0.0, 0.0)
        for (value, depth) in zip(values[threshold], slabDepths) {
            guard let value else { continue }
            sum += value * Double(depth)
            weight += Double(depth)
        }
        return weight > 0 ? sum / weight : nil
    }
}

extension [Double] {
    fileprivate var mean: Double { reduce(0, +) / Double(count) }
}

/// A mean squared error as a signal-to-noise ratio of a data range of 1.
func decibels(_ squaredError: Double) -> Double { -10 * log10(squaredError) }

/// One stretch of training with one loss.
public struct PhaseRecipe: Hashable, Sendable, Codable {
    /// Its name in logs.
    public let name: String
    /// How long it is.
    public let length: RunLength
    /// The weights it begins with; the first phase has those of the run's start.
    public let from: From
    /// What is made small.
    public let loss: LossRecipe
    /// How weights are changed.
    public let optimiser: OptimiserRecipe
    /// How the learning rate goes.
    public let schedule: ScheduleRecipe
    /// The largest norm of a step's gradients; longer ones are shortened to it. `nil` for none.
    public let gradientClip: Double?
    /// The decay of the running mean of weights; `nil` for none.
    public let ema: Double?
    /// When it ends early; `nil` for never.
    public let earlyStop: EarlyStopRecipe?

    /// Which weights of the phase before.
    public enum From: String, Codable, Sendable, CaseIterable {
        /// Their running mean.
        case averaged
        /// The last.
        case last
        /// Those of the best SSIM.
        case best
    }
}

/// How weights are changed.
public struct OptimiserRecipe: Hashable, Sendable, Codable {
    /// Which one.
    public let kind: Kind
    /// The learning rate, that the schedule takes as its largest.
    public let rate: Double
    /// The decay of the two running moments, each in 0..<1.
    public let betas: [Double]
    /// What weights lose each step, beside the gradient: with `adam` as a part of it, with `adamw` for
    /// itself (Loshchilov and Hutter 2019).
    public let weightDecay: Double

    /// The optimisers.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case adam, adamw
    }

    /// AdamW at 2e-4.
    public static let standard = OptimiserRecipe(
        kind: .adamw, rate: 2e-4, betas: [0.9, 0.999], weightDecay: 1e-4)
}

/// How the learning rate goes along a phase.
public struct ScheduleRecipe: Hashable, Sendable, Codable {
    /// Its course after the warm-up.
    public let course: Course
    /// In which the rate rises from zero in equal steps.
    public let warmUp: RunLength

    /// The course of a rate.
    public enum Course: Hashable, Sendable, Codable {
        /// It stays.
        case constant
        /// Half a cosine from the rate to `final`, so many times over.
        case cosine(final: Double, cycles: Int)
        /// From a 25th up to the rate at a share `peak` of the phase, and down to almost nothing
        /// (Smith and Topin 2019, doi:10.1117/12.2520589).
        case oneCycle(peak: Double)
        /// Times `factor` at each milestone.
        case steps(milestones: [RunLength], factor: Double)
    }

    /// The names recipes use.
    public enum Kind: String, Sendable, CaseIterable {
        case constant, cosine
        case oneCycle = "one_cycle"
        case steps
    }

    /// A constant rate.
    public static let standard = ScheduleRecipe(course: .constant, warmUp: .steps(0))
}

/// When a phase ends before its length.
public struct EarlyStopRecipe: Hashable, Sendable, Codable {
    /// What has to get better.
    public let metric: JudgedBy
    /// So many validations without that end the phase.
    public let patience: Int
    /// By how much at least.
    public let minimum: Double

    /// Twenty validations without 0.002 of SSIM.
    public static let standard = EarlyStopRecipe(metric: .ssim, patience: 20, minimum: 0.002)
}

import Foundation

/// How far a run is, in one line: the step, the loss, patches a second, the share of time spent waiting
/// for data, and how long it will take.
public struct TrainingProgress: Hashable, Sendable {
    /// The phase's name.
    public var phase: String
    /// Steps of the phase done, and in all.
    public var step: Int
    /// Steps of the phase in all.
    public var steps: Int
    /// The epoch, from 0.
    public var epoch: Int
    /// The loss of the last step.
    public var loss: Double
    /// Steps done since the run was started or resumed: those before may have been slower or faster.
    public var stepsSinceStart: Int
    /// Seconds since the run was started or resumed.
    public var secondsSinceStart: Double
    /// Training samples since the run was started or resumed.
    public var samplesSinceStart: Int
    /// The share of time spent waiting for data, 0...1.
    public var waitedShare: Double

    /// Gathers the facts.
    public init(
        phase: String, step: Int, steps: Int, epoch: Int, loss: Double, stepsSinceStart: Int,
        secondsSinceStart: Double, samplesSinceStart: Int, waitedShare: Double
    ) {
        self.phase = phase
        self.step = step
        self.steps = steps
        self.epoch = epoch
        self.loss = loss
        self.stepsSinceStart = stepsSinceStart
        self.secondsSinceStart = secondsSinceStart
        self.samplesSinceStart = samplesSinceStart
        self.waitedShare = waitedShare
    }

    /// Samples a second since then; 0 before the first.
    public var samplesPerSecond: Double {
        secondsSinceStart > 0 ? Double(samplesSinceStart) / secondsSinceStart : 0
    }

    /// Seconds until the phase ends, at the pace since then; `nil` before the first step.
    public var secondsLeft: Double? {
        guard stepsSinceStart > 0 else { return nil }
        return secondsSinceStart / Double(stepsSinceStart) * Double(max(steps - step, 0))
    }

    /// As in `psnr: 45 %, epoch 7, step 450 of 1000, loss 0.0213, 96 patches/s, 0.4 % waiting, 1:05 min
    /// left`.
    public var line: String {
        let percent = steps > 0 ? Int(Double(step) / Double(steps) * 100) : 0
        let facts = [
            "\(percent) %", "epoch \(epoch + 1)", "step \(step) of \(steps)",
            "loss \(String(format: "%.3g", loss))",
            "\(String(format: samplesPerSecond < 10 ? "%.1f" : "%.0f", samplesPerSecond)) patches/s",
            "\(String(format: "%.1f", waitedShare * 100)) % waiting",
        ]
        let left = secondsLeft.map { ["\(Self.text(ofSeconds: $0)) left"] } ?? []
        return "\(phase): " + (facts + left).joined(separator: ", ")
    }

    /// A duration, as in `1:05 min`.
    public static func text(ofSeconds seconds: Double) -> String {
        guard seconds < 30 * 86_400 else { return "more than a month" }
        let whole = Int(max(seconds, 0).rounded(.up))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return "\(whole / 60):\(two(whole % 60)) min"
        case ..<86_400: return "\(whole / 3600):\(two(whole / 60 % 60)) h"
        default: return "\(whole / 86_400) d \(whole / 3600 % 24) h"
        }
    }
}

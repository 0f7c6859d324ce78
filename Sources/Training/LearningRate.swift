import Foundation
import TrainingRecipe

/// The learning rate along a phase.
struct LearningRate: Sendable {
    let schedule: ScheduleRecipe
    /// The largest.
    let rate: Double
    /// Steps of the phase.
    let steps: Int
    /// Steps of an epoch.
    let stepsPerEpoch: Double

    /// The rate of a step, counted from 0.
    func callAsFunction(_ step: Int) -> Double {
        let warmUp = length(schedule.warmUp)
        if step < warmUp { return rate * Double(step + 1) / Double(warmUp) }
        let (done, all) = (Double(step - warmUp), Double(max(steps - warmUp, 1)))
        switch schedule.course {
        case .constant: return rate
        case .cosine(let final, let cycles):
            let cycle = all / Double(cycles)
            let share = done.truncatingRemainder(dividingBy: cycle) / cycle
            return final + (rate - final) * (1 + cos(.pi * share)) / 2
        case .oneCycle(let peak):
            // From 1/25 of the rate up, and down to 1/10^4 of where it began, along half cosines.
            let share = min(done / max(all - 1, 1), 1)
            let (start, end) = (rate / 25, rate / 25 / 1e4)
            return share < peak
                ? start + (rate - start) * (1 - cos(.pi * share / peak)) / 2
                : end + (rate - end) * (1 + cos(.pi * (share - peak) / (1 - peak))) / 2
        case .steps(let milestones, let factor):
            let passed = milestones.count { step >= length($0) }
            return rate * pow(factor, Double(passed))
        }
    }

    private func length(_ length: RunLength) -> Int {
        switch length {
        case .steps(let count): count
        case .epochs(let count): Int((Double(count) * stepsPerEpoch).rounded())
        }
    }
}

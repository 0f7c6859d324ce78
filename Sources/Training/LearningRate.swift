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
            // From 1/25 of the rate up, and down to 1/10^4 of where it began, along half cosines, with
            // the steps counted as PyTorch does.
            let (start, end) = (rate / 25, rate / 25 / 1e4)
            let top = max(peak * all - 1, 0)
            if done < top { return start + (rate - start) * (1 - cos(.pi * done / top)) / 2 }
            let share = min((done - top) / max(all - 1 - top, 1), 1)
            return end + (rate - end) * (1 + cos(.pi * share)) / 2
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

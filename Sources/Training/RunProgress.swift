import PatchFeed
import TrainingRecipe
import Workspace

/// How far a run is: what a checkpoint remembers beside the weights.
struct RunProgress {
    /// Steps of the run.
    var step = 0
    /// The phase, and its steps.
    private(set) var phase = 0
    var phaseStep = 0
    /// The sample that comes next.
    var position = FeedPosition.start
    /// Steps in a row whose loss was no number.
    var failedSteps = 0
    /// What validation said last.
    private(set) var validation: [String: Double]?
    /// The best figures so far.
    private(set) var best: [String: Double] = [:]
    private(set) var stopping = Checkpoint.Stopping()
    /// The step of the last checkpoint.
    var savedStep: Int?

    /// The beginning of a run, or where a checkpoint was written.
    init(_ checkpoint: Checkpoint?) {
        guard let checkpoint else { return }
        step = checkpoint.step
        savedStep = step
        phase = checkpoint.phase
        phaseStep = checkpoint.phaseStep
        position = checkpoint.position
        failedSteps = checkpoint.failedSteps
        validation = checkpoint.validation
        best = checkpoint.best
        stopping = checkpoint.stopping
    }

    /// Begins another phase; the samples go on where they were.
    mutating func beginPhase(_ index: Int) {
        phase = index
        phaseStep = 0
        stopping = Checkpoint.Stopping()
    }

    /// Takes in the figures of validation.
    ///
    /// - Returns: Whether one of them is the best so far.
    mutating func take(_ values: [String: Double], earlyStop: EarlyStopRecipe?) -> Bool {
        // JSON has no infinity, and what is no number is not the best of anything.
        let values = values.filter(\.value.isFinite)
        validation = values
        var improved = false
        for figure in JudgedBy.allCases {
            guard let value = values[figure.rawValue] else { continue }
            let isBest = best[figure.rawValue].map { figure.isBetter(value, than: $0) } ?? true
            if isBest {
                best[figure.rawValue] = value
                improved = true
            }
        }
        if let earlyStop {
            let sign = earlyStop.metric == .porosity ? -1.0 : 1
            let gain = values[earlyStop.metric.rawValue].map { value in
                stopping.best.map { sign * (value - $0) } ?? .infinity
            }
            if let gain, gain >= earlyStop.minimum {
                stopping = Checkpoint.Stopping(best: values[earlyStop.metric.rawValue])
            } else {
                stopping.waited += 1
            }
        }
        return improved
    }

    /// What the checkpoint of this step says.
    func checkpoint(
        optimiserSteps: Int64, lossScale: LossScale? = nil, isJudged: Bool, files: [FileRecord]
    ) -> Checkpoint {
        Checkpoint(
            step: step, phase: phase, phaseStep: phaseStep, position: position,
            optimiserSteps: optimiserSteps, lossScale: lossScale, failedSteps: failedSteps,
            validation: isJudged ? validation : nil, best: best, stopping: stopping, files: files)
    }
}

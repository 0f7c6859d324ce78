import Foundation
import RunLog
import Upscaling

/// How fast slices are finished.
struct UpscalingPace {
    private let clock = ContinuousClock()
    /// Where the present work was when it was first heard of; an earlier run's slices say nothing of
    /// this one.
    private var first: (work: VolumeUpscaler.Work, done: Int, moment: ContinuousClock.Instant)?

    /// As in `rock.tif: sharpening: 45 %, slice 180 of 400, 3.2 slices/s, 1:05 min left`.
    mutating func line(
        _ label: String, _ work: VolumeUpscaler.Work, _ done: Int, _ total: Int
    ) -> String {
        let now = clock.now
        if first?.work != work { first = (work, done, now) }
        let text = "\(label): \(done * 100 / total) %, slice \(done) of \(total)"
        guard let first, done > first.done else { return text }
        let seconds = (now - first.moment) / .seconds(1)
        guard seconds > 0 else { return text }
        let rate = Double(done - first.done) / seconds
        let left = TrainingProgress.text(ofSeconds: Double(total - done) / rate)
        return text + String(format: ", %.2g slices/s, ", rate) + "\(left) left"
    }
}

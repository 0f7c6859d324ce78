import Dataset
import Foundation
import Glibc
import Pipeline
import Synchronization

/// Shows a build on standard error: a line for each finished stage and, on a terminal, a last line that
/// moves.
final class BuildDisplay: BuildObserver {
    private struct Moving {
        var text = ""
        var began: ContinuousClock.Instant = .now
        var written: ContinuousClock.Instant = .now
    }

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let moving = Mutex(Moving())
    private let isQuiet: Bool

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    func note(_ event: BuildEvent) {
        switch event {
        case .started(let sample, let stage, let reason):
            moving.withLock { $0.began = .now }
            move("\(name(sample, stage)) \(reason) ...")
        case .advanced(let sample, let stage, let fraction, let bytes):
            advance(sample, stage, fraction, bytes)
        case .finished(let sample, let stage, let seconds):
            line("\(name(sample, stage)) done in \(format(seconds)) s")
        case .reused(let sample, let stage):
            line("\(name(sample, stage)) unchanged")
        case .skipped(let sample, let stage, let reason):
            line("\(name(sample, stage)) left out: \(reason)")
        case .failed(let sample, let stage, let message):
            line("\(name(sample, stage)) FAILED: \(message)", always: true)
        }
    }

    private func advance(_ sample: SampleID, _ stage: Stage, _ fraction: Double, _ bytes: Int) {
        let (elapsed, isDue) = moving.withLock { moving in
            let now = ContinuousClock.now
            // A log file gets a line every 30 seconds, a terminal ten a second.
            let isDue = moving.written.duration(to: now) > .milliseconds(isTerminal ? 100 : 30_000)
            return (moving.began.duration(to: now) / .seconds(1), isDue)
        }
        guard isDue, elapsed > 0, fraction > 0 else { return }
        let left = elapsed / fraction * (1 - fraction)
        let rate = Double(bytes) / elapsed / 1e6
        let text =
            "\(name(sample, stage)) \(Int(fraction * 100)) %, \(Int(rate)) MB/s, \(format(left)) s left"
        if isTerminal { move(text) } else { line(text) }
    }

    private func name(_ sample: SampleID, _ stage: Stage) -> String {
        "\(sample.name): \(stage.rawValue)"
    }

    private func format(_ seconds: Double) -> String {
        seconds < 10 ? String(format: "%.1f", seconds) : String(format: "%.0f", seconds)
    }

    /// A line that stays; failures are shown even when quiet.
    private func line(_ text: String, always: Bool = false) {
        guard !isQuiet || always else { return }
        moving.withLock { moving in
            write((moving.text.isEmpty ? "" : "\r\u{1B}[K") + text + "\n")
            moving.text = ""
            moving.written = .now
        }
    }

    /// The line that moves, on a terminal only.
    private func move(_ text: String) {
        guard isTerminal, !isQuiet else { return }
        moving.withLock { moving in
            write("\r\u{1B}[K" + text)
            moving.text = text
            moving.written = .now
        }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

import Foundation
import Testing

@testable import RunLog

@Suite struct `Progress of a run` {
    @Test func `is a line with the pace since the run was resumed`() {
        var progress = TrainingProgress(
            phase: "psnr", step: 450, steps: 1000, epoch: 6, loss: 0.021_34, stepsSinceStart: 50,
            secondsSinceStart: 10, samplesSinceStart: 400, waitedShare: 0.004)
        #expect(
            progress.line
                == "psnr: 45 %, epoch 7, step 450 of 1000, loss 0.0213, 40 patches/s, 0.4 % waiting, 1:50 min left"
        )
        progress.stepsSinceStart = 0
        progress.secondsSinceStart = 0
        progress.samplesSinceStart = 0
        #expect(!progress.line.contains("left"))
        #expect(progress.line.contains("0.0 patches/s"))
    }

    @Test(arguments: [
        (0.0, "0 s"), (59.2, "1:00 min"), (61, "1:01 min"), (3725, "1:02 h"), (90_000, "1 d 1 h"),
        (1e12, "more than a month"),
    ])
    func `tells durations as people do`(seconds: Double, text: String) {
        #expect(TrainingProgress.text(ofSeconds: seconds) == text)
    }

    @Test func `changes one line on a terminal, and is seldom elsewhere`() {
        var shown: [String] = []
        var made = 0
        func text() -> String {
            made += 1
            return "text \(made)"
        }
        let terminal = StatusLine(isTerminal: true) { shown.append($0) }
        terminal.show(text())
        terminal.show(text())
        #expect(made == 1)
        Thread.sleep(forTimeInterval: 0.11)
        terminal.show(text())
        terminal.note("done")
        terminal.clear()
        #expect(
            shown == ["\r\u{1B}[Ktext 1", "\r\u{1B}[Ktext 2", "\r\u{1B}[K", "done\n"])
        shown = []
        let file = StatusLine(isTerminal: false) { shown.append($0) }
        for _ in 0..<10 { file.show("text") }
        file.note("done")
        #expect(shown == ["text\n", "done\n"])
    }
}

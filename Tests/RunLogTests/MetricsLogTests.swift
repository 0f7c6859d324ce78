import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import RunLog

@Suite struct `The metrics of a run` {
    private let scratch: ScratchFolder
    private let path: FilePath

    init() throws {
        scratch = try ScratchFolder()
        path = scratch.appending("metrics.jsonl")
    }

    private func text() throws -> String {
        try String(contentsOfFile: path.string, encoding: .utf8)
    }

    private func line(_ step: Int, _ part: String = "train") -> MetricsLine {
        MetricsLine(
            step: step, epoch: step / 10, part: part, sample: part == "train" ? nil : "plug-1",
            values: ["loss": 1 / Double(step + 1), "loss/ms_ssim": 0.25])
    }

    /// A run that measures every five steps, and validation at every ten.
    private func go(_ log: MetricsLog, _ steps: ClosedRange<Int>) throws {
        for step in steps {
            if step % 5 == 0 { try log.append(line(step)) }
            if step % 10 == 0 { try log.append(line(step, "validation")) }
        }
    }

    @Test func `are one object a line, with sorted keys and without a time`() throws {
        let log = try MetricsLog(creating: path)
        try log.append(line(1))
        try log.append(
            MetricsLine(step: 2, epoch: 0, part: "train", values: ["loss": .nan, "b": .infinity]))
        try log.sync()
        #expect(
            try text() == """
                {"epoch":0,"part":"train","step":1,"values":{"loss":0.5,"loss/ms_ssim":0.25}}
                {"epoch":0,"part":"train","step":2,"values":{"b":null,"loss":null}}

                """)
        let lines = try MetricsLog.lines(of: path)
        #expect(lines[0] == line(1))
        #expect(lines[1].values["loss"]?.isNaN == true && lines[1].values["b"]?.isNaN == true)
    }

    @Test(arguments: [10, 20, 30])
    func `of a run that was killed and went on are those of one that was not`(step: Int) throws {
        try go(MetricsLog(creating: path), 1...60)
        let whole = try text()
        for killed in whole.utf8.indices.map({
            whole.utf8.distance(from: whole.utf8.startIndex, to: $0)
        })
        .filter({ $0 % 7 == 0 }) {
            // Whatever a kill left behind the checkpoint's own lines, torn or not.
            let torn = Data(whole.utf8.prefix(killed))
            guard torn.count(where: { $0 == 10 }) > step / 5 + step / 10 else { continue }
            try torn.write(to: URL(fileURLWithPath: path.string))
            try go(MetricsLog(resuming: path, atStep: step), (step + 1)...60)
            #expect(try text() == whole)
        }
    }

    @Test func `that end before the checkpoint are refused`() throws {
        try go(MetricsLog(creating: path), 1...20)
        let before = try text()
        #expect(throws: RunLogError.endsEarly(path, last: 20, checkpoint: 30)) {
            try MetricsLog(resuming: path, atStep: 30)
        }
        #expect(try text() == before)
        // A checkpoint between two measurements says so.
        try go(MetricsLog(resuming: path, atStep: 13, hasMetrics: false), 14...20)
        #expect(try text() == before)
    }

    @Test func `that are damaged in the middle are refused, not cut`() throws {
        try go(MetricsLog(creating: path), 1...20)
        let lines = try text().split(separator: "\n").map(String.init)
        let damaged = ([lines[0], "{\"step\":"] + lines[1...]).joined(separator: "\n") + "\n"
        try damaged.write(toFile: path.string, atomically: true, encoding: .utf8)
        #expect(throws: RunLogError.damaged(path, line: 2)) {
            try MetricsLog(resuming: path, atStep: 10)
        }
        #expect(throws: RunLogError.damaged(path, line: 2)) { try MetricsLog.lines(of: path) }
        #expect(try text() == damaged)
    }

    @Test func `of another run are not written over`() throws {
        try go(MetricsLog(creating: path), 1...5)
        #expect {
            try MetricsLog(creating: path)
        } throws: {
            "\($0)".contains("cannot be written")
        }
        #expect {
            try MetricsLog(resuming: scratch.appending("none"), atStep: 1)
        } throws: {
            "\($0)".contains("cannot be read")
        }
    }
}

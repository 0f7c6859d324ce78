import Dataset
import Foundation
import RunLog
import SystemPackage
import Testing
import TrainingRecipe

@testable import Training

@Suite struct `A training run` {
    private let plugs: Plugs
    private let pairs: [TrainingPair]

    init() throws {
        plugs = try Plugs()
        pairs = try plugs.pairs()
    }

    /// Runs to the end, stopping and resuming after so many steps at a time.
    private func train(
        _ recipe: TrainingRecipe, named name: String, stoppingEvery steps: Int? = nil,
        feedThreads: Int = 1
    ) throws -> TrainingRun.Outcome {
        var resumes = false
        while true {
            var done = 0
            let run = try plugs.run(
                recipe, pairs, named: name, resumes: resumes, feedThreads: feedThreads)
            let outcome = try run.run {
                if case .step = $0 { done += 1 }
            } isStopped: {
                steps.map { done >= $0 } ?? false
            }
            guard outcome.wasStopped else { return outcome }
            resumes = true
        }
    }

    private func lines(_ name: String) throws -> [MetricsLine] {
        try MetricsLog.lines(of: plugs.folder(name).appending("metrics.jsonl"))
    }

    private func losses(_ name: String) throws -> [Double] {
        try lines(name).filter { $0.part == "train" }.compactMap { $0.values["loss"] }
    }

    private let mixed = """
        length: 2 epochs
        data: {scanned: 0.5, degradation: tomography}
        accumulate: 2
        batch: 2
        patches_per_epoch: 10
        gradient_clip: 1
        checkpoints: {every: 2 steps, last: 100}
        """

    @Test func `learns: its loss falls, and it gets better than where it began`() throws {
        let outcome = try train(
            makeRecipe("length: 20 epochs\noptimiser: {kind: adamw, rate: 3e-3}"), named: "learns")
        let losses = try losses("learns")
        #expect(outcome.steps == 80 && losses.count == 80)
        let (before, after) = (losses.prefix(8).reduce(0, +), losses.suffix(8).reduce(0, +))
        #expect(after < 0.5 * before)
        let judged = try lines("learns").filter { $0.part == "validation" }
        #expect(judged.count == 20)
        let (first, last) = (judged[0].values, judged[19].values)
        #expect(try #require(last["psnr"]) > #require(first["psnr"]) + 3)
        #expect(try #require(last["ssim"]) > #require(first["ssim"]))
        #expect(outcome.validation == last)
        #expect(try #require(outcome.bicubic["psnr"]) > 10)
    }

    @Test func `is the same, to the bit, for one and two threads that read, and for none`() throws {
        let recipe = try makeRecipe(mixed)
        for threads in 0...2 {
            _ = try train(recipe, named: "threads-\(threads)", feedThreads: threads)
        }
        #expect(try plugs.isSame("threads-1", "threads-2"))
        #expect(try plugs.isSame("threads-1", "threads-0"))
    }

    @Test(arguments: [
        // Batch normalisation keeps running means, which have to go on as well.
        "network: {architecture: srresnet, blocks: 1, features: 4}",
        "network: {architecture: edsr, blocks: 1, features: 4}",
    ])
    func `goes on where it was stopped with the bits of one that was not`(network: String) throws {
        let recipe = try makeRecipe(mixed + "\n" + network)
        let whole = try train(recipe, named: "whole")
        #expect(whole.steps == 5 && !whole.wasStopped)
        // After each step, and after steps with and without a checkpoint of their own.
        for every in 1...3 {
            let parts = try train(recipe, named: "parts-\(every)", stoppingEvery: every)
            #expect(parts.steps == 5 && parts.validation == whole.validation)
            // More checkpoints are left by those that were stopped; compare what both have.
            for entry in try Checkpoint.all(in: plugs.folder("whole").appending("checkpoints")) {
                let other = plugs.folder("parts-\(every)").appending("checkpoints")
                let same = try #require(
                    try Checkpoint.all(in: other).first {
                        $0.checkpoint.step == entry.checkpoint.step
                    })
                #expect(same.checkpoint == entry.checkpoint)
            }
            let text = { (name: String) in
                try String(
                    contentsOfFile: plugs.folder(name).appending("metrics.jsonl").string,
                    encoding: .utf8)
            }
            #expect(try text("parts-\(every)") == text("whole"))
        }
    }

    @Test func `of several phases goes on between them as one that was not stopped`() throws {
        for from in PhaseRecipe.From.allCases {
            let recipe = try makeRecipe(
                """
                phases:
                  - {name: one, length: 3 steps, optimiser: {kind: adam, rate: 1e-2}}
                  - {name: two, from: \(from.rawValue), length: 3 steps, loss: mse, ema: none}
                  - {name: three, from: \(from.rawValue), length: 2 steps}
                validation: {every: 1 step}
                checkpoints: {every: 1 step, last: 1, best: []}
                """)
            let whole = try train(recipe, named: "whole-\(from)")
            #expect(whole.steps == 8)
            for every in [1, 2, 3] {
                _ = try train(recipe, named: "parts-\(from)-\(every)", stoppingEvery: every)
                #expect(try plugs.isSame("whole-\(from)", "parts-\(from)-\(every)"))
            }
        }
    }

    @Test(arguments: PhaseRecipe.From.allCases)
    func `begins a phase with the weights it asks for`(from: PhaseRecipe.From) throws {
        let name = "from-\(from)"
        // The second phase hardly moves. The first overshoots, so that its last is not its best.
        _ = try train(
            makeRecipe(
                """
                phases:
                  - {name: one, length: 6 steps, optimiser: {kind: adam, rate: 3e-2}}
                  - name: two
                    from: \(from.rawValue)
                    length: 1 step
                    ema: none
                    optimiser: {kind: adam, rate: 1e-9}
                validation: {every: 1 step}
                checkpoints: {every: 1 step, last: 100}
                """), named: name)
        let all = try Checkpoint.all(in: plugs.folder(name).appending("checkpoints"))
        let before = Array(all.prefix(6))
        let best = try #require(Checkpoint.best(of: before, by: .ssim))
        func weight(_ index: Int, _ file: String, _ name: String) throws -> [Float] {
            try #require(
                try all[index].checkpoint.weights(file, in: all[index].folder)[name]?.floats())
        }
        let network = Checkpoint.networkFile
        let expected =
            switch from {
            case .averaged: try weight(5, network, "conv_first.weight")
            case .last: try weight(5, Checkpoint.stateFile, "network.conv_first.weight")
            case .best:
                try weight(best.checkpoint.step - 1, network, "conv_first.weight")
            }
        let found = try weight(6, network, "conv_first.weight")
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-7 })
        let others = try (0..<6).filter { index in
            try zip(weight(index, network, "conv_first.weight"), found)
                .allSatisfy { abs($0 - $1) < 1e-7 }
        }
        #expect(others.count == (from == .last ? 0 : 1))
    }

    @Test func `skips steps whose loss is no number, naming the patches, and halts in the end`()
        throws
    {
        let broken = try plugs.pair("plug-x", broken: true)
        let recipe = try makeRecipe(
            """
            loss: mse
            failed_steps: 3
            network: {architecture: srresnet, blocks: 1, features: 4}
            """)
        var skipped: [(step: Int, patches: [String])] = []
        let run = try plugs.run(recipe, [broken, pairs[2]], named: "broken")
        let message = message {
            _ = try run.run {
                if case .skipped(let step, let patches) = $0 { skipped.append((step, patches)) }
            }
        }
        #expect(skipped.map(\.step) == [1, 2, 3])
        #expect(skipped.allSatisfy { !$0.patches.isEmpty })
        #expect(skipped.flatMap(\.patches).allSatisfy { $0.hasPrefix("plug-x/z") })
        #expect(message.contains("no number in 3 steps up to step 3"))
        #expect(message.contains("plug-x/z") && !message.contains("\n"))
        #expect(try lines("broken").map { $0.values["skipped"] } == [1, 1, 1])
    }

    @Test func `learns from what comes between the steps that it skips, as if they had not been`()
        throws
    {
        let broken = try plugs.pair("plug-x", broken: true)
        let recipe = try makeRecipe(
            """
            loss: mse
            batch: 1
            patches_per_epoch: 16
            length: 1 epoch
            failed_steps: 16
            network: {architecture: srresnet, blocks: 1, features: 4}
            checkpoints: {every: 1 step, last: 100}
            """)
        var skipped: [Int] = []
        let run = try plugs.run(recipe, [broken] + pairs, named: "mixed")
        let outcome = try run.run {
            if case .skipped(let step, _) = $0 { skipped.append(step) }
        }
        #expect(outcome.steps == 16 && (1..<16).contains(skipped.count))
        let all = try Checkpoint.all(in: plugs.folder("mixed").appending("checkpoints"))
        for step in skipped where step > 1 {
            let sums = all[(step - 2)...(step - 1)].map { $0.checkpoint.files.map(\.sha256)[1] }
            #expect(sums[0] == sums[1], "step \(step) changed something")
        }
        #expect(all.last?.checkpoint.optimiserSteps == Int64(16 - skipped.count))
        #expect(try #require(outcome.validation["psnr"]).isFinite)
    }

    @Test func `ends a phase early when it gets no better`() throws {
        var early: [Int] = []
        let run = try plugs.run(
            makeRecipe(
                """
                length: 50 epochs
                optimiser: {kind: adam, rate: 1e-9}
                validation: {every: 2 steps}
                early_stop: {metric: ssim, patience: 3, minimum: 0.5}
                """), pairs, named: "early")
        let outcome = try run.run {
            if case .endedEarly(_, let step) = $0 { early.append(step) }
        }
        // The first validation is the best, three more do not reach it by 0.5.
        #expect(early == [8] && outcome.steps == 8 && !outcome.wasStopped)
        let again = try plugs.run(
            makeRecipe(
                """
                length: 50 epochs
                optimiser: {kind: adam, rate: 1e-9}
                validation: {every: 2 steps}
                early_stop: {metric: ssim, patience: 3, minimum: 0.5}
                """), pairs, named: "early", resumes: true)
        #expect(try again.run { _ in }.steps == 8)
    }

    @Test func `that is to end early, or to go on from the best, needs validation samples`() throws
    {
        let early = try makeRecipe("early_stop: {patience: 2}")
        let best = try makeRecipe(
            "phases:\n  - {name: a, length: 1 step}\n  - {name: b, length: 1 step, from: best}")
        for (recipe, phase) in [(early, "training"), (best, "b")] {
            let message = message {
                _ = try plugs.run(recipe, Array(pairs.prefix(2)), named: "none-\(phase)")
            }
            #expect(message.contains("'\(phase)'") && message.contains("validation"))
            #expect(!FileManager.default.fileExists(atPath: plugs.folder("none-\(phase)").string))
        }
    }

    @Test func `refuses a folder with another run, and to go on with what is not the same`() throws
    {
        let recipe = try makeRecipe("length: 1 step")
        #expect(
            message { _ = try plugs.run(recipe, pairs, named: "one", resumes: true) }
                .contains("holds no run to go on with"))
        _ = try plugs.run(recipe, pairs, named: "one").run { _ in }
        #expect(
            message { _ = try plugs.run(recipe, pairs, named: "one") }
                .contains("holds a run already. Give --resume"))
        let other = try makeRecipe("length: 2 steps")
        #expect(
            message { _ = try plugs.run(other, pairs, named: "one", resumes: true) }
                .contains("was begun with another recipe"))
        let fewer = message {
            _ = try plugs.run(recipe, Array(pairs.dropFirst()), named: "one", resumes: true)
        }
        #expect(fewer.contains("was begun with other training samples or patches"))
    }

    @Test func `that was stopped before its first checkpoint begins again`() throws {
        let recipe = try makeRecipe("length: 2 steps")
        _ = try plugs.run(recipe, pairs, named: "begun")
        let outcome = try plugs.run(recipe, pairs, named: "begun", resumes: true).run { _ in }
        #expect(outcome.steps == 2)
        _ = try plugs.run(recipe, pairs, named: "straight").run { _ in }
        #expect(try plugs.isSame("straight", "begun"))
    }

    @Test func `refuses a damaged checkpoint in one line`() throws {
        let recipe = try makeRecipe("length: 2 steps")
        _ = try plugs.run(recipe, pairs, named: "damaged").run { _ in }
        let folder = Checkpoint.folder(2, in: plugs.folder("damaged").appending("checkpoints"))
        let path = folder.appending(Checkpoint.stateFile).string
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 4
        try bytes.write(to: URL(fileURLWithPath: path))
        let message = message { _ = try plugs.run(recipe, pairs, named: "damaged", resumes: true) }
        #expect(message.contains("step-0000002 is damaged") && !message.contains("\n"))
    }

    @Test func `refuses to mix samples of different parts of the split`() throws {
        let record = pairs[0]
        func alias(_ name: String) throws -> TrainingPair {
            TrainingPair(
                sample: try #require(SampleID(name)), material: record.material,
                split: .validation, pair: record.pair, lowOrigin: record.lowOrigin,
                lowScanShape: record.lowScanShape, lowWindow: record.lowWindow,
                highWindow: record.highWindow, patches: record.patches)
        }
        for (name, reason) in [
            ("plug-a", "'plug-a' and 'plug-a' share a name, but are in different parts"),
            (
                "plug-z",
                "'plug-a' and 'plug-z' share the file plug-a.h5, but are in different parts"
            ),
        ] {
            let message = message {
                _ = try plugs.run(makeRecipe(), pairs + [alias(name)], named: "mixed")
            }
            #expect(message.contains(reason))
        }
        #expect(!FileManager.default.fileExists(atPath: plugs.folder("mixed").string))
    }

    @Test func `refuses a patch that its network cannot take`() throws {
        let recipe = try makeRecipe(
            "network: {architecture: unet, depth: 5, base: 2}\nscale: 2\npatch: 36")
        let message = message { _ = try plugs.run(recipe, pairs, named: "unfit") }
        #expect(message.contains("A patch of 36 does not fit a network 'unet'"))
        #expect(message.contains("'patch' of 32"))
    }

    @Test
    func `refuses, before it begins, a phase that comes to no step or an epoch without a batch`()
        throws
    {
        let empty = try makeRecipe(
            """
            accumulate: 9
            phases:
              - {name: long, length: 5 steps}
              - {name: short, length: 2 epochs}
            """)
        let short = try makeRecipe("batch: 9")
        for (recipe, reason) in [
            (empty, "The phase 'short' comes to no step"), (short, "does not fill a batch of 9"),
        ] {
            #expect(message { _ = try plugs.run(recipe, pairs, named: "no") }.contains(reason))
            #expect(!FileManager.default.fileExists(atPath: plugs.folder("no").string))
        }
    }

    @Test func `refuses a patch too small to judge by, or for windows of SSIM`() throws {
        func refusal(_ lines: String) -> String {
            message { _ = try plugs.run(makeRecipe(lines), pairs, named: "small") }
        }
        #expect(
            refusal("patch: 12").contains("too small for validation at scale 4, which needs 15"))
        #expect(
            refusal("scale: 1\npatch: 10\nloss: mixture").contains("too small for a loss of SSIM"))
        _ = try plugs.run(
            makeRecipe("patch: 16\nlength: 1 step\nloss: mixture"), pairs, named: "least"
        )
        .run { _ in }
    }
}

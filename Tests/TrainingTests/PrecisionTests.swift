import Foundation
import Networks
import RunLog
import SystemPackage
import Testing
import Torch
import TrainingRecipe

@testable import Training

@Suite struct `Precision` {
    @Test func `of half a float needs a GPU, and bf16 does not`() throws {
        let plugs = try Plugs()
        let pairs = try plugs.pairs()
        let text = message {
            _ = try plugs.run(makeRecipe("precision: fp16"), pairs, named: "half")
        }
        #expect(text == "'precision: fp16' needs a GPU. Take fp32 or bf16 on the processor.")
        #expect(!FileManager.default.fileExists(atPath: plugs.folder("half").string))
        let recipe = try makeRecipe(
            """
            precision: bf16
            length: 20 epochs
            loss: mixture
            optimiser: {kind: adamw, rate: 3e-3}
            """)
        _ = try plugs.run(recipe, pairs, named: "bf16").run { _ in }
        let losses = try MetricsLog.lines(of: plugs.folder("bf16").appending("metrics.jsonl"))
            .filter { $0.part == "train" }.compactMap { $0.values["loss"] }
        let (first, last) = (losses.prefix(8).reduce(0, +), losses.suffix(8).reduce(0, +))
        #expect(losses.count == 80 && last < 0.7 * first)
    }

    @Test func `scales losses down when they overflow, and up after long without`() {
        var scale = LossScale()
        #expect(scale.factor == 65536)
        let first = scale.follow(isFinite: false)
        #expect(first && scale.factor == 32768)
        let rest = (0..<1999).map { _ in scale.follow(isFinite: true) }
        #expect(!rest.contains(true) && scale.factor == 32768)
        _ = scale.follow(isFinite: true)
        #expect(scale.factor == 65536 && scale.steps == 0)
        let falls = (0..<17).map { _ in scale.follow(isFinite: false) }
        // At one, what is no number was none before it was scaled.
        #expect(falls == Array(repeating: true, count: 16) + [false] && scale.factor == 1)
    }

    /// Layers in half precision, which this processor can compute as well, if slowly.
    @Test func `of scaled losses gives the gradients of single precision`() throws {
        try Library.setThreads(1)
        func step(_ lines: String, times factor: Float = 1) throws -> (Learner, Learner.Step) {
            let recipe = try makeRecipe("loss: mse\nema: none\n" + lines)
            let learner = try Learner(
                NetworkDescription(recipe, highSlices: 1), recipe: recipe,
                phase: recipe.phases[0], device: .cpu
            ) { _, _ in preconditionFailure("no features") }
            let low = (0..<64).map { Float(($0 * 37) % 64) / 64 }
            let high = (0..<1024).map { factor * Float(($0 * 53) % 97) / 97 }
            let batch = (
                low: try Tensor(low, shape: [1, 1, 8, 8]),
                high: try Tensor(high, shape: [1, 1, 32, 32])
            )
            return (learner, try learner.step([batch], learningRate: 1e-3))
        }
        let (_, single) = try step("precision: fp32")
        let (half, scaled) = try step("precision: fp16")
        #expect(single.outcome == .taken && scaled.outcome == .taken)
        #expect(scaled.values["loss_scale"] == 65536 && half.lossScale?.steps == 1)
        #expect(abs(scaled.gradientNorm - single.gradientNorm) < 0.02 * single.gradientNorm)
        // A loss so large that its gradient overflows only because it is scaled.
        let (rescaled, overflown) = try step("precision: fp16", times: 1e3)
        #expect(overflown.outcome == .rescaled && rescaled.lossScale?.factor == 32768)
        let (_, failed) = try step("precision: fp32", times: .infinity)
        #expect(failed.outcome == .failed)
    }
}

import Dataset
import Foundation
import Networks
import RunLog
import SystemPackage
import Testing
import Torch
import WeightFiles

@testable import Training
@testable import TrainingRecipe

@Suite struct `A phase with a discriminator` {
    private let plugs: Plugs
    private let pairs: [TrainingPair]

    init() throws {
        plugs = try Plugs()
        pairs = try plugs.pairs()
    }

    private func train(
        _ recipe: TrainingRecipe, named name: String, stoppingEvery steps: Int? = nil,
        features: Int = 2
    ) throws {
        var resumes = false
        while true {
            var done = 0
            let run = try plugs.run(recipe, pairs, named: name, resumes: resumes)
            run.discriminatorFeatures = features
            run.featureTraining = .quick
            let outcome = try run.run {
                if case .step = $0 { done += 1 }
            } isStopped: {
                steps.map { done >= $0 } ?? false
            }
            guard outcome.wasStopped else { return }
            resumes = true
        }
    }

    private func recipe(
        _ gan: String, ema: String = "0.9", rate: String = "1e-3"
    ) throws -> TrainingRecipe {
        try makeRecipe(
            """
            ema: \(ema)
            phases:
              - {name: one, length: 2 steps, loss: mse}
              - name: two
                length: 4 steps
                loss: {l1: 0.1, perceptual: {weight: 1, network: catalog}, gan: \(gan)}
                optimiser: {kind: adam, rate: \(rate), betas: [0.9, 0.99], weight_decay: 0}
            checkpoints: {every: 1 step, last: 100}
            """)
    }

    private func state(_ name: String, step: Int) throws -> StateDictionary {
        let folder = plugs.folder(name).appending("checkpoints")
        let entry = try #require(
            try Checkpoint.all(in: folder).first { $0.checkpoint.step == step })
        return try entry.checkpoint.weights(Checkpoint.stateFile, in: entry.folder)
    }

    @Test(arguments: [
        "{weight: 0.1, kind: bce, discriminator: srgan}",
        "{weight: 0.1, kind: lsgan, discriminator: srgan, rate: 1e-4}",
        "{weight: 0.1, kind: ragan, discriminator: unet}",
    ])
    func `goes on, discriminator and all, with the bits of one that was not stopped`(gan: String)
        throws
    {
        let recipe = try recipe(gan)
        try train(recipe, named: "whole")
        for every in [1, 3] {
            try train(recipe, named: "parts-\(every)", stoppingEvery: every)
            #expect(try plugs.isSame("whole", "parts-\(every)"))
        }
        let names = try state("whole", step: 6).names
        #expect(names.contains { $0.hasPrefix("discriminator_optimiser.exp_avg.") })
        #expect(
            names.contains(
                gan.contains("unet")
                    ? "discriminator.conv1.weight_u" : "discriminator.features.3.running_mean"))
        #expect(try !state("whole", step: 2).names.contains { $0.hasPrefix("discriminator") })
    }

    @Test(arguments: AdversarialRecipe.Kind.allCases)
    func `teaches the discriminator to tell, by every loss`(kind: AdversarialRecipe.Kind) throws {
        // The network hardly moves, so it is told the better from HIGH the longer it takes.
        let recipe = try makeRecipe(
            """
            phases:
              - name: two
                length: 150 steps
                loss:
                  l1: 1
                  gan: {weight: 0.01, kind: \(kind.rawValue), discriminator: unet, rate: 3e-3}
                optimiser: {kind: adam, rate: 1e-6}
            """)
        try train(recipe, named: "tells", features: 8)
        let lines = try MetricsLog.lines(of: plugs.folder("tells").appending("metrics.jsonl"))
            .filter { $0.part == "train" }
        func mean(_ lines: ArraySlice<MetricsLine>, _ name: String) throws -> Double {
            try lines.map { try #require($0.values[name]) }.reduce(0, +) / Double(lines.count)
        }
        #expect(
            try mean(lines.suffix(5), "discriminator") < mean(lines.prefix(5), "discriminator"))
        func gap(_ lines: ArraySlice<MetricsLine>) throws -> Double {
            try mean(lines, "said_of_real") - mean(lines, "said_of_made")
        }
        #expect(try gap(lines.suffix(5)) > gap(lines.prefix(5)) + 0.2)
    }

    @Test func `moves the discriminator at its own rate, and by default at the network's`() throws {
        // Adam's first step is as long as the rate, wherever the gradient points.
        for (rate, expected) in [(", rate: 1e-4", 1e-4), ("", 1e-3)] {
            let name = "rate\(expected)"
            try train(recipe("{weight: 0.1, kind: bce, discriminator: unet\(rate)}"), named: name)
            let settings = AdversarialRecipe(kind: .bce, discriminator: .unet, rate: nil)
            let fresh = try Adversary(
                settings, optimiser: .standard, channels: 1, edge: 32, features: 2, seed: 1,
                device: .cpu, precision: nil)
            let key = "discriminator.conv9.weight"
            let before = try #require(fresh.state.first { $0.name == key }).tensor.floats()
            let after = try #require(try state(name, step: 3)[key]?.floats())
            let moved = zip(before, after).map { Double(abs($0 - $1)) }.max() ?? 0
            #expect(abs(moved - expected) < 0.02 * expected)
        }
    }

    @Test func `leaves both as they were where a step is no number`() throws {
        let broken = try plugs.pair("plug-x", broken: true)
        let recipe = try makeRecipe(
            """
            batch: 1
            patches_per_epoch: 16
            failed_steps: 16
            phases:
              - name: two
                length: 16 steps
                loss: {mse: 1, gan: {weight: 0.01, kind: bce, discriminator: srgan}}
            checkpoints: {every: 1 step, last: 100}
            """)
        let run = try plugs.run(recipe, [broken] + pairs, named: "broken")
        run.discriminatorFeatures = 2
        var skipped: [Int] = []
        _ = try run.run { if case .skipped(let step, _) = $0 { skipped.append(step) } }
        #expect((1..<16).contains(skipped.count))
        for step in skipped where step > 1 {
            #expect(try state("broken", step: step) == state("broken", step: step - 1))
        }
        let last = try state("broken", step: 16)
        #expect(last.entries.allSatisfy { $0.tensor.floats()?.allSatisfy(\.isFinite) ?? true })
    }

    @Test func `refuses a patch that the discriminator cannot take`() throws {
        let recipe = try makeRecipe(
            "patch: 36\nloss: {l1: 1, gan: {weight: 1, kind: bce, discriminator: unet}}")
        #expect(
            message { _ = try plugs.run(recipe, pairs, named: "unfit") }
                .contains("A patch of 36 does not fit the discriminator 'unet'"))
    }
}

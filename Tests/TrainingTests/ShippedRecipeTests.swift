import Dataset
import Foundation
import RunLog
import SystemPackage
import Networks
import Testing
import Torch
import WeightFiles

@testable import Training
@testable import TrainingRecipe

/// The recipes that come with the program, made small enough for a test: fewer and narrower layers,
/// smaller patches, a discriminator of few features, phases of some dozen steps. A learning rate for weeks would not move anything in
/// these, so it is ten times as large. Losses, optimisers, kinds of schedule and phases stay.
enum Shrunk {
    static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("manifests/training")

    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [])
        .filter { $0.hasSuffix(".yaml") }.sorted()

    /// Steps of each phase.
    static let steps = 40

    static func recipe(_ file: String) throws -> TrainingRecipe {
        let full = try TrainingRecipe(contentsOf: folder.appending(file))
        let network: NetworkRecipe =
            switch full.network {
            case .srcnn(let options):
                .srcnn(
                    SRCNNRecipe(
                        kernels: options.kernels, features: [8, 4], padding: options.padding))
            case .srresnet: .srresnet(SRResNetRecipe(blocks: 1, features: 8))
            case .edsr(let options):
                .edsr(EDSRRecipe(blocks: 1, features: 8, residualScale: options.residualScale))
            case .rrdb: .rrdb(RRDBRecipe(blocks: 1, features: 8, growth: 4))
            case .unet(let options):
                .unet(
                    UNetRecipe(
                        depth: options.depth, base: 4, normalisation: options.normalisation,
                        attention: options.attention, isResidual: options.isResidual,
                        slope: options.slope))
            }
        return TrainingRecipe(
            name: full.name, network: network, scale: full.scale, patch: 16 * full.scale,
            lowSlices: full.lowSlices, highSlices: full.highSlices, batch: 2,
            accumulate: full.accumulate, patchesPerEpoch: 20, seed: full.seed, start: full.start,
            phases: full.phases.map(phase), data: full.data, precision: full.precision,
            validation: full.validation, checkpoints: full.checkpoints,
            failedSteps: full.failedSteps)
    }

    private static func phase(_ full: PhaseRecipe) -> PhaseRecipe {
        let optimiser = OptimiserRecipe(
            kind: full.optimiser.kind, rate: 10 * full.optimiser.rate, betas: full.optimiser.betas,
            weightDecay: full.optimiser.weightDecay)
        let course: ScheduleRecipe.Course =
            switch full.schedule.course {
            case .steps(let milestones, let factor):
                .steps(
                    milestones: milestones.indices.map { .steps(steps / 2 + 2 * $0) },
                    factor: factor)
            case let course: course
            }
        return PhaseRecipe(
            name: full.name, length: .steps(steps), from: full.from, loss: full.loss,
            optimiser: optimiser,
            schedule: ScheduleRecipe(
                course: course, warmUp: .steps(min(full.schedule.warmUp.count, 5))),
            gradientClip: full.gradientClip, ema: full.ema.map { min($0, 0.9) },
            earlyStop: full.earlyStop)
    }
}

@Suite struct `A shipped recipe` {
    /// Means over the first and the last steps of a phase.
    private func ends(_ lines: ArraySlice<MetricsLine>, _ name: String) -> (Double, Double) {
        let values = lines.compactMap { $0.values[name] }
        func mean(_ values: ArraySlice<Double>) -> Double {
            values.reduce(0, +) / Double(values.count)
        }
        return (mean(values.prefix(8)), mean(values.suffix(8)))
    }

    @Test(arguments: Shrunk.names)
    func `takes steps, and its loss goes down`(file: String) throws {
        let plugs = try Plugs()
        if file == "example.yaml" { try plugs.writeVGG19("vgg19.pth") }
        let recipe = try Shrunk.recipe(file)
        // Pairs of scale 4 serve scale 2 as well.
        let pairs = try plugs.pairs(scale: recipe.scale == 2 ? 4 : recipe.scale)
        let run = try plugs.run(recipe, pairs, named: "run")
        run.featureTraining = .quick
        run.discriminatorFeatures = 4
        let outcome = try run.run { _ in }
        #expect(outcome.steps == Shrunk.steps * recipe.phases.count)
        let all = try MetricsLog.lines(of: plugs.folder("run").appending("metrics.jsonl"))
            .filter { $0.part == "train" }
        #expect(all.allSatisfy { $0.values.values.allSatisfy(\.isFinite) })
        #expect(all.allSatisfy { $0.values["skipped"] == nil })
        for (index, phase) in recipe.phases.enumerated() {
            let lines = all[(index * Shrunk.steps)..<((index + 1) * Shrunk.steps)]
            let names = Set(lines.flatMap { $0.values.keys })
            #expect(names.isSuperset(of: phase.loss.terms.map(\.kind.rawValue)))
            guard phase.loss.adversarial != nil else {
                let (first, last) = ends(lines, "loss")
                // A U-Net begins as interpolation, from which it is a long way down.
                let most = recipe.network.architecture == .unet ? 0.98 : 0.95
                #expect(last < most * first, "\(file), \(phase.name): \(first) to \(last)")
                continue
            }
            // Against an adversary that gets better nothing falls for sure. The discriminator learns,
            // and what is compared with HIGH stays near what the first phase had come to.
            let discriminator = ends(lines, "discriminator")
            #expect(
                discriminator.1 < discriminator.0, "\(file): discriminator \(discriminator)")
            let said = (ends(lines, "said_of_real").1, ends(lines, "said_of_made").1)
            #expect(said.0 > said.1, "\(file): said of real and made \(said)")
            let pixels = ends(lines, "l1")
            #expect(pixels.1 < 1.5 * pixels.0, "\(file): l1 \(pixels)")
            let perceptual = ends(lines, "perceptual")
            #expect(perceptual.1 < 1.5 * perceptual.0, "\(file): perceptual \(perceptual)")
        }
    }
}

extension FeatureTraining {
    /// One for tests: narrow, and not trained for long.
    static let quick = FeatureTraining(steps: 20, batch: 4, features: 4, largestEdge: 32)
}

extension Plugs {
    /// A narrow VGG19 with drawn weights, in a file of torchvision's names with its dense layers.
    func writeVGG19(_ name: String, features: Int = 2) throws {
        var source = WeightSource(seed: 5)
        let network = try VGG19(features: features, from: &source)
        var state = try StateDictionary(
            network.state.map { NamedTensor($0.name, $0.tensor) })
        state["classifier.0.weight"] = WeightTensor([1, 2], shape: [1, 2])
        try PyTorchFile.write(state, to: scratch.appending(name))
    }
}

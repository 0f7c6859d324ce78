import Dataset
import Foundation
import Networks
import RunLog
import SystemPackage
import Testing
import TrainingRecipe
import Volumes
import WeightFiles

@testable import Training

@Suite struct `A network of several slices` {
    private let plugs: Plugs
    private let pairs: [TrainingPair]

    init() throws {
        plugs = try Plugs()
        pairs = try plugs.pairs()
    }

    private static let networks = [
        "{architecture: srcnn, features: [4, 4]}", "{architecture: unet, depth: 2, base: 4}",
        "{architecture: srresnet, blocks: 1, features: 4}",
        "{architecture: edsr, blocks: 1, features: 4}",
        "{architecture: rrdb, blocks: 1, features: 4, growth: 2}",
    ]

    @Test(arguments: networks)
    func `sees as many LOW slices as asked for, and finds each HIGH slice`(network: String) throws {
        let recipe = try makeRecipe(
            """
            network: \(network)
            low_slices: 3
            high_slices: all
            length: 2 steps
            data: {scanned: 0.5, degradation: tomography, augmentation: all}
            """)
        let outcome = try plugs.run(recipe, pairs, named: "run").run { _ in }
        let file = try #require(outcome.checkpoint).appending(Checkpoint.networkFile)
        let weights = try Safetensors.read(file)
        #expect(weights.metadata["low_slices"] == "3" && weights.metadata["high_slices"] == "all")
        let text = try #require(weights.metadata["network"])
        let description = try JSONDecoder().decode(NetworkDescription.self, from: Data(text.utf8))
        #expect(description.channels == 3 && description.outputs == 4 && description.scale == 4)
        var source = WeightSource(seed: 0)
        let built = try description.build(from: &source)
        try built.load(weights.tensors(on: .cpu))
        #expect(try #require(outcome.validation["psnr"]).isFinite)
    }

    @Test func `that is one of images finds one slice`() throws {
        let shape = Shape(depth: 1, height: 24, width: 24)
        let images = [
            try plugs.pair("image-a", shape: shape),
            try plugs.pair("image-b", phase: 1, part: .validation, shape: shape),
        ]
        let outcome = try plugs.run(
            makeRecipe("high_slices: all\nlength: 1 step"), images, named: "images"
        ).run { _ in }
        let file = try #require(outcome.checkpoint).appending(Checkpoint.networkFile)
        #expect(try Safetensors.read(file)["conv_last.weight"]?.shape == [1, 4, 3, 3])
        #expect(
            message {
                _ = try plugs.run(makeRecipe("low_slices: 3"), images, named: "deep")
            }.contains("does not fit in the pair's 1x24x24"))
    }

    @Test(arguments: ["middle", "mean", "all"], [1, 3, 5])
    func `begins, as a U-Net, as the enlarged LOW slice in the middle`(high: String, low: Int)
        throws
    {
        let outcome = try plugs.run(
            makeRecipe(
                """
                network: {architecture: unet, depth: 2, base: 4}
                low_slices: \(low)
                high_slices: \(high)
                length: 1 step
                ema: none
                optimiser: {kind: adam, rate: 1e-9}
                """), pairs, named: "unet"
        ).run { _ in }
        // Its last layer begins small, but not at nothing.
        let (psnr, bicubic) = (
            try #require(outcome.validation["psnr"]), try #require(outcome.bicubic["psnr"])
        )
        #expect(abs(psnr - bicubic) < 3, "\(psnr), and \(bicubic) of bicubic interpolation")
    }

    @Test func `tells HIGH slices apart that one LOW slice shows as one`() throws {
        func train(_ lines: String, named name: String) throws -> TrainingRun.Outcome {
            try plugs.run(
                makeRecipe(
                    """
                    network: {architecture: edsr, blocks: 2, features: 8}
                    patches_per_epoch: 16
                    length: 40 epochs
                    optimiser: {kind: adamw, rate: 5e-3}
                    data: {augmentation: none}
                    \(lines)
                    """), pairs, named: name
            ).run { _ in }
        }
        // The neighbours say which way it goes from slice to slice.
        let deep = try train("low_slices: 3\nhigh_slices: all", named: "deep")
        let flat = try train("low_slices: 1\nhigh_slices: all", named: "flat")
        let (psnr, bicubic) = (
            try #require(deep.validation["psnr"]), try #require(deep.bicubic["psnr"])
        )
        #expect(psnr > bicubic + 1)
        #expect(psnr > (try #require(flat.validation["psnr"])) + 0.5)
    }

    @Test func `goes on with the bits of one that was not stopped`() throws {
        let recipe = try makeRecipe(
            """
            low_slices: 3
            high_slices: all
            length: 4 steps
            loss: {ms_ssim: 1, gan: {weight: 0.1, kind: ragan, discriminator: unet}}
            data: {scanned: 0.5, degradation: fitted, augmentation: {turns: true}}
            checkpoints: {every: 1 step, last: 100}
            """)
        for (name, every) in [("whole", Int.max), ("parts", 1)] {
            var resumes = false
            while true {
                var done = 0
                let run = try plugs.run(recipe, pairs, named: name, resumes: resumes)
                run.discriminatorFeatures = 2
                let outcome = try run.run {
                    if case .step = $0 { done += 1 }
                } isStopped: {
                    done >= every
                }
                guard outcome.wasStopped else { break }
                resumes = true
            }
        }
        #expect(try plugs.isSame("whole", "parts"))
    }

    @Test func `has the slope that its recipe gives a U-Net`() throws {
        func sum(_ slope: String) throws -> [Float] {
            let name = "slope\(slope)"
            let outcome = try plugs.run(
                makeRecipe(
                    """
                    network: {architecture: unet, depth: 2, base: 4, slope: \(slope)}
                    length: 2 steps
                    """), pairs, named: name
            ).run { _ in }
            let file = try #require(outcome.checkpoint).appending(Checkpoint.networkFile)
            return try #require(try Safetensors.read(file)["last.weight"]?.floats())
        }
        #expect(try sum("0.2") != sum("0.05"))
    }
}

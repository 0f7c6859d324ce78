import Foundation
import Networks
import SystemPackage
import TestSupport
import Testing
import Torch
import TrainingRecipe
import WeightFiles
import Workspace

@testable import Training

/// A run's folder with checkpoints of networks that differ, as a run leaves them.
private struct FinishedRun {
    let scratch: ScratchFolder
    var path: FilePath { scratch.path.appending("run") }
    static let description: NetworkDescription = {
        var edsr = EDSRDescription.medium(scale: 2)
        (edsr.features, edsr.blocks) = (4, 1)
        return .edsr(edsr)
    }()

    /// One checkpoint for each of the figures, at steps 10, 20, ...
    init(_ validations: [[String: Double]?]) throws {
        scratch = try ScratchFolder()
        for (index, validation) in validations.enumerated() {
            let step = 10 * (index + 1)
            let network = try Self.network(step)
            let weights = try StateDictionary(
                network.state.map { NamedTensor($0.name, $0.tensor) },
                metadata: [
                    "network": CanonicalJSON.text(Self.description), "step": String(step),
                ])
            var progress = RunProgress(nil)
            progress.step = step
            if let validation { _ = progress.take(validation, earlyStop: nil) }
            _ = try Checkpoint.write(
                to: Checkpoint.folder(step, in: path.appending("checkpoints")), network: weights,
                state: weights
            ) {
                progress.checkpoint(optimiserSteps: 0, isJudged: validation != nil, files: $0)
            }
        }
    }

    static func network(_ step: Int) throws -> any SuperResolutionNetwork {
        var source = WeightSource(seed: UInt64(step))
        return try description.build(from: &source)
    }

    func checkpoint(_ step: Int) -> FilePath {
        Checkpoint.folder(step, in: path.appending("checkpoints"))
    }
}

/// Whether a network is the one of that step.
private func expect(_ trained: TrainedNetwork, isOf step: Int) throws {
    #expect(trained.step == step)
    #expect(trained.description == FinishedRun.description)
    let expected = try FinishedRun.network(step).state
    #expect(trained.network.state.count == expected.count)
    for (found, wanted) in zip(trained.network.state, expected) {
        #expect(found.name == wanted.name)
        #expect(try found.tensor.bytes() == wanted.tensor.bytes())
    }
}

@Suite struct `A trained network` {
    static let figures: [[String: Double]?] = [
        ["psnr": 30, "ssim": 0.9, "porosity": 0.03], ["psnr": 29, "ssim": 0.95, "porosity": 0.02],
        ["psnr": 31, "ssim": 0.93, "porosity": 0.04], nil,
    ]

    @Test(
        arguments: [(nil, 20, 0.95), (.ssim, 20, 0.95), (.psnr, 30, 31), (.porosity, 20, 0.02)]
            as [(JudgedBy?, Int, Double)])
    func `of a run is the best by its validation`(
        figure: JudgedBy?, step: Int, value: Double
    ) throws {
        let run = try FinishedRun(Self.figures)
        let trained = try TrainedNetwork(at: run.path, bestBy: figure)
        try expect(trained, isOf: step)
        #expect(trained.choice == .best(figure ?? .ssim, value: value))
    }

    @Test func `of a run that was never judged is its last`() throws {
        let run = try FinishedRun([nil, nil])
        let trained = try TrainedNetwork(at: run.path)
        try expect(trained, isOf: 20)
        #expect(trained.choice == .last)
        #expect(throws: TrainingError.self) {
            _ = try TrainedNetwork(at: run.path, bestBy: .psnr)
        }
    }

    @Test func `may be named by its checkpoint or its file`() throws {
        let run = try FinishedRun(Self.figures)
        try expect(TrainedNetwork(at: run.checkpoint(30)), isOf: 30)
        try expect(
            TrainedNetwork(at: run.checkpoint(30).appending("../step-0000040/network.safetensors")),
            isOf: 40)
        #expect(try TrainedNetwork(at: run.checkpoint(10)).choice == .named)
    }

    @Test func `is refused where its weights were changed`() throws {
        let run = try FinishedRun(Self.figures)
        let file = run.checkpoint(20).appending("network.safetensors")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file.string))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(fileURLWithPath: file.string))
        #expect(
            throws: TrainingError.damagedCheckpoint(
                run.checkpoint(20), reason: "network.safetensors is not what was written")
        ) { _ = try TrainedNetwork(at: run.path) }
    }

    @Test func `is told from what is none`() throws {
        let run = try FinishedRun(Self.figures)
        #expect { _ = try TrainedNetwork(at: run.scratch.path) } throws: {
            "\($0)".contains("holds no checkpoint")
        }
        #expect(throws: WeightFileError.missing("/nowhere/run")) {
            _ = try TrainedNetwork(at: "/nowhere/run")
        }
        let bare = run.scratch.path.appending("bare.safetensors")
        try Safetensors.write(
            StateDictionary([NamedTensor("w", Tensor.ones([2]))]), to: bare)
        #expect { _ = try TrainedNetwork(at: bare) } throws: {
            "\($0)".contains("does not say what network")
        }
    }

    @Test func `has all of its weights`() throws {
        let run = try FinishedRun(Self.figures)
        let file = run.scratch.path.appending("part.safetensors")
        var weights = try WeightFile.read(run.checkpoint(10).appending("network.safetensors"))
        weights["conv_last.bias"] = nil
        try Safetensors.write(weights, to: file)
        #expect { _ = try TrainedNetwork(at: file) } throws: {
            guard case TrainingError.damagedCheckpoint? = $0 as? TrainingError else { return false }
            return "\($0)".contains("conv_last.bias")
        }
    }
}

import Dataset
import Foundation
import Networks
import PatchFeed
import SystemPackage
import Testing
import Torch
import TrainingRecipe
import WeightFiles

@testable import Training

@Suite struct `A perceptual loss` {
    private let plugs: Plugs
    private let pairs: [TrainingPair]

    init() throws {
        plugs = try Plugs()
        pairs = try plugs.pairs()
        try Library.setThreads(1)
    }

    private func train(_ training: FeatureTraining, stopAt step: Int = .max) throws
        -> FeatureNetwork?
    {
        let run = plugs.scratch.appending("voxels")
        try FileManager.default.createDirectory(
            atPath: run.string, withIntermediateDirectories: true)
        let staged = try StagedPairs(pairs, workspace: plugs.workspace, folder: run)
        var done = 0
        return try training.train(
            pairs, volumes: staged, recipe: makeRecipe(), device: .cpu,
            report: {
                done = $0; _ = $1
            },
            isStopped: { done >= step })
    }

    private func loss(_ network: FeatureNetwork, _ layers: [String: Double] = [:]) throws
        -> PerceptualLoss
    {
        try PerceptualLoss(network, layers: layers, device: .cpu, precision: nil)
    }

    /// HIGH's grey values as the fixture has them, with another phase for another place.
    private func picture(_ phase: Double) throws -> Tensor {
        var voxels: [Float] = []
        for y in 0..<32 {
            for x in 0..<32 {
                voxels.append(
                    Float((Plugs.grey(5, y, x, phase: phase) - 2000) / 11_000))
            }
        }
        return try Tensor(voxels, shape: [1, 1, 32, 32])
    }

    @Test
    func `on features learnt from the catalog grows with blur and noise, to one for strangers`()
        throws
    {
        var training = FeatureTraining.quick
        (training.steps, training.batch, training.features) = (120, 8, 8)
        let loss = try loss(#require(try train(training)))
        func distance(_ a: Tensor, _ b: Tensor) throws -> Double { try loss(a, b).item() }
        var strangers: [Double] = []
        for phase in [0.0, 1.7] {
            let sharp = try picture(phase)
            #expect(try distance(sharp, sharp) == 0)
            let blurs = try [2, 4, 8].map { size in
                try distance(
                    sharp.averagePooled(size).resized(height: 32, width: 32, by: .bilinear), sharp)
            }
            #expect(blurs[0] > 0.01 && blurs[0] < blurs[1] && blurs[1] < blurs[2])
            let noise = try Tensor(
                (0..<1024).map { Float(($0 * 7919) % 101) / 101 - 0.5 }, shape: [1, 1, 32, 32])
            let noisy = try [0.05, 0.1, 0.2].map {
                try distance(sharp.adding(noise, times: $0), sharp)
            }
            #expect(noisy[0] > 0.01 && noisy[0] < noisy[1] && noisy[1] < noisy[2])
            for other in [0.4, 2.2, 2.9] { strangers.append(try distance(sharp, picture(other))) }
        }
        let mean = strangers.reduce(0, +) / Double(strangers.count)
        #expect(mean > 0.4 && mean < 1.6, "\(strangers)")
    }

    @Test func `has a network that learns to restore what was damaged`() throws {
        func error(steps: Int) throws -> Double {
            var training = FeatureTraining.quick
            (training.steps, training.batch, training.features) = (steps, 8, 8)
            let network = try #require(try train(training))
            var sum = 0.0
            for phase in [0.0, 1.7, 3.1] {
                let sharp = try picture(phase)
                let blurred = try sharp.averagePooled(2).resized(
                    height: 32, width: 32, by: .bilinear)
                sum += try network(blurred, training: false).loss(.l1, to: sharp).item()
            }
            return sum / 3
        }
        #expect(try error(steps: 150) < 0.5 * error(steps: 1))
    }

    @Test func `has the same network from the same patches, and none where it is stopped`() throws {
        let networks = try (0..<2).map { _ in try #require(try train(.quick)) }
        for (one, other) in zip(networks[0].state, networks[1].state) {
            #expect(try one.name == other.name && one.tensor.bytes() == other.tensor.bytes())
        }
        #expect(try train(.quick, stopAt: 5) == nil)
    }

    @Test func `pulls what was made towards what is wanted, and leaves the features alone`() throws
    {
        let network = try #require(try train(.quick))
        let loss = try loss(network, ["conv2_2": 0.5])
        let wanted = try picture(0)
        let made = try wanted.averagePooled(4).resized(height: 32, width: 32, by: .bilinear)
        try made.setRequiresGradient(true)
        let before = try loss(made, wanted)
        try before.backward()
        let gradient = try #require(try made.gradient())
        let after = try loss(made.detached().adding(gradient, times: -10), wanted)
        #expect(try after.item() < before.item())
        for parameter in network.parameters { #expect(try parameter.tensor.gradient() == nil) }
    }

    @Test func `looks at every channel as an image of its own`() throws {
        let loss = try loss(#require(try train(.quick)))
        let (a, b, c, d) = (try picture(0), try picture(1), try picture(2), try picture(3))
        let together = try loss(
            Tensor.concatenated([a, b], dimension: 1), Tensor.concatenated([c, d], dimension: 1))
        let apart = try loss(a, c).item() + loss(b, d).item()
        #expect(abs(try together.item() - apart / 2) < 1e-5)
    }

    @Test func `on VGG19 is the mean difference of its features, weighed`() throws {
        try plugs.writeVGG19("vgg19.pth")
        let network = try VGG19.reading(plugs.scratch.appending("vgg19.pth"), on: .cpu)
        let (a, b) = (try picture(0), try picture(1))
        let loss = try PerceptualLoss(
            network, layers: ["conv1_2": 2, "conv3_4": 0.5], device: .cpu, precision: nil)
        let taps = [VGG19.Tap(block: 1, convolution: 2), VGG19.Tap(block: 3, convolution: 4)]
        let (ofA, ofB) = (
            try network.features(of: a, at: taps), try network.features(of: b, at: taps)
        )
        var expected = 0.0
        for (index, weight) in [2, 0.5].enumerated() {
            let differences = try zip(ofA[index].doubles(), ofB[index].doubles()).map {
                abs($0 - $1)
            }
            expected += weight * differences.reduce(0, +) / Double(differences.count)
        }
        #expect(abs(try loss(a, b).item() - expected) < 1e-5 * expected)
    }

    private func refusal(_ perceptual: String, patch: Int = 32, scale: Int = 4) -> String {
        let text = message {
            let recipe = try makeRecipe(
                "scale: \(scale)\npatch: \(patch)\nloss: {l1: 1, perceptual: \(perceptual)}")
            let pairs = scale == 4 ? pairs : [try plugs.pair("plug-\(scale)", scale: scale)]
            _ = try plugs.run(recipe, pairs, named: "refused")
        }
        #expect(!FileManager.default.fileExists(atPath: plugs.folder("refused").string))
        #expect(!text.contains("\n"))
        return text
    }

    @Test func `says in one line what is wrong with a file of weights`() throws {
        let vgg19 = "{weight: 1, network: vgg19, weights: vgg19.pth}"
        let missing = refusal(vgg19)
        #expect(missing.contains("vgg19.pth cannot be used") && missing.contains("no such file"))
        #expect(missing.contains("Save torchvision's vgg19"))
        let path = plugs.scratch.appending("vgg19.pth")
        try Data("weights".utf8).write(to: URL(fileURLWithPath: path.string))
        #expect(refusal(vgg19).contains("it is neither safetensors nor a file of torch.save"))
        try FileManager.default.removeItem(atPath: path.string)
        var other = StateDictionary()
        other["conv_first.weight"] = WeightTensor([1], shape: [1, 1, 1, 1])
        try PyTorchFile.write(other, to: path)
        #expect(refusal(vgg19).contains("it has no weights 'features.0.weight'"))
        try FileManager.default.removeItem(atPath: path.string)
        var source = WeightSource(seed: 1)
        var cut = try StateDictionary(
            VGG19(features: 2, from: &source).state.map { NamedTensor($0.name, $0.tensor) })
        cut["features.34.bias"] = nil
        try PyTorchFile.write(cut, to: path)
        #expect(refusal(vgg19).contains("at 'features.34.bias' it is missing"))
        try FileManager.default.removeItem(atPath: path.string)
        try plugs.writeVGG19("vgg19.pth")
        #expect(
            refusal(vgg19, patch: 15, scale: 3).contains(
                "A patch of 15 is too small for VGG19, which needs 16"))
        #expect(
            refusal("{weight: 1, network: vgg19, weights: vgg19.pth, layers: {conv5_9: 1}}")
                .contains(
                    "no layer 'conv5_9' in the network of features 'vgg19'. Take one of conv1_1"))
        #expect(
            refusal("{weight: 1, network: catalog, layers: {relu1: 1}}")
                .contains("'relu1' in the network of features 'catalog'. Take one of conv1_2"))
    }

    @Test func `goes on only with the weights of VGG19 that the run began with`() throws {
        try plugs.writeVGG19("vgg19.pth")
        let recipe = try makeRecipe(
            "length: 1 step\nloss: {l1: 1, perceptual: {weight: 1, network: vgg19, weights: vgg19.pth}}"
        )
        _ = try plugs.run(recipe, pairs, named: "one").run { _ in }
        try FileManager.default.removeItem(atPath: plugs.scratch.appending("vgg19.pth").string)
        try plugs.writeVGG19("vgg19.pth", features: 3)
        #expect(
            message { _ = try plugs.run(recipe, pairs, named: "one", resumes: true) }
                .contains("begun with another file of weights of VGG19 (vgg19.pth)"))
    }

    @Test func `keeps its network with the run, and refuses it when it is damaged`() throws {
        let recipe = try makeRecipe(
            "length: 2 steps\nloss: {l1: 1, perceptual: {weight: 1, network: catalog}}")
        /// Steps of the features' training and of the run's that were taken.
        func go(
            _ name: String, resumes: Bool, features limit: Int = .max, steps: Int = .max
        ) throws -> (features: Int, steps: Int) {
            let run = try plugs.run(recipe, pairs, named: name, resumes: resumes)
            run.featureTraining = .quick
            var taken = (features: 0, steps: 0)
            _ = try run.run {
                if case .trainingFeatures = $0 { taken.features += 1 }
                if case .step = $0 { taken.steps += 1 }
            } isStopped: {
                taken.features >= limit || taken.steps >= steps
            }
            return taken
        }
        #expect(try go("whole", resumes: false) == (20, 2))
        // Stopped while it is trained: nothing is kept, and it begins again.
        #expect(try go("parts", resumes: false, features: 10) == (10, 0))
        #expect(try go("parts", resumes: true, steps: 1) == (20, 1))
        #expect(try go("parts", resumes: true) == (0, 1))
        let sum = { (name: String) in
            try Data(
                contentsOf: URL(
                    fileURLWithPath: plugs.folder(name).appending("features.safetensors").string))
        }
        #expect(try sum("whole") == sum("parts"))
        let path = plugs.folder("whole").appending("features.safetensors").string
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(
            message { _ = try go("whole", resumes: true) }
                .contains("features.safetensors is not what was written. Remove it and"))
    }
}

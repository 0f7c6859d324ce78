import Dataset
import Foundation
import Networks
import PatchFeed
import Randomness
import SystemPackage
import Torch
import TrainingRecipe
import Volumes
import WeightFiles
import Workspace

/// How a network of features is trained on a catalog, so that a perceptual loss needs no weights from
/// elsewhere.
///
/// What it learns is a pretext: patches of HIGH are blurred and made noisy, and it has to restore them.
/// To do that through the narrow way of ``FeatureNetwork`` it has to tell edges, grains and pores from
/// noise, and so its features say more of what an image shows than its grey values do. They know nothing
/// else: no names of things, as VGG19's do, and only rock like the catalog's. Only training samples are
/// seen, and the same patches in the same order give the same weights.
struct FeatureTraining {
    /// Steps of the optimiser.
    var steps = 600
    /// Patches of a step.
    var batch = 8
    /// Features at the image's size.
    var features = 24
    /// The largest edge of a patch, in HIGH pixels.
    var largestEdge = 64

    private static let largestRate = 1e-3

    /// Trains a network, unless `isStopped` says otherwise.
    ///
    /// - Parameter report: Told after each step how many are done.
    /// - Returns: The network; `nil` if it was stopped.
    func train(
        _ pairs: [TrainingPair], volumes: StagedPairs, recipe: TrainingRecipe, device: Device,
        report: (_ done: Int, _ total: Int) -> Void, isStopped: () -> Bool
    ) throws -> FeatureNetwork? {
        let edge = max(min(recipe.patch, largestEdge) / recipe.scale, 1) * recipe.scale
        let plan = try SamplePlan(
            pairs, part: .train,
            geometry: try PatchGeometry(scale: recipe.scale, highEdge: edge),
            leavingOut: Set(recipe.data.leaveOut))
        var seeds = SplitMix64(seed: recipe.seed ^ 0x6665_6174_7572_6573)
        var settings = FeedSettings(seed: seeds.next(), batch: batch, epochs: 1)
        settings.samplesPerEpoch = batch * (steps + Self.unitBatches)
        let feed = try PatchFeed(
            plan, volumes: volumes, preparation: AsScanned(), settings: settings)
        var source = WeightSource(
            seed: seeds.next(), on: device,
            channelsLast: WeightSource.prefersChannelsLast(device, nil))
        let network = try FeatureNetwork(features: features, from: &source)
        let optimiser = try Adam(network.parameters, settings: AdamSettings())
        let parameters = network.parameters.map(\.tensor)
        var generator = Philox4x32(seed: seeds.next(), stream: 0)
        for step in 0..<steps {
            if isStopped() { return nil }
            let images = try next(feed, edge: edge, device: device)
            try Parameters.clearGradients(parameters)
            let restored = try network(damaged(images, using: &generator), training: true)
            try restored.loss(.l1, to: images).backward()
            let gradient = try Parameters.finishGradients(parameters, largestNorm: 1)
            let share = Double(step) / Double(steps)
            if gradient.isFinite {
                try optimiser.step(learningRate: Self.largestRate * (1 + cos(.pi * share)) / 2)
            }
            report(step + 1, steps)
        }
        try Parameters.clearGradients(parameters)
        for parameter in parameters { try parameter.setRequiresGradient(false) }
        let last = try (0..<Self.unitBatches).map { _ in
            try next(feed, edge: edge, device: device)
        }
        try network.measureUnits(on: last)
        return network
    }

    /// Batches from which the units of features are taken.
    private static let unitBatches = 8

    private func next(
        _ feed: PatchFeed<AsScanned>, edge: Int, device: Device
    ) throws -> Tensor {
        guard let batch = try feed.next() else {
            preconditionFailure("the feed has as many batches as there are steps")
        }
        defer { batch.release() }
        return try batch.withVoxels { _, high in
            try Tensor(high, shape: [batch.count, 1, edge, edge], on: device)
        }
    }

    /// Images blurred by a Gaussian of up to two pixels, and with noise of up to a tenth of the range.
    private func damaged(
        _ images: Tensor, using generator: inout Philox4x32
    ) throws -> Tensor {
        let sigma = 0.3 + 1.7 * generator.nextUnit()
        let deviation = 0.1 * generator.nextUnit()
        // A reflected margin has to be shorter than the image.
        let reach = min(4, images.shape[3] - 1)
        let weights = (-reach...reach).map { exp(-0.5 * pow(Double($0) / sigma, 2)) }
        let sum = weights.reduce(0, +)
        let kernel = weights.map { Float($0 / sum) }
        let across = try Tensor(kernel, shape: [1, 1, 1, kernel.count], on: images.device)
        let down = try Tensor(kernel, shape: [1, 1, kernel.count, 1], on: images.device)
        var noise = [Float](repeating: 0, count: images.count)
        var numbers = noise.mutableSpan
        NormalDistribution(standardDeviation: deviation).fill(&numbers, using: &generator)
        let blurred = try images.padded(reach, with: .reflect).convolved(across).convolved(down)
        return try blurred + Tensor(noise, shape: images.shape, on: images.device)
    }
}

extension RunFolder {
    private var features: FilePath { path.appending("features.safetensors") }
    private var featuresRecord: FilePath { path.appending("features.json") }

    /// The run's network of features; `nil` if it has not been trained yet.
    ///
    /// - Throws: ``TrainingError/unfitFeatures(_:reason:)`` if it is not what was written.
    func savedFeatures(_ training: FeatureTraining, on device: Device) throws -> FeatureNetwork? {
        guard FileManager.default.fileExists(atPath: featuresRecord.string) else { return nil }
        let record = try CanonicalJSON.read(FileRecord.self, from: featuresRecord)
        guard let found = try? Digest(ofFile: features), found == record.sha256 else {
            throw TrainingError.damagedFeatures(features, record: featuresRecord)
        }
        // In memory as it was trained, so that it gives the same bits.
        var source = WeightSource(
            seed: 0, on: device, channelsLast: WeightSource.prefersChannelsLast(device, nil))
        let network = try FeatureNetwork(features: training.features, from: &source)
        try network.load(try Safetensors.read(features).tensors(on: device))
        for parameter in network.parameters { try parameter.tensor.setRequiresGradient(false) }
        return network
    }

    /// Keeps a network of features for when the run goes on.
    func save(_ network: FeatureNetwork) throws {
        let state = try StateDictionary(
            network.state.map { NamedTensor($0.name, $0.tensor) },
            metadata: ["format": "pt", "network": "features"])
        try AtomicFile.write(to: features) { try Safetensors.write(state, to: $0) }
        try CanonicalJSON.write(
            FileRecord(
                name: "features.safetensors", bytes: try FileFingerprint(of: features).bytes,
                sha256: try Digest(ofFile: features)), to: featuresRecord)
    }
}

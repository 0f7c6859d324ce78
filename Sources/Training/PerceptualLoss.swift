import Networks
import SystemPackage
import Torch
import TrainingRecipe
import WeightFiles

/// How unlike two images look: mean absolute differences between features that another network finds
/// in them (Johnson, Alahi and Fei-Fei 2016, doi:10.1007/978-3-319-46475-6_43), taken before the
/// rectifier (Wang et al. 2018, doi:10.1007/978-3-030-11021-5_5).
struct PerceptualLoss {
    /// A network of features, the layers that are compared, and their weights.
    private enum Source {
        case vgg19(VGG19, [VGG19.Tap])
        case catalog(FeatureNetwork, [FeatureNetwork.Tap])
    }

    private let source: Source
    private let weights: [Double]
    private let precision: Torch.ElementType?
    private let device: Device

    /// Layers of VGG19, by names like `conv5_4`; that one without any.
    init(
        _ network: VGG19, layers: [String: Double], device: Device, precision: Torch.ElementType?
    ) throws(TrainingError) {
        let chosen = layers.isEmpty ? ["conv5_4": 1] : layers
        let names = chosen.keys.sorted()
        source = .vgg19(network, try names.map(VGG19.Tap.init(layer:)))
        weights = names.map { chosen[$0] ?? 0 }
        self.device = device
        self.precision = precision
    }

    /// Layers of a network trained on the catalog; all alike without any.
    init(
        _ network: FeatureNetwork, layers: [String: Double], device: Device,
        precision: Torch.ElementType?
    ) throws(TrainingError) {
        let known = FeatureNetwork.Tap.allCases
        let chosen =
            layers.isEmpty
            ? Dictionary(uniqueKeysWithValues: known.map { ($0.rawValue, 1 / Double(known.count)) })
            : layers
        let names = chosen.keys.sorted()
        source = .catalog(network, try names.map(FeatureNetwork.Tap.init(layer:)))
        weights = names.map { chosen[$0] ?? 0 }
        self.device = device
        self.precision = precision
    }

    private func features(_ images: Tensor) throws(TorchError) -> [Tensor] {
        try Scope.autocast(to: precision, on: device) { () throws(TorchError) in
            switch source {
            case .vgg19(let network, let taps): try network.features(of: images, at: taps)
            case .catalog(let network, let taps): try network.features(of: images, at: taps)
            }
        }
    }

    /// The distance, a single number; every channel is an image of its own.
    func callAsFunction(_ made: Tensor, _ target: Tensor) throws(TorchError) -> Tensor {
        func planes(_ images: Tensor) throws(TorchError) -> Tensor {
            let shape = images.shape
            if shape[1] == 1 { return images }
            return try images.reshaped([shape[0] * shape[1], 1, shape[2], shape[3]])
        }
        let wanted = try Scope.withoutGradients { () throws(TorchError) in
            try features(planes(target))
        }
        var sum: Tensor?
        for (index, found) in try features(planes(made)).enumerated() {
            let single = try found.to(type: .float32)
            let distance = try single.loss(.l1, to: wanted[index].to(type: .float32))
            let weighted = try distance * weights[index]
            sum = try sum.map { sum throws(TorchError) in try sum + weighted } ?? weighted
        }
        guard let sum else { preconditionFailure("a layer at least is compared") }
        return sum
    }
}

extension VGG19.Tap {
    /// The layer `conv5_4`, as recipes write it.
    ///
    /// - Throws: ``TrainingError/unknownLayer(_:network:known:)``.
    init(layer: String) throws(TrainingError) {
        let known = [2, 2, 4, 4, 4].enumerated().flatMap { block, length in
            (1...length).map { (block + 1, $0) }
        }
        guard let found = known.first(where: { "conv\($0.0)_\($0.1)" == layer }) else {
            throw .unknownLayer(
                layer, network: "vgg19", known: known.map { "conv\($0.0)_\($0.1)" })
        }
        self.init(block: found.0, convolution: found.1)
    }
}

extension FeatureNetwork.Tap {
    /// The layer `conv3_2`, as recipes write it.
    ///
    /// - Throws: ``TrainingError/unknownLayer(_:network:known:)``.
    init(layer: String) throws(TrainingError) {
        guard let tap = Self(rawValue: layer) else {
            throw .unknownLayer(
                layer, network: "catalog", known: Self.allCases.map(\.rawValue))
        }
        self = tap
    }
}

extension VGG19 {
    /// VGG19 with the weights of a file under torchvision's names, as torch.save or safetensors writes
    /// them; one of another width is taken as it is.
    ///
    /// - Throws: ``TrainingError/unfitFeatures(_:reason:)``.
    static func reading(_ path: FilePath, on device: Device) throws(TrainingError) -> VGG19 {
        do {
            let saved = try WeightFile.read(path)
            guard let first = saved["features.0.weight"], first.shape.count == 4 else {
                throw TrainingError.unfitFeatures(
                    path, reason: "it has no weights 'features.0.weight'")
            }
            var source = WeightSource(seed: 0, on: device)
            let network = try VGG19(features: max(first.shape[0], 1), from: &source)
            try network.load(try saved.tensors(on: device))
            for parameter in network.parameters {
                try parameter.tensor.setRequiresGradient(false)
            }
            return network
        } catch let error as TrainingError {
            throw error
        } catch TorchError.stateDoesNotFit(let name, let reason) {
            throw .unfitFeatures(path, reason: "at '\(name)' \(reason)")
        } catch WeightFileError.missing {
            throw .unfitFeatures(path, reason: "there is no such file")
        } catch {
            throw .unfitFeatures(path, reason: "\(error)")
        }
    }
}

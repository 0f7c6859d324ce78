import Dataset
import Foundation
import Networks
import SystemPackage
import Torch
import TrainingRecipe
import WeightFiles
import Workspace

/// The weights of another training that a run begins with.
struct StartingWeights {
    /// What is kept of them with the run.
    struct Record: Hashable, Sendable, Codable {
        /// The sum of the file.
        let sha256: Digest
        /// The samples that they were learnt from, as far as the file says.
        let samples: [String]
    }

    /// The tensors of the network that are taken over.
    let tensors: [String: Tensor]
    /// The file.
    let path: FilePath
    let record: Record

    /// Metadata of our files: the samples they were learnt from, with commas between.
    static let samplesKey = "samples"

    /// Reads weights for a network.
    ///
    /// Files of torch.save and safetensors are read, a checkpoint's folder, or a run's, of which the best
    /// checkpoint is taken. Weights for colour become
    /// those for grey, and RRDB networks are known by their older names too.
    ///
    /// - Parameter folder: From which the recipe's path is seen.
    /// - Throws: ``TrainingError/unfitStart(_:reason:)``, `WeightFileError`, `TorchError`.
    init(
        _ recipe: StartRecipe, in folder: FilePath, for description: NetworkDescription,
        on device: Device
    ) throws {
        let path = try Self.file(recipe, in: folder)
        var source = WeightSource(seed: 0)
        let own = try description.build(from: &source).state
        let read = try WeightFile.read(path)
        let chosen: StateDictionary
        do {
            chosen = try Self.chosen(recipe.load, of: read, for: description, own)
        } catch {
            guard case .unfit(let problem) = error else { throw error }
            throw TrainingError.unfitStart(path, reason: problem)
        }
        let samples = read.metadata[Self.samplesKey] ?? ""
        self.path = path
        tensors = try chosen.tensors(on: device)
        record = Record(
            sha256: try Digest(ofFile: path),
            samples: samples.split(separator: ",").map(String.init))
    }

    /// The file itself, that in a checkpoint's folder, or that of a run's best checkpoint.
    private static func file(_ recipe: StartRecipe, in folder: FilePath) throws -> FilePath {
        let path = folder.pushing(FilePath(recipe.checkpoint))
        let inside = path.appending(Checkpoint.networkFile)
        if FileManager.default.fileExists(atPath: inside.string) { return inside }
        return try TrainedNetwork.file(of: path)
    }

    /// The weights that the network takes over, under its own names.
    private static func chosen(
        _ load: StartRecipe.Load, of read: StateDictionary, for description: NetworkDescription,
        _ own: [StateEntry]
    ) throws(WeightFileError) -> StateDictionary {
        let isOld =
            description.architecture == "rrdb"
            && read.names.contains { $0.hasPrefix("RRDB_trunk.") || $0.hasPrefix("model.") }
        var saved = isOld ? try read.withBasicSRNames() : read
        saved = try saved.fitted(to: own, ends: description.endConvolutions)
        let wanted = Dictionary(uniqueKeysWithValues: own.map { ($0.name, $0.tensor.shape) })
        switch load {
        case .all:
            if let problem = fault(of: saved, wanted) { throw .unfit(problem: problem) }
        case .matching:
            for (name, tensor) in saved.entries where wanted[name] != tensor.shape {
                saved[name] = nil
            }
            guard saved.count > 0 else {
                throw .unfit(
                    problem: "it has no weights of a name and shape that the network has")
            }
        }
        return saved
    }

    /// Why the weights are not all of the network, and no others; `nil` if they are.
    private static func fault(of saved: StateDictionary, _ wanted: [String: [Int]]) -> String? {
        for (name, shape) in wanted.sorted(by: { $0.key < $1.key }) {
            guard let tensor = saved[name] else {
                // How many batches there were changes nothing, and older files do not say.
                if name.hasSuffix("num_batches_tracked") { continue }
                return "it has no '\(name)'"
            }
            if tensor.shape != shape {
                return "its '\(name)' is \(tensor.shape), and the network's is \(shape)"
            }
        }
        return saved.names.first { wanted[$0] == nil }.map {
            "it has '\($0)', which the network has not"
        }
    }

    /// Refuses weights that were learnt from samples that this catalog judges or tests by.
    ///
    /// - Throws: ``TrainingError/mixesSamples(_:samples:part:)``.
    func checkSplit(_ pairs: [TrainingPair]) throws(TrainingError) {
        for part in SplitPart.allCases where part != .train {
            let held = Set(pairs.filter { $0.split == part }.map(\.sample.name))
            let mixed = held.intersection(record.samples).sorted()
            if !mixed.isEmpty {
                throw .mixesSamples(path, samples: mixed, part: part.rawValue)
            }
        }
    }
}

extension StateDictionary {
    /// Weights for grey where these are for colour and the network is not.
    fileprivate func fitted(
        to own: [StateEntry], ends: (first: String, last: String)
    ) throws(WeightFileError) -> StateDictionary {
        func channels(_ name: String, axis: Int) -> (saved: Int, own: Int)? {
            guard let saved = self[name]?.shape, saved.count == 4,
                let wanted = own.first(where: { $0.name == name })?.tensor.shape
            else { return nil }
            return (saved[axis], wanted[axis])
        }
        guard let first = channels("\(ends.first).weight", axis: 1),
            let last = channels("\(ends.last).weight", axis: 0),
            first.saved == 3 * first.own, last.saved == 3 * last.own
        else { return self }
        return try withOneChannel(first: ends.first, last: ends.last)
    }
}

extension NetworkDescription {
    /// The names of the first and the last convolution, whose channels are the images'.
    var endConvolutions: (first: String, last: String) {
        switch self {
        case .srcnn: ("conv1", "conv3")
        case .srresnet(let description):
            (
                "block1.0",
                "block\(description.blocks + 3).\(SRResNet.enlargements(of: description.scale))"
            )
        case .edsr, .rrdb: ("conv_first", "conv_last")
        case .unet: ("encoder.0.conv1", "last")
        }
    }
}

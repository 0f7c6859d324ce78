public import Dataset
import Foundation
public import Networks
import PatchFeed
public import SystemPackage
public import Torch
public import TrainingRecipe
import WeightFiles
import Workspace

/// A network that a run has trained, as it is judged and used: with the running mean of its weights,
/// where the run kept one.
public struct TrainedNetwork {
    /// The network, in its place.
    public let network: any SuperResolutionNetwork
    /// What it was built from.
    public let description: NetworkDescription
    /// The file of its weights.
    public let file: FilePath
    /// Steps of the optimiser that made them; `nil` for a file that does not say.
    public let step: Int?
    /// Why it is this one.
    public let choice: Choice
    /// What the file of its weights says beside them.
    public let metadata: [String: String]

    /// The folder of its run, where it lies in one.
    public var run: FilePath? {
        let checkpoints = file.removingLastComponent().removingLastComponent()
        return checkpoints.lastComponent == "checkpoints"
            ? checkpoints.removingLastComponent() : nil
    }

    /// The samples it has learnt from, those of the weights it began with among them; `nil` where the
    /// file of its weights does not say.
    public var trainingSamples: [SampleID]? {
        metadata[StartingWeights.samplesKey].map {
            $0.split(separator: ",").compactMap { SampleID(String($0)) }
        }
    }

    /// Why a network was taken.
    public enum Choice: Hashable, Sendable {
        /// It was named.
        case named
        /// It is the best of its run by that figure of validation.
        case best(JudgedBy, value: Double)
        /// It is the last of its run, of which no checkpoint was judged.
        case last
    }

    /// Reads the network that `path` leads to: a run's folder, a checkpoint's, or a file of weights
    /// that says what network they belong to, as those of runs do.
    ///
    /// - Parameters:
    ///   - figure: What the best checkpoint of a run is found by. If nil, by SSIM, and the last is taken
    ///     of a run in which nothing was judged.
    ///   - device: Where the network is to lie.
    /// - Throws: ``TrainingError/noNetwork(_:reason:)``, ``TrainingError/damagedCheckpoint(_:reason:)``,
    ///   `WeightFileError` for the file, `TorchError`.
    public init(
        at path: FilePath, bestBy figure: JudgedBy? = nil, on device: Device = .cpu,
        channelsLast: Bool = false
    ) throws {
        let found = try Self.locate(path, figure)
        let weights = try WeightFile.read(found.file)
        guard let text = weights.metadata["network"] else {
            throw TrainingError.noNetwork(
                found.file, reason: "the file does not say what network its weights belong to")
        }
        let description: NetworkDescription
        do {
            description = try JSONDecoder().decode(NetworkDescription.self, from: Data(text.utf8))
        } catch {
            throw TrainingError.noNetwork(
                found.file, reason: "no network can be built of what the file says of it")
        }
        self.description = description
        file = found.file
        choice = found.choice
        metadata = weights.metadata
        step = weights.metadata["step"].flatMap { Int($0) }
        // Files that do not say are of before, when there was only the middle slice of one.
        let slices = weights.metadata["low_slices"].map { Int($0) } ?? 1
        let made = weights.metadata["high_slices"].map(TrainingRecipe.HighSlices.init) ?? .middle
        guard let slices, slices == 1 || slices == description.channels, slices % 2 == 1, let made
        else {
            throw TrainingError.noNetwork(
                found.file, reason: "what the file says of slices does not fit its network")
        }
        (lowSlices, highSlices) = (slices, made)
        var source = WeightSource(seed: 0, on: device, channelsLast: channelsLast)
        network = try description.build(from: &source)
        do {
            try network.load(try weights.tensors(on: device))
        } catch let error as TorchError {
            guard case .stateDoesNotFit = error else { throw error }
            throw TrainingError.damagedCheckpoint(found.file, reason: "\(error)")
        }
    }

    /// LOW slices that it sees at once.
    public let lowSlices: Int
    /// Which of the HIGH slices in a LOW slice it makes.
    public let highSlices: TrainingRecipe.HighSlices

    /// The file of the network that a run's folder leads to.
    static func file(of run: FilePath) throws -> FilePath { try locate(run, nil).file }

    private struct Place {
        let file: FilePath
        let choice: Choice
    }

    private static func locate(_ path: FilePath, _ figure: JudgedBy?) throws -> Place {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder)
        else { throw WeightFileError.missing(path) }
        guard isFolder.boolValue else { return Place(file: path, choice: .named) }
        // Written out, so that "." and ".." are known by their names.
        let folder = FilePath(URL(fileURLWithPath: path.string).standardizedFileURL.path)
        let siblings = try Checkpoint.all(in: folder.removingLastComponent())
        if let named = siblings.first(where: { $0.folder.lastComponent == folder.lastComponent }) {
            return Place(file: try named.checkpoint.network(in: path), choice: .named)
        }
        let all = try Checkpoint.all(in: path.appending("checkpoints"))
        guard let last = all.last else {
            throw TrainingError.noNetwork(path, reason: "the folder holds no checkpoint")
        }
        let wanted = figure ?? .ssim
        let judged = all.compactMap { entry in
            entry.checkpoint.validation?[wanted.rawValue].map { (entry: entry, value: $0) }
        }
        guard let best = judged.min(by: { wanted.isBetter($0.value, than: $1.value) }) else {
            if let figure {
                throw TrainingError.noNetwork(
                    path, reason: "none of its checkpoints was judged by \(figure.rawValue)")
            }
            return Place(file: try last.checkpoint.network(in: last.folder), choice: .last)
        }
        return Place(
            file: try best.entry.checkpoint.network(in: best.entry.folder),
            choice: .best(wanted, value: best.value))
    }
}

extension Checkpoint {
    /// The file of the network, with its sum confirmed.
    fileprivate func network(in folder: FilePath) throws(TrainingError) -> FilePath {
        let file = folder.appending(Self.networkFile)
        guard let record = files.first(where: { $0.name == Self.networkFile }),
            (try? Digest(ofFile: file)) == record.sha256
        else {
            throw .damagedCheckpoint(
                folder, reason: "\(Self.networkFile) is not what was written")
        }
        return file
    }
}

public import Dataset
import Workspace

/// How a network is trained, as a user writes it in YAML.
///
/// `manifests/training/example.yaml` shows every key. All that one file can tell is checked when it is
/// read; equal recipes have equal canonical JSON, however they were written.
public struct TrainingRecipe: Hashable, Sendable, Codable {
    /// The recipe's name, also that of its runs unless the command says another.
    public let name: SampleID
    /// The network.
    public let network: NetworkRecipe
    /// HIGH pixels along a LOW voxel, 1...8.
    public let scale: Int
    /// The edge of a training sample in HIGH pixels, a multiple of `scale`.
    public let patch: Int
    /// LOW slices that the network sees at once, odd.
    public let lowSlices: Int
    /// Which HIGH slices in the LOW slice it is to find.
    public let highSlices: HighSlices
    /// Samples of a step on the device.
    public let batch: Int
    /// Batches whose gradients are added before a step of the optimiser.
    public let accumulate: Int
    /// Samples of an epoch; `nil` for one at every patch.
    public let patchesPerEpoch: Int?
    /// What everything random follows from.
    public let seed: UInt64
    /// The checkpoint to begin with; `nil` for fresh weights.
    public let start: StartRecipe?
    /// What is done, in order; at least one.
    public let phases: [PhaseRecipe]
    /// What is learnt from.
    public let data: DataRecipe
    /// The numbers of the network's layers. Losses of SSIM stay in single precision.
    public let precision: Precision
    /// When the network is judged while it is trained.
    public let validation: ValidationRecipe
    /// What is kept.
    public let checkpoints: CheckpointRecipe
    /// Steps in a row whose loss may be no number before the run is halted.
    public let failedSteps: Int

    /// The HIGH slices in a LOW slice that a network is to find.
    public enum HighSlices: String, Codable, Sendable, CaseIterable {
        /// The one in the middle, or just past it.
        case middle
        /// The mean over all.
        case mean
        /// Each as a channel.
        case all
    }

    /// The number format of the network's layers.
    public enum Precision: String, Codable, Sendable, CaseIterable {
        /// Single precision.
        case fp32
        /// Sixteen bits with the range of single precision; needs no scaling of the loss.
        case bf16
        /// Half precision, with the loss scaled.
        case fp16
    }

    /// One line of JSON with sorted keys: the same bytes for the same recipe.
    public var canonicalJSON: String { CanonicalJSON.text(self) }
}

/// The weights to begin with.
public struct StartRecipe: Hashable, Sendable, Codable {
    /// The file, as written; relative to the folder of the recipe.
    public let checkpoint: String
    /// What of it is taken.
    public let load: Load

    /// What of a checkpoint is taken.
    public enum Load: String, Codable, Sendable, CaseIterable {
        /// Every weight, and there is no other.
        case all
        /// Those of a name and shape that the network has; the others stay fresh. So a network of
        /// scale 4 goes on from one of scale 2.
        case matching
    }
}

/// A length of training.
public enum RunLength: Hashable, Sendable, CustomStringConvertible {
    /// Passes over the patches.
    case epochs(Int)
    /// Steps of the optimiser.
    case steps(Int)

    /// The number, in whichever unit.
    public var count: Int {
        switch self {
        case .epochs(let count), .steps(let count): count
        }
    }

    /// Whether it is counted in epochs.
    public var isInEpochs: Bool {
        if case .epochs = self { true } else { false }
    }

    /// As recipes write it: `150 epochs`.
    public var description: String {
        "\(count) \(isInEpochs ? "epoch" : "step")\(count == 1 ? "" : "s")"
    }

    /// A whole number of 0 to a billion with its unit; `nil` for another text.
    public init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2, let count = Int(words[0]), (0...1_000_000_000).contains(count)
        else { return nil }
        switch words[1] {
        case "epoch", "epochs": self = .epochs(count)
        case "step", "steps": self = .steps(count)
        default: return nil
        }
    }
}

extension RunLength: Codable {
    /// Reads `150 epochs`.
    public init(from decoder: any Decoder) throws {
        guard let length = RunLength(try String(from: decoder)) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no length of training"))
        }
        self = length
    }

    /// Writes `150 epochs`.
    public func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}

/// When a network is judged while it is trained.
public struct ValidationRecipe: Hashable, Sendable, Codable {
    /// From one time to the next.
    public let every: RunLength

    /// After each epoch.
    public static let standard = ValidationRecipe(every: .epochs(1))
}

/// What is measured on validation samples and can choose among networks.
public enum JudgedBy: String, Codable, Sendable, CaseIterable {
    /// The peak signal-to-noise ratio; more is better.
    case psnr
    /// Structural similarity; more is better.
    case ssim
    /// The error of the porosity; less is better.
    case porosity
}

/// Which checkpoints are kept.
public struct CheckpointRecipe: Hashable, Sendable, Codable {
    /// From one to the next; the end of a run always has one.
    public let every: RunLength
    /// How many of the last.
    public let last: Int
    /// The best by each of these, beside them.
    public let best: [JudgedBy]

    /// One an epoch, the last three and the best by everything.
    public static let standard = CheckpointRecipe(
        every: .epochs(1), last: 3, best: JudgedBy.allCases)
}

public import Dataset
public import Segmentation
public import Volumes
public import Workspace

/// What `evaluation.json` holds.
public struct EvaluationRecord: Hashable, Sendable, Codable {
    /// The form of the file.
    public var format = "tomopair evaluation 1"
    /// The version of tomopair that judged.
    public var toolVersion = ""
    /// What was judged.
    public var network: Network
    /// The part of the split.
    public let part: SplitPart
    /// How it was judged.
    public let method: Method
    /// Samples of the part that were not judged, and why.
    public let leftOut: [String]
    /// One entry for each sample and method, in the order of names and methods.
    public let samples: [Entry]
    /// What pictures show, by their names.
    public let captions: [String: String]
    /// What was read.
    public var inputs: [FileRecord] = []
    /// What was made beside this file.
    public var outputs: [FileRecord] = []

    /// What was judged.
    public struct Network: Hashable, Sendable, Codable {
        /// The file of its weights.
        public let file: String
        /// Its sum.
        public let sha256: Digest
        /// Steps of training that made it, where the file says so.
        public let step: Int?
        /// Why it is this one.
        public let choice: String
        /// How many times it enlarges an image along each axis.
        public let scale: Int
        /// Whether each image is the mean over its eight turned and mirrored forms.
        public let isEnsemble: Bool
        /// What the weights' file says of itself.
        public let metadata: [String: String]

        /// Gathers the facts.
        public init(
            file: String, sha256: Digest, step: Int?, choice: String, scale: Int,
            isEnsemble: Bool, metadata: [String: String]
        ) {
            self.file = file
            self.sha256 = sha256
            self.step = step
            self.choice = choice
            self.scale = scale
            self.isEnsemble = isEnsemble
            self.metadata = metadata
        }

        private enum CodingKeys: String, CodingKey {
            case file, sha256, step, choice, scale, metadata
            case isEnsemble = "ensemble"
        }
    }

    /// How it was judged, in words and numbers.
    public struct Method: Hashable, Sendable, Codable {
        /// The HIGH slices that images are compared with.
        public let highSlices: EvaluationSettings.HighSlices
        /// HIGH voxels left out at each edge of a slice.
        public let border: Int
        /// The metrics' variants.
        public let metrics: [String: String]
        /// How each method enlarges.
        public let methods: [String: String]
        /// How volumes are made of slices.
        public let zStep: String
        /// Where thresholds lie.
        public let thresholds: String
        /// What is done to grey values before.
        public let denoising: String
        /// What intervals mean.
        public let intervals: String

        private enum CodingKeys: String, CodingKey {
            case border, metrics, methods, thresholds, denoising, intervals
            case highSlices = "high_slices"
            case zStep = "z_step"
        }
    }

    /// One method on one sample.
    public struct Entry: Hashable, Sendable, Codable {
        /// The sample.
        public let sample: SampleID
        /// The method.
        public let method: EnlargingMethod
        /// Of all judged voxels, in decibels; null for equal images.
        public let psnr: Figure
        /// The mean over judged slices.
        public let ssim: Figure
        /// The mean over judged slices; null where they are too small.
        public let msSSIM: Figure
        /// Scales that went into it.
        public let msSSIMScales: Int
        /// Voxels of HIGH along z, y and x.
        public let highShape: [Int]
        /// Whether parameters are of all of the sample at once, or means of slabs.
        public let measured: String
        /// HIGH slices of a slab.
        public let slabDepth: Int
        /// The sweep of thresholds; null without one in the catalog.
        public let thresholds: ThresholdChoice?
        /// What was done to grey values before they met the thresholds.
        public let denoising: SegmentationSettings.Denoising
        /// Which side of them is pore.
        public let porePhase: SegmentationSettings.PorePhase
        /// Every parameter at every threshold.
        public let parameters: [Value]
        /// Every parameter over the thresholds.
        public let errors: [Error]
        /// Every judged slice.
        public let slices: [Slice]

        private enum CodingKeys: String, CodingKey {
            case sample, method, psnr, ssim, measured, thresholds, denoising, parameters,
                errors
            case slices
            case porePhase = "pore_phase"
            case msSSIM = "ms_ssim"
            case msSSIMScales = "ms_ssim_scales"
            case highShape = "high_shape"
            case slabDepth = "slab_depth"
        }
    }

    /// A parameter at a threshold.
    public struct Value: Hashable, Sendable, Codable {
        /// What was measured.
        public let name: String
        /// The direction, where it has one.
        public let axis: Axis?
        /// The unit; `1` for a fraction or a count.
        public let unit: String
        /// The grey value of HIGH that parts pore from grain.
        public let threshold: Double
        /// Of HIGH.
        public let high: Figure
        /// Of the upscaled scan.
        public let lowOrSR: Figure

        private enum CodingKeys: String, CodingKey {
            case name, axis, unit, threshold, high
            case lowOrSR = "low_or_sr"
        }
    }

    /// How far a parameter lies from HIGH's, over the thresholds.
    public struct Error: Hashable, Sendable, Codable {
        /// What was measured.
        public let name: String
        /// The direction, where it has one.
        public let axis: Axis?
        /// The unit; `1` for a fraction or a count.
        public let unit: String
        /// The mean over thresholds of the value less HIGH's.
        public let bias: Figure
        /// The mean over thresholds of its size by HIGH's; null where HIGH has nothing.
        public let relativeError: Figure
        /// The means of slabs, to which the intervals belong.
        public let slabs: Slabs

        private enum CodingKeys: String, CodingKey {
            case name, axis, unit, bias, slabs
            case relativeError = "relative_error"
        }
    }

    /// The same of slabs.
    public struct Slabs: Hashable, Sendable, Codable {
        /// The mean over thresholds of the value less HIGH's.
        public let bias: Figure
        /// The mean over thresholds of its size by HIGH's.
        public let relativeError: Figure
        /// Where `bias` would lie for other slabs of the rock; null for fewer than two.
        public let biasInterval: [Double]?
        /// Where `relative_error` would lie.
        public let relativeErrorInterval: [Double]?

        private enum CodingKeys: String, CodingKey {
            case bias
            case relativeError = "relative_error"
            case biasInterval = "bias_interval"
            case relativeErrorInterval = "relative_error_interval"
        }
    }

    /// One slice.
    public struct Slice: Hashable, Sendable, Codable {
        /// The LOW slice.
        public let low: Int
        /// The HIGH slice it is compared with.
        public let high: Int
        /// In decibels; null for equal images.
        public let psnr: Figure
        /// Structural similarity.
        public let ssim: Figure
        /// Multi-scale structural similarity; null where the slice is too small.
        public let msSSIM: Figure

        private enum CodingKeys: String, CodingKey {
            case low, high, psnr, ssim
            case msSSIM = "ms_ssim"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case format, network, part, method, samples, captions, inputs, outputs
        case toolVersion = "tool_version"
        case leftOut = "left_out"
    }
}

/// A number, or null where there is none that JSON could hold.
public struct Figure: Hashable, Sendable, Codable {
    /// The number; `nil` for none, and for one that is not finite.
    public let value: Double?

    /// Takes a number or none.
    public init(_ value: Double?) { self.value = value.flatMap { $0.isFinite ? $0 : nil } }

    /// Reads a number or null.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        value = container.decodeNil() ? nil : try container.decode(Double.self)
    }

    /// Writes the number or null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}

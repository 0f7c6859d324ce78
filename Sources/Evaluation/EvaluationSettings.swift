public import Measurement
public import Segmentation

/// How networks are judged.
public struct EvaluationSettings: Sendable {
    /// The HIGH slice of a LOW slice that images are compared with.
    public enum HighSlices: String, Codable, Sendable {
        /// The middle one, or the one just past the middle; of networks that find all of them, too.
        case middle
        /// The mean over all.
        case mean
    }

    /// What the network was trained to find.
    public var highSlices = HighSlices.middle
    /// What is measured in pore spaces, at every threshold and in every slab: the numbers that one pass
    /// can tell.
    public var measurements = PoreMeasurement.costing(atMost: .scan)
        .filter { !$0.parameters.isEmpty }
    /// What is done to all grey values alike before they are parted by a threshold.
    public var denoising = SegmentationSettings.Denoising.median3
    /// Which side of a threshold is pore.
    public var porePhase = SegmentationSettings.PorePhase.darker
    /// What slices of a sample may take beside the network's features, in bytes.
    public var memoryInBytes = 3 << 30
    /// What bootstrap draws follow from.
    public var seed: UInt64 = 1
    /// Bootstrap draws.
    public var resamples = 1000
    /// The part of them inside an interval.
    public var confidence = 0.95

    /// Every measurement that takes one pass, after a median filter, in 3 GiB.
    public init() {}
}

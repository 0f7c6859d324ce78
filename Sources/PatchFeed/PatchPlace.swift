public import Dataset
public import Volumes

/// How the LOW side of a training sample comes about.
public enum PatchSource: String, Codable, Sendable, CaseIterable {
    /// LOW is the pair's own.
    case scanned
    /// LOW is made from the HIGH voxels by a preparation.
    case degraded
}

/// Where in a run a sample comes, and where in a plug it lies: all of it follows from seed, epoch and
/// index.
public struct PatchPlace: Hashable, Sendable, Codable {
    /// The epoch, from 0.
    public let epoch: Int
    /// The number of the sample in its epoch, from 0.
    public let index: Int
    /// The sample.
    public let sample: SampleID
    /// The box of the catalog's patch that it was cut at, in LOW voxels of the pair.
    public let anchor: Region
    /// What was cut, in LOW voxels of the pair, without the margin; `scale` times as many HIGH voxels
    /// along y and x.
    public let low: Region
    /// How its LOW side comes about.
    public let source: PatchSource
    /// Where the sample turned while it was scanned, as (y, x) in LOW voxels from the corner of `low`;
    /// see `TrainingPair.assumedRotationCentre`.
    public let rotationCentre: SIMD2<Double>

    /// The name of the catalog's patch, as in `plug-1/z0-y16-x32`.
    public var patch: String {
        PatchRecord(region: anchor, porosity: nil).id(in: sample)
    }
}

/// A sample on its way into a batch, in normalised grey values.
public struct PatchSample: Sendable {
    /// Which one.
    public let place: PatchPlace
    /// The extents wanted.
    public let geometry: PatchGeometry
    /// The LOW slices, margins included, where they were scanned. A preparation makes them of `block`
    /// for a degraded sample, with or without margins.
    public var low: Volume<Float>?
    /// The HIGH slices to find, margins included; a preparation may cut them off.
    public var high: Volume<Float>
    /// All HIGH voxels behind the LOW slices, margins included, for a degraded sample; the target's
    /// are among them.
    public let block: Volume<Float>?
}

/// What happens to samples before they reach the network: degradation and augmentation.
///
/// It is called from several threads at once. What it does follows from the sample and the generator
/// alone, whose numbers belong to the sample, so a run is the same for any number of threads.
public protocol PatchPreparation: Sendable {
    /// What was drawn: enough to make the same sample again.
    associatedtype Drawn: Sendable

    /// Whether it does nothing to scanned pairs; their voxels then go straight into the batch.
    var leavesPairsAlone: Bool { get }

    /// Changes a sample, and makes the LOW side of a degraded one.
    func prepare(
        _ sample: inout PatchSample, using generator: inout some RandomNumberGenerator
    ) throws -> Drawn
}

/// No preparation: pairs as they were scanned.
public struct AsScanned: PatchPreparation {
    /// Passes pairs on.
    public init() {}

    /// Always: there is nothing to do.
    public var leavesPairsAlone: Bool { true }

    /// Does nothing.
    public func prepare(
        _ sample: inout PatchSample, using generator: inout some RandomNumberGenerator
    ) throws {}
}

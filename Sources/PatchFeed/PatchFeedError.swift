public import Dataset
public import SystemPackage
public import Volumes

/// A reason training samples cannot be delivered.
public enum PatchFeedError: Error, Equatable, CustomStringConvertible {
    /// The stated patch cannot be cut from LOW and HIGH voxels.
    case unfitGeometry(problem: String)
    /// The wanted part of the split has no sample with a pair.
    case emptyPart(SplitPart)
    /// One rock is in two parts of the split.
    case mixedSplit(what: String, first: SampleID, second: SampleID)
    /// Nothing of the part is left to learn from, sample by sample.
    case nothingLeft(SplitPart, reasons: [LeftOut])
    /// An epoch would not fill one batch.
    case epochTooShort(samples: Int, batch: Int)
    /// An epoch of no samples was asked for.
    case emptyEpoch
    /// A feed cannot go on from here.
    case notABatch(FeedPosition, batch: Int)
    /// A scan was never normalised, or all of it has one grey value.
    case noWindow(SampleID, ScanRole)
    /// The file does not hold what the catalog says.
    case unlikeCatalog(FilePath, dataset: String, has: Shape, expected: Shape)
    /// Voxels that are no numbers.
    case notFinite(FilePath, dataset: String)
    /// A copy of the voxels cannot be kept in the run's folder.
    case cannotStage(FilePath, reason: String)
    /// No copy was made of a sample's voxels.
    case notStaged(SampleID)
    /// What prepares a patch failed on it.
    case preparation(patch: String, reason: String)
    /// What prepares a patch gave back another extent.
    case unfitSample(patch: String, side: ScanRole, has: Shape?, expected: Shape)
    /// Every buffer is still held by the receiver of batches.
    case allBuffersHeld(Int)
    /// The feed was stopped.
    case cancelled

    /// What happened, to what, and what to do about it.
    public var description: String {
        switch self {
        case .unfitGeometry(let problem):
            "the recipe's patch cannot be cut: \(problem)"
        case .emptyPart(let part):
            "no sample of the catalog is for '\(part.rawValue)' and has a pair; add samples, or pin one with 'split: \(part.rawValue)' in the manifest and build again"
        case .mixedSplit(let what, let first, let second):
            "'\(first)' and '\(second)' share \(what), but are in different parts of the split; pin both to one part in the manifest and build again"
        case .nothingLeft(let part, let reasons):
            "nothing is left to learn from in '\(part.rawValue)': "
                + reasons.map(\.description).joined(separator: "; ")
        case .epochTooShort(let samples, let batch):
            "an epoch of \(samples) samples does not fill a batch of \(batch); lower 'batch', or ask for more 'patches_per_epoch': patches then come again at other places"
        case .emptyEpoch:
            "an epoch of no samples; 'patches_per_epoch' is at least 1"
        case .notABatch(let position, let batch):
            "no batch of \(batch) begins at sample \(position.index) of epoch \(position.epoch); go on from where a batch ended"
        case .noWindow(let sample, let role):
            "the \(role.rawValue == "low" ? "LOW" : "HIGH") scan of '\(sample)' has no window of grey values to normalise by; look at the scan, it may be of one value, or bright where the other is dark, and build again"
        case .unlikeCatalog(let path, let dataset, let has, let expected):
            "\(path): \(dataset) is \(has) voxels, the catalog says \(expected); run 'tomopair verify', or build again"
        case .notFinite(let path, let dataset):
            "\(path): \(dataset) holds NaN or infinite voxels, from which nothing can be learnt; repair the scan and build again"
        case .cannotStage(let path, let reason):
            "\(path): cannot be written (\(reason)); the run's folder needs room for its pairs at full size"
        case .notStaged(let sample):
            "the voxels of '\(sample)' were not staged; this is a bug, please report it"
        case .preparation(let patch, let reason):
            "patch \(patch): \(reason)"
        case .unfitSample(let patch, let side, let has, let expected):
            "patch \(patch): its preparation made \(has.map { "\($0)" } ?? "no") \(side == .low ? "LOW" : "HIGH") voxels where \(expected) are needed; this is a bug, please report it"
        case .allBuffersHeld(let count):
            "all \(count) batches of the feed are still held; let go of one before the next, or make the feed with more buffers"
        case .cancelled:
            "the feed was stopped"
        }
    }
}

/// Patches of one sample that are not used, and why.
public struct LeftOut: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The sample.
    public let sample: SampleID
    /// How many of its patches.
    public let patches: Int
    /// Why, in words.
    public let reason: String

    /// `plug-1: 12 patches: why`.
    public var description: String {
        "\(sample): \(patches) \(patches == 1 ? "patch" : "patches"): \(reason)"
    }
}

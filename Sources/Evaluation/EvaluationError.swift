public import Dataset
public import SystemPackage
public import Volumes

/// A reason a network cannot be judged.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// No sample of the part has a pair that can be judged, sample by sample.
    case nothingToJudge(SplitPart, reasons: [String])
    /// The network enlarges by another factor than the pairs.
    case otherScale(network: Int, pairs: [Int])
    /// The network was trained on samples it is now to be judged by.
    case trainedOn([SampleID], by: FilePath)
    /// A scan was never normalised, or all of it has one grey value.
    case noWindow(SampleID, ScanRole)
    /// The file does not hold what the catalog says.
    case unlikeCatalog(FilePath, String, has: Shape, expected: Shape)
    /// Slices are too small for the border and a window of the similarity.
    case tooSmall(SampleID, Shape, border: Int)
    /// Voxels that are no numbers.
    case notFinite(SampleID, what: String)
    /// Not even one slab fits into the memory given.
    case memoryTooSmall(SampleID, neededBytes: Int, givenBytes: Int)

    /// The network makes a number of HIGH slices together that a LOW slice of the sample has not.
    case otherSlices(SampleID, made: Int, found: Int)

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .nothingToJudge(let part, let reasons):
            "No sample of '\(part.rawValue)' can be judged"
                + (reasons.isEmpty
                    ? "; pin one with 'split: \(part.rawValue)' in the manifest and build again."
                    : ": " + reasons.joined(separator: "; ") + ".")
        case .otherScale(let network, let pairs):
            "The network enlarges \(network) times, but the pairs have scale "
                + pairs.map(String.init).joined(separator: ", ")
                + "; give a checkpoint of that scale, or a catalog of scale \(network)."
        case .trainedOn(let samples, let network):
            "The network was trained on \(Self.list(samples)), which the catalog now has elsewhere "
                + "(\(network) says so), so a judgement by them would mean nothing; train anew, or put "
                + "them back into 'train'."
        case .noWindow(let sample, let role):
            "The \(role == .low ? "LOW" : "HIGH") scan of '\(sample)' has no window of grey values; "
                + "look at the scan, it may be of one value, and build again."
        case .unlikeCatalog(let path, let dataset, let has, let expected):
            "\(path): \(dataset) is \(has) voxels, the catalog says \(expected); run 'tomopair "
                + "verify', or build again."
        case .tooSmall(let sample, let shape, let border):
            "The slices of '\(sample)', \(shape.height)x\(shape.width) HIGH voxels, are too small: "
                + "without a border of \(border) they hold no window of 7x7."
        case .notFinite(let sample, let what):
            "\(what) of '\(sample)' holds voxels that are not numbers; check the scan and the weights."
        case .otherSlices(let sample, let made, let found):
            "The network makes \(made) HIGH slices of each LOW slice, and '\(sample)' has \(found); "
                + "judge one that was trained on such pairs."
        case .memoryTooSmall(let sample, let needed, let given):
            "'\(sample)' needs about \(Self.mebibytes(needed)) for one slab and has "
                + "\(Self.mebibytes(given)); give more with --memory."
        }
    }

    private static func list(_ samples: [SampleID]) -> String {
        samples.map { "'\($0)'" }.joined(separator: ", ")
    }

    private static func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }
}

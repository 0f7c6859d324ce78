public import Dataset
public import SystemPackage
import VolumeFiles
public import Volumes

/// LOW and HIGH of a sample on one lattice, read by slab as normalised grey values: 0 and 1 are what
/// the network was trained with, and the same rock in both.
public struct PairScans {
    /// The sample.
    public let sample: SampleID
    /// The extent of LOW.
    public let lowShape: Shape
    /// HIGH voxels along an edge of a LOW voxel.
    public let scale: Int
    /// The edges of a HIGH voxel, where known.
    public let voxelSize: VoxelSize?
    /// The HIGH grey values that are 0 and 1.
    public let highWindow: ClosedRange<Double>
    /// Whether HIGH is stored in whole grey values, as tomographs write them.
    public let isWhole: Bool
    private let readLow: (Range<Int>) throws -> Volume<Float>
    private let readHigh: (Range<Int>) throws -> Volume<Float>

    /// HIGH slices of a LOW slice: the scale, or one of an image.
    public var depthScale: Int { lowShape.isImage ? 1 : scale }

    /// The extent of HIGH.
    public var highShape: Shape {
        Shape(
            depth: lowShape.depth * depthScale, height: lowShape.height * scale,
            width: lowShape.width * scale)
    }

    /// The scans of a catalog's pair.
    ///
    /// - Parameter workspace: The folder that the catalog's files are relative to.
    /// - Throws: ``EvaluationError/noWindow(_:_:)``, ``EvaluationError/unlikeCatalog(_:_:has:expected:)``,
    ///   `VolumeFileError` where the file cannot be read.
    public init(_ pair: TrainingPair, workspace: FilePath) throws {
        guard let lowWindow = pair.lowWindow, lowWindow.upperBound > lowWindow.lowerBound else {
            throw EvaluationError.noWindow(pair.sample, .low)
        }
        guard let highWindow = pair.highWindow, highWindow.upperBound > highWindow.lowerBound
        else { throw EvaluationError.noWindow(pair.sample, .high) }
        let file = workspace.appending(pair.pair.file)
        func reader(
            _ dataset: String, _ shape: Shape, _ window: ClosedRange<Double>
        ) throws -> (isWhole: Bool, read: (Range<Int>) throws -> Volume<Float>) {
            let scan = try StoredScan(trusted: file, dataset: dataset, keptBytes: 0)
            guard scan.shape == shape else {
                throw EvaluationError.unlikeCatalog(
                    file, dataset, has: scan.shape, expected: shape)
            }
            let extent = window.upperBound - window.lowerBound
            let (gain, offset) = (Float(1 / extent), Float(-window.lowerBound / extent))
            return (
                !scan.elementType.isFloatingPoint,
                { slices in
                    let region = Region(
                        z: slices.lowerBound, y: 0, x: 0, shape: shape.withDepth(slices.count))
                    return try scan.floats(in: region).mapped(gain: gain, offset: offset)
                }
            )
        }
        let high = try reader(pair.pair.highDataset, pair.highShape, highWindow)
        self.init(
            sample: pair.sample, lowShape: pair.lowShape, scale: pair.pair.scale,
            voxelSize: pair.pair.voxelSize?.scaled(by: 1 / Double(pair.pair.scale)),
            highWindow: highWindow, isWhole: high.isWhole,
            readLow: try reader(pair.pair.lowDataset, pair.lowShape, lowWindow).read,
            readHigh: high.read)
    }

    /// Scans that are read by other means.
    ///
    /// - Parameters:
    ///   - readLow: Some slices of LOW, normalised.
    ///   - readHigh: Some slices of HIGH, normalised.
    public init(
        sample: SampleID, lowShape: Shape, scale: Int, voxelSize: VoxelSize? = nil,
        highWindow: ClosedRange<Double>, isWhole: Bool,
        readLow: @escaping (Range<Int>) throws -> Volume<Float>,
        readHigh: @escaping (Range<Int>) throws -> Volume<Float>
    ) {
        precondition(scale > 0, "LOW voxels are at least as large as HIGH ones")
        self.sample = sample
        self.lowShape = lowShape
        self.scale = scale
        self.voxelSize = voxelSize
        self.highWindow = highWindow
        self.isWhole = isWhole
        self.readLow = readLow
        self.readHigh = readHigh
    }

    /// The grey value of HIGH, normalised, up to which voxels count as at or below `threshold`.
    ///
    /// Of whole grey values these are those up to half a level above it, which are stored so; voxels
    /// that were computed are taken alike, as `upscale` would round them.
    func limit(of threshold: Double) -> Double {
        let grey = isWhole ? threshold.rounded(.down) + 0.5 : threshold
        return (grey - highWindow.lowerBound) / (highWindow.upperBound - highWindow.lowerBound)
    }

    func low(_ slices: Range<Int>) throws -> Volume<Float> { try readLow(slices) }

    func high(_ slices: Range<Int>) throws -> Volume<Float> {
        try readHigh(slices).withVoxelSize(voxelSize)
    }
}

extension Volume where Element == Float {
    /// Every value times `gain` plus `offset`.
    fileprivate func mapped(gain: Float, offset: Float) -> Volume<Float> {
        var volume = self
        let count = shape.sliceCount
        volume.forEachSliceConcurrently { _, slice in
            for index in 0..<count { slice[index] = slice[index] * gain + offset }
        }
        return volume
    }
}

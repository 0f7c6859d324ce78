public import Dataset
public import SystemPackage
import VolumeFiles
public import Volumes

/// LOW and HIGH of a sample on one lattice, read by slab as normalised grey values: 0 and 1 are the
/// ends of the windows that the network was trained with.
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
    /// How LOW's normalised grey values become HIGH's, for interpolations.
    public let matching: GreyMatching
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
            highWindow: highWindow,
            matching: GreyMatching(pair.pair.greyFit, low: lowWindow, high: highWindow),
            isWhole: high.isWhole,
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
        highWindow: ClosedRange<Double>, matching: GreyMatching = .none, isWhole: Bool,
        readLow: @escaping (Range<Int>) throws -> Volume<Float>,
        readHigh: @escaping (Range<Int>) throws -> Volume<Float>
    ) {
        precondition(scale > 0, "LOW voxels are at least as large as HIGH ones")
        self.sample = sample
        self.lowShape = lowShape
        self.scale = scale
        self.voxelSize = voxelSize
        self.highWindow = highWindow
        self.matching = matching
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

    /// LOW as a method meets it: the network by LOW's window, as in training; interpolations, which
    /// have learnt nothing, in HIGH's grey values.
    func low(_ slices: Range<Int>, for method: EnlargingMethod) throws -> Volume<Float> {
        let low = try readLow(slices)
        return method == .sr ? low : low.mapped(gain: matching.gain, offset: matching.offset)
    }

    func high(_ slices: Range<Int>) throws -> Volume<Float> {
        try readHigh(slices).withVoxelSize(voxelSize)
    }
}

/// The straight line from LOW's normalised grey values to HIGH's.
///
/// Scans of one rock differ in brightness and contrast, and so do the windows they are normalised by. A
/// network learns the difference; an interpolation would be judged by it alone, so it is given the line
/// that registration fitted to both scans.
public struct GreyMatching: Hashable, Sendable, Codable {
    /// HIGH's normalised grey values for one of LOW's.
    public let gain: Float
    /// HIGH's normalised grey value where LOW's is zero.
    public let offset: Float
    /// Whether it was fitted; else the ends of both windows are taken to be alike.
    public let isFitted: Bool

    /// The ends of both windows are alike.
    public static let none = GreyMatching(gain: 1, offset: 0, isFitted: false)

    private init(gain: Float, offset: Float, isFitted: Bool) {
        self.gain = gain
        self.offset = offset
        self.isFitted = isFitted
    }

    /// The line `low = gain * high + offset` of a registration, between windows; ``none`` without one
    /// that rises.
    public init(_ fit: GreyFit?, low: ClosedRange<Double>, high: ClosedRange<Double>) {
        guard let fit, fit.gain > 0, fit.gain.isFinite, fit.offset.isFinite else {
            self = .none
            return
        }
        let extent = (high.upperBound - high.lowerBound) * fit.gain
        self.init(
            gain: Float((low.upperBound - low.lowerBound) / extent),
            offset: Float(
                (low.lowerBound - fit.offset - high.lowerBound * fit.gain) / extent),
            isFitted: true)
    }
}

extension Volume where Element == Float {
    /// Every value times `gain` plus `offset`.
    fileprivate func mapped(gain: Float, offset: Float) -> Volume<Float> {
        if gain == 1, offset == 0 { return self }
        var volume = self
        let count = shape.sliceCount
        volume.forEachSliceConcurrently { _, slice in
            for index in 0..<count { slice[index] = slice[index] * gain + offset }
        }
        return volume
    }
}

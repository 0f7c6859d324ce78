import Segmentation
public import VolumeFiles
public import Volumes

/// The grey values of a whole scan, as `tomopair build` measures them for training.
public struct ScanGreys: Hashable, Sendable {
    /// From the 0.1th to the 99.9th percentile.
    public let window: ClosedRange<Double>
    /// Otsu's threshold: pores are at most so bright.
    public let threshold: Double?

    /// Reads a scan once.
    ///
    /// - Parameter progress: Called with the slices read and in all; what it throws ends the work.
    /// - Throws: ``UpscalingError/notFiniteScan(voxels:)``, ``UpscalingError/constantScan(value:)``,
    ///   `VolumeFileError`, and what `progress` throws.
    public init(
        of reader: any ScanReader,
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws {
        let scan = reader.description
        var statistics = VoxelStatistics(of: scan.elementType)
        let depth = scan.shape.slabDepth(elementType: scan.elementType)
        for start in stride(from: 0, to: scan.shape.depth, by: depth) {
            let slices = start..<min(start + depth, scan.shape.depth)
            statistics.add(try reader.read(slices))
            try progress(slices.upperBound, scan.shape.depth)
        }
        let strange = statistics.nanCount + statistics.infinityCount
        guard strange == 0 else { throw UpscalingError.notFiniteScan(voxels: strange) }
        guard let window = statistics.robustWindow else {
            throw UpscalingError.constantScan(value: statistics.minimum ?? 0)
        }
        self.window = window
        threshold = statistics.otsuThreshold
    }
}

extension VoxelStatistics {
    /// Otsu's threshold: the greatest grey value of the darker class, over one bin a grey level where
    /// there are at most 65,536 levels, and else the middle between the classes; `nil` for voxels of
    /// one value.
    var otsuThreshold: Double? {
        guard let histogram = histogram(binCount: 1 << 16) else { return nil }
        // The search counts up to 2^34 voxels; a share of more says the same.
        var shift = 0
        while finiteCount >> shift > 1 << 33 { shift += 1 }
        let counts = histogram.counts.map { $0 > 0 ? max($0 >> shift, 1) : 0 }
        guard let level = Segmentation.otsuThreshold(counts: counts),
            let next = counts[(level + 1)...].firstIndex(where: { $0 > 0 })
        else { return nil }
        let width = (histogram.upperBound - histogram.lowerBound) / Double(counts.count)
        let isOneLevel = !elementType.isFloatingPoint && width == 1
        return histogram.lowerBound
            + (isOneLevel ? Double(level) : Double(level + 1 + next) / 2) * width
    }
}

extension GreyScale {
    /// The number format that holds what becomes of a scan: 16 bits for whole numbers of 8 bits, since the
    /// network's steps are finer; 16 bits as they are; and `float32` for any other.
    public static func outputType(for scan: Volumes.ElementType) -> Volumes.ElementType {
        switch scan {
        case .uint8, .uint16: .uint16
        case .int8, .int16: .int16
        default: .float32
        }
    }

    /// The grey scale on which results look like the scan: 0 and 1 are the ends of its window both
    /// ways, times 257 (or 256 where there is a sign) as 8 bits become 16.
    ///
    /// - Throws: ``UpscalingError/emptyWindow(low:high:)``.
    public static func keeping(
        _ window: ClosedRange<Double>, of scan: Volumes.ElementType
    ) throws(UpscalingError) -> GreyScale {
        let factor: Double =
            switch scan {
            case .uint8: 257
            case .int8: 256
            default: 1
            }
        return try GreyScale(
            low: window, high: (window.lowerBound * factor)...(window.upperBound * factor))
    }
}

import Foundation
import SystemPackage
import VolumeFiles
import Volumes

/// What `info` says about one scan, for programs.
struct InfoRecord: Encodable {
    /// The grey values.
    struct Values: Encodable {
        let minimum, maximum, mean, standardDeviation: Double?
        /// Percent to value.
        let percentiles: [String: Double]
        let percentileRelativeError: Double
        let nanCount, infinityCount: Int
        let isConstant: Bool
        let fractionAtTypeMinimum, fractionAtTypeMaximum: Double
        let distinctValues: Int?
        let robustWindow: [Double]?
        let histogram: Histogram?

        enum CodingKeys: String, CodingKey {
            case minimum, maximum, mean, percentiles, histogram
            case standardDeviation = "standard_deviation"
            case percentileRelativeError = "percentile_relative_error"
            case nanCount = "nan_count"
            case infinityCount = "infinity_count"
            case isConstant = "constant"
            case fractionAtTypeMinimum = "fraction_at_type_minimum"
            case fractionAtTypeMaximum = "fraction_at_type_maximum"
            case distinctValues = "distinct_values"
            case robustWindow = "robust_window"
        }
    }

    /// 256 equal bins at the most.
    struct Histogram: Encodable {
        let low, high: Double
        let counts: [Int]
    }

    let path: String
    var error: String?
    private(set) var format: String?
    private(set) var shape: Shape?
    private(set) var elementType: String?
    private(set) var voxelSize: VoxelSize?
    private(set) var voxelSizeSource: String?
    private(set) var dataset: String?
    private(set) var files: [String]?
    private(set) var values: Values?
    private(set) var notes: [String]?
    private(set) var metadata: [String: String]?
    private var bars: String?

    enum CodingKeys: String, CodingKey {
        case path, error, format, shape, dataset, files, values, notes, metadata
        case elementType = "element_type"
        case voxelSize = "voxel_size_um"
        case voxelSizeSource = "voxel_size_source"
    }

    /// A scan that could not be read.
    init(path: String, error: String) {
        self.path = path
        self.error = error
    }

    private static let percents: [Double] = [0.1, 1, 5, 25, 50, 75, 95, 99, 99.9]

    /// Opens a scan and reads all of it.
    init(_ location: ScanLocation) throws(VolumeFileError) {
        let reader = try openScan(location)
        let scan = reader.description
        var statistics = VoxelStatistics(of: scan.elementType)
        let total = scan.shape.count * scan.elementType.byteCount
        let progress = Progress(location.path.string)
        defer { progress.finish() }
        let slabs = reader.slabs(depth: scan.shape.slabDepth(elementType: scan.elementType))
        while let (slab, slices, _) = try slabs.next() {
            statistics.add(slab)
            progress.show(
                slices.upperBound * scan.shape.sliceCount * scan.elementType.byteCount, of: total)
        }
        path = location.path.string
        format = scan.format.rawValue
        shape = scan.shape
        elementType = scan.elementType.rawValue
        voxelSize = scan.voxelSize?.size
        voxelSizeSource = scan.voxelSize?.source
        dataset = scan.dataset
        files = scan.files.map(\.string)
        notes = scan.notes + Self.notes(statistics)
        metadata = scan.metadata
        let percentiles = Self.percents.compactMap { percent in
            statistics.percentile(percent).map { (Quantity.number(percent), $0) }
        }
        values = Values(
            minimum: statistics.minimum, maximum: statistics.maximum,
            mean: statistics.mean.flatMap { $0.isFinite ? $0 : nil },
            standardDeviation: statistics.standardDeviation.flatMap { $0.isFinite ? $0 : nil },
            percentiles: Dictionary(uniqueKeysWithValues: percentiles),
            percentileRelativeError: statistics.percentileRelativeError,
            nanCount: statistics.nanCount, infinityCount: statistics.infinityCount,
            isConstant: statistics.isConstant,
            fractionAtTypeMinimum: statistics.fractionAtTypeMinimum,
            fractionAtTypeMaximum: statistics.fractionAtTypeMaximum,
            distinctValues: statistics.distinctValueCount,
            robustWindow: statistics.robustWindow.map { [$0.lowerBound, $0.upperBound] },
            histogram: statistics.histogram().map {
                Histogram(low: $0.lowerBound, high: $0.upperBound, counts: $0.counts)
            })
        bars = statistics.histogram(binCount: 64, in: statistics.robustWindow).map { Self.bars($0) }
    }

    /// What the grey values give away.
    private static func notes(_ statistics: VoxelStatistics) -> [String] {
        var notes: [String] = []
        if statistics.isConstant { notes.append("every voxel has the same value") }
        if statistics.nanCount > 0 { notes.append("\(statistics.nanCount) voxels are NaN") }
        if statistics.infinityCount > 0 {
            notes.append("\(statistics.infinityCount) voxels are infinite")
        }
        if let distinct = statistics.distinctValueCount, statistics.elementType.byteCount == 2,
            distinct <= 256, statistics.count > 1 << 16, !statistics.isConstant
        {
            notes.append(
                "only \(distinct) different values: a scan of 8 bits or less in 16")
        }
        let saturated = statistics.fractionAtTypeMaximum
        if saturated > 0.05, (statistics.distinctValueCount ?? 256) > 16 {
            notes.append(
                "\(Quantity.number(saturated * 100, digits: 3)) % of the voxels are saturated")
        }
        return notes
    }

    // MARK: - For people

    /// The same in a few lines of text.
    var text: String {
        guard let shape, let elementType, let values, let format else { return path }
        let type = ElementType(rawValue: elementType)
        let bytes = Double(shape.count) * Double(type?.byteCount ?? 0)
        var lines = [path]
        func row(_ name: String, _ text: String) {
            lines.append("  " + name.padding(toLength: 12, withPad: " ", startingAt: 0) + text)
        }
        let count = files?.count ?? 0
        row(
            "format",
            format + (count > 1 ? ", \(count) files" : "") + (dataset.map { ", \($0)" } ?? ""))
        row(
            "shape",
            "\(shape.depth) x \(shape.height) x \(shape.width) (z, y, x), \(elementType), "
                + Quantity.bytes(bytes))
        if let voxelSize {
            row("voxel size", "\(voxelSize), from \(voxelSizeSource ?? "")")
            let extent =
                voxelSize.vector
                * SIMD3(
                    Double(shape.depth), Double(shape.height), Double(shape.width)) / 1000
            row(
                "extent",
                (0..<3).map { Quantity.number(extent[$0], digits: 4) }.joined(separator: " x ")
                    + " mm")
        } else {
            row("voxel size", "not known")
        }
        if let minimum = values.minimum, let maximum = values.maximum {
            row(
                "values",
                "\(Quantity.number(minimum)) to \(Quantity.number(maximum)), mean "
                    + "\(Quantity.number(values.mean ?? .nan, digits: 6)), deviation "
                    + "\(Quantity.number(values.standardDeviation ?? .nan, digits: 6))")
            row(
                "percentiles",
                Self.percents.map { percent in
                    let name = Quantity.number(percent)
                    let value = values.percentiles[name].map { Quantity.number($0) } ?? "none"
                    return "\(name) %: \(value)"
                }.joined(separator: "  "))
        }
        if let bars {
            let window = values.robustWindow ?? [values.minimum ?? 0, values.maximum ?? 0]
            row("histogram", bars)
            row(
                "", "from \(Quantity.number(window[0])) to \(Quantity.number(window[1]))")
        }
        for note in notes ?? [] { row("note", note) }
        for (key, value) in (metadata ?? [:]).sorted(by: { $0.key < $1.key }) {
            let short = value.count > 120 ? value.prefix(120) + "…" : value[...]
            row("metadata", "\(key): \(short)".replacing("\n", with: " "))
        }
        return lines.joined(separator: "\n")
    }

    /// A row of bars, the highest one full.
    private static func bars(_ histogram: VoxelHistogram) -> String {
        let levels = Array(" ▁▂▃▄▅▆▇█")
        let greatest = Double(histogram.counts.max() ?? 1)
        return String(
            histogram.counts.map { count in
                // Anything at all shows, however little.
                count == 0
                    ? levels[0]
                    : levels[max(Int((Double(count) / greatest * 8).rounded()), 1)]
            })
    }
}

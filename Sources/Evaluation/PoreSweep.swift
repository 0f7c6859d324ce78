import ImageMetrics
import Measurement
import Segmentation
import Synchronization
public import Volumes

/// A parameter of the pore space, as measurements name it.
public struct JudgedParameter: Hashable, Sendable, Codable {
    /// What was measured, as in `porosity_total`.
    public let name: String
    /// The direction it was measured along, where it has one.
    public let axis: Axis?
    /// The unit; `1` for a fraction or a count.
    public let unit: String
    /// The identifier of its definition.
    public let convention: String

    init(_ parameter: MeasuredParameter) {
        name = parameter.name
        axis = parameter.axis
        unit = parameter.unit
        convention = parameter.convention
    }

    /// `porosity_percolating z`; unlike any other parameter's.
    var key: String { name + (axis.map { " \($0.rawValue)" } ?? "") }
}

/// All measurements of the pore spaces that a sweep's thresholds make of grey values.
final class PoreSweep: Sendable {
    /// The thresholds, in grey values of HIGH.
    let thresholds: [Double]
    /// The normalised grey values up to which voxels are at or below each of them.
    private let limits: [Double]
    private let measurements: [PoreMeasurement]
    private let porePhase: SegmentationSettings.PorePhase
    /// Every parameter met, by its key, with its last place in the list of its measurement.
    private let met = Mutex<[String: Met]>([:])

    private struct Met {
        let parameter: JudgedParameter
        let measurement: Int
        var place: Int
    }

    init(_ choice: ThresholdChoice, _ scans: PairScans, _ settings: EvaluationSettings) {
        thresholds = choice.values
        limits = choice.values.map(scans.limit)
        measurements = settings.measurements
        porePhase = settings.porePhase
    }

    /// Bytes for a voxel of what is measured: masks of all thresholds at once, with what they are made
    /// from and what measuring takes.
    static func bytesPerVoxel(_ settings: EvaluationSettings) -> Int {
        let most = settings.measurements.map(\.bytesPerVoxel).max() ?? 0
        return ThresholdChoice.steps.count * (MemoryLayout<Float>.size + 1 + most)
    }

    /// Every parameter that was found, in the order of the measurements.
    var parameters: [JudgedParameter] {
        met.withLock { $0.values }
            .sorted {
                ($0.measurement, $0.place, $0.parameter.key)
                    < ($1.measurement, $1.place, $1.parameter.key)
            }
            .map(\.parameter)
    }

    /// Every parameter of slabs, each by itself.
    func slabs(_ volume: Volume<Float>, depth: Int) throws -> [String: SweptQuantity] {
        try swept(volume, depth: depth) { _ in nil }
    }

    /// What single slices can tell.
    func slices(_ volume: Volume<Float>) throws -> [String: SweptQuantity] {
        try swept(volume, depth: 1, only: \.ofSlices)
    }

    /// The pores at the catalog's threshold.
    func pores(in volume: Volume<Float>) -> Mask {
        let limit = limits[ThresholdChoice.steps.firstIndex(of: 0) ?? 0]
        return volume.map { (Double($0) <= limit) == (porePhase == .darker) }
    }

    private func swept(
        _ volume: Volume<Float>, depth: Int, only names: @Sendable (PoreMeasurement) -> Set<String>?
    ) throws -> [String: SweptQuantity] {
        let (measurements, porePhase) = (measurements, porePhase)
        let found = try volume.swept(over: limits, slabDepth: depth) { mask in
            let pores = porePhase == .darker ? mask : mask.map { !$0 }
            var values: [String: Double] = [:]
            for (index, measurement) in measurements.enumerated() {
                let names = names(measurement)
                if let names, names.isEmpty { continue }
                for (place, parameter) in try measurement(pores).parameters.enumerated()
                where names?.contains(parameter.name) ?? true {
                    let judged = JudgedParameter(parameter)
                    values[judged.key] = parameter.value
                    note(judged, measurement: index, place: place)
                }
            }
            return values
        }
        return found.mapValues {
            SweptQuantity(thresholds: thresholds, slabDepths: $0.slabDepths, values: $0.values)
        }
    }

    private func note(_ parameter: JudgedParameter, measurement: Int, place: Int) {
        met.withLock { met in
            // Thin slabs lack some of the axes; the longest list tells the order.
            met[
                parameter.key,
                default: Met(parameter: parameter, measurement: measurement, place: place)
            ].place = max(met[parameter.key]?.place ?? 0, place)
        }
    }
}

/// Sweeps of the pieces of a sample, put together.
struct GatheredSweep {
    private let thresholds: [Double]
    private(set) var depths: [Int] = []
    private var values: [String: [[Double?]]] = [:]

    init(_ thresholds: [Double]) { self.thresholds = thresholds }

    /// Adds the slabs of the next piece, whose depths are given for the case that nothing was found.
    mutating func append(_ piece: [String: SweptQuantity], depths new: [Int]) {
        for key in Set(values.keys).union(piece.keys) {
            let before = [Double?](repeating: nil, count: depths.count)
            let here = [Double?](repeating: nil, count: new.count)
            let known = values[key] ?? thresholds.map { _ in before }
            let found = piece[key]?.values ?? thresholds.map { _ in here }
            values[key] = zip(known, found).map { $0 + $1 }
        }
        depths += new
    }

    /// A parameter in all slabs; without a value in any where it was never found.
    subscript(key: String) -> SweptQuantity {
        SweptQuantity(
            thresholds: thresholds, slabDepths: depths,
            values: values[key]
                ?? thresholds.map { _ in [Double?](repeating: nil, count: depths.count) })
    }
}

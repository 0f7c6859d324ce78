public import Volumes

/// Measurements of a mask that arrives in slabs.
///
/// Those that can (``PoreMeasurement/accumulator``) look at a slab and forget it; the mask is kept only
/// if another one needs it whole.
public struct MeasurementRun: Sendable {
    private let measurements: [PoreMeasurement]
    private let shape: Shape
    private let voxelSize: VoxelSize?
    private let fieldOfView: FieldOfView
    /// One for each measurement; `nil` for those that need the whole mask.
    private var accumulators: [(any PoreAccumulator)?]
    private var kept: [Bool] = []
    private let keeps: Bool

    /// Begins to measure a mask of `shape`.
    ///
    /// - Parameters:
    ///   - measurements: What to measure.
    ///   - shape: The whole mask's.
    ///   - voxelSize: Its voxels' edges; `nil` to measure in voxels.
    ///   - fieldOfView: Which voxels belong to the sample.
    /// - Throws: ``MeasurementError`` where such a mask cannot be measured.
    public init(
        _ measurements: [PoreMeasurement] = PoreMeasurement.all, shape: Shape,
        voxelSize: VoxelSize?, within fieldOfView: FieldOfView = .all
    ) throws {
        self.measurements = measurements
        self.shape = shape
        self.voxelSize = voxelSize
        self.fieldOfView = fieldOfView
        keeps = measurements.contains { $0.accumulator == nil }
        if keeps { kept.reserveCapacity(shape.count) }
        accumulators = try measurements.map {
            try $0.accumulator?(shape, voxelSize, fieldOfView)
        }
    }

    /// Bytes that measuring a mask of `shape` takes, beside those of a slab.
    public static func memory(for measurements: [PoreMeasurement], shape: Shape) -> Int {
        let needs = measurements.filter { $0.accumulator == nil }.map { measurement in
            let edge = measurement.edge ?? .max
            return measurement.bytesPerVoxel * min(edge, shape.depth) * min(edge, shape.height)
                * min(edge, shape.width)
        }
        return needs.max().map { shape.count + $0 } ?? 0
    }

    /// Takes the next slices, true in pore space; slabs come in order.
    public mutating func add(_ slab: Mask) {
        for place in accumulators.indices { accumulators[place]?.add(slab) }
        if keeps { kept += slab.array }
    }

    /// What was found, in the order of the measurements; all slices have been added.
    ///
    /// - Throws: ``MeasurementError`` where the mask cannot be measured.
    public consuming func findings() throws -> PoreFindings {
        var findings = PoreFindings()
        let mask = keeps ? Mask(shape: shape, voxelSize: voxelSize, voxels: kept) : nil
        for (measurement, accumulator) in zip(measurements, accumulators) {
            if let accumulator {
                findings.append(accumulator.findings())
            } else if let mask {
                findings.append(try measurement(mask, within: fieldOfView))
            }
        }
        return findings
    }
}

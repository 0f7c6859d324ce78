import Morphology
public import Volumes

/// Measures how likely two places some distance apart along an axis lie in one connected part of the
/// pores: the two-point cluster function C2, up to 64 voxels.
///
/// Connected means across faces of voxels (6 neighbours).
///
/// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
/// - Complexity: 192 comparisons a voxel in rows with pores that are not of the largest part, and 192
///   of 64 voxels each elsewhere; five bytes a voxel, and twelve a run of pore voxels.
public func measureClusters(
    of mask: Mask, within fieldOfView: FieldOfView = .all
) throws(MeasurementError) -> PoreFindings {
    let window = try PackedWindow(mask.shape, within: fieldOfView)
    let parts = ConnectedComponents(of: mask, connectivity: .faces, within: fieldOfView)
    let labels = parts.labels()
    // Most pores are often of one part, whose pairs are counted as bits, and the others' one by one.
    let sizes = parts.components.map(\.voxelCount)
    let largest = UInt32((sizes.max().flatMap { sizes.firstIndex(of: $0) } ?? -1) + 1)
    var ofLargest = try TwoPointAccumulator(mask.shape, within: fieldOfView, directions: 3)
    ofLargest.add(Mask(shape: mask.shape, voxels: labels.array.map { $0 == largest && $0 != 0 }))
    let bounds = window.bounds
    let extents = [bounds.shape.depth, bounds.shape.height, bounds.shape.width]
    let reach = TwoPointAccumulator.reach
    let others = concurrentMap(count: bounds.shape.depth) { z in
        labels.withVoxels { labels in
            pairsOfOnePart(
                labels, LabelGrid(shape: mask.shape, bounds: bounds), slice: z, reach: reach,
                except: largest)
        }
    }
    var findings = PoreFindings()
    let edges = mask.voxelSize?.vector ?? SIMD3(1, 1, 1)
    for (index, axis) in Axis.allCases.enumerated() {
        let lags = 0...min(reach, extents[index] - 1)
        let y = lags.map { lag in
            // At no distance all directions have the pairs of the first.
            let place = lag == 0 ? 0 : index * (reach + 1) + lag
            return Double(others.reduce(ofLargest.counts[place]) { $0 + $1[place] })
                / Double(window.pairs(LatticeDirections.steps[index], times: lag))
        }
        guard lags.count > 1 else {
            findings.skipped.append(
                PoreFindings.Skipped(
                    ClusterDefinitions.curve.name, axis: axis,
                    reason: "the field of view is one voxel long"))
            continue
        }
        findings.curves.append(
            MeasuredCurve(
                ClusterDefinitions.curve, axis: axis, x: lags.map { Double($0) * edges[index] },
                y: y, voxelSize: mask.voxelSize))
    }
    return findings
}

/// Where the rows of a box lie in a volume.
private struct LabelGrid: Sendable {
    let shape: Shape
    let bounds: Region

    func row(_ z: Int, _ y: Int) -> Range<Int> {
        let start =
            ((bounds.z + z) * shape.height + bounds.y + y) * shape.width + bounds.x
        return start..<start + bounds.shape.width
    }
}

/// The pairs of one part, other than `largest`, of which the later voxel lies in a slice, by axis and
/// lag.
private func pairsOfOnePart(
    _ labels: Span<UInt32>, _ grid: LabelGrid, slice z: Int, reach: Int, except largest: UInt32
) -> [Int] {
    var counts = [Int](repeating: 0, count: 3 * (reach + 1))
    let width = grid.bounds.shape.width
    for y in 0..<grid.bounds.shape.height {
        let row = labels.extracting(grid.row(z, y))
        let pores = equalLabels(row, row, except: largest)
        // Nothing to pair with.
        if pores == 0 { continue }
        counts[0] += pores
        for lag in 1..<max(1, min(reach, z) + 1) {
            counts[lag] += equalLabels(
                row, labels.extracting(grid.row(z - lag, y)), except: largest)
        }
        for lag in 1..<max(1, min(reach, y) + 1) {
            counts[reach + 1 + lag] += equalLabels(
                row, labels.extracting(grid.row(z, y - lag)), except: largest)
        }
        for lag in 1..<max(1, min(reach, width - 1) + 1) {
            counts[2 * (reach + 1) + lag] += equalLabels(
                row.extracting(lag..<width), row.extracting(0..<(width - lag)), except: largest)
        }
    }
    return counts
}

/// The places at which two rows have one label, other than 0 and `largest`.
@inline(__always)
private func equalLabels(
    _ a: Span<UInt32>, _ b: Span<UInt32>, except largest: UInt32
) -> Int {
    var count: UInt32 = 0
    for x in 0..<min(a.count, b.count) {
        let label = a[x]
        count &+= (label == b[x] ? 1 : 0) & (label != 0 ? 1 : 0) & (label != largest ? 1 : 0)
    }
    return Int(count)
}

extension PoreMeasurement {
    /// The two-point cluster function: ``measureClusters(of:within:)``.
    public static let clusters = PoreMeasurement(
        // Labels, and runs while they are made.
        name: "clusters", cost: .volume, bytesPerVoxel: 7, curves: [ClusterDefinitions.curve]
    ) { try measureClusters(of: $0, within: $1) }
}

/// The two-point cluster function.
enum ClusterDefinitions {
    static let curve = CurveDefinition(
        name: "two_point_cluster", convention: "faces-6",
        meaning: "The share of pairs of voxels so far apart along the axis that lie in one "
            + "6-connected part of the pores.",
        equation: "C2(r) = n(pairs of one part r apart) / n(pairs r apart), r = 0...64 voxels",
        x: .length, y: .fraction, reference: "doi:10.1073/pnas.0905919106", hasAxis: true)
}

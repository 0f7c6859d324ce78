import Foundation
import Morphology
public import Volumes

extension PoreMeasurement {
    /// How wide the pore space is, and how it drains: ``measurePoreSizes(of:within:)``.
    public static let poreSizes = PoreMeasurement(
        name: "pore_sizes", cost: .volume, bytesPerVoxel: 14,
        parameters: PoreSizeDefinitions.all, curves: PoreSizeDefinitions.curves
    ) { try measurePoreSizes(of: $0, within: $1) }
}

/// Measures how wide the pore space is: its local thickness, and the widths through which it drains.
///
/// A diameter is that of the largest ball of a place, from solid face to solid face: twice the distance of
/// centres of voxels, less one voxel.
///
/// - Parameters:
///   - mask: True in pore space; voxels are cubes, or their size is not known.
///   - fieldOfView: Which voxels belong to the sample; its edge is no wall.
/// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
/// - Complexity: Linear in voxels but for the balls that are painted; some fourteen bytes a voxel.
public func measurePoreSizes(
    of mask: Mask, within fieldOfView: FieldOfView = .all
) throws(MeasurementError) -> PoreFindings {
    guard let bounds = fieldOfView.bounds(in: mask.shape) else {
        throw .fieldOfViewOutside(fieldOfView, mask.shape)
    }
    func nothing(_ reason: String) -> PoreFindings {
        PoreFindings(
            without: PoreSizeDefinitions.all, PoreSizeDefinitions.curves, reason: reason)
    }
    if let size = mask.voxelSize, !size.isCubic {
        return nothing("balls want cubic voxels, and these are \(size)")
    }
    let distances = squaredDistanceTransform(of: mask, within: fieldOfView)
    let diameters = BallDiameters(mask.voxelSize)
    var findings = PoreFindings()
    let thickness: ThicknessSums
    do {
        let balls = localThickness(from: distances, within: fieldOfView)
        thickness = ThicknessSums(balls, in: bounds, diameters)
        guard let distribution = thickness.distribution else {
            return nothing(
                thickness.isBounded ? "there is no pore space in view" : "there is no solid in view"
            )
        }
        let ratio = BlockRatio(thickness.sums, over: thickness.counts.map(Double.init))
        findings.parameters.append(
            MeasuredParameter(
                PoreSizeDefinitions.mean, ratio.value, error: ratio.standardError,
                voxelSize: mask.voxelSize))
        findings.parameters.append(
            MeasuredParameter(
                PoreSizeDefinitions.deviation,
                diameters.deviation(of: distribution, about: ratio.value),
                voxelSize: mask.voxelSize))
        findings.curves.append(
            diameters.curve(PoreSizeDefinitions.distribution, of: distribution))
    }
    findings.append(
        drained(mask, distances, bounds, within: fieldOfView, poreVoxels: thickness.poreVoxels))
    return findings
}

/// The local thickness of every pore voxel, as ``measurePoreSizes(of:within:)`` means it, in um or in voxels;
/// 0 elsewhere.
///
/// - Returns: `nil` without solid in view, and for voxels that are not cubes.
/// - Complexity: As of `measurePoreSizes`; eight bytes a voxel.
public func localThicknessMap(
    of mask: Mask, within fieldOfView: FieldOfView = .all
) throws(MeasurementError) -> Volume<Float>? {
    guard fieldOfView.bounds(in: mask.shape) != nil else {
        throw .fieldOfViewOutside(fieldOfView, mask.shape)
    }
    if let size = mask.voxelSize, !size.isCubic { return nil }
    let radii = localThickness(of: mask, within: fieldOfView)
    if RadiusDistribution(of: radii).entries.last?.squaredRadius == .max { return nil }
    let diameters = BallDiameters(mask.voxelSize)
    return Volume<Float>(shape: mask.shape, voxelSize: mask.voxelSize) { z, slice in
        radii.withVoxels { radii in
            let start = z * slice.count
            let row = radii.extracting(start..<(start + slice.count))
            for place in 0..<slice.count where row[place] > 0 {
                slice[place] = Float(diameters[row[place]])
            }
        }
    }
}

/// What a fluid that comes from the faces fills, and how wide a ball can go through.
private func drained(
    _ mask: Mask, _ distances: Volume<UInt32>, _ bounds: Region, within fieldOfView: FieldOfView,
    poreVoxels: Int
) -> PoreFindings {
    let diameters = BallDiameters(mask.voxelSize)
    let axes = FacesAcross.all(of: bounds, fieldOfView)
    var findings = PoreFindings()
    for axis in Axis.allCases {
        func skip(_ reason: String) {
            findings.skipped.append(
                PoreFindings.Skipped(
                    PoreSizeDefinitions.breakthrough.name, axis: axis, reason: reason))
        }
        guard let faces = axes.first(where: { $0.axis == axis }) else {
            skip("the field of view has no two faces across the axis to connect")
            continue
        }
        let critical = criticalSquaredRadius(
            in: distances, from: faces.low, to: faces.high, within: fieldOfView)
        guard let critical else {
            skip("no pore space leads from one face across the axis to the other")
            continue
        }
        findings.parameters.append(
            MeasuredParameter(
                PoreSizeDefinitions.breakthrough, diameters[critical], axis: axis,
                voxelSize: mask.voxelSize))
    }
    let inlets = axes.reduce(into: Faces()) { $0.formUnion($1.both) }
    let invaded = RadiusDistribution(of: drainage(of: mask, from: inlets, within: fieldOfView))
    if invaded.entries.isEmpty {
        findings.skipped += [PoreSizeDefinitions.drainage, PoreSizeDefinitions.mercury].map {
            PoreFindings.Skipped($0.name, reason: "no pore space reaches a face")
        }
        return findings
    }
    findings.curves.append(
        diameters.curve(PoreSizeDefinitions.drainage, of: invaded, over: poreVoxels))
    if let size = mask.voxelSize {
        let curve = diameters.shares(of: invaded, over: poreVoxels).reversed()
        findings.curves.append(
            MeasuredCurve(
                PoreSizeDefinitions.mercury,
                x: curve.map { Mercury.pressureInKilopascals(diameterInMicrometres: $0.diameter) },
                y: curve.map(\.share), voxelSize: size))
    } else {
        findings.skipped.append(
            PoreFindings.Skipped(
                PoreSizeDefinitions.mercury.name, reason: "a pressure needs the voxel size"))
    }
    return findings
}

/// Mercury and air in rock (Washburn 1921, doi:10.1073/pnas.7.4.115).
enum Mercury {
    /// In newtons per metre.
    static let surfaceTension = 0.485
    /// Through the mercury.
    static let contactAngleInDegrees = 140.0

    /// The pressure at which it enters a throat of this diameter.
    static func pressureInKilopascals(diameterInMicrometres diameter: Double) -> Double {
        -4 * surfaceTension * cos(contactAngleInDegrees * .pi / 180) / diameter * 1000
    }
}

/// Diameters of balls whose squared radii go from centre to centre of voxels.
private struct BallDiameters {
    let voxelSize: VoxelSize?

    init(_ voxelSize: VoxelSize?) { self.voxelSize = voxelSize }

    /// From solid face to solid face.
    subscript(squaredRadius: UInt32) -> Double {
        (2 * Double(squaredRadius).squareRoot() - 1) * (voxelSize?.widthInMicrometres ?? 1)
    }

    /// The share of all voxels that have at least each diameter there is, the smallest first.
    func shares(
        of distribution: RadiusDistribution, over all: Int
    ) -> [(diameter: Double, share: Double)] {
        var left = distribution.voxelCount
        return distribution.entries.map { entry in
            defer { left -= entry.voxelCount }
            return (self[entry.squaredRadius], Double(left) / Double(all))
        }
    }

    func curve(
        _ definition: CurveDefinition, of distribution: RadiusDistribution, over all: Int? = nil
    ) -> MeasuredCurve {
        let shares = shares(of: distribution, over: all ?? distribution.voxelCount)
        return MeasuredCurve(
            definition, x: shares.map(\.diameter), y: shares.map(\.share), voxelSize: voxelSize)
    }

    func deviation(of distribution: RadiusDistribution, about mean: Double) -> Double {
        let squares = distribution.entries.reduce(0.0) { sum, entry in
            let apart = self[entry.squaredRadius] - mean
            return sum + apart * apart * Double(entry.voxelCount)
        }
        return (squares / Double(distribution.voxelCount)).squareRoot()
    }
}

/// The local thickness of a pore space, summed by block.
private struct ThicknessSums {
    /// Diameters of the pore voxels of each block, added, and how many they are.
    private(set) var sums = [Double](repeating: 0, count: BlockGrid.count)
    private(set) var counts = [Int](repeating: 0, count: BlockGrid.count)
    /// `nil` without pores, and without solid.
    let distribution: RadiusDistribution?
    /// Whether there is solid to bound the balls.
    let isBounded: Bool

    var poreVoxels: Int { counts.reduce(0, +) }

    /// - Parameter squaredRadii: 0 outside the pore space and the field of view.
    init(_ squaredRadii: Volume<UInt32>, in bounds: Region, _ diameters: BallDiameters) {
        let found = RadiusDistribution(of: squaredRadii)
        isBounded = found.entries.last?.squaredRadius != .max
        distribution = isBounded && !found.entries.isEmpty ? found : nil
        if distribution == nil { return }
        let grid = BlockGrid(bounds)
        let (rows, columns) = (
            grid.blocksOfRows, (0..<bounds.shape.width).map(grid.blockOfColumn)
        )
        let blocksInSlice = BlockGrid.edge * BlockGrid.edge
        // Every slice by itself, then slices in order: the same sums on any number of cores.
        let slices = concurrentMap(count: bounds.shape.depth) { slice in
            var sums = [Double](repeating: 0, count: blocksInSlice)
            var counts = [Int](repeating: 0, count: blocksInSlice)
            squaredRadii.withVoxels { voxels in
                for row in 0..<bounds.shape.height {
                    let start =
                        ((bounds.z + slice) * squaredRadii.shape.height + bounds.y + row)
                        * squaredRadii.shape.width + bounds.x
                    let radii = voxels.extracting(start..<(start + columns.count))
                    for column in 0..<radii.count where radii[column] > 0 {
                        let block = rows[row] * BlockGrid.edge + columns[column]
                        sums[block] += diameters[radii[column]]
                        counts[block] += 1
                    }
                }
            }
            return (sums: sums, counts: counts)
        }
        for (slice, layer) in zip(slices, grid.blocksOfSlices) {
            for block in 0..<blocksInSlice {
                sums[layer * blocksInSlice + block] += slice.sums[block]
                counts[layer * blocksInSlice + block] += slice.counts[block]
            }
        }
    }
}

import PoreNetwork
public import Volumes

extension PoreMeasurement {
    /// Pores, throats and grains: ``measureNetwork(of:within:)``.
    public static let network = PoreMeasurement(
        name: "network", cost: .volume, bytesPerVoxel: 16,
        parameters: NetworkDefinitions.all, curves: NetworkDefinitions.curves
    ) { try measureNetwork(of: $0, within: $1) }
}

/// Measures pores, the throats between them, and grains.
///
/// Pores are the regions of a watershed of the distance to solid, as segmentation numbers them; grains are
/// those of the solid. Sizes are means over regions that the edge of the field of view does not cut.
///
/// - Parameters:
///   - mask: True in pore space; voxels are cubes, or their size is not known.
///   - fieldOfView: Which voxels belong to the sample; its edge is no wall.
/// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
/// - Complexity: Linear in voxels but for the inverse Ackermann function; some sixteen bytes a voxel.
public func measureNetwork(
    of mask: Mask, within fieldOfView: FieldOfView = .all
) throws(MeasurementError) -> PoreFindings {
    guard let bounds = fieldOfView.bounds(in: mask.shape) else {
        throw .fieldOfViewOutside(fieldOfView, mask.shape)
    }
    typealias Names = NetworkDefinitions
    if let size = mask.voxelSize, !size.isCubic {
        return PoreFindings(
            without: Names.all, Names.curves,
            reason: "distances want cubic voxels, and these are \(size)")
    }
    let network = NetworkSizes(mask.voxelSize, isImage: bounds.shape.isImage)
    var findings = network.pores(
        PoresAndThroats(of: mask, within: fieldOfView, prominence: Names.prominence))
    findings.append(
        network.grains(
            PoresAndThroats(
                of: mask.complement(within: fieldOfView), within: fieldOfView,
                prominence: Names.prominence)))
    return findings
}

/// Sizes of regions and throats in lengths.
private struct NetworkSizes {
    private typealias Names = NetworkDefinitions
    private let voxelSize: VoxelSize?
    private let isImage: Bool
    private var edge: Double { voxelSize?.widthInMicrometres ?? 1 }

    init(_ voxelSize: VoxelSize?, isImage: Bool) {
        self.voxelSize = voxelSize
        self.isImage = isImage
    }

    func pores(_ network: PoresAndThroats) -> PoreFindings {
        var findings = PoreFindings()
        let whole = network.pores.filter { !$0.touchesBoundary }
        add(Names.poreCount, Double(network.pores.count), to: &findings)
        add(Names.throatCount, Double(network.throats.count), to: &findings)
        let inner = "no pore lies in view whole"
        add(
            Names.coordination, whole.map { Double($0.neighbourCount) }, to: &findings,
            otherwise: inner)
        addSizes(Names.poreDiameter, Names.poreDiameters, whole.map(diameter), &findings, inner)
        let bounded = whole.filter { $0.inscribedRadius.isFinite }
        add(
            Names.poreInscribed, bounded.map { 2 * $0.inscribedRadius * edge }, to: &findings,
            otherwise: inner)
        addSizes(
            Names.throatInscribed, Names.throatDiameters,
            network.throats.map { 2 * $0.inscribedRadius * edge }.filter(\.isFinite), &findings,
            "there is no throat")
        return findings
    }

    func grains(_ network: PoresAndThroats) -> PoreFindings {
        var findings = PoreFindings()
        add(Names.grainCount, Double(network.pores.count), to: &findings)
        addSizes(
            Names.grainDiameter, Names.grainDiameters,
            network.pores.filter { !$0.touchesBoundary }.map(diameter), &findings,
            "no grain lies in view whole")
        return findings
    }

    private func diameter(_ region: Pore) -> Double {
        (isImage ? region.equivalentDiameterInImage : region.equivalentDiameter) * edge
    }

    private func add(
        _ definition: ParameterDefinition, _ value: Double, to findings: inout PoreFindings
    ) {
        findings.parameters.append(
            MeasuredParameter(definition, value, voxelSize: voxelSize))
    }

    /// The mean and its standard error over regions, which hardly depend on each other.
    private func add(
        _ definition: ParameterDefinition, _ values: [Double], to findings: inout PoreFindings,
        otherwise reason: String
    ) {
        guard !values.isEmpty else {
            findings.skipped.append(PoreFindings.Skipped(definition.name, reason: reason))
            return
        }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        findings.parameters.append(
            MeasuredParameter(
                definition, mean,
                error: values.count > 1 ? (squares / (count - 1) / count).squareRoot() : nil,
                voxelSize: voxelSize))
    }

    private func addSizes(
        _ definition: ParameterDefinition, _ curve: CurveDefinition, _ sizes: [Double],
        _ findings: inout PoreFindings, _ reason: String
    ) {
        add(definition, sizes, to: &findings, otherwise: reason)
        guard !sizes.isEmpty else {
            findings.skipped.append(PoreFindings.Skipped(curve.name, reason: reason))
            return
        }
        let sorted = sizes.sorted()
        var (x, y): ([Double], [Double]) = ([], [])
        for (index, size) in sorted.enumerated() where size != x.last {
            x.append(size)
            y.append(Double(sorted.count - index) / Double(sorted.count))
        }
        findings.curves.append(MeasuredCurve(curve, x: x, y: y, voxelSize: voxelSize))
    }
}

extension Mask {
    /// True in solid that lies in view.
    fileprivate func complement(within fieldOfView: FieldOfView) -> Mask {
        let shape = shape
        var solid = Mask(shape: shape, voxelSize: voxelSize, repeating: false)
        solid.forEachSliceConcurrently { z, slice in
            withVoxels { pores in
                for y in 0..<shape.height {
                    let start = (z * shape.height + y) * shape.width
                    for x in fieldOfView.columns(z: z, y: y, in: shape) {
                        slice[y * shape.width + x] = !pores[start + x]
                    }
                }
            }
        }
        return solid
    }
}

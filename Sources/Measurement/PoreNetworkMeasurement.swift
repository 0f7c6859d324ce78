public import PoreNetwork
public import Volumes

extension PoreMeasurement {
    /// Pores, throats and grains, parted by prominence: ``network(partedBy:)``.
    public static let network = network(partedBy: .prominence)

    /// Pores, throats and grains: ``measureNetwork(of:within:partedBy:)``.
    public static func network(partedBy partition: PorePartition) -> PoreMeasurement {
        let names = NetworkDefinitions(partition)
        return PoreMeasurement(
            name: "network", cost: .volume, bytesPerVoxel: 16, parameters: names.all,
            curves: names.curves
        ) { try measureNetwork(of: $0, within: $1, partedBy: partition) }
    }
}

/// Measures pores, the throats between them, and grains.
///
/// Pores are the regions of a watershed of the distance to solid, as segmentation numbers them; grains are
/// those of the solid. Sizes are means over regions that the edge of the field of view does not cut.
///
/// - Parameters:
///   - mask: True in pore space; voxels are cubes, or their size is not known.
///   - fieldOfView: Which voxels belong to the sample; its edge is no wall.
///   - partition: What parts pores from each other, and grains; the convention of the numbers says it.
/// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
/// - Complexity: Linear in voxels but for the inverse Ackermann function; some sixteen bytes a voxel.
public func measureNetwork(
    of mask: Mask, within fieldOfView: FieldOfView = .all,
    partedBy partition: PorePartition = .prominence
) throws(MeasurementError) -> PoreFindings {
    guard let bounds = fieldOfView.bounds(in: mask.shape) else {
        throw .fieldOfViewOutside(fieldOfView, mask.shape)
    }
    let names = NetworkDefinitions(partition)
    if let size = mask.voxelSize, !size.isCubic {
        return PoreFindings(
            without: names.all, names.curves,
            reason: "distances want cubic voxels, and these are \(size)")
    }
    let network = NetworkSizes(names, mask.voxelSize, isImage: bounds.shape.isImage)
    func parted(_ phase: Mask) -> PoresAndThroats {
        PoresAndThroats(
            of: phase, within: fieldOfView, partedBy: partition,
            prominence: NetworkDefinitions.prominence)
    }
    var findings = network.pores(parted(mask))
    findings.append(network.grains(parted(mask.complement(within: fieldOfView))))
    return findings
}

/// Sizes of regions and throats in lengths.
private struct NetworkSizes {
    private let names: NetworkDefinitions
    private let voxelSize: VoxelSize?
    private let isImage: Bool
    private var edge: Double { voxelSize?.widthInMicrometres ?? 1 }

    init(_ names: NetworkDefinitions, _ voxelSize: VoxelSize?, isImage: Bool) {
        self.names = names
        self.voxelSize = voxelSize
        self.isImage = isImage
    }

    func pores(_ network: PoresAndThroats) -> PoreFindings {
        var findings = PoreFindings()
        let whole = network.pores.filter { !$0.touchesBoundary }
        add(names.poreCount, Double(network.pores.count), to: &findings)
        add(names.throatCount, Double(network.throats.count), to: &findings)
        let inner = "no pore lies in view whole"
        add(
            names.coordination, whole.map { Double($0.neighbourCount) }, to: &findings,
            otherwise: inner)
        addSizes(names.poreDiameter, names.poreDiameters, whole.map(diameter), &findings, inner)
        let bounded = whole.filter { $0.inscribedRadius.isFinite }
        add(
            names.poreInscribed, bounded.map { 2 * $0.inscribedRadius * edge }, to: &findings,
            otherwise: inner)
        addSizes(
            names.throatInscribed, names.throatDiameters,
            network.throats.map { 2 * $0.inscribedRadius * edge }.filter(\.isFinite), &findings,
            "there is no throat")
        return findings
    }

    func grains(_ network: PoresAndThroats) -> PoreFindings {
        var findings = PoreFindings()
        add(names.grainCount, Double(network.pores.count), to: &findings)
        addSizes(
            names.grainDiameter, names.grainDiameters,
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

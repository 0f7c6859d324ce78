import Volumes

/// From shares of pairs to curves and correlation lengths.
struct TwoPointEstimates {
    /// Of each direction, at each lag from 0.
    private let along: [[Double]]
    private let isImage: Bool
    private let voxelSize: VoxelSize?
    private let edges: SIMD3<Double>

    init(_ along: [[Double]], isImage: Bool, voxelSize: VoxelSize?) {
        self.along = along
        self.isImage = isImage
        self.voxelSize = voxelSize
        edges = voxelSize?.vector ?? SIMD3(1, 1, 1)
    }

    var findings: PoreFindings {
        var findings = PoreFindings()
        for (index, axis) in Axis.allCases.enumerated() {
            guard along[index].count > 1 else {
                for name in [
                    TwoPointDefinitions.axis.name, TwoPointDefinitions.integral.name,
                    TwoPointDefinitions.decay.name,
                ] {
                    findings.skipped.append(
                        PoreFindings.Skipped(
                            name, axis: axis, reason: "the field of view is one voxel long"))
                }
                continue
            }
            let x = along[index].indices.map { Double($0) * edges[index] }
            findings.curves.append(
                MeasuredCurve(
                    TwoPointDefinitions.axis, axis: axis, x: x, y: along[index],
                    voxelSize: voxelSize))
            addLengths(x, along[index], axis, to: &findings)
        }
        addRadial(to: &findings)
        return findings
    }

    private func addLengths(
        _ x: [Double], _ y: [Double], _ axis: Axis,
        to findings: inout PoreFindings
    ) {
        func add(_ definition: ParameterDefinition, _ length: Result<Double, NoLength>) {
            switch length {
            case .success(let value):
                findings.parameters.append(
                    MeasuredParameter(definition, value, axis: axis, voxelSize: voxelSize))
            case .failure(let why):
                findings.skipped.append(
                    PoreFindings.Skipped(definition.name, axis: axis, reason: why.reason))
            }
        }
        let porosity = y[0]
        guard porosity > 0, porosity < 1 else {
            let none = NoLength(reason: "there is one phase only")
            add(TwoPointDefinitions.integral, .failure(none))
            add(TwoPointDefinitions.decay, .failure(none))
            return
        }
        let correlation = y.map { ($0 - porosity * porosity) / (porosity - porosity * porosity) }
        add(TwoPointDefinitions.integral, TwoPointEstimates.integral(x, correlation))
        add(
            TwoPointDefinitions.decay,
            TwoPointEstimates.crossing(x, correlation, 1 / 2.718281828459045))
    }

    struct NoLength: Error {
        let reason: String
    }

    /// Where a falling curve first reaches a level, between points along a line.
    static func crossing(
        _ x: [Double], _ y: [Double], _ level: Double
    ) -> Result<Double, NoLength> {
        guard let last = y.firstIndex(where: { $0 <= level }), last > 0 else {
            return .failure(
                NoLength(reason: "the correlation does not fall so far in the lags measured"))
        }
        let part = (y[last - 1] - level) / (y[last - 1] - y[last])
        return .success(x[last - 1] + part * (x[last] - x[last - 1]))
    }

    /// The area under a curve up to where it first reaches 0; up to its end if it is below 1/20 there.
    static func integral(_ x: [Double], _ y: [Double]) -> Result<Double, NoLength> {
        let end = y.firstIndex { $0 <= 0 }
        guard end != nil || (y.last ?? 1) < 0.05 else {
            return .failure(
                NoLength(reason: "the correlation has not died down in the lags measured"))
        }
        var sum = 0.0
        for index in 1...(end ?? y.count - 1) {
            let step = x[index] - x[index - 1]
            let (before, here) = (y[index - 1], y[index])
            // The last piece is a triangle up to the crossing.
            sum +=
                here > 0 ? step * (before + here) / 2 : step * before * before / (before - here) / 2
        }
        return .success(sum)
    }

    private func addRadial(to findings: inout PoreFindings) {
        let directions = LatticeDirections(edges: edges, inPlane: isImage)
        let used = directions.shares.indices.filter { directions.shares[$0] > 0 }
        let reach = used.map { Double(along[$0].count - 1) * directions.lengths[$0] }.min() ?? 0
        let step = isImage ? min(edges.y, edges.z) : edges.min()
        // A cubic needs four points.
        guard used.allSatisfy({ along[$0].count >= 4 }) else {
            findings.skipped.append(
                PoreFindings.Skipped(
                    TwoPointDefinitions.radial.name,
                    reason: "the field of view is less than four voxels wide along an axis"))
            return
        }
        let count = Int((reach / step * (1 + 1e-12)).rounded(.down))
        let x = (0...count).map { Double($0) * step }
        let y = x.map { distance in
            used.reduce(0.0) {
                $0 + directions.shares[$1]
                    * TwoPointEstimates.cubic(along[$1], at: distance / directions.lengths[$1])
            }
        }
        findings.curves.append(
            MeasuredCurve(TwoPointDefinitions.radial, x: x, y: y, voxelSize: voxelSize))
    }

    /// The cubic through the four points around a place; at the ends through the last four.
    static func cubic(_ values: [Double], at place: Double) -> Double {
        let first = min(max(Int(place) - 1, 0), values.count - 4)
        let t = place - Double(first)
        return (0..<4).reduce(0.0) { sum, i in
            let weight = (0..<4).reduce(1.0) { product, j in
                j == i ? product : product * (t - Double(j)) / Double(i - j)
            }
            return sum + weight * values[first + i]
        }
    }
}

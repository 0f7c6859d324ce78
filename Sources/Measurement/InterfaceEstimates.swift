import Volumes

/// From counts of patterns to surface, curvature and Euler number.
struct InterfaceEstimates {
    private let counts: InterfaceCounts
    /// Cells in view of every block.
    private let cells: [Int]
    /// Pairs two steps apart in view of every block, by direction.
    private let pairs: [[Int]]
    private let isImage: Bool
    private let voxelSize: VoxelSize?
    private let edges: SIMD3<Double>
    /// Pattern by pattern, all blocks together.
    private let patterns: [Int]

    init(
        _ counts: InterfaceCounts, cells: [Int], pairs: [[Int]], isImage: Bool,
        voxelSize: VoxelSize?
    ) {
        self.counts = counts
        self.cells = cells
        self.pairs = pairs
        self.isImage = isImage
        self.voxelSize = voxelSize
        edges = voxelSize?.vector ?? SIMD3(1, 1, 1)
        patterns = (0..<256).map { pattern in
            (0..<BlockGrid.count).reduce(0) { $0 + counts.cells[$1 * 256 + pattern] }
        }
    }

    /// Everything, or why not.
    var findings: PoreFindings {
        var findings = PoreFindings()
        typealias Names = InterfaceDefinitions
        let hasCells = cells.contains { $0 > 0 }
        let ofVolumes = [
            Names.surface, Names.marchingCubes, Names.curvature6, Names.curvature26,
            Names.eulerDensity6,
            Names.eulerDensity26,
        ]
        let ofImages = [Names.perimeter, Names.eulerArea4, Names.eulerArea8]
        func skip(_ definitions: [ParameterDefinition], _ reason: String) {
            findings.skipped += definitions.map {
                PoreFindings.Skipped($0.name, reason: reason)
            }
        }
        func add(_ definition: ParameterDefinition, _ value: Double, _ error: Double?) {
            findings.parameters.append(
                MeasuredParameter(definition, value, error: error, voxelSize: voxelSize))
        }
        func addDensity(_ definition: ParameterDefinition, _ weights: [Double]) {
            let ratio = BlockRatio(sums(weights), over: cells.map(Double.init))
            add(definition, ratio.value, ratio.standardError)
        }
        if isImage {
            skip(ofVolumes, "an image of one slice has no surface; see \(Names.perimeter.name)")
        } else {
            skip(ofImages, "only an image of one slice has a perimeter; see \(Names.surface.name)")
        }
        if !hasCells {
            skip(
                isImage ? ofImages : ofVolumes,
                "the field of view is less than two voxels wide along an axis")
        } else if isImage {
            addCrofton(Names.perimeter, .pi / 2, reason: skip, add: add)
            let area = edges.y * edges.z
            addDensity(Names.eulerArea4, imageWeights(CellTables.eulerTimes8ByFaces, area))
            addDensity(Names.eulerArea8, imageWeights(CellTables.eulerTimes8ByCorners, area))
        } else {
            let volume = edges.x * edges.y * edges.z
            addCrofton(Names.surface, 2, reason: skip, add: add)
            if voxelSize?.isCubic ?? true {
                let edge = voxelSize?.meanEdgeInMicrometres ?? 1
                addDensity(Names.marchingCubes, MarchingCubes.areas.map { $0 / edge })
            } else {
                skip([Names.marchingCubes], "its table of areas is one of cubic voxels")
            }
            addDensity(Names.curvature6, curvatureWeights(joined: false))
            addDensity(Names.curvature26, curvatureWeights(joined: true))
            addDensity(
                Names.eulerDensity6,
                CellTables.eulerTimes8ByFaces.map { Double($0) / 8 / volume })
            addDensity(
                Names.eulerDensity26,
                CellTables.eulerTimes8ByCorners.map { Double($0) / 8 / volume })
        }
        addChords(to: &findings)
        addAnisotropy(to: &findings)
        add(Names.eulerNumber6, eulerNumber(CellTables.eulerTimes8ByFaces), nil)
        add(Names.eulerNumber26, eulerNumber(CellTables.eulerTimes8ByCorners), nil)
        return findings
    }

    /// A sum over the cells of each block.
    private func sums(_ weights: [Double]) -> [Double] {
        (0..<BlockGrid.count).map { block in
            (0..<256).reduce(0) { $0 + weights[$1] * Double(counts.cells[block * 256 + $1]) }
        }
    }

    /// The cells of an image are upper halves of cells whose lower half is solid: of the Euler number
    /// of the one layer of voxels, the other half lies in the cells above.
    private func imageWeights(_ weights: [Int], _ area: Double) -> [Double] {
        (0..<256).map { pattern in
            Double(weights[pattern & 0xF0] + weights[pattern >> 4]) / 8 / area
        }
    }

    /// The Euler number of the pores in view, with solid around: a whole number.
    private func eulerNumber(_ weightsTimes8: [Int]) -> Double {
        let sum = (0..<256).reduce(0) { sum, pattern in
            sum + weightsTimes8[pattern] * (patterns[pattern] + counts.border[pattern])
        }
        precondition(sum % 8 == 0, "cells put Euler numbers together whole")
        return Double(sum / 8)
    }

    /// Crofton's formula in the directions of the lattice.
    private func addCrofton(
        _ definition: ParameterDefinition, _ factor: Double,
        reason skip: ([ParameterDefinition], String) -> Void,
        add: (ParameterDefinition, Double, Double?) -> Void
    ) {
        guard let crossings = Crossings(counts, cells, pairs, edges, isImage: isImage) else {
            return skip([definition], Crossings.tooThin)
        }
        let shares = crossings.directions.shares
        var value = 0.0
        var numerators = [Double](repeating: 0, count: BlockGrid.count)
        for direction in shares.indices where shares[direction] > 0 {
            let weight = factor * shares[direction]
            value += weight * crossings.perLength[direction]
            for block in numerators.indices {
                numerators[block] += weight * crossings.ofBlocks[direction][block]
            }
        }
        let ratio = BlockRatio(numerators, over: cells.map(Double.init))
        add(definition, value, ratio.standardError)
    }

    /// Pore voxels of the cells of each block: of every cell the part of its corners that is pore.
    private var poresOfCells: [Double] {
        sums((0..<256).map { Double(($0 as Int).nonzeroBitCount) / (isImage ? 4 : 8) })
    }

    /// The mean chords of pore and solid along each axis, from voxels and crossings.
    private func addChords(to findings: inout PoreFindings) {
        let crossings = Crossings(counts, cells, pairs, edges, isImage: isImage)
        let pores = poresOfCells
        let phases = [pores, zip(cells, pores).map { Double($0) - $1 }]
        for (phase, voxels) in phases.enumerated() {
            let definition = InterfaceDefinitions.chords[phase]
            for (index, axis) in Axis.allCases.enumerated() {
                func skip(_ reason: String) {
                    findings.skipped.append(
                        PoreFindings.Skipped(definition.name, axis: axis, reason: reason))
                }
                guard let crossings else {
                    skip(Crossings.tooThin)
                    continue
                }
                guard crossings.perLength[index] > 0 else {
                    skip("no line along the axis goes from pore to solid in view")
                    continue
                }
                // A chord has two ends.
                let ends = crossings.ofBlocks[index].map { $0 / 2 }
                let share = voxels.reduce(0, +) / Double(cells.reduce(0, +))
                findings.parameters.append(
                    MeasuredParameter(
                        definition, 2 * share / crossings.perLength[index], axis: axis,
                        error: BlockRatio(voxels, over: ends).standardError, voxelSize: voxelSize))
            }
        }
    }

    /// The tensor of mean intercept lengths.
    private func addAnisotropy(to findings: inout PoreFindings) {
        typealias Names = AnisotropyDefinitions
        func skip(_ reason: String) {
            findings.skipped += Names.all.map { PoreFindings.Skipped($0.name, reason: reason) }
        }
        if isImage { return skip("an image has no third direction") }
        guard let crossings = Crossings(counts, cells, pairs, edges, isImage: false) else {
            return skip(Crossings.tooThin)
        }
        let pores = poresOfCells
        let porosity = pores.reduce(0, +) / Double(cells.reduce(0, +))
        let intercepts = crossings.perLength.map { 2 * porosity / $0 }
        guard intercepts.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            return skip("there is a direction in which no line goes from pore to solid")
        }
        guard let ellipsoid = InterceptEllipsoid(intercepts, crossings.directions, edges) else {
            return skip("the mean intercept lengths fit no ellipsoid")
        }
        let errors = BlockJackknife.standardErrors(cells) { isIncluded in
            func sum(_ blocks: [Double]) -> Double {
                blocks.indices.reduce(0) { isIncluded[$1] ? $0 + blocks[$1] : $0 }
            }
            let voxels = sum(pores)
            let intercepts = crossings.ofBlocks.map { 2 * voxels / sum($0) }
            guard intercepts.allSatisfy({ $0.isFinite && $0 > 0 }),
                let part = InterceptEllipsoid(intercepts, crossings.directions, edges)
            else { return nil }
            return part.lengths + [1 - part.lengths[2] / part.lengths[0]]
        }
        func add(
            _ definition: ParameterDefinition, _ value: Double,
            _ axis: Axis? = nil, error: Double? = nil
        ) {
            findings.parameters.append(
                MeasuredParameter(definition, value, axis: axis, error: error, voxelSize: voxelSize)
            )
        }
        let degree = 1 - ellipsoid.lengths[2] / ellipsoid.lengths[0]
        let names = [Names.major, Names.middle, Names.minor, Names.degree]
        for (index, value) in (ellipsoid.lengths + [degree]).enumerated() {
            add(names[index], value, error: errors?[index])
        }
        for (index, axis) in Axis.allCases.enumerated() {
            add(Names.direction, ellipsoid.major[index], axis)
        }
    }

    /// What a pattern adds to the density of mean curvature: by Crofton's formula from the Euler
    /// numbers of plane sections.
    private func curvatureWeights(joined: Bool) -> [Double] {
        let spans = CellTables.planes.map { plane in
            cross(SIMD3<Double>(plane.spans.0) * edges, SIMD3<Double>(plane.spans.1) * edges)
        }
        let shares = sphereShares(spans)
        return (0..<256).map { pattern in
            CellTables.planes.indices.reduce(0) { sum, index in
                let plane = CellTables.planes[index]
                let area = length(spans[index]) / (plane.isTriangle ? 2 : 1)
                return sum + 2 * .pi * shares[index]
                    * CellTables.eulerOfTiles(plane, pattern, joined: joined) / area
            }
        }
    }
}

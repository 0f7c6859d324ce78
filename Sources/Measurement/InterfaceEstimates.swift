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
            if edges.x == edges.y, edges.y == edges.z {
                addDensity(Names.marchingCubes, MarchingCubes.areas.map { $0 / edges.x })
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

    /// Crofton's formula in the directions of the lattice, extrapolated to steps of no length.
    private func addCrofton(
        _ definition: ParameterDefinition, _ factor: Double,
        reason skip: ([ParameterDefinition], String) -> Void,
        add: (ParameterDefinition, Double, Double?) -> Void
    ) {
        let directions = LatticeDirections(edges: edges, inPlane: isImage)
        let used = directions.shares.indices.filter { directions.shares[$0] > 0 }
        let totals = pairs.map { $0.reduce(0, +) }
        guard used.allSatisfy({ totals[$0] > 0 }) else {
            return skip(
                [definition], "the field of view is less than three voxels wide along an axis")
        }
        let cellCount = Double(cells.reduce(0, +))
        var value = 0.0
        var numerators = [Double](repeating: 0, count: BlockGrid.count)
        for direction in used {
            let weight = factor * directions.shares[direction] / directions.lengths[direction]
            let crossings = CellTables.transitions[direction]
            // An image's cells have only half the pairs that lie in its plane.
            let pairsOfCell = Double(CellTables.pairs[direction].count / (isImage ? 2 : 1))
            let first = sums(
                crossings.indices.map { pattern in
                    Double(isImage ? crossings[pattern & 0xF0] : crossings[pattern]) / pairsOfCell
                })
            let second = (0..<BlockGrid.count).map {
                counts.second[direction * BlockGrid.count + $0]
            }
            let secondShare = Double(second.reduce(0, +)) / Double(totals[direction])
            value += weight * (2 * first.reduce(0, +) / cellCount - secondShare / 2)
            for block in numerators.indices {
                // Blocks without pairs have the mean of all.
                let share =
                    pairs[direction][block] > 0
                    ? Double(second[block]) / Double(pairs[direction][block]) : secondShare
                numerators[block] +=
                    weight * (2 * first[block] - share / 2 * Double(cells[block]))
            }
        }
        let ratio = BlockRatio(numerators, over: cells.map(Double.init))
        add(definition, value, ratio.standardError)
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

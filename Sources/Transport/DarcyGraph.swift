/// Darcy's law between voxels, with a mobility of its own on every face of a staggered grid, whose
/// tables it uses: four bytes a face and four a voxel.
struct DarcyGraph: Conductors {
    let colours: [Range<Int>]
    /// Those of the ``StokesGrid``.
    private let cellFaces: [UInt32]
    private let lower: [UInt32]
    private let upper: [UInt32]
    /// What every face conducts.
    let conductances: [Float]
    /// What the faces of every voxel conduct together; 1 where there is none.
    private let diagonals: [Float]

    var count: Int { diagonals.count }

    /// Of the conductances of a grid's faces, which are their mobilities over the squared distances
    /// of the voxels they join.
    init(_ grid: StokesGrid, conductances: [Float]) {
        colours = grid.cellColours
        cellFaces = grid.cellFaces
        lower = grid.lower
        upper = grid.upper
        self.conductances = conductances
        var diagonal: [Float] = []
        diagonal.reserveCapacity(grid.cellCount)
        for cell in 0..<grid.cellCount {
            var sum = 0.0
            for side in 0..<6 {
                let face = grid.cellFaces[cell * 6 + side]
                if face == StokesGrid.Beyond.noFace { continue }
                let other = grid.cell(at: side & 1, of: Int(face))
                if other == UInt32(cell) { continue }
                // An open face is half as far.
                let share = StokesGrid.Beyond.isCell(other) ? 1.0 : 2
                sum += share * Double(conductances[Int(face)])
            }
            diagonal.append(sum > 0 ? Float(sum) : 1)
        }
        diagonals = diagonal
    }

    /// The sum over the links of a node of what they conduct times the potential at their other end.
    @inline(__always)
    private func inflow(_ i: Int, _ x: Span<Float>) -> Float {
        let faces = cellFaces.span.extracting((i * 6)..<(i * 6 + 6))
        let (lower, upper, conductances) = (lower.span, upper.span, conductances.span)
        var sum: Float = 0
        for side in 0..<6 {
            let face = faces[side]
            if face == StokesGrid.Beyond.noFace { continue }
            let other = side & 1 == 0 ? lower[Int(face)] : upper[Int(face)]
            if !StokesGrid.Beyond.isCell(other) || other == UInt32(i) { continue }
            sum += conductances[Int(face)] * x[Int(other)]
        }
        return sum
    }

    func relax(colour: Int, _ potentials: inout [Float], sources: [Float]) {
        potentials.updateRows(colours[colour]) { rows, x, block in
            let (diagonals, b) = (diagonals.span, sources.span)
            for i in rows { block[i - rows.lowerBound] = (b[i] + inflow(i, x)) / diagonals[i] }
        }
    }

    @inline(__always)
    func residual(_ i: Int, _ potentials: Span<Float>, _ sources: Span<Float>) -> Float {
        sources[i] - diagonals.span[i] * potentials[i] + inflow(i, potentials)
    }

    @inline(__always)
    func diagonal(_ i: Int) -> Float { diagonals.span[i] }

    func ground(_ i: Int) -> Double {
        var sum = 0.0
        for side in 0..<6 {
            let face = cellFaces[i * 6 + side]
            if face == StokesGrid.Beyond.noFace { continue }
            let other = side & 1 == 0 ? lower[Int(face)] : upper[Int(face)]
            if !StokesGrid.Beyond.isCell(other) { sum += 2 * Double(conductances[Int(face)]) }
        }
        return sum
    }

    func forEachLink(_ i: Int, _ body: (UInt32, Double) -> Void) {
        for side in 0..<6 {
            let face = cellFaces[i * 6 + side]
            if face == StokesGrid.Beyond.noFace { continue }
            let other = side & 1 == 0 ? lower[Int(face)] : upper[Int(face)]
            if StokesGrid.Beyond.isCell(other), other != UInt32(i) {
                body(other, Double(conductances[Int(face)]))
            }
        }
    }
}

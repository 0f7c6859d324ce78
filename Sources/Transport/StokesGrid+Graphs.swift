extension StokesGrid {
    /// What friction takes from every velocity, second-order at walls and therefore not symmetric;
    /// or a symmetric matrix like it, to precondition with.
    ///
    /// A velocity is the mean over its face, and stands for the volume between the centres of the
    /// voxels it joins (half a voxel on an open face). Each half of that volume's sides leads to
    /// fluid, where it is linked to the velocity there (zero where the other half meets solid), or
    /// to a wall. At a wall the shear is that of the parabola which is zero there and has the means
    /// of this face and the one opposite: 7/2 u - 1/2 v, or 6 u between two walls. Flow between
    /// plates and their permeability are then exact, however near the plates. Velocities along an
    /// open face are zero on it.
    func friction(_ neighbours: [UInt32], isSymmetric: Bool) -> PatternedGraph {
        let weights = SIMD3(repeating: 1) / (edges * edges)
        var builder = PatternedGraphBuilder(count: faceCount)
        for face in 0..<faceCount {
            let axis = axis(of: face)
            for other in 0..<3 where other != axis {
                for end in 0..<2 {
                    addSide(
                        of: face, axis, toward: other, end, neighbours, weight: weights[other] / 2,
                        isSymmetric: isSymmetric, to: &builder)
                }
            }
            for end in 0..<2 {
                let cell = self.cell(at: end, of: face)
                if !Beyond.isCell(cell) { continue }
                let far = cellFaces[Int(cell) * 6 + axis * 2 + end]
                if far == Beyond.noFace {
                    builder.ground(weights[axis])
                } else if far != UInt32(face) {
                    builder.addLink(to: far, weights[axis])
                }
            }
            builder.endNode()
        }
        return builder.finish(colours: faceColours)
    }

    /// Adds the friction on one side of a velocity's volume, half by half.
    private func addSide(
        of face: Int, _ axis: Int, toward other: Int, _ end: Int, _ neighbours: [UInt32],
        weight: Double, isSymmetric: Bool, to builder: inout PatternedGraphBuilder
    ) {
        let near = velocity(beside: face, axis, toward: other, end, neighbours)
        let far = velocity(beside: face, axis, toward: other, 1 - end, neighbours)
        func link(_ velocity: UInt32, _ weight: Double) {
            if velocity == Beyond.noFace {
                builder.ground(weight)
            } else if velocity != UInt32(face) {
                builder.addLink(to: velocity, weight)
            }
        }
        for half in 0..<2 {
            let cell = cell(at: half, of: face)
            if !Beyond.isCell(cell) { continue }
            let beyond = neighbours[Int(cell) * 6 + other * 2 + end]
            let opposite = neighbours[Int(cell) * 6 + other * 2 + 1 - end]
            if Beyond.isCell(beyond) {
                link(near, weight)
            } else if beyond == Beyond.open {
                builder.ground(2 * weight)
            } else if beyond == Beyond.solid {
                switch opposite {
                case Beyond.solid: builder.ground(6 * weight)
                // This velocity's mirror image lies opposite, on an open face with the other sign.
                case Beyond.mirror: builder.ground(3 * weight)
                case Beyond.open: builder.ground(4 * weight)
                default:
                    builder.ground(3 * weight)
                    if !isSymmetric || far == Beyond.noFace { link(far, 0.5 * weight) }
                }
            }
        }
    }

    /// The velocity beside one of the same axis, or ``Beyond/noFace`` where there is none to find.
    private func velocity(
        beside face: Int, _ axis: Int, toward other: Int, _ end: Int, _ neighbours: [UInt32]
    ) -> UInt32 {
        var found = Beyond.noFace
        for half in 0..<2 {
            let cell = cell(at: half, of: face)
            if !Beyond.isCell(cell) { continue }
            let beyond = neighbours[Int(cell) * 6 + other * 2 + end]
            guard Beyond.isCell(beyond) else { return Beyond.noFace }
            found = cellFaces[Int(beyond) * 6 + axis * 2 + 1 - half]
        }
        return found
    }

    /// Darcy's law between voxels, with a mobility of its own on every face.
    func darcy(_ mobilities: [Float]) -> DarcyGraph {
        let weights = SIMD3(repeating: 1) / (edges * edges)
        return DarcyGraph(
            self,
            conductances: mobilities.indices.map { face in
                Float(Double(mobilities[face]) * weights[axis(of: face)])
            })
    }
}

/// A number for every velocity and every pressure of a ``StokesGrid``.
struct FlowVector<Value: Real>: Sendable {
    var velocities: [Value]
    var pressures: [Value]
}

extension FlowVector {
    /// Zeros.
    init(of grid: StokesGrid) {
        velocities = Array(repeating: Value(narrowing: 0), count: grid.faceCount)
        pressures = Array(repeating: Value(narrowing: 0), count: grid.cellCount)
    }

    /// Makes all of it zero.
    mutating func clear() {
        FlowVector.clear(&velocities)
        FlowVector.clear(&pressures)
    }

    private static func clear(_ values: inout [Value]) {
        values.updateRows(0..<values.count) { _, _, block in
            for i in 0..<block.count { block[i] = Value(narrowing: 0) }
        }
    }
}

/// The scalar product, in double precision.
func dot(_ left: FlowVector<Float>, _ right: FlowVector<Float>) -> Double {
    dot(left.velocities, right.velocities) + dot(left.pressures, right.pressures)
}

/// Adds a multiple of a vector to another.
func add<Value: Real>(
    _ factor: Double, _ vector: FlowVector<Float>, to target: inout FlowVector<Value>
) {
    add(factor, vector.velocities, to: &target.velocities)
    add(factor, vector.pressures, to: &target.pressures)
}

/// Makes a vector a multiple of itself, plus another.
func scale(_ target: inout FlowVector<Float>, by factor: Double, adding vector: FlowVector<Float>) {
    scale(&target.velocities, by: factor, adding: vector.velocities)
    scale(&target.pressures, by: factor, adding: vector.pressures)
}

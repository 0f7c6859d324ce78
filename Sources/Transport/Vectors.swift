/// The scalar product of two vectors of one length.
func dot(_ left: [Double], _ right: [Double]) -> Double {
    sumOverBlocks(0..<left.count) { rows in
        let (a, b) = (left.span.extracting(rows), right.span.extracting(rows))
        var sum = 0.0
        for i in 0..<a.count { sum += a[i] * b[i] }
        return sum
    }
}

/// Adds a multiple of a vector to another.
func add(_ factor: Double, _ vector: [Double], to target: inout [Double]) {
    target.updateRows(0..<vector.count) { rows, _, block in
        let vector = vector.span.extracting(rows)
        for i in 0..<vector.count { block[i] += factor * vector[i] }
    }
}

/// Makes a vector a multiple of itself, plus another.
func scale(_ target: inout [Double], by factor: Double, adding vector: [Double]) {
    target.updateRows(0..<vector.count) { rows, _, block in
        let vector = vector.span.extracting(rows)
        for i in 0..<vector.count { block[i] = factor * block[i] + vector[i] }
    }
}

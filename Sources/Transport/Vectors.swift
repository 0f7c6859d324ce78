/// The scalar product of two vectors of one length, in double precision.
func dot<Value: Real>(_ left: [Value], _ right: [Value]) -> Double {
    sumOverBlocks(0..<left.count) { rows in
        let (a, b) = (left.span.extracting(rows), right.span.extracting(rows))
        var sum = 0.0
        for i in 0..<a.count { sum += a[i].wide * b[i].wide }
        return sum
    }
}

/// Adds a multiple of a vector to another.
func add<Value: Real>(_ factor: Double, _ vector: [some Real], to target: inout [Value]) {
    target.updateRows(0..<vector.count) { rows, _, block in
        let vector = vector.span.extracting(rows)
        for i in 0..<vector.count {
            block[i] = Value(narrowing: block[i].wide + factor * vector[i].wide)
        }
    }
}

/// Makes a vector a multiple of itself, plus another.
func scale<Value: Real>(_ target: inout [Value], by factor: Double, adding vector: [Value]) {
    target.updateRows(0..<vector.count) { rows, _, block in
        let vector = vector.span.extracting(rows)
        for i in 0..<vector.count {
            block[i] = Value(narrowing: factor * block[i].wide + vector[i].wide)
        }
    }
}

/// The linear combination of some terms that most of some values lie near: least absolute
/// deviations to begin with, then Tukey's biweight, which forgets values farther than 4.685
/// standard deviations away (Beaton & Tukey 1974, doi:10.1080/00401706.1974.10489171).
///
/// - Parameters:
///   - values: What is to be met.
///   - terms: Of every value, as many numbers as coefficients are wanted.
///   - weights: What each value counts for, positive.
///   - leastDeviation: Differences as small as this mean nothing, as those of rounded values.
/// - Returns: The coefficients; `nil` for fewer than twice as many values, or for terms that do not
///   tell them.
func robustLine(
    through values: [Double], terms: [[Double]], weights: [Double],
    leastDeviation: Double = 0
) -> [Double]? {
    guard let first = terms.first, values.count >= 2 * first.count else { return nil }
    guard var fit = weightedLine(through: values, terms: terms, weights: weights) else {
        return nil
    }
    let greatest = values.map { abs($0) }.max() ?? 0
    for step in 0..<40 {
        let distances = values.indices.map { index in
            abs(values[index] - zip(fit, terms[index]).reduce(0) { $0 + $1.0 * $1.1 })
        }
        // 1.4826 median absolute deviations are a standard deviation of Gaussian errors.
        let scale = max(1.4826 * median(distances), leastDeviation)
        // Most values are met but for rounding.
        guard scale > 1e-12 * greatest else { return fit }
        let factors = distances.map { distance in
            if step < 20 { return scale / max(distance, 1e-3 * scale) }
            let part = distance / (4.685 * scale)
            return part < 1 ? (1 - part * part) * (1 - part * part) : 0
        }
        guard
            let next = weightedLine(
                through: values, terms: terms, weights: zip(weights, factors).map { $0 * $1 })
        else { return nil }
        fit = next
    }
    return fit
}

/// Weighted least squares by the normal equations, eliminated with pivots.
private func weightedLine(
    through values: [Double], terms: [[Double]], weights: [Double]
) -> [Double]? {
    let count = terms[0].count
    var matrix = [[Double]](
        repeating: [Double](repeating: 0, count: count + 1), count: count)
    for index in values.indices {
        for i in 0..<count {
            let weighted = weights[index] * terms[index][i]
            for j in 0..<count { matrix[i][j] += weighted * terms[index][j] }
            matrix[i][count] += weighted * values[index]
        }
    }
    let size = (0..<count).map { matrix[$0][$0] }.max() ?? 0
    for column in 0..<count {
        let pivot =
            (column..<count).max { abs(matrix[$0][column]) < abs(matrix[$1][column]) } ?? column
        guard abs(matrix[pivot][column]) > 1e-12 * size else { return nil }
        matrix.swapAt(column, pivot)
        for row in 0..<count where row != column {
            let factor = matrix[row][column] / matrix[column][column]
            for index in column...count { matrix[row][index] -= factor * matrix[column][index] }
        }
    }
    return (0..<count).map { matrix[$0][count] / matrix[$0][$0] }
}

/// The middle of some numbers, or the mean of the two in the middle.
func median(_ numbers: [Double]) -> Double {
    let sorted = numbers.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

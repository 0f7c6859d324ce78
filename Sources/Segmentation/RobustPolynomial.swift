/// The polynomial that most of some points lie near: least absolute deviations to begin with, then
/// Tukey's biweight, which forgets points farther than 4.685 standard deviations away (Beaton & Tukey
/// 1974, doi:10.1080/00401706.1974.10489171).
///
/// - Parameters:
///   - values: The points.
///   - places: Where they lie.
///   - weights: What each counts for, positive.
///   - terms: Coefficients wanted.
/// - Returns: The coefficients, the constant first; `nil` for fewer than twice as many points, or for
///   points that do not tell them.
func robustPolynomial(
    through values: [Double], at places: [Double], weights: [Double], terms: Int
) -> [Double]? {
    guard values.count >= 2 * terms else { return nil }
    guard var fit = weightedPolynomial(through: values, at: places, weights: weights, terms: terms)
    else { return nil }
    func residuals(_ fit: [Double]) -> [Double] {
        zip(values, places).map { value, place in
            value - fit.reversed().reduce(0) { $0 * place + $1 }
        }
    }
    for step in 0..<40 {
        let distances = residuals(fit).map { abs($0) }
        // 1.4826 median absolute deviations are a standard deviation of Gaussian errors.
        let scale = 1.4826 * median(distances)
        // Most points lie on the curve to rounding.
        guard scale > 1e-12 * (values.map { abs($0) }.max() ?? 0) else { return fit }
        let factors = distances.map { distance in
            if step < 20 { return scale / max(distance, 1e-3 * scale) }
            let part = distance / (4.685 * scale)
            return part < 1 ? (1 - part * part) * (1 - part * part) : 0
        }
        guard
            let next = weightedPolynomial(
                through: values, at: places, weights: zip(weights, factors).map { $0 * $1 },
                terms: terms)
        else { return nil }
        fit = next
    }
    return fit
}

/// Weighted least squares by the normal equations, eliminated with pivots.
private func weightedPolynomial(
    through values: [Double], at places: [Double], weights: [Double], terms: Int
) -> [Double]? {
    var matrix = [[Double]](
        repeating: [Double](repeating: 0, count: terms + 1), count: terms)
    for index in values.indices {
        var powers = [1.0]
        while powers.count < terms { powers.append(powers[powers.count - 1] * places[index]) }
        for i in 0..<terms {
            for j in 0..<terms { matrix[i][j] += weights[index] * powers[i] * powers[j] }
            matrix[i][terms] += weights[index] * powers[i] * values[index]
        }
    }
    let size = matrix[0][0]
    for column in 0..<terms {
        let pivot =
            (column..<terms).max { abs(matrix[$0][column]) < abs(matrix[$1][column]) } ?? column
        guard abs(matrix[pivot][column]) > 1e-12 * size else { return nil }
        matrix.swapAt(column, pivot)
        for row in 0..<terms where row != column {
            let factor = matrix[row][column] / matrix[column][column]
            for index in column...terms { matrix[row][index] -= factor * matrix[column][index] }
        }
    }
    return (0..<terms).map { matrix[$0][terms] / matrix[$0][$0] }
}

import Foundation

/// The orthonormal cosine transform of 8 x 8 pixels that JPEG uses (Ahmed et al. 1974,
/// doi:10.1109/T-C.1974.223784), one row of the block in each vector.
enum CosineTransform {
    typealias Row = SIMD8<Float>
    typealias Block = InlineArray<8, Row>

    /// `cosines[u][x]`: basis function `u` at pixel `x`.
    private static let cosines: [Row] = (0..<8).map { u in
        var row = Row(repeating: 0)
        for x in 0..<8 {
            let scale = u == 0 ? 0.125.squareRoot() : 0.5
            row[x] = Float(scale * cos(Double(2 * x + 1) * Double(u) * .pi / 16))
        }
        return row
    }

    /// `columns[x][u]`: all basis functions at pixel `x`.
    private static let columns: [Row] = (0..<8).map { x in
        var row = Row(repeating: 0)
        for u in 0..<8 { row[u] = cosines[u][x] }
        return row
    }

    /// The tables, to look up once for many blocks.
    struct Tables {
        let rows = InlineArray<8, Row> { CosineTransform.cosines[$0] }
        let columns = InlineArray<8, Row> { CosineTransform.columns[$0] }

        /// Replaces pixels by coefficients: rows are vertical frequencies, lanes horizontal ones.
        @inline(__always)
        func forward(_ block: inout Block) {
            for y in 0..<8 { block[y] = product(block[y], columns) }
            var result = Block(repeating: Row(repeating: 0))
            for half in 0..<4 {
                let sum = block[half] + block[7 - half]
                let difference = block[half] - block[7 - half]
                for u in 0..<4 {
                    result[2 * u] += sum * rows[2 * u][half]
                    result[2 * u + 1] += difference * rows[2 * u + 1][half]
                }
            }
            block = result
        }

        /// Replaces coefficients by pixels.
        @inline(__always)
        func inverse(_ block: inout Block) {
            var result = Block(repeating: Row(repeating: 0))
            for half in 0..<4 {
                var even = Row(repeating: 0)
                var odd = Row(repeating: 0)
                for u in 0..<4 {
                    even += block[2 * u] * rows[2 * u][half]
                    odd += block[2 * u + 1] * rows[2 * u + 1][half]
                }
                result[half] = even + odd
                result[7 - half] = even - odd
            }
            for y in 0..<8 { block[y] = product(result[y], rows) }
        }

        /// A row times a matrix of rows.
        @inline(__always)
        private func product(_ row: Row, _ matrix: borrowing InlineArray<8, Row>) -> Row {
            let left =
                matrix[0] * row[0] + matrix[1] * row[1] + (matrix[2] * row[2] + matrix[3] * row[3])
            let right =
                matrix[4] * row[4] + matrix[5] * row[5] + (matrix[6] * row[6] + matrix[7] * row[7])
            return left + right
        }
    }
}

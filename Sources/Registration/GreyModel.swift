import Volumes

/// How LOW's grey values follow from HIGH's, as a fit goes on: a map of grey values that may bend, and
/// a field that varies slowly over the overlap, as cupping does.
struct GreyModel: Sendable {
    /// Columns of the field: one, the point's coordinates, their squares and products.
    static func fieldCount(isImage: Bool) -> Int { isImage ? 6 : 10 }

    /// HIGH's grey value that counts as zero, and the one that counts as one above it.
    let middle: Float
    let spread: Float
    /// The factors of the field's columns, in LOW's normalised grey values.
    var field: [Float]
    /// Of HIGH's normalised grey value, and of its square.
    var gain: Float = 0
    var bend: Float = 0
    /// The standard deviation of what is left.
    var deviation: Float = .infinity

    init(middle: Double, spread: Double, isImage: Bool) {
        self.middle = Float(middle)
        self.spread = Float(spread)
        field = [Float](repeating: 0, count: Self.fieldCount(isImage: isImage))
    }

    /// Changes the model by a solution's first unknowns.
    mutating func add(_ changes: [Double]) {
        for index in field.indices { field[index] += Float(changes[index]) }
        gain += Float(changes[field.count])
        bend += Float(changes[field.count + 1])
    }

    /// What LOW shows where a cell sees `high` of HIGH, both normalised.
    @inline(__always)
    func expected(at point: SIMD3<Float>, high: Float) -> Float {
        let (z, y, x) = (point[0], point[1], point[2])
        var sum = field[0] + field[1] * y + field[2] * x
        sum += field[3] * y * y + field[4] * x * x + field[5] * y * x
        if field.count > 6 {
            sum += field[6] * z + field[7] * z * z + field[8] * z * y + field[9] * z * x
        }
        return sum + (gain + bend * high) * high
    }

    /// Writes the field's columns at a point into lane `lane`.
    @inline(__always)
    func fill(
        _ columns: inout MutableSpan<SIMD8<Float>>, lane: Int, point: SIMD3<Float>, weight: Float
    ) {
        let (z, y, x) = (point[0], point[1], point[2])
        let (wy, wx) = (weight * y, weight * x)
        columns[0][lane] = weight
        columns[1][lane] = wy
        columns[2][lane] = wx
        columns[3][lane] = wy * y
        columns[4][lane] = wx * x
        columns[5][lane] = wy * x
        if field.count > 6 {
            columns[6][lane] = weight * z
            columns[7][lane] = weight * z * z
            columns[8][lane] = wy * z
            columns[9][lane] = wx * z
        }
    }
}

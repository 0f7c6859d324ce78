import Foundation

/// How much each cell of a row counts towards a box average that is then blurred by a Gaussian: a
/// detector pixel over finer rays, or a thick slice over thin ones.
struct BlurredBox {
    /// The first cell that counts.
    let first: Int
    /// The weights of that cell and the next ones; they add to one.
    let weights: [Float]

    /// The weights for a box `from..<to`, in cells of unit length that fill `cells`.
    ///
    /// Cells the blur would reach outside the row are left out, and the others make up for them.
    init(from: Double, to: Double, sigmaInCells sigma: Double, cells: Range<Int>) {
        let reach = 4 * sigma
        let first = max(cells.lowerBound, Int((from - reach).rounded(.down)))
        let last = min(cells.upperBound, max(first + 1, Int((to + reach).rounded(.up))))
        // The blurred box is a difference of error functions; this is its second primitive.
        func ramp(_ z: Double) -> Double {
            guard sigma > 0 else { return max(z, 0) }
            let t = z / sigma
            return z * 0.5 * erfc(-t / 2.0.squareRoot())
                + sigma * exp(-t * t / 2) / (2 * Double.pi).squareRoot()
        }
        let raw = (first..<last).map { cell in
            let (low, high) = (Double(cell), Double(cell + 1))
            return ramp(high - from) - ramp(low - from) - ramp(high - to) + ramp(low - to)
        }
        let sum = raw.reduce(0, +)
        precondition(sum > 0, "a box overlaps the row it averages")
        self.first = first
        weights = raw.map { Float($0 / sum) }
    }
}

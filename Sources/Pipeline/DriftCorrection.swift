import Registration

/// A proven drift, taken back: where a point of LOW lay before it drifted.
///
/// The drift is what has to be added to a point that the registration takes from HIGH to LOW, so that
/// on the way back from LOW it is subtracted.
struct DriftCorrection: Displacement {
    private let drift: SmoothDisplacement
    let largestInMicrometres: Double

    init(_ drift: SmoothDisplacement) {
        self.drift = drift
        // A spline is a mean of its coefficients, by weights that add to one.
        let squares = drift.coefficients.map { ($0 * $0).sum() }
        largestInMicrometres = (squares.max() ?? 0).squareRoot()
    }

    func callAsFunction(_ pointInLow: SIMD3<Double>) -> SIMD3<Double> { -drift(pointInLow) }
}

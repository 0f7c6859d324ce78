/// Count, mean, squared deviations and extremes of some finite voxels, which can be merged (Chan,
/// Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115).
struct Moments: Sendable {
    private(set) var count = 0
    private(set) var mean = 0.0
    /// The sum of squared deviations from the mean.
    private(set) var squares = 0.0
    private(set) var minimum = Double.infinity
    private(set) var maximum = -Double.infinity
    /// Voxels at the ends of an integer type's range.
    var atLowEnd = 0
    var atHighEnd = 0

    init() {}

    init(count: Int, mean: Double, squares: Double, minimum: Double, maximum: Double) {
        self.count = count
        self.mean = mean
        self.squares = squares
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Takes in the voxels that follow; the order of calls fixes the last bits of the sums.
    mutating func add(_ other: Moments) {
        atLowEnd += other.atLowEnd
        atHighEnd += other.atHighEnd
        guard other.count > 0 else { return }
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        guard count > 0 else {
            count = other.count
            mean = other.mean
            squares = other.squares
            return
        }
        let total = count + other.count
        let delta = other.mean - mean
        let part = Double(other.count) / Double(total)
        mean += delta * part
        squares += other.squares + delta * delta * part * Double(count)
        count = total
    }
}

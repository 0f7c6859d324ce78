/// What the simulated rock is made of. Lengths are micrometres, fractions are of the rock's volume.
public struct RockSettings: Hashable, Sendable, Encodable {
    /// The median diameter of the grains.
    public let grainDiameterInMicrometres: Double
    /// The standard deviation of the logarithm of their diameters: 0.1 is well sorted, 0.4 poorly.
    public let sorting: Double
    /// Volume of clay, its micro-pores included.
    public let clayFraction: Double
    /// The share of the clay that is pores too small for either scan; it greys the clay.
    public let clayMicroPorosity: Double
    /// The share of grains that are feldspar, which attenuates 1.12 times as much as quartz.
    public let feldsparShare: Double
    /// The share of grains that are small and dense, attenuating 2.4 times as much as quartz.
    public let denseShare: Double

    /// Checks all values; the defaults are a very fine sandstone with a little clay.
    public init(
        grainDiameterInMicrometres: Double = 120, sorting: Double = 0.22,
        clayFraction: Double = 0.015, clayMicroPorosity: Double = 0.25,
        feldsparShare: Double = 0.15,
        denseShare: Double = 0.04
    ) throws(DigitalRockError) {
        try check("grain diameter in um", grainDiameterInMicrometres, 0.01...1e6)
        try check("sorting", sorting, 0...0.6)
        try check("clay fraction", clayFraction, 0...0.3)
        try check("micro-porosity of the clay", clayMicroPorosity, 0...1)
        try check("share of feldspar grains", feldsparShare, 0...1)
        try check("share of dense grains", denseShare, 0...(1 - feldsparShare))
        self.grainDiameterInMicrometres = grainDiameterInMicrometres
        self.sorting = sorting
        self.clayFraction = clayFraction
        self.clayMicroPorosity = clayMicroPorosity
        self.feldsparShare = feldsparShare
        self.denseShare = denseShare
    }
}

/// Throws unless `value` is one of the allowed ones.
func check(
    _ name: String, _ value: Double, _ allowed: ClosedRange<Double>
) throws(DigitalRockError) {
    guard allowed.contains(value) else {
        throw .invalidSetting(
            name: name, value: value,
            allowed: "from \(allowed.lowerBound) to \(allowed.upperBound)")
    }
}

/// What a rock of overlapping spheres is made of. Grey values: pores 0, grains 1.
public struct GrainSettings: Hashable, Sendable {
    /// Where grains lie.
    public enum Arrangement: Hashable, Sendable {
        /// Anywhere: candidates fall independently, and of two whose centres are closer than `core`
        /// times the sum of their radii the later one is taken out (Matern's second hard-core
        /// process); a core of zero leaves the Boolean model.
        case random(core: Double)
        /// On a cubic lattice of `spacingInDiameters`, all of one size: a rock that repeats.
        case lattice(spacingInDiameters: Double)
    }

    /// A cylinder of rock in air, its axis along the field's z.
    public struct Plug: Hashable, Sendable {
        /// Where the axis crosses the plane of y and x, in micrometres.
        public var centre: SIMD2<Double>
        /// In micrometres.
        public var radius: Double
        /// The grey value outside; air in a reconstruction is often darker than a filled pore.
        public var air: Double

        /// A plug of `radius` about (y, x).
        public init(centre: SIMD2<Double>, radius: Double, air: Double = 0) {
            self.centre = centre
            self.radius = radius
            self.air = air
        }
    }

    /// The median diameter, in micrometres.
    public var diameter: Double
    /// The standard deviation of the logarithm of the diameters; draws end at three of them.
    public var spread: Double
    /// Where grains lie.
    public var arrangement: Arrangement
    /// Candidates per volume of a grain of median size. With a core of 0.45 and a spread of 0.25,
    /// three leave a porosity of about a quarter.
    public var candidatesPerGrain: Double
    /// The share of grains that are a dense mineral.
    public var denseShare: Double
    /// The grey value of a dense mineral.
    public var denseValue: Double
    /// The relative standard deviation of a slow variation of all grains' grey values.
    public var variation: Double
    /// The shortest wavelength of that variation, in diameters.
    public var variationWavelength: Double
    /// The plug that is left of the rock; all of it if `nil`.
    public var plug: Plug?

    /// A sandstone whose median grain is `diameter` micrometres wide.
    public init(diameter: Double) {
        self.diameter = diameter
        spread = 0.25
        arrangement = .random(core: 0.45)
        candidatesPerGrain = 3
        denseShare = 0.03
        denseValue = 1.6
        variation = 0.05
        variationWavelength = 4
        plug = nil
    }
}

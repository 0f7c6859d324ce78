/// The energies of a beam, as seen through the one material that makes up most of the object.
///
/// Each line carries a share of the detected photons and attenuates `relativeAttenuation` times as
/// strongly as the beam does on average. Behind a line integral `p` the beam keeps
/// `sum(share * exp(-relativeAttenuation * p))`: exact where every material's attenuation falls with
/// energy alike, and the usual approximation elsewhere. Its logarithm grows more slowly than `p`,
/// which is beam hardening; the reconstruction takes it for a darker middle (cupping).
public struct Spectrum: Hashable, Sendable, Encodable {
    /// One energy.
    public struct Line: Hashable, Sendable, Encodable {
        /// The share of the detected photons; all shares of a spectrum add to one.
        public let share: Double
        /// Attenuation relative to the mean; the mean over all photons is one.
        public let relativeAttenuation: Double
    }

    /// The energies.
    public let lines: [Line]

    /// A single energy: no beam hardening.
    public static let monochromatic = Spectrum(
        uncheckedLines: [Line(share: 1, relativeAttenuation: 1)])

    /// Two equally bright energies that attenuate `1 - spread` and `1 + spread` times as strongly as
    /// their mean; a `spread` of 0.3 loses about a tenth of a line integral of 2.
    public init(twoEnergiesWithSpread spread: Double) throws(TomographyError) {
        guard spread >= 0, spread < 1 else {
            throw .invalidSetting(
                name: "spread of the two energies", value: spread,
                allowed: "at least 0 and below 1")
        }
        self.init(uncheckedLines: [
            Line(share: 0.5, relativeAttenuation: 1 - spread),
            Line(share: 0.5, relativeAttenuation: 1 + spread),
        ])
    }

    private init(uncheckedLines: [Line]) { lines = uncheckedLines }
}

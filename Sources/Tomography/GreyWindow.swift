public import Volumes

/// How a reconstruction's attenuation becomes 16-bit grey values: a straight line through two points.
public struct GreyWindow: Hashable, Sendable, Encodable {
    /// The grey value of air, where nothing attenuates.
    public let air: Double
    /// The grey value of the mineral that most grains are made of.
    public let grain: Double

    /// Two grey values between 0 and 65535; grains are brighter than air.
    public init(air: Double, grain: Double) throws(TomographyError) {
        guard air >= 0, grain <= 65_535, grain > air else {
            throw .invalidSetting(
                name: "grey value of grains", value: grain,
                allowed: "above that of air (\(air), at least 0) and at most 65535")
        }
        self.air = air
        self.grain = grain
    }

    /// Grey values, rounded, and clamped to the 16 bits as a scanner clamps what its window misses.
    ///
    /// - Parameters:
    ///   - scan: Attenuation per micrometre.
    ///   - grainAttenuation: The attenuation that becomes ``grain``, per micrometre.
    public func quantise(_ scan: Volume<Float>, grainAttenuation: Double) -> Volume<UInt16> {
        let gain = (grain - air) / grainAttenuation
        let offset = air
        return scan.map { UInt16(nearest: Double($0) * gain + offset) }
    }
}

import Foundation

/// A smooth random field, the same value for a seed and a place: random numbers on a cubic lattice,
/// interpolated by smoothstep (Perlin 1985, doi:10.1145/325165.325247, with values for gradients).
struct SmoothNoise: Sendable {
    private let seed: UInt32
    private let perMicrometre: Float

    /// A field whose lattice is `wavelength` micrometres wide.
    init(seed: UInt64, wavelength: Double) {
        self.seed = UInt32(truncatingIfNeeded: seed ^ (seed >> 32))
        perMicrometre = Float(1 / wavelength)
    }

    /// The value at a place (z, y, x) in micrometres, -1...1.
    func callAsFunction(_ place: SIMD3<Float>) -> Float {
        let scaled = place * perMicrometre
        let floor = scaled.rounded(.down)
        let t = scaled - floor
        let s = t * t * (3 - 2 * t)
        let (z, y, x) = (Int32(floor[0]), Int32(floor[1]), Int32(floor[2]))
        func edge(_ dz: Int32, _ dy: Int32) -> Float {
            let near = value(z &+ dz, y &+ dy, x)
            return near + (value(z &+ dz, y &+ dy, x &+ 1) - near) * s[2]
        }
        func face(_ dz: Int32) -> Float {
            let near = edge(dz, 0)
            return near + (edge(dz, 1) - near) * s[1]
        }
        let near = face(0)
        return near + (face(1) - near) * s[0]
    }

    private func value(_ z: Int32, _ y: Int32, _ x: Int32) -> Float {
        var hash = seed
        hash ^= UInt32(bitPattern: x) &* 0x8DA6_B343
        hash ^= UInt32(bitPattern: y) &* 0xD816_3841
        hash ^= UInt32(bitPattern: z) &* 0xCB1A_B31F
        hash ^= hash >> 16
        hash = hash &* 0x7FEB_352D
        hash ^= hash >> 15
        hash = hash &* 0x846C_A68B
        hash ^= hash >> 16
        return Float(Int32(bitPattern: hash)) * 0x1p-31
    }
}

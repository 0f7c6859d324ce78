import Foundation

/// How far a blur reaches along two axes at right angles.
public struct BlurSpread: Hashable, Sendable, Codable {
    /// Standard deviation along the first axis, in pixels; above zero.
    public let sigmaAlong: Double
    /// Standard deviation across it, in pixels; above zero.
    public let sigmaAcross: Double
    /// The angle of the first axis with the rows, in radians, from x towards y.
    public let angle: Double

    /// A spread of two standard deviations and an angle.
    public init(sigmaAlong: Double, sigmaAcross: Double, angle: Double) {
        precondition(sigmaAlong > 0 && sigmaAcross > 0, "a spread is positive")
        self.sigmaAlong = sigmaAlong
        self.sigmaAcross = sigmaAcross
        self.angle = angle
    }

    /// The same spread in all directions.
    public init(sigma: Double) { self.init(sigmaAlong: sigma, sigmaAcross: sigma, angle: 0) }

    /// The quadratic form `d' S^-1 d` of an offset, where `S` is the covariance.
    func square(y: Double, x: Double) -> Double {
        let along = (x * cos(angle) + y * sin(angle)) / sigmaAlong
        let across = (y * cos(angle) - x * sin(angle)) / sigmaAcross
        return along * along + across * across
    }
}

/// The families of blur that Real-ESRGAN draws from (Wang et al. 2021,
/// doi:10.1109/ICCVW54120.2021.00217), before they are normalised.
public enum BlurShape: Hashable, Sendable, Codable {
    /// `exp(-q / 2)` of the quadratic form `q`.
    case gaussian(BlurSpread)
    /// `exp(-q^beta / 2)`: sharper than a Gaussian below a `beta` of one, blunter above.
    case generalised(BlurSpread, beta: Double)
    /// `1 / (q^beta + 1)`: a flat middle and wide skirts.
    case plateau(BlurSpread, beta: Double)
    /// An ideal circular low-pass up to `cutoff` radians a pixel, cut off by the kernel's size,
    /// so that it rings: `cutoff * J1(cutoff * r) / (2 pi r)`.
    case sinc(cutoff: Double)

    func value(y: Double, x: Double) -> Double {
        switch self {
        case .gaussian(let spread):
            return exp(-0.5 * spread.square(y: y, x: x))
        case .generalised(let spread, let beta):
            return exp(-0.5 * pow(spread.square(y: y, x: x), beta))
        case .plateau(let spread, let beta):
            return 1 / (pow(spread.square(y: y, x: x), beta) + 1)
        case .sinc(let cutoff):
            let radius = hypot(y, x)
            guard radius > 0 else { return cutoff * cutoff / (4 * .pi) }
            return cutoff * j1(cutoff * radius) / (2 * .pi * radius)
        }
    }
}

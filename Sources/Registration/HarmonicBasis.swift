import Foundation

/// Directions from a point, and functions on them in groups that rotations do not mix: spherical
/// harmonics in space, circular ones in the plane.
///
/// Products of coefficients, summed over a group, are then the same however the rock was turned, and
/// also if it was mirrored (Kazhdan, Funkhouser and Rusinkiewicz 2003, doi:10.2312/SGP/SGP03/156-165).
struct HarmonicBasis: Sendable {
    /// Unit vectors (z, y, x).
    let directions: [SIMD3<Float>]
    /// For every function its values in all directions, function after function.
    let functions: [Float]
    /// Where the functions of every degree begin, and where the last ends.
    let degrees: [Int]

    /// The number of functions.
    var count: Int { functions.count / directions.count }

    /// Spherical harmonics up to `degree` at nearly even directions.
    static func sphere(directions count: Int, degree: Int) -> HarmonicBasis {
        // A spiral of equal areas (Swinbank and Purser 2006, doi:10.1256/qj.05.227).
        let golden = Double.pi * (3 - 5.0.squareRoot())
        let points = (0..<count).map { index -> SIMD3<Double> in
            let z = 1 - (2 * Double(index) + 1) / Double(count)
            let radius = (1 - z * z).squareRoot()
            let angle = golden * Double(index)
            return SIMD3(z, radius * sin(angle), radius * cos(angle))
        }
        var functions: [Float] = []
        var degrees: [Int] = []
        for l in 0...degree {
            degrees.append(functions.count / count)
            for m in -l...l {
                functions += points.map { Float(harmonic(l, m, $0) / Double(count)) }
            }
        }
        degrees.append(functions.count / count)
        return HarmonicBasis(
            directions: points.map { SIMD3<Float>($0) }, functions: functions, degrees: degrees)
    }

    /// Cosines and sines up to `degree` turns, at even directions in the plane of y and x.
    static func circle(directions count: Int, degree: Int) -> HarmonicBasis {
        let angles = (0..<count).map { 2 * Double.pi * Double($0) / Double(count) }
        var functions: [Float] = []
        var degrees: [Int] = []
        for m in 0...degree {
            degrees.append(functions.count / count)
            functions += angles.map { Float(cos(Double(m) * $0) / Double(count)) }
            if m > 0 { functions += angles.map { Float(sin(Double(m) * $0) / Double(count)) } }
        }
        degrees.append(functions.count / count)
        return HarmonicBasis(
            directions: angles.map { SIMD3(0, Float(sin($0)), Float(cos($0))) },
            functions: functions, degrees: degrees)
    }

    /// A real spherical harmonic, its square's mean over the sphere being one.
    private static func harmonic(_ l: Int, _ m: Int, _ point: SIMD3<Double>) -> Double {
        let order = abs(m)
        let (z, angle) = (point[0], atan2(point[1], point[2]))
        // Legendre functions by the recurrence over the degree, normalised as they go.
        var previous = 0.0
        var value = 1.0
        let sine = (1 - z * z).squareRoot()
        for k in 0..<order { value *= sine * (Double(2 * k + 3) / Double(2 * k + 2)).squareRoot() }
        for n in (order + 1)..<max(l + 1, order + 1) {
            let (a, b) = (Double(n * n), Double(order * order))
            let first = ((4 * a - 1) / (a - b)).squareRoot()
            let c = Double((n - 1) * (n - 1))
            let second = ((c - b) / (4 * c - 1)).squareRoot()
            (previous, value) = (value, first * (z * value - second * previous))
        }
        if order == 0 { return value }
        return value * (m > 0 ? cos(Double(order) * angle) : sin(Double(order) * angle))
            * (2.0).squareRoot()
    }
}

import Foundation
import Volumes

/// Rings about the axis that LOW's scanner turns about: what a fit leaves, averaged over each circle of
/// each slice.
///
/// Faulty detector elements draw circles that belong to the scanner, not to the rock, and pull the rock's
/// pose towards them. Each row of the detector is a slice with rings of its own.
struct RingProfile: Sendable {
    /// Means of every circle, slice after slice; circles are a cell wide.
    private var means: [Float]
    private let circles: Int
    private let axis: SIMD2<Double>
    private let cell: SIMD2<Double>
    private let origin: SIMD2<Double>

    /// No rings.
    init(_ low: LowCells) {
        axis = low.axis
        cell = SIMD2(low.cell[1], low.cell[2])
        origin = SIMD2(low.origin[1], low.origin[2])
        let extent = SIMD2(Double(low.shape.height), Double(low.shape.width)) * cell
        // The corner farthest from the axis.
        let (near, far) = ((axis - origin) / cell, (origin + extent - axis) / cell)
        let apart = pointwiseMax(near, far)
        circles = Int((apart * apart).sum().squareRoot().rounded(.up)) + 2
        means = [Float](repeating: 0, count: circles * low.shape.depth)
    }

    /// The distance from the axis of a cell, in cells.
    @inline(__always)
    private func radius(y: Int, x: Int) -> Float {
        let place = (origin + (SIMD2(Double(y), Double(x)) + 0.5) * cell - axis) / cell
        return Float((place * place).sum().squareRoot())
    }

    /// What the rings add to a cell: straight lines between circles.
    @inline(__always)
    func value(z: Int, y: Int, x: Int) -> Float {
        let radius = radius(y: y, x: x)
        let inner = Int(radius)
        let part = radius - Float(inner)
        let first = z * circles + inner
        return means[first] * (1 - part) + means[first + 1] * part
    }

    /// Sums of one slice's residuals on every circle.
    struct Sums: Sendable {
        fileprivate var weights: [Double]
        fileprivate var residuals: [Double]
        fileprivate var squares = 0.0
        fileprivate var total = 0.0
    }

    func emptySums() -> Sums {
        let zeros = [Double](repeating: 0, count: circles)
        return Sums(weights: zeros, residuals: zeros)
    }

    /// Adds a cell's residual, beside the rings known so far.
    @inline(__always)
    func add(_ residual: Float, weight: Float, y: Int, x: Int, to sums: inout Sums) {
        let radius = radius(y: y, x: x)
        let inner = Int(radius)
        let part = Double(radius - Float(inner))
        let (w, r) = (Double(weight), Double(residual))
        sums.weights[inner] += w * (1 - part)
        sums.weights[inner + 1] += w * part
        sums.residuals[inner] += w * (1 - part) * r
        sums.residuals[inner + 1] += w * part * r
        sums.squares += w * r * r
        sums.total += w
    }

    /// The rings that slices' sums of residuals show, each shrunk by what noise makes of it; `nil` unless
    /// circles' means scatter by more than noise lets them.
    init?(_ slices: [Sums], of profile: RingProfile) {
        self = profile
        let total = slices.reduce(0) { $0 + $1.total }
        guard total > 0 else { return nil }
        let variance = slices.reduce(0) { $0 + $1.squares } / total
        // A mean over n cells scatters by variance / n of noise, and by what rings have.
        var (scatter, cells, count) = (0.0, 0.0, 0.0)
        for slice in slices {
            for (weight, residual) in zip(slice.weights, slice.residuals)
            where weight >= Self.fewest {
                scatter += residual * residual / weight
                cells += weight
                count += 1
            }
        }
        guard count > 0, variance > 0 else { return nil }
        let excess = scatter / (count * variance)
        guard excess > 1.3 else { return nil }
        let rings = variance * (excess - 1) / (cells / count)
        for (z, slice) in slices.enumerated() {
            for (circle, weight) in slice.weights.enumerated() where weight >= Self.fewest {
                let mean = slice.residuals[circle] / weight
                means[z * circles + circle] += Float(mean * rings / (rings + variance / weight))
            }
        }
    }

    /// Cells of a circle below which its mean says nothing.
    private static let fewest = 8.0
}

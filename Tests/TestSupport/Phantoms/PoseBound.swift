import Foundation
import Randomness
public import Volumes

/// How well a similarity can be found at all: the Cramer-Rao bound for white noise in LOW.
///
/// Beside the pose, LOW's gain and offset are unknown. HIGH is taken to be without noise, which is
/// nearly so once it is seen through LOW's voxels.
public struct PoseBound: Sendable {
    /// The median, over noise, of the error at HIGH's worst corner, in voxels of HIGH.
    public let cornerError: Double

    /// The bound of a pair.
    ///
    /// - Parameters:
    ///   - clean: LOW as its instrument would deliver it without noise.
    ///   - noise: The standard deviation of LOW's noise, in its grey values.
    ///   - transform: From HIGH to LOW, in micrometres.
    ///   - highExtent: HIGH's box, in micrometres; none along z for images.
    ///   - highVoxel: In micrometres.
    public init(
        clean: Volume<Float>, noise: Double, transform: SpatialTransform,
        highExtent: SIMD3<Double>, highVoxel: Double
    ) {
        let edge = clean.voxelSize?.widthInMicrometres ?? .nan
        let isImage = clean.shape.isImage
        let back = transform.inverse
        let middle = transform(highExtent / 2)
        let directions = PoseBound.directions(isImage: isImage)
        let unknowns = directions.count + 2
        let slices = concurrentMap(count: clean.shape.depth) { z -> [Double] in
            PoseBound.information(
                clean, slice: z, edge: edge, back: back, middle: middle, extent: highExtent,
                directions: directions)
        }
        var information = [Double](repeating: 0, count: unknowns * unknowns)
        for slice in slices {
            for i in information.indices { information[i] += slice[i] }
        }
        guard let factor = PoseBound.cholesky(information, count: unknowns) else {
            cornerError = .infinity
            return
        }
        // Errors are drawn from the bound's normal distribution, and seen at the corners.
        var generator = Philox4x32(seed: 0, stream: 0)
        let normal = NormalDistribution(standardDeviation: noise)
        let largest = (0..<999).map { _ -> Double in
            let drawn = (0..<unknowns).map { _ in normal.draw(using: &generator) }
            let error = PoseBound.solve(factor, drawn)
            return (0..<8).map { corner -> Double in
                let point =
                    highExtent
                    * SIMD3(
                        corner & 1 == 0 ? 0 : 1, corner & 2 == 0 ? 0 : 1, corner & 4 == 0 ? 0 : 1)
                let from = (transform(point) - middle) / edge
                var apart = SIMD3(0.0, 0, 0)
                for (amount, direction) in zip(error, directions) {
                    apart += amount * direction(from)
                }
                return (apart * apart).sum().squareRoot()
            }.max() ?? 0
        }
        cornerError = largest.sorted()[499] * edge / (highVoxel * abs(transform.scale))
    }

    /// How a point, in voxels of LOW from HIGH's middle, moves with each unknown of the pose.
    private static func directions(
        isImage: Bool
    ) -> [@Sendable (SIMD3<Double>) -> SIMD3<Double>] {
        let plane: [@Sendable (SIMD3<Double>) -> SIMD3<Double>] = [
            { _ in SIMD3(0, 1, 0) }, { _ in SIMD3(0, 0, 1) },
            { SIMD3(0, $0[2], -$0[1]) }, { SIMD3(0, $0[1], $0[2]) },
        ]
        if isImage { return plane }
        return [
            { _ in SIMD3(1, 0, 0) }, { _ in SIMD3(0, 1, 0) }, { _ in SIMD3(0, 0, 1) },
            { SIMD3(0, $0[2], -$0[1]) }, { SIMD3($0[2], 0, -$0[0]) }, { SIMD3($0[1], -$0[0], 0) },
            { $0 },
        ]
    }

    /// What a slice tells of the unknowns, for noise of one.
    private static func information(
        _ clean: Volume<Float>, slice z: Int, edge: Double, back: SpatialTransform,
        middle: SIMD3<Double>, extent: SIMD3<Double>,
        directions: [@Sendable (SIMD3<Double>) -> SIMD3<Double>]
    ) -> [Double] {
        let shape = clean.shape
        let unknowns = directions.count + 2
        var sums = [Double](repeating: 0, count: unknowns * unknowns)
        var row = [Double](repeating: 0, count: unknowns)
        if !shape.isImage, z < 2 || z >= shape.depth - 2 { return sums }
        for y in 2..<(shape.height - 2) {
            for x in 2..<(shape.width - 2) {
                let point = (SIMD3(Double(z), Double(y), Double(x)) + 0.5) * edge
                let place = back(point)
                let isInside = ((shape.isImage ? 1 : 0)..<3).allSatisfy {
                    place[$0] >= 0 && place[$0] <= extent[$0]
                }
                guard isInside else { continue }
                let gradient = SIMD3(
                    shape.isImage ? 0 : slope { clean[z + $0, y, x] },
                    slope { clean[z, y + $0, x] }, slope { clean[z, y, x + $0] })
                let from = (point - middle) / edge
                for (i, direction) in directions.enumerated() {
                    row[i] = (gradient * direction(from)).sum()
                }
                row[unknowns - 2] = Double(clean[z, y, x])
                row[unknowns - 1] = 1
                for i in 0..<unknowns {
                    for j in 0...i { sums[i * unknowns + j] += row[i] * row[j] }
                }
            }
        }
        return sums
    }

    /// A difference of five points.
    private static func slope(_ value: (Int) -> Float) -> Double {
        (8 * Double(value(1) - value(-1)) - Double(value(2) - value(-2))) / 12
    }

    /// The lower factor of a matrix whose lower half is given; `nil` unless it is positive.
    private static func cholesky(_ matrix: [Double], count: Int) -> [[Double]]? {
        var factor = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        for i in 0..<count {
            for j in 0...i {
                var rest = matrix[i * count + j]
                for k in 0..<j { rest -= factor[i][k] * factor[j][k] }
                if i == j {
                    guard rest > 0 else { return nil }
                    factor[i][i] = rest.squareRoot()
                } else {
                    factor[i][j] = rest / factor[j][j]
                }
            }
        }
        return factor
    }

    /// Solves with the factor's transpose: white numbers become errors of the inverse's covariance.
    private static func solve(_ factor: [[Double]], _ right: [Double]) -> [Double] {
        var solution = right
        for i in right.indices.reversed() {
            for k in (i + 1)..<right.count { solution[i] -= factor[k][i] * solution[k] }
            solution[i] /= factor[i][i]
        }
        return solution
    }
}

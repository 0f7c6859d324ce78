import Foundation

/// The order in which blocks lie: their layers along each axis, neighbours, and the two colours of
/// a chessboard.
///
/// Blocks on a regular lattice, with holes or without, get their places in it. Blocks that lie
/// anyhow are counted by cells of their mean distance.
struct BlockLattice: Sendable {
    /// The layer of each block along z, y and x.
    let indices: [SIMD3<Int>]
    /// The distance between layers in micrometres; zero along an axis with one layer.
    let step: SIMD3<Double>
    /// The smallest and the largest coordinate of the blocks' centres, in micrometres.
    let lower, upper: SIMD3<Double>

    init(_ positions: [SIMD3<Double>]) {
        var lower = positions.first ?? SIMD3()
        var upper = lower
        for position in positions {
            lower.replace(with: position, where: position .< lower)
            upper.replace(with: position, where: position .> upper)
        }
        let extent = upper - lower
        // Rounding makes no layers.
        let axes = (0..<3).filter { extent[$0] > 1e-6 * extent.max() }
        let density = axes.reduce(1 / Double(positions.count)) { $0 * extent[$1] }
        let typical = axes.isEmpty ? 0 : density.root(axes.count)
        var step = SIMD3<Double>()
        for axis in axes {
            let sorted = positions.map { $0[axis] }.sorted()
            let gaps = zip(sorted.dropFirst(), sorted).map { $0 - $1 }
            let within = gaps.filter { $0 <= 0.1 * typical }.max() ?? 0
            let between = gaps.filter { $0 > 0.1 * typical }.min() ?? 0
            // Layers stand clearly apart, or there are none.
            step[axis] = between > 4 * within ? between : typical
        }
        indices = positions.map { position in
            var index = SIMD3<Int>()
            for axis in axes {
                index[axis] = Int(((position[axis] - lower[axis]) / step[axis]).rounded())
            }
            return index
        }
        (self.lower, self.upper, self.step) = (lower, upper, step)
    }

    /// The number of layers along each axis, empty ones included.
    var layers: SIMD3<Int> {
        indices.reduce(SIMD3(repeating: 0)) { $0.replacing(with: $1, where: $1 .> $0) } &+ 1
    }

    /// The blocks on the even and on the odd fields of a three-dimensional chessboard.
    var halves: [[Int]] {
        let isOdd = indices.map { ($0.wrappedSum() & 1) == 1 }
        return [false, true].map { colour in indices.indices.filter { isOdd[$0] == colour } }
    }

    /// Pairs of blocks in adjacent layers along each axis, in the blocks' order.
    var neighbours: [[(Int, Int)]] {
        let places = Dictionary(zip(indices, indices.indices)) { first, _ in first }
        return (0..<3).map { axis in
            indices.indices.compactMap { block in
                var next = indices[block]
                next[axis] += 1
                return places[next].map { (block, $0) }
            }
        }
    }
}

extension Double {
    /// The square or cube root, or the number itself.
    fileprivate func root(_ degree: Int) -> Double {
        switch degree {
        case 3: cbrt(self)
        case 2: squareRoot()
        default: self
        }
    }
}

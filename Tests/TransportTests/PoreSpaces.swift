import TestSupport
import Volumes

/// The space around five balls, for which other programs have been asked.
let aroundFiveBalls = ballMask().map { !$0 }

/// A cell of a cubic array of balls of volume share `share`, the ball's centre near the cell's, its
/// voxels chosen so that their number is right to one voxel.
///
/// The centre is off every symmetry of the voxels, whose steps then spread over all the surface.
func cubicArray(share: Double, edge: Int) -> Mask {
    let centre = SIMD3(0.31, 0.17, 0.44) + Double(edge) / 2
    let distances = squaredDistances(edge: edge, from: centre)
    let count = Int((share * Double(edge * edge * edge)).rounded())
    let threshold = distances.sorted()[count]
    return Mask(shape: Shape(edge: edge), voxels: distances.map { $0 >= threshold })
}

/// The eighth of a cell of a cubic array of balls that lies between its planes of symmetry, the
/// ball's centre in the corner, its voxels in whole shells whose number is nearest to right.
func cubicArrayOctant(share: Double, edge: Int) -> Mask {
    let distances = squaredDistances(edge: edge, from: .zero)
    let sorted = distances.sorted()
    let wanted = share * Double(sorted.count)
    var best = 0
    for index in 1..<sorted.count where sorted[index] != sorted[index - 1] {
        if abs(Double(index) - wanted) < abs(Double(best) - wanted) { best = index }
    }
    let threshold = sorted[best]
    return Mask(shape: Shape(edge: edge), voxels: distances.map { $0 >= threshold })
}

private func squaredDistances(edge: Int, from centre: SIMD3<Double>) -> [Double] {
    (0..<(edge * edge * edge)).map { index in
        let place = SIMD3(index / (edge * edge), index / edge % edge, index % edge)
        let offset = SIMD3<Double>(place) + 0.5 - centre
        return (offset * offset).sum()
    }
}

/// Pore space between overlapping balls, with paths along all axes.
func amongBalls(_ shape: Shape, seed: UInt64) -> Mask {
    let germs = randomMask(shape, porosity: 0.012, seed: seed)
    var mask = Mask(shape: shape, repeating: true)
    for z in 0..<shape.depth {
        for y in 0..<shape.height {
            for x in 0..<shape.width where germs[z, y, x] {
                for c in max(z - 3, 0)...min(z + 3, shape.depth - 1) {
                    for b in max(y - 3, 0)...min(y + 3, shape.height - 1) {
                        for a in max(x - 3, 0)...min(x + 3, shape.width - 1) {
                            let square =
                                (c - z) * (c - z) + (b - y) * (b - y) + (a - x) * (a - x)
                            if square < 9 { mask[c, b, a] = false }
                        }
                    }
                }
            }
        }
    }
    return mask
}

extension Volume {
    /// The same volume with its axes in another order: axis `n` of it is axis `axes[n]` of this.
    func turned(_ axes: [Int]) -> Volume {
        let extents = [shape.depth, shape.height, shape.width]
        let turned = Shape(
            depth: extents[axes[0]], height: extents[axes[1]], width: extents[axes[2]])
        var voxels: [Element] = []
        for z in 0..<turned.depth {
            for y in 0..<turned.height {
                for x in 0..<turned.width {
                    var place = [0, 0, 0]
                    for (axis, value) in zip(axes, [z, y, x]) { place[axis] = value }
                    voxels.append(self[place[0], place[1], place[2]])
                }
            }
        }
        return Volume(shape: turned, voxels: voxels)
    }

    /// The volume moved by whole voxels, what leaves on one side coming back on the other.
    func shifted(_ dz: Int, _ dy: Int, _ dx: Int) -> Volume {
        var shifted = self
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    shifted[z, y, x] =
                        self[
                            (z + dz) % shape.depth, (y + dy) % shape.height, (x + dx) % shape.width]
                }
            }
        }
        return shifted
    }

    /// The volume and its mirror images, twice as long along every axis.
    func mirrored() -> Volume {
        let twice = Shape(
            depth: shape.depth * 2, height: shape.height * 2, width: shape.width * 2)
        var voxels: [Element] = []
        for z in 0..<twice.depth {
            for y in 0..<twice.height {
                for x in 0..<twice.width {
                    voxels.append(
                        self[
                            min(z, twice.depth - 1 - z), min(y, twice.height - 1 - y),
                            min(x, twice.width - 1 - x)])
                }
            }
        }
        return Volume(shape: twice, voxels: voxels)
    }
}

/// Whether two numbers agree to a share of the second.
func isClose(_ value: Double, _ expected: Double, within share: Double) -> Bool {
    abs(value - expected) <= share * abs(expected)
}

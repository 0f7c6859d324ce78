/// What each of the 256 patterns of a 2x2x2 cell of voxels adds to lengths, areas, curvatures and
/// Euler numbers. Bit 4 z + 2 y + x of a pattern is the voxel at (z, y, x) of the cell.
///
/// A voxel is in eight cells, an edge between voxels in four, a square in two: sums over all cells of
/// a stationary structure count each once with these weights (Ohser, Nagel and Schladitz 2002,
/// doi:10.1007/3-540-45782-8_12).
enum CellTables {
    private static let corners = (0..<8).map { SIMD3($0 >> 2, $0 >> 1 & 1, $0 & 1) }

    private static func isPore(_ pattern: Int, _ corner: SIMD3<Int>) -> Bool {
        pattern >> (corner.x * 4 + corner.y * 2 + corner.z) & 1 == 1
    }

    /// Sets of corners, as patterns: the edges, squares and so on of a cell.
    private static func sets(_ size: Int, where fits: ([SIMD3<Int>]) -> Bool) -> [Int] {
        (0..<256).filter { pattern in
            pattern.nonzeroBitCount == size && fits(corners.filter { isPore(pattern, $0) })
        }
    }

    /// The pairs of corners one step apart, of each of ``LatticeDirections/steps``: 4, 2 or 1.
    static let pairs: [[Int]] = LatticeDirections.steps.map { step in
        sets(2) { $0[1] &- $0[0] == step || $0[0] &- $0[1] == step }
    }

    /// How many of the pairs of a direction join pore and solid.
    static let transitions: [[Int]] = pairs.map { pairs in
        (0..<256).map { pattern in
            pairs.count { pattern & $0 != 0 && pattern & $0 != $0 }
        }
    }

    private static let edges = sets(2) { distance($0[0], $0[1]) == 1 }
    private static let squares = sets(4) { corners in
        (0..<3).contains { axis in corners.allSatisfy { $0[axis] == corners[0][axis] } }
    }

    private static func distance(_ a: SIMD3<Int>, _ b: SIMD3<Int>) -> Int {
        let apart = a &- b
        return abs(apart.x) + abs(apart.y) + abs(apart.z)
    }

    /// Eight times the Euler number of pore voxels that are joined across faces (6; solid 26): the
    /// complex of their centres.
    static let eulerTimes8ByFaces: [Int] = (0..<256).map { pattern in
        pattern.nonzeroBitCount - 2 * edges.count { pattern & $0 == $0 }
            + 4 * squares.count { pattern & $0 == $0 } - 8 * (pattern == 255 ? 1 : 0)
    }

    /// Eight times the Euler number of pore voxels that are joined across faces, edges and corners
    /// (26; solid 6): the union of closed cubes.
    static let eulerTimes8ByCorners: [Int] = (0..<256).map { pattern in
        8 * (pattern != 0 ? 1 : 0) - 4 * squares.count { pattern & $0 != 0 }
            + 2 * edges.count { pattern & $0 != 0 } - pattern.nonzeroBitCount
    }

    /// A lattice plane through the cell: the parts of its tiles that lie in it, and two vectors that
    /// span a tile.
    struct Plane {
        let tiles: [Int]
        let spans: (SIMD3<Int>, SIMD3<Int>)
        /// A rectangle, or one of the two triangles that make a parallelogram.
        let isTriangle: Bool
    }

    /// The planes of the thirteen normal directions: three of faces, six of diagonals, four of
    /// triangles.
    static let planes: [Plane] = {
        var planes: [Plane] = []
        let axes = [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)]
        for normal in 0..<3 {
            let (a, b) = (axes[(normal + 1) % 3], axes[(normal + 2) % 3])
            let tiles = squares.filter { square in
                let inside = corners.filter { isPore(square, $0) }
                return inside.allSatisfy { $0[normal] == inside[0][normal] }
            }
            planes.append(Plane(tiles: tiles, spans: (a, b), isTriangle: false))
            for sign in [1, -1] {
                // The plane of this axis and a diagonal of the two others.
                let diagonal = a &+ (b &* sign)
                let tile = corners.indices.filter { index in
                    let corner = corners[index]
                    let (u, v) = (corner[(normal + 1) % 3], corner[(normal + 2) % 3])
                    return sign == 1 ? u == v : u != v
                }
                .reduce(0) { $0 | 1 << $1 }
                planes.append(
                    Plane(tiles: [tile], spans: (axes[normal], diagonal), isTriangle: false))
            }
        }
        for far in [SIMD3(1, 1, 1), SIMD3(1, 1, 0), SIMD3(1, 0, 1), SIMD3(0, 1, 1)] {
            // The corners next to one end of a diagonal of the body, and those next to the other.
            let near = SIMD3(1, 1, 1) &- far
            let ends = [far, near].map { end in corners.filter { distance($0, end) == 1 } }
            let tiles = ends.map { $0.reduce(0) { $0 | 1 << ($1.x * 4 + $1.y * 2 + $1.z) } }
            let triangle = ends[0]
            planes.append(
                Plane(
                    tiles: tiles,
                    spans: (triangle[1] &- triangle[0], triangle[2] &- triangle[0]),
                    isTriangle: true))
        }
        return planes
    }()

    /// The Euler number that a pattern adds to a plane, a tile: convex corners less concave ones, over
    /// those of a corner point. Where two pores of a tile meet at a corner point only, they are joined
    /// there, which makes two concave corners, or not, which makes two convex ones.
    static func eulerOfTiles(_ plane: Plane, _ pattern: Int, joined: Bool) -> Double {
        let sum = plane.tiles.reduce(0) { sum, tile in
            let pores = corners.filter { isPore(pattern & tile, $0) }
            switch pores.count {
            case 1: return sum + 1
            case 2 where plane.isTriangle: return sum - 1
            case 2:
                let step = pores[1] &- pores[0]
                let isSide = [plane.spans.0, plane.spans.1].contains { side in
                    step == side || step == SIMD3(0, 0, 0) &- side
                }
                return sum + (isSide ? 0 : joined ? -2 : 2)
            case 3 where !plane.isTriangle: return sum - 1
            default: return sum
            }
        }
        return Double(sum) / Double(plane.tiles.count) / (plane.isTriangle ? 6 : 4)
    }
}

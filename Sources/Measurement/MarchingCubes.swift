/// The area of the surface that marching cubes put between the voxels of a mask, at half height.
///
/// The corners of the surface are midpoints between a pore and a solid voxel. Where both diagonals of a
/// face of the cell are of one phase each, pores are kept apart. There are 22 kinds of patterns (Lorensen
/// and Cline 1987, doi:10.1145/37402.37422); the areas are those of `method='lorensen'` in scikit-image,
/// for voxels of edge 1.
enum MarchingCubes {
    /// One pattern of each kind that has a surface, and the squares of eight times the areas of its
    /// triangles.
    private static let kinds: [(pattern: Int, triangles: [Double])] = [
        (0b0000_0001, [3]), (0b0000_0011, [8, 8]), (0b0000_0110, [3, 3]),
        (0b0001_1000, [3, 3]), (0b0000_0111, [3, 12, 16]), (0b0001_0110, [3, 3, 3]),
        (0b0001_1001, [8, 8, 3]), (0b0000_1111, [16, 16]), (0b0001_0111, [3, 12, 12, 3]),
        (0b0001_1011, [8, 27, 8, 3]), (0b0001_1110, [3, 3, 12, 16]),
        (0b0011_1100, [8, 8, 8, 8]), (0b0110_1001, [3, 3, 3, 3]), (0b0001_1111, [3, 12, 16]),
        (0b0011_1101, [20, 3, 11, 3, 20]), (0b0110_1011, [3, 12, 12, 3, 3]),
        (0b0011_1111, [8, 8]), (0b0110_1111, [3, 12, 3, 12]), (0b0111_1110, [3, 3]),
        (0b0111_1111, [3]),
    ]

    /// The area of every pattern of a cell; see ``CellTables`` for its bits.
    static let areas: [Double] = {
        var areas = [Double](repeating: 0, count: 256)
        for symmetry in symmetries {
            for kind in kinds {
                let turned = symmetry.indices.reduce(0) {
                    $0 | (kind.pattern >> $1 & 1) << symmetry[$1]
                }
                areas[turned] = kind.triangles.reduce(0) { $0 + $1.squareRoot() } / 8
            }
        }
        return areas
    }()

    /// Where each corner of a cell goes under the 48 turns and reflections of a cube.
    private static let symmetries: [[Int]] = {
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        return orders.flatMap { order in
            (0..<8).map { flip in
                (0..<8).map { corner in
                    (0..<3).reduce(0) { $0 | (corner >> order[$1] & 1) << $1 } ^ flip
                }
            }
        }
    }()
}

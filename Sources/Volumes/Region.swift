/// A box of voxels: where it begins and how far it extends.
public struct Region: Hashable, Sendable, Codable {
    /// The first slice.
    public let z: Int
    /// The first row.
    public let y: Int
    /// The first column.
    public let x: Int
    /// The extent.
    public let shape: Shape

    /// The box of `shape` whose first voxel is (`z`, `y`, `x`).
    public init(z: Int, y: Int, x: Int, shape: Shape) {
        self.z = z
        self.y = y
        self.x = x
        self.shape = shape
    }

    /// All of a grid.
    public init(all shape: Shape) {
        self.init(z: 0, y: 0, x: 0, shape: shape)
    }

    /// The box of three ranges; `nil` if one is empty.
    public init?(z: Range<Int>, y: Range<Int>, x: Range<Int>) {
        guard let shape = Shape(checkingDepth: z.count, height: y.count, width: x.count) else {
            return nil
        }
        self.init(z: z.lowerBound, y: y.lowerBound, x: x.lowerBound, shape: shape)
    }

    /// The slices covered.
    public var slices: Range<Int> { z..<(z + shape.depth) }
    /// The rows covered.
    public var rows: Range<Int> { y..<(y + shape.height) }
    /// The columns covered.
    public var columns: Range<Int> { x..<(x + shape.width) }

    /// Whether every voxel of the box lies in a grid of `shape`.
    public func fits(in shape: Shape) -> Bool {
        z >= 0 && y >= 0 && x >= 0 && slices.upperBound <= shape.depth
            && rows.upperBound <= shape.height && columns.upperBound <= shape.width
    }

    /// What two boxes share, if anything.
    public func intersection(_ other: Region) -> Region? {
        Region(
            z: slices.clamped(to: other.slices), y: rows.clamped(to: other.rows),
            x: columns.clamped(to: other.columns))
    }
}

extension Region: CustomStringConvertible {
    /// The three ranges, as in `z 0..<10, y 5..<25, x 5..<25`.
    public var description: String { "z \(slices), y \(rows), x \(columns)" }
}

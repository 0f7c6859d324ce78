/// The extent of a grid along z, y and x, in voxels.
public struct Shape: Hashable, Sendable {
    /// Voxels along z; the slices.
    public let depth: Int
    /// Voxels along y; the rows of a slice.
    public let height: Int
    /// Voxels along x, fastest in memory; the columns of a slice.
    public let width: Int

    /// A shape of positive extents whose voxel count fits an `Int`.
    public init(depth: Int, height: Int, width: Int) {
        precondition(depth > 0 && height > 0 && width > 0, "a shape has positive extents")
        self.depth = depth
        self.height = height
        self.width = width
    }

    /// A cube.
    public init(edge: Int) {
        self.init(depth: edge, height: edge, width: edge)
    }

    /// Checks extents that come from a file: `nil` unless all are positive and the bytes of such a
    /// grid, at eight bytes a voxel, can be counted in an `Int`.
    public init?(checkingDepth depth: Int, height: Int, width: Int) {
        guard depth > 0, height > 0, width > 0 else { return nil }
        let (slice, sliceOverflow) = height.multipliedReportingOverflow(by: width)
        let (count, countOverflow) = slice.multipliedReportingOverflow(by: depth)
        let (_, bytesOverflow) = count.multipliedReportingOverflow(by: 8)
        guard !sliceOverflow, !countOverflow, !bytesOverflow else { return nil }
        self.init(depth: depth, height: height, width: width)
    }

    /// Voxels in one slice.
    public var sliceCount: Int { height * width }

    /// Voxels in all.
    public var count: Int { depth * height * width }

    /// The same slices, `depth` of them.
    public func withDepth(_ depth: Int) -> Shape {
        Shape(depth: depth, height: height, width: width)
    }

    /// Whether this is an image of one slice.
    public var isImage: Bool { depth == 1 }
}

extension Shape: CustomStringConvertible {
    /// `depth x height x width`, as in `100x500x500`.
    public var description: String { "\(depth)x\(height)x\(width)" }
}

extension Shape: Codable {
    /// Reads `[depth, height, width]`.
    public init(from decoder: any Decoder) throws {
        let extents = try [Int](from: decoder)
        guard extents.count == 3,
            let shape = Shape(
                checkingDepth: extents[0], height: extents[1], width: extents[2])
        else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "a shape is three positive whole numbers [z, y, x]"))
        }
        self = shape
    }

    /// Writes `[depth, height, width]`.
    public func encode(to encoder: any Encoder) throws {
        try [depth, height, width].encode(to: encoder)
    }
}

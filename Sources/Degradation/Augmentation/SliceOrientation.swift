public import Volumes

/// One of the eight ways to lay a square slice on itself.
public struct SliceOrientation: Hashable, Sendable, Codable {
    /// Whether rows are reversed, before anything else.
    public let flipsRows: Bool
    /// Whether columns are reversed.
    public let flipsColumns: Bool
    /// Whether rows and columns then change places.
    public let transposes: Bool

    /// As it is, mirrored, turned or both.
    public init(flipsRows: Bool = false, flipsColumns: Bool = false, transposes: Bool = false) {
        self.flipsRows = flipsRows
        self.flipsColumns = flipsColumns
        self.transposes = transposes
    }

    /// Lays every slice so; slices keep their order unless told.
    public func apply(
        to volume: Volume<Float>, reversingSlices: Bool = false
    ) -> Volume<Float> {
        guard flipsRows || flipsColumns || transposes || reversingSlices else { return volume }
        let shape = volume.shape
        let (height, width) = (shape.height, shape.width)
        var voxels = [Float](repeating: 0, count: shape.count)
        var target = voxels.mutableSpan
        volume.withVoxels { source in
            for z in 0..<shape.depth {
                let from = (reversingSlices ? shape.depth - 1 - z : z) * shape.sliceCount
                let into = z * shape.sliceCount
                for y in 0..<height {
                    let start = from + (flipsRows ? height - 1 - y : y) * width
                    let row = source.extracting(start..<(start + width))
                    let (first, step) = transposes ? (into + y, height) : (into + y * width, 1)
                    for x in 0..<width {
                        target[first + x * step] = row[flipsColumns ? width - 1 - x : x]
                    }
                }
            }
        }
        let size = volume.voxelSize.flatMap {
            transposes
                ? VoxelSize(
                    depthInMicrometres: $0.depthInMicrometres,
                    heightInMicrometres: $0.widthInMicrometres,
                    widthInMicrometres: $0.heightInMicrometres) : $0
        }
        return Volume(
            shape: transposes ? Shape(depth: shape.depth, height: width, width: height) : shape,
            voxelSize: size, voxels: voxels)
    }
}

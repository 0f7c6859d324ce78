public import Volumes

/// Where training patches are cut: boxes of one size, `stride` apart, in LOW voxels.
public struct PatchGrid: Hashable, Sendable, Codable {
    /// The edge of a patch, in LOW voxels.
    public let size: Int
    /// The distance between the corners of neighbours, in LOW voxels.
    public let stride: Int

    /// A grid of positive size and stride.
    public init(size: Int, stride: Int) {
        precondition(size > 0 && stride > 0, "a patch grid has a positive size and stride")
        self.size = size
        self.stride = stride
    }

    /// The boxes that fit wholly in a volume of `shape`, in order of z, y, x.
    ///
    /// In an image, whose depth is one, patches are one voxel deep. A volume smaller than a patch has
    /// none.
    public func regions(in shape: Shape) -> [Region] {
        let depth = shape.isImage ? 1 : size
        let patch = Shape(depth: depth, height: size, width: size)
        return origins(shape.depth, patch.depth).flatMap { z in
            origins(shape.height, size).flatMap { y in
                origins(shape.width, size).map { x in Region(z: z, y: y, x: x, shape: patch) }
            }
        }
    }

    private func origins(_ extent: Int, _ size: Int) -> [Int] {
        guard extent >= size else { return [] }
        return Array(Swift.stride(from: 0, through: extent - size, by: stride))
    }
}

public import Volumes

/// Where training patches are cut: boxes of one size, `stride` apart, in LOW voxels.
public struct PatchGrid: Hashable, Sendable, Codable {
    /// The extent of a patch, in LOW voxels.
    public let size: Shape
    /// The distances between the corners of neighbours along z, y and x, in LOW voxels.
    public let stride: Shape

    /// A grid of boxes.
    public init(size: Shape, stride: Shape) {
        self.size = size
        self.stride = stride
    }

    /// The boxes that fit wholly in a volume of `shape`, in order of z, y, x.
    ///
    /// In an image, whose depth is one, patches are one voxel deep. A volume smaller than a patch has
    /// none.
    public func regions(in shape: Shape) -> [Region] {
        let patch = shape.isImage ? size.withDepth(1) : size
        return origins(shape.depth, patch.depth, stride.depth).flatMap { z in
            origins(shape.height, patch.height, stride.height).flatMap { y in
                origins(shape.width, patch.width, stride.width).map { x in
                    Region(z: z, y: y, x: x, shape: patch)
                }
            }
        }
    }

    private func origins(_ extent: Int, _ size: Int, _ step: Int) -> [Int] {
        guard extent >= size else { return [] }
        return Array(Swift.stride(from: 0, through: extent - size, by: step))
    }
}

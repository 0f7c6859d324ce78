import Volumes

/// The voxels that share a face with a voxel, by their place in storage order.
struct FaceNeighbours {
    private let shape: Shape

    init(in shape: Shape) { self.shape = shape }

    /// The places of the six neighbours, in storage order; -1 for one beyond the volume.
    @inline(__always)
    func around(_ place: Int) -> InlineArray<6, Int> {
        let position = shape.position(of: UInt32(place))
        return [
            position[0] > 0 ? place - shape.sliceCount : -1,
            position[1] > 0 ? place - shape.width : -1,
            position[2] > 0 ? place - 1 : -1,
            position[2] < shape.width - 1 ? place + 1 : -1,
            position[1] < shape.height - 1 ? place + shape.width : -1,
            position[0] < shape.depth - 1 ? place + shape.sliceCount : -1,
        ]
    }
}

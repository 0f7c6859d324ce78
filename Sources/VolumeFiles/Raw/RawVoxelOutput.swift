import SystemPackage
import Volumes

/// Writes slabs as plain numbers after an optional header, counting slices.
final class RawVoxelOutput {
    private let file: OutputFile
    private let shape: Shape
    private let elementType: ElementType
    private var slices = 0

    /// A file of `header` and then the voxels of a scan.
    init(
        creating path: FilePath, header: String, shape: Shape, elementType: ElementType
    ) throws(VolumeFileError) {
        file = try OutputFile(creating: path)
        self.shape = shape
        self.elementType = elementType
        if !header.isEmpty { try file.write(Array(header.utf8)) }
    }

    /// A file that begins with bytes which are not all text.
    init(
        creating path: FilePath, header: [UInt8], shape: Shape, elementType: ElementType
    ) throws(VolumeFileError) {
        file = try OutputFile(creating: path)
        self.shape = shape
        self.elementType = elementType
        try file.write(header)
    }

    /// Appends slices.
    func append(_ slab: RawSlab) throws(VolumeFileError) {
        precondition(
            slab.elementType == elementType && slab.shape.height == shape.height
                && slab.shape.width == shape.width && slices + slab.shape.depth <= shape.depth,
            "a slab fits the scan it is appended to")
        try file.write(slab.bytes)
        slices += slab.shape.depth
    }

    /// Completes the file.
    func finish() throws(VolumeFileError) {
        precondition(slices == shape.depth, "a scan is finished when every slice is written")
        try file.finish()
    }
}

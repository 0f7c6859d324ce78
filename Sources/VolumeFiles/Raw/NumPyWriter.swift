import SystemPackage
import Volumes

/// A scan being written as NumPy's `.npy`, in C order with axes z, y, x. The format has no place
/// for a voxel size.
final class NumPyWriter: ScanWriter {
    private let voxels: RawVoxelOutput

    /// Creates the file.
    init(
        creating path: FilePath, shape: Shape, elementType: ElementType
    ) throws(VolumeFileError) {
        let kind = elementType.isFloatingPoint ? "f" : elementType.isSigned ? "i" : "u"
        let order =
            elementType.byteCount == 1 ? "|" : ByteOrder.isBigEndianHost ? ">" : "<"
        var text = """
            {'descr': '\(order)\(kind)\(elementType.byteCount)', 'fortran_order': False, \
            'shape': (\(shape.depth), \(shape.height), \(shape.width)), }
            """
        // Voxels begin at a multiple of 64 bytes, after the line's end.
        let length = (10 + text.utf8.count + 1 + 63) / 64 * 64 - 10
        text += String(repeating: " ", count: length - text.utf8.count - 1) + "\n"
        let head: [UInt8] =
            [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
        voxels = try RawVoxelOutput(
            creating: path, header: head + Array(text.utf8), shape: shape,
            elementType: elementType)
    }

    func append(_ slab: RawSlab) throws(VolumeFileError) { try voxels.append(slab) }

    func finish() throws(VolumeFileError) { try voxels.finish() }
}

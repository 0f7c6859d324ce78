import SystemPackage
import Volumes

/// A scan whose voxels lie as plain numbers in files, open for reading slab by slab.
///
/// The formats differ only in how they say where the voxels begin and what they are; the functions
/// that open them (`openMetaImage` and its like) find that out and make one of these.
final class RawScanReader: ScanReader {
    /// How the voxels follow each other.
    enum Order {
        /// x fastest, as in memory.
        case slices
        /// z fastest, as NumPy stores arrays in Fortran order.
        case columns
    }

    let description: ScanDescription
    private let source: any VoxelSource
    private let order: Order
    private let isByteSwapped: Bool

    /// A reader of `source`, which holds exactly the voxels described.
    init(
        _ description: ScanDescription, source: any VoxelSource, isBigEndian: Bool,
        order: Order = .slices
    ) {
        self.description = description
        self.source = source
        self.order = order
        isByteSwapped =
            description.elementType.byteCount > 1 && isBigEndian != ByteOrder.isBigEndianHost
    }

    func read(_ slices: Range<Int>) throws(VolumeFileError) -> RawSlab {
        let shape = description.shape
        precondition(
            !slices.isEmpty && slices.lowerBound >= 0 && slices.upperBound <= shape.depth,
            "a slab lies within its scan")
        let elementType = description.elementType
        var bytes: [UInt8]
        switch order {
        case .slices:
            let sliceByteCount = shape.sliceCount * elementType.byteCount
            bytes = try source.read(
                (slices.lowerBound * sliceByteCount)..<(slices.upperBound * sliceByteCount))
        case .columns:
            bytes = try readColumns(slices)
        }
        if isByteSwapped { ByteOrder.swap(&bytes, elementByteCount: elementType.byteCount) }
        return RawSlab(
            elementType: elementType, shape: shape.withDepth(slices.count), bytes: bytes)
    }

    /// Gathers slices from an array whose z is fastest: every plane of constant x is read in full,
    /// one at a time, so each slab costs a pass through the file and the memory of one plane.
    private func readColumns(_ slices: Range<Int>) throws(VolumeFileError) -> [UInt8] {
        let shape = description.shape
        let size = description.elementType.byteCount
        var bytes = [UInt8](repeating: 0, count: slices.count * shape.sliceCount * size)
        let planeByteCount = shape.height * shape.depth * size
        for x in 0..<shape.width {
            let plane = try source.read((x * planeByteCount)..<((x + 1) * planeByteCount))
            for y in 0..<shape.height {
                for z in slices {
                    let from = (y * shape.depth + z) * size
                    let to =
                        (((z - slices.lowerBound) * shape.height + y) * shape.width + x) * size
                    for byte in 0..<size { bytes[to + byte] = plane[from + byte] }
                }
            }
        }
        return bytes
    }
}

import VolumeFiles
import Volumes

/// Slices of a scan, read in order, in blocks of which the last two are kept: neighbouring slabs of
/// the output share slices of the input, and compressed formats decode many at once.
final class LowSlices {
    private let reader: any ScanReader
    private let blockDepth: Int
    private var blocks: [(index: Int, slab: RawSlab)] = []

    /// - Parameter blockBytes: What a block may take; one slice at the least.
    init(_ reader: any ScanReader, blockBytes: Int) {
        self.reader = reader
        let description = reader.description
        blockDepth = description.shape.slabDepth(
            elementType: description.elementType, byteBudget: blockBytes, multiple: 64)
    }

    /// Consecutive slices as they are stored.
    func slab(_ slices: Range<Int>) throws(VolumeFileError) -> RawSlab {
        let description = reader.description
        let sliceBytes = description.shape.sliceCount * description.elementType.byteCount
        var bytes: [UInt8] = []
        bytes.reserveCapacity(slices.count * sliceBytes)
        var z = slices.lowerBound
        while z < slices.upperBound {
            let index = z / blockDepth
            let start = index * blockDepth
            let end = min(start + blockDepth, slices.upperBound)
            let block = try block(index)
            bytes += block.bytes[((z - start) * sliceBytes)..<((end - start) * sliceBytes)]
            z = end
        }
        return RawSlab(
            elementType: description.elementType,
            shape: description.shape.withDepth(slices.count), bytes: bytes)
    }

    private func block(_ index: Int) throws(VolumeFileError) -> RawSlab {
        if let known = blocks.first(where: { $0.index == index }) { return known.slab }
        // Before the next is read, so that there are never three.
        if blocks.count == 2 { blocks.removeFirst() }
        let start = index * blockDepth
        let slab = try reader.read(
            start..<min(start + blockDepth, reader.description.shape.depth))
        blocks.append((index, slab))
        return slab
    }
}

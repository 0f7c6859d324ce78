import CHDF5
import Foundation
import Volumes

/// Reads datasets that are shuffled and deflated, as ours are, on all cores.
///
/// The library undoes one chunk at a time under its lock. Here it only hands out the stored bytes;
/// libdeflate and the shuffle run outside it. Other filters take the library's own way.
final class HDF5ChunkReader {
    private unowned let array: HDF5Array
    /// Chunk and dataset extents along z, y and x; z is one where the dataset is an image.
    private let chunk: Shape
    private let elementBytes: Int
    private let columns: Int
    private let rows: Int
    /// The chunk row that the last read ended in the middle of, undone to the end.
    private var keptRow: (index: Int, bytes: [UInt8])?

    /// Larger chunks are left to the library: several are held at once.
    private static let maximumChunkBytes = 16 << 20
    /// About so many stored bytes are fetched before they are undone together.
    private static let batchBytes = 32 << 20

    /// `nil` unless every chunk can be undone here.
    init?(_ array: HDF5Array) {
        let extents = array.dataset.extents
        let chunk = array.chunk
        guard array.filters.isShuffledDeflate, array.format.isPlain,
            extents.count == (array.dataset.depthAxis == nil ? 2 : 3), chunk.count == extents.count,
            let shape = Shape(
                checkingDepth: chunk.count == 3 ? chunk[0] : 1, height: chunk[chunk.count - 2],
                width: chunk[chunk.count - 1]),
            shape.count * array.format.elementType.byteCount <= Self.maximumChunkBytes
        else { return nil }
        self.array = array
        self.chunk = shape
        elementBytes = array.format.elementType.byteCount
        rows = (array.shape.height + shape.height - 1) / shape.height
        columns = (array.shape.width + shape.width - 1) / shape.width
    }

    /// Reads `slices`, keeping a chunk row that the next read will go on with.
    func read(
        _ slices: Range<Int>, into destination: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        let sliceBytes = array.shape.sliceCount * elementBytes
        var z = slices.lowerBound
        while z < slices.upperBound {
            let row = z / chunk.depth
            let inRow = (row * chunk.depth)..<min((row + 1) * chunk.depth, array.shape.depth)
            let wanted = z..<min(inRow.upperBound, slices.upperBound)
            let target = unsafe UnsafeMutableRawBufferPointer(
                rebasing: destination[
                    ((z - slices.lowerBound) * sliceBytes)..<((wanted.upperBound
                        - slices.lowerBound) * sliceBytes)])
            let isWhole = wanted == inRow || inRow.count * sliceBytes > HDF5Array.Bound.cacheBytes
            if keptRow?.index != row, isWhole {
                try unsafe undo(row, wanted, into: target)
            } else {
                if keptRow?.index != row {
                    keptRow = nil
                    let bytes = try unsafe Array(count: inRow.count * sliceBytes) {
                        bytes throws(VolumeFileError) in
                        try unsafe undo(row, inRow, into: bytes)
                    }
                    keptRow = (row, bytes)
                }
                let start = (z - inRow.lowerBound) * sliceBytes
                unsafe keptRow?.bytes.withUnsafeBytes { bytes in
                    unsafe target.copyMemory(
                        from: UnsafeRawBufferPointer(
                            rebasing: bytes[start..<(start + target.count)]))
                }
            }
            if wanted.upperBound == inRow.upperBound { keptRow = nil }
            z = wanted.upperBound
        }
    }

    /// Undoes the chunks of one row, as far as `slices` need them, into `target`.
    private func undo(
        _ row: Int, _ slices: Range<Int>, into target: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        let chunkBytes = chunk.count * elementBytes
        let batch = max(2, Self.batchBytes / chunkBytes)
        let count = rows * columns
        for start in stride(from: 0, to: count, by: batch) {
            try unsafe undo(
                row, start..<min(start + batch, count), slices, chunkBytes, into: target)
        }
        if array.format.isStoredSwapped {
            unsafe ByteOrder.swap(target, elementByteCount: elementBytes)
        }
    }

    private func undo(
        _ row: Int, _ indices: Range<Int>, _ slices: Range<Int>, _ chunkBytes: Int,
        into target: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        let stored = try indices.map { index throws(VolumeFileError) in
            try fetch(offset(row, index), chunkBytes)
        }
        // A chunk written with a filter left out is rare: the library knows what to do with it.
        guard !stored.contains(.other) else {
            try unsafe array.readThroughLibrary(slices, into: target)
            // The caller turns the bytes of the whole row around.
            if array.format.isStoredSwapped {
                unsafe ByteOrder.swap(target, elementByteCount: elementBytes)
            }
            return
        }
        let box = ChunkBox(
            chunk: chunk, shape: array.shape, columns: columns, slices: slices,
            firstSlice: row * chunk.depth, elementBytes: elementBytes)
        let isShuffled = array.filters.isShuffled
        let fill =
            array.format.isStoredSwapped ? array.fillValue.reversed() : array.fillValue
        // Chunks lie in disjoint parts of the slab.
        nonisolated(unsafe) let target = unsafe target
        let succeeded = concurrentMap(count: indices.count) { position in
            let index = indices.lowerBound + position
            switch stored[position] {
            case .missing:
                unsafe box.fill(index, with: fill, in: target)
                return true
            case .other:
                return false
            case .deflated(let bytes):
                guard let voxels = Deflate.decompress(bytes, count: chunkBytes) else {
                    return false
                }
                unsafe box.place(voxels, isShuffled: isShuffled, index, in: target)
                return true
            }
        }
        guard let failure = succeeded.firstIndex(of: false) else { return }
        let place = offset(row, indices.lowerBound + failure).map { "\($0)" }
        throw .malformed(
            array.dataset.node.file.path,
            problem: "the chunk at \(place.joined(separator: ",")) of "
                + "\(array.dataset.node.path.printable) cannot be decompressed")
    }

    private func offset(_ row: Int, _ index: Int) -> [hsize_t] {
        let plane = [
            hsize_t(index / columns * chunk.height), hsize_t(index % columns * chunk.width),
        ]
        return array.chunk.count == 3 ? [hsize_t(row * chunk.depth)] + plane : plane
    }

    /// How the dataset is cut into chunks, for those who undo them elsewhere.
    var form: HDF5ChunkForm {
        HDF5ChunkForm(
            shape: array.shape, chunk: chunk, elementBytes: elementBytes,
            isShuffled: array.filters.isShuffled, isStoredSwapped: array.format.isStoredSwapped,
            fillValue: array.format.isStoredSwapped
                ? array.fillValue.reversed() : array.fillValue)
    }

    /// What the file holds of the chunk whose first voxel is (z, y, x).
    func fetch(_ origin: SIMD3<Int>) throws(VolumeFileError) -> Stored {
        let offset = [hsize_t(origin[0]), hsize_t(origin[1]), hsize_t(origin[2])]
        return try fetch(
            array.chunk.count == 3 ? offset : Array(offset.dropFirst()), chunk.count * elementBytes)
    }

    /// What the file holds of a chunk.
    enum Stored: Equatable, Sendable {
        case missing, other
        case deflated([UInt8])
    }

    private func fetch(
        _ offset: [hsize_t], _ chunkBytes: Int
    ) throws(VolumeFileError) -> Stored {
        let path = array.dataset.node.file.path
        let purpose = "cannot read a chunk of \(array.dataset.node.path)"
        var size: hsize_t = 0
        if unsafe H5Dget_chunk_storage_size(array.handle.id, offset, &size) < 0 {
            // Depending on its version the library calls a chunk that was never written an error.
            return HDF5Library.lastComplaint().text.contains("not allocated") ? .missing : .other
        }
        guard size > 0 else { return .missing }
        guard size <= UInt64(chunkBytes) * 2 + 4096 else {
            throw .malformed(
                path, problem: "\(purpose): it has \(size) bytes instead of \(chunkBytes)")
        }
        var mask: UInt32 = 0
        let bytes = try unsafe Array(count: Int(size)) { buffer throws(VolumeFileError) in
            try unsafe checked(
                H5Dread_chunk(array.handle.id, chdf5_default, offset, &mask, buffer.baseAddress),
                in: path, purpose)
        }
        return mask == 0 ? .deflated(bytes) : .other
    }
}

/// Where a chunk's voxels lie in a slab of whole slices.
private struct ChunkBox: Sendable {
    let chunk: Shape
    let shape: Shape
    let columns: Int
    let slices: Range<Int>
    let firstSlice: Int
    let elementBytes: Int

    /// Calls `body` with the byte offset in the slab, the first voxel in the chunk and the number
    /// of voxels, of every piece of a row of voxels.
    private func forEachRow(_ index: Int, _ body: (Int, Int, Int) -> Void) {
        let y = index / columns * chunk.height
        let x = index % columns * chunk.width
        let width = min(chunk.width, shape.width - x)
        for z in slices {
            for row in 0..<min(chunk.height, shape.height - y) {
                let target = ((z - slices.lowerBound) * shape.height + y + row) * shape.width + x
                let source = ((z - firstSlice) * chunk.height + row) * chunk.width
                body(target * elementBytes, source, width)
            }
        }
    }

    func fill(_ index: Int, with value: [UInt8], in target: UnsafeMutableRawBufferPointer) {
        forEachRow(index) { offset, _, width in
            for byte in 0..<(width * elementBytes) {
                unsafe target[offset + byte] = value[byte % elementBytes]
            }
        }
    }

    func place(
        _ voxels: [UInt8], isShuffled: Bool, _ index: Int,
        in target: UnsafeMutableRawBufferPointer
    ) {
        unsafe voxels.withUnsafeBytes { voxels in
            forEachRow(index) { offset, first, width in
                let row = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: target[offset..<(offset + width * elementBytes)])
                unsafe ByteShuffle.copy(
                    row, from: voxels, first: first, elementBytes: elementBytes,
                    isShuffled: isShuffled)
            }
        }
    }
}

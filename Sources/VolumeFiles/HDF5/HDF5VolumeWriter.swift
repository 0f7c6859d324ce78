import CHDF5
import Foundation
import SystemPackage
import Volumes

/// One volume of an ``HDF5FileWriter``, appended slab by slab.
///
/// Holds one row of chunks of voxels, or where that is too large sets it down beside the file, and a
/// batch of chunks on their way to the file.
final class HDF5VolumeWriter: ScanWriter {
    private let layout: HDF5VolumeLayout
    private let output: HDF5Output
    private let dataset: hid_t
    /// Slices waiting for their row of chunks to fill.
    private var waiting: [UInt8] = []
    /// Where they wait if a row is too large for memory.
    private var spool: SliceSpool?
    /// Slices handed in so far, those waiting included.
    private var sliceCount = 0
    private(set) var isFinished = false

    /// Chunks compressed before they are written together; keeps many cores busy.
    private static let batchCount = 64

    /// Made inside ``HDF5Library/serialised(_:)``; the file keeps the dataset until it is closed.
    init(_ dataset: HDF5Handle, _ layout: HDF5VolumeLayout, _ output: HDF5Output) {
        self.dataset = dataset.id
        self.layout = layout
        self.output = output
        output.keep(dataset)
    }

    private var sliceBytes: Int { layout.shape.sliceCount * layout.elementType.byteCount }

    func append(_ slab: RawSlab) throws(VolumeFileError) {
        precondition(
            slab.elementType == layout.elementType && slab.shape.height == layout.shape.height
                && slab.shape.width == layout.shape.width
                && sliceCount + slab.shape.depth <= layout.shape.depth,
            "a slab fits the volume it is appended to")
        let rowDepth = layout.chunk.depth
        var next = 0
        while next < slab.shape.depth {
            let row = sliceCount / rowDepth
            let depth = min(rowDepth, layout.shape.depth - row * rowDepth)
            let isStart = sliceCount % rowDepth == 0
            let missing = depth - sliceCount % rowDepth
            let taken = min(missing, slab.shape.depth - next)
            let range = (next * sliceBytes)..<((next + taken) * sliceBytes)
            if isStart, taken == depth {
                // A whole row goes straight from the slab into its chunks.
                try write(slab.bytes, range, row: row, depth: depth)
            } else {
                try wait(slab.bytes, range, row: row, depth: depth, isLast: taken == missing)
            }
            sliceCount += taken
            next += taken
        }
    }

    /// Keeps slices until the last of their row has come.
    private func wait(
        _ bytes: [UInt8], _ range: Range<Int>, row: Int, depth: Int, isLast: Bool
    ) throws(VolumeFileError) {
        guard depth * sliceBytes > output.memoryForRow else {
            if waiting.isEmpty { waiting.reserveCapacity(depth * sliceBytes) }
            waiting += bytes[range]
            guard isLast else { return }
            try write(waiting, 0..<waiting.count, row: row, depth: depth)
            waiting.removeAll(keepingCapacity: true)
            return
        }
        let spool: SliceSpool
        if let open = self.spool {
            spool = open
        } else {
            spool = try SliceSpool(beside: output.path, sliceBytes: sliceBytes)
            self.spool = spool
        }
        try spool.put(bytes, range, at: sliceCount % layout.chunk.depth)
        guard isLast else { return }
        let rowBytes = layout.shape.width * layout.elementType.byteCount
        for y in stride(from: 0, to: layout.shape.height, by: layout.chunk.height) {
            let height = min(layout.chunk.height, layout.shape.height - y)
            let band = try spool.take((y * rowBytes)..<((y + height) * rowBytes), ofEach: depth)
            try write(
                band, 0..<band.count, row: row,
                shape: Shape(depth: depth, height: height, width: layout.shape.width), y: y)
        }
    }

    func finish() throws(VolumeFileError) {
        precondition(sliceCount == layout.shape.depth, "every slice is appended before finish()")
        waiting = []
        spool = nil
        isFinished = true
    }

    /// Compresses and writes one row of chunks whose slices are `bytes[range]`.
    private func write(
        _ bytes: [UInt8], _ range: Range<Int>, row: Int, depth: Int
    ) throws(VolumeFileError) {
        try write(bytes, range, row: row, shape: layout.shape.withDepth(depth), y: 0)
    }

    /// Compresses and writes the chunks of a row from `y` on, whose voxels are `bytes[range]`.
    private func write(
        _ bytes: [UInt8], _ range: Range<Int>, row: Int, shape: Shape, y: Int
    ) throws(VolumeFileError) {
        let chunk = layout.chunk
        let columns = (shape.width + chunk.width - 1) / chunk.width
        let rows = (shape.height + chunk.height - 1) / chunk.height
        let cutter = ChunkCutter(
            chunk: chunk, shape: shape, columns: columns,
            elementBytes: layout.elementType.byteCount)
        for start in stride(from: 0, to: rows * columns, by: Self.batchCount) {
            let count = min(Self.batchCount, rows * columns - start)
            let compressed = concurrentMap(count: count) { position in
                Deflate.compress(
                    cutter.shuffledChunk(start + position, from: bytes, range), level: 1)
            }
            let offsets = (start..<(start + count)).map { index in
                [
                    hsize_t(row * chunk.depth), hsize_t(y + index / columns * chunk.height),
                    hsize_t(index % columns * chunk.width),
                ]
            }
            try writeInOrder(compressed, at: offsets)
        }
    }

    /// Writes compressed chunks one after the other, so that they lie in the file in that order.
    private func writeInOrder(
        _ chunks: [[UInt8]], at offsets: [[hsize_t]]
    ) throws(VolumeFileError) {
        try HDF5Library.serialised { () throws(VolumeFileError) in
            try output.write { _ throws(VolumeFileError) in
                for (chunk, offset) in zip(chunks, offsets) {
                    try done(
                        unsafe H5Dwrite_chunk(
                            dataset, chdf5_default, 0, offset, chunk.count, chunk), output.path)
                }
            }
        }
    }
}

/// Cuts chunks out of the slices they reach through.
private struct ChunkCutter: Sendable {
    let chunk: Shape
    /// The voxels at hand: whole slices, or a band of their rows.
    let shape: Shape
    let columns: Int
    let elementBytes: Int

    /// The chunk with its bytes shuffled; zero where it reaches past the volume.
    func shuffledChunk(_ index: Int, from bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
        let y = index / columns * chunk.height
        let x = index % columns * chunk.width
        let width = min(chunk.width, shape.width - x)
        let height = min(chunk.height, shape.height - y)
        let isWhole = width == chunk.width && height == chunk.height && shape.depth == chunk.depth
        return unsafe Array(count: chunk.count * elementBytes) { planes in
            if !isWhole { unsafe planes.initializeMemory(as: UInt8.self, repeating: 0) }
            unsafe bytes.withUnsafeBytes { bytes in
                for z in 0..<shape.depth {
                    for row in 0..<height {
                        let voxel = (z * shape.height + y + row) * shape.width + x
                        let start = range.lowerBound + voxel * elementBytes
                        let source = unsafe UnsafeRawBufferPointer(
                            rebasing: bytes[start..<(start + width * elementBytes)])
                        unsafe ByteShuffle.scatter(
                            source, into: planes, first: (z * chunk.height + row) * chunk.width,
                            elementBytes: elementBytes)
                    }
                }
            }
        }
    }
}

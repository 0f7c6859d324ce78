import SystemPackage
import Volumes

/// A dataset of ours, read by the chunks that a box touches.
///
/// The library only hands out stored bytes, under its lock; they are undone outside it, so several
/// threads can read boxes at once.
final class HDF5Chunks: Sendable {
    let description: ScanDescription
    // Used, and let go, inside `HDF5Library.serialised` only.
    private nonisolated(unsafe) let scan: TrustedScan
    private let form: HDF5ChunkForm
    private let recent: RecentParts

    /// Chunks fetched before they are undone together.
    private static let batch = 32

    /// `nil` where the chunks of the dataset are not shuffled and deflated, as ours are.
    init?(
        _ path: FilePath, dataset: String, keptBytes: Int
    ) throws(VolumeFileError) {
        let (opened, form) = try HDF5Library.serialised { () throws(VolumeFileError) in
            let scan = try HDF5Scan(ScanLocation(path, dataset: dataset))
            return (TrustedScan(scan), scan.chunkReader?.form)
        }
        guard let form else { return nil }
        unsafe scan = opened
        self.form = form
        description = opened.description
        recent = RecentParts(byteLimit: keptBytes)
    }

    /// The voxels of a box, in native byte order.
    func bytes(in region: Region) throws(VolumeFileError) -> [UInt8] {
        let indices = form.chunks(touching: region)
        return try unsafe Array(count: region.shape.count * form.elementBytes) {
            bytes throws(VolumeFileError) in
            for start in stride(from: 0, to: indices.count, by: Self.batch) {
                let group = indices[start..<min(start + Self.batch, indices.count)]
                try unsafe undo(Array(group), region, into: bytes)
            }
            if form.isStoredSwapped {
                unsafe ByteOrder.swap(bytes, elementByteCount: form.elementBytes)
            }
        }
    }

    private func undo(
        _ indices: [Int], _ region: Region, into bytes: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        let kept = indices.map { recent.part($0) }
        let stored = try HDF5Library.serialised {
            () throws(VolumeFileError) -> [HDF5ChunkReader.Stored] in
            try zip(indices, kept).map { index, part throws(VolumeFileError) in
                guard part == nil, let reader = unsafe scan.chunkReader else { return .missing }
                return try reader.fetch(form.origin(of: index))
            }
        }
        // Chunks lie in disjoint parts of the box.
        nonisolated(unsafe) let target = unsafe bytes
        let succeeded = concurrentMap(count: indices.count) { position in
            let index = indices[position]
            if let voxels = kept[position] {
                unsafe form.place(voxels, index, region, in: target)
                return true
            }
            switch stored[position] {
            case .missing:
                unsafe form.fill(index, region, in: target)
                return true
            case .other:
                return false
            case .deflated(let packed):
                guard let voxels = Deflate.decompress(packed, count: form.byteCount) else {
                    return false
                }
                unsafe form.place(voxels, index, region, in: target)
                recent.keep(voxels, as: index)
                return true
            }
        }
        guard let failure = succeeded.firstIndex(of: false) else { return }
        let place = form.origin(of: indices[failure])
        throw .malformed(
            description.files[0],
            problem: "the chunk at \(place[0]),\(place[1]),\(place[2]) of "
                + "\(description.dataset ?? "a dataset") cannot be decompressed")
    }
}

/// How a dataset is cut into chunks, and what one looks like when it is inflated.
struct HDF5ChunkForm: Sendable {
    /// The extent of the dataset.
    let shape: Shape
    /// The extent of a chunk.
    let chunk: Shape
    let elementBytes: Int
    let isShuffled: Bool
    let isStoredSwapped: Bool
    /// Voxels that were never written, in the stored byte order.
    let fillValue: [UInt8]

    /// Bytes in a chunk.
    var byteCount: Int { chunk.count * elementBytes }
    private var columns: Int { (shape.width + chunk.width - 1) / chunk.width }
    private var rows: Int { (shape.height + chunk.height - 1) / chunk.height }

    /// The chunks that share voxels with a box, in storage order.
    func chunks(touching region: Region) -> [Int] {
        func parts(_ range: Range<Int>, _ edge: Int) -> ClosedRange<Int> {
            (range.lowerBound / edge)...((range.upperBound - 1) / edge)
        }
        return parts(region.slices, chunk.depth).flatMap { z in
            parts(region.rows, chunk.height).flatMap { y in
                parts(region.columns, chunk.width).map { x in (z * rows + y) * columns + x }
            }
        }
    }

    /// The first voxel (z, y, x) of a chunk.
    func origin(of index: Int) -> SIMD3<Int> {
        SIMD3(
            index / (rows * columns) * chunk.depth, index / columns % rows * chunk.height,
            index % columns * chunk.width)
    }

    /// Calls `body` with every row of voxels that a chunk and a box share: the bytes of it in the
    /// box, and the number of its first voxel in the chunk.
    private func forEachRow(
        _ index: Int, _ region: Region, _ body: (_ bytes: Range<Int>, _ first: Int) -> Void
    ) {
        let origin = origin(of: index)
        let box = Region(z: origin[0], y: origin[1], x: origin[2], shape: chunk)
        guard let shared = box.intersection(region) else { return }
        for z in shared.slices {
            for y in shared.rows {
                let voxel =
                    ((z - region.z) * region.shape.height + y - region.y) * region.shape.width
                    + shared.x - region.x
                let first =
                    ((z - origin[0]) * chunk.height + y - origin[1]) * chunk.width
                    + shared.x - origin[2]
                body(
                    (voxel * elementBytes)..<((voxel + shared.shape.width) * elementBytes), first)
            }
        }
    }

    func fill(_ index: Int, _ region: Region, in target: UnsafeMutableRawBufferPointer) {
        forEachRow(index, region) { bytes, _ in
            for (offset, byte) in bytes.enumerated() {
                unsafe target[byte] = fillValue[offset % elementBytes]
            }
        }
    }

    func place(
        _ voxels: [UInt8], _ index: Int, _ region: Region,
        in target: UnsafeMutableRawBufferPointer
    ) {
        unsafe voxels.withUnsafeBytes { voxels in
            forEachRow(index, region) { bytes, first in
                let row = unsafe UnsafeMutableRawBufferPointer(rebasing: target[bytes])
                unsafe ByteShuffle.copy(
                    row, from: voxels, first: first, elementBytes: elementBytes,
                    isShuffled: isShuffled)
            }
        }
    }
}

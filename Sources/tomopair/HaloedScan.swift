import SystemPackage
import VolumeFiles
import Volumes

/// A scan read in slabs with some slices of their neighbours, the next while the last is worked on.
struct HaloedScan {
    private let reader: any ScanReader

    var shape: Shape { reader.description.shape }
    var elementType: ElementType { reader.description.elementType }
    var sliceBytes: Int { shape.sliceCount * elementType.byteCount }
    var voxelSize: VoxelSize? { reader.description.voxelSize?.size }

    init(_ path: String) throws { reader = try openScan(ScanLocation(FilePath(path))) }

    /// Bytes of a slab; three or four of them are in memory at once.
    private static let slabBytes = 32 << 20

    /// Calls `body` with every slab, the slices of it that are no neighbours', and where these begin.
    func forEachSlab(
        halo: Int, _ body: (_ slab: RawSlab, _ kept: Range<Int>, _ first: Int) throws -> Void
    ) throws {
        let depth = shape.slabDepth(elementType: elementType, byteBudget: Self.slabBytes)
        let starts = Array(stride(from: 0, to: shape.depth, by: max(depth, halo)))
        func slices(_ first: Int) -> Range<Int> {
            max(first - halo, 0)..<min(first + max(depth, halo) + halo, shape.depth)
        }
        guard var first = starts.first else { return }
        var ahead = try reader.read(slices(first))
        for next in starts.dropFirst() + [shape.depth] {
            let slab = ahead
            let lead = first - slices(first).lowerBound
            let (done, read) = concurrently(
                { Result { try body(slab, lead..<(lead + next - first), first) } },
                { Result { next < shape.depth ? try reader.read(slices(next)) : slab } })
            try done.get()
            ahead = try read.get()
            first = next
        }
    }
}

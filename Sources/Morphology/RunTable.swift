import Volumes

/// The true voxels of a mask as runs along x, row by row.
struct RunTable: Sendable {
    /// The first column of every run.
    private(set) var starts: [UInt32] = []
    /// The column after every run.
    private(set) var ends: [UInt32] = []
    /// The part every run belongs to, from 0.
    var components: [UInt32]
    /// The first run of every row, and the number of runs.
    private var firstOfRow: [Int] = [0]

    /// Takes the runs inside `fieldOfView`, on all cores.
    init(_ mask: Mask, within fieldOfView: FieldOfView) {
        let shape = mask.shape
        let slices = concurrentMap(count: shape.depth) { z in
            mask.withVoxels { voxels in
                RunTable.slice(
                    voxels.extracting((z * shape.sliceCount)..<((z + 1) * shape.sliceCount)),
                    z: z, shape: shape, within: fieldOfView)
            }
        }
        let count = slices.reduce(0) { $0 + $1.starts.count }
        precondition(count < UInt32.max, "the runs of a mask can be numbered in 32 bits")
        starts.reserveCapacity(count)
        ends.reserveCapacity(count)
        firstOfRow.reserveCapacity(shape.depth * shape.height + 1)
        for slice in slices {
            let before = starts.count
            starts += slice.starts
            ends += slice.ends
            firstOfRow += slice.endOfRow.map { before + $0 }
        }
        components = Array(repeating: 0, count: count)
    }

    /// The indices of the runs of a row.
    func inRow(_ row: Int) -> Range<Int> { firstOfRow[row]..<firstOfRow[row + 1] }

    /// The columns of a run.
    func columns(of run: Int) -> Range<Int> { Int(starts[run])..<Int(ends[run]) }

    private struct Slice: Sendable {
        var starts: [UInt32] = []
        var ends: [UInt32] = []
        var endOfRow: [Int] = []
    }

    private static func slice(
        _ voxels: Span<Bool>, z: Int, shape: Shape, within fieldOfView: FieldOfView
    ) -> Slice {
        var slice = Slice()
        slice.endOfRow.reserveCapacity(shape.height)
        for y in 0..<shape.height {
            let row = voxels.extracting((y * shape.width)..<((y + 1) * shape.width))
            let columns = fieldOfView.columns(z: z, y: y, in: shape)
            var inRun = false
            for x in columns where row[x] != inRun {
                if inRun { slice.ends.append(UInt32(x)) } else { slice.starts.append(UInt32(x)) }
                inRun.toggle()
            }
            if inRun { slice.ends.append(UInt32(columns.upperBound)) }
            slice.endOfRow.append(slice.starts.count)
        }
        return slice
    }
}

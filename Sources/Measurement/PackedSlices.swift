import Volumes

/// The voxels of a field of view as bits, a slice at a time: bit 1 of a row is its first column, and
/// bits outside the field of view are 0, the one before the first column and after the last included.
struct PackedWindow: Sendable {
    /// The box around the voxels in view.
    let bounds: Region
    /// 64-bit words in a row of bits.
    let wordsPerRow: Int
    /// The columns in view of every row of ``bounds``, from its first column.
    let columns: [Range<Int>]
    /// The bits in view of every row of ``bounds``, the same in every slice.
    let view: [UInt64]

    /// - Parameter apart: Rows are followed by a word of zeros, so that a row moved by up to 64 bits
    ///   meets no other.
    /// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
    init(
        _ shape: Shape, within fieldOfView: FieldOfView, apart: Bool = false
    ) throws(MeasurementError) {
        guard let bounds = fieldOfView.bounds(in: shape) else {
            throw .fieldOfViewOutside(fieldOfView, shape)
        }
        self.bounds = bounds
        wordsPerRow = (bounds.shape.width + 2 + 63) / 64 + (apart ? 1 : 0)
        columns = bounds.rows.map { y in
            let inside = fieldOfView.columns(z: bounds.z, y: y, in: shape)
            return inside.lowerBound - bounds.x..<inside.upperBound - bounds.x
        }
        var view = [UInt64](repeating: 0, count: columns.count * wordsPerRow)
        for (y, columns) in columns.enumerated() {
            for column in columns {
                view[y * wordsPerRow + (column + 1) / 64] |= 1 << UInt64((column + 1) % 64)
            }
        }
        self.view = view
    }

    /// Rows of ``bounds``.
    var height: Int { bounds.shape.height }

    /// How many pairs of voxels so many steps of one direction apart are in view.
    func pairs(_ step: SIMD3<Int>, times count: Int) -> Int {
        let apart = step &* count
        let inSlice = (max(0, apart.y)..<max(0, apart.y, height + min(0, apart.y))).reduce(0) {
            let (here, there) = (columns[$1], columns[$1 - apart.y])
            return $0
                + here.clamped(
                    to: there.lowerBound + apart.z..<there.upperBound + apart.z
                ).count
        }
        return max(0, bounds.shape.depth - apart.x) * inSlice
    }

    /// The bits of slice `z` of a slab.
    func pack(_ slab: Mask, slice z: Int) -> [UInt64] {
        var packed = [UInt64](repeating: 0, count: view.count)
        let width = bounds.shape.width
        slab.withVoxels { voxels in
            var words = packed.mutableSpan
            for y in 0..<height {
                let start = (z * slab.shape.height + bounds.y + y) * slab.shape.width + bounds.x
                let row = unsafe voxels.extracting(start..<(start + width)).bytes
                // The first word begins one bit before the first column.
                var carry: UInt64 = 0
                for word in 0..<wordsPerRow {
                    var bits: UInt64 = 0
                    let first = word * 64
                    let count = min(64, max(width - first, 0))
                    for byte in 0..<(count / 8) {
                        // Eight voxels of 0 or 1 become eight bits.
                        let eight = unsafe row.unsafeLoadUnaligned(
                            fromByteOffset: first + byte * 8, as: UInt64.self)
                        bits |= ((eight &* 0x0102_0408_1020_4080) >> 56) << UInt64(byte * 8)
                    }
                    for bit in (count / 8 * 8)..<max(count, count / 8 * 8) {
                        let voxel = unsafe row.unsafeLoad(
                            fromByteOffset: first + bit, as: UInt8.self)
                        bits |= UInt64(voxel) << UInt64(bit)
                    }
                    let index = y * wordsPerRow + word
                    words[index] = (bits << 1 | carry) & view[index]
                    carry = bits >> 63
                }
            }
        }
        return packed
    }
}

/// The packed slices of a slab and, before them, some of the slabs that came earlier.
struct PackedSlices: Sendable {
    let window: PackedWindow
    /// How many slices before the new ones are kept.
    private let reach: Int
    /// The slices, the kept ones first.
    private(set) var slices: [[UInt64]] = []
    /// The first of ``slices`` that is new.
    private(set) var firstNew = 0
    /// Slices of the whole that have been added, those out of view included.
    private(set) var added = 0
    private let shape: Shape

    /// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
    init(
        _ shape: Shape, within fieldOfView: FieldOfView, reach: Int, apart: Bool = false
    ) throws(MeasurementError) {
        window = try PackedWindow(shape, within: fieldOfView, apart: apart)
        self.reach = reach
        self.shape = shape
    }

    /// Whether the last slice in view has been added.
    var isComplete: Bool { added >= window.bounds.slices.upperBound }

    /// The place in the field of view of a slice of ``slices``, from 0.
    func place(of index: Int) -> Int {
        min(added, window.bounds.slices.upperBound) - window.bounds.z - slices.count + index
    }

    /// Packs the slices of a slab that are in view, on all cores.
    mutating func add(_ slab: Mask) {
        precondition(
            slab.shape.height == shape.height && slab.shape.width == shape.width
                && added + slab.shape.depth <= shape.depth,
            "slabs come in order and fit the whole")
        let inView = window.bounds.slices.clamped(to: added..<(added + slab.shape.depth))
        let (window, before) = (window, added)
        let new = concurrentMap(count: inView.count) {
            window.pack(slab, slice: inView.lowerBound - before + $0)
        }
        slices = slices.suffix(reach) + new
        firstNew = slices.count - new.count
        added += slab.shape.depth
    }
}

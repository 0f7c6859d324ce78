import Volumes

/// How many runs of voxels of one phase there are along an axis, by length, and by how many of their
/// ends are where the field of view ends.
struct RunLengths: Sendable, Equatable {
    /// Runs of each length: those that end in view, those that one end of the field of view cuts, and
    /// those that reach from one to the other.
    private(set) var counts: [[Int]] = [[], [], []]

    mutating func add(length: Int, cuts: Int, times: Int = 1) {
        if counts[cuts].count <= length {
            counts[cuts] += Array(repeating: 0, count: length + 1 - counts[cuts].count)
        }
        counts[cuts][length] += times
    }

    mutating func add(_ other: RunLengths) {
        for cuts in 0..<3 {
            for (length, times) in other.counts[cuts].enumerated() where times > 0 {
                add(length: length, cuts: cuts, times: times)
            }
        }
    }

    /// The places at which `steps` + 1 voxels in a row are of the phase.
    func segments(of steps: Int) -> Int {
        counts.reduce(0) { sum, lengths in
            lengths.indices.reduce(sum) { $0 + lengths[$1] * max($1 - steps, 0) }
        }
    }

    /// The length of the longest run.
    var longest: Int { (counts.map(\.count).max() ?? 0) - 1 }
}

/// Runs that are being followed across rows or slices: where each began.
struct OpenRuns: Sendable {
    /// Twice the place, and 1 if the field of view began there.
    private var starts: [Int32]

    init(bits: Int) { starts = Array(repeating: 0, count: bits) }

    /// Begins and ends runs between a word of bits and the one before it along the axis.
    ///
    /// - Parameters:
    ///   - before: The bits of the phase one place earlier, and those in view there.
    ///   - here: The same at `place`.
    ///   - first: The first bit.
    @inline(__always)
    mutating func step(
        before: (bits: UInt64, view: UInt64), here: (bits: UInt64, view: UInt64), first: Int,
        place: Int, into lengths: inout RunLengths
    ) {
        var ends = before.bits & ~here.bits
        while ends != 0 {
            let bit = ends.trailingZeroBitCount
            ends &= ends &- 1
            let start = Int(starts[first + bit])
            let cut = here.view >> UInt64(bit) & 1 == 0 ? 1 : 0
            lengths.add(length: place - start >> 1, cuts: (start & 1) + cut)
        }
        var begins = here.bits & ~before.bits
        while begins != 0 {
            let bit = begins.trailingZeroBitCount
            begins &= begins &- 1
            let isCut = before.view >> UInt64(bit) & 1 == 0
            starts[first + bit] = Int32(truncatingIfNeeded: place << 1 | (isCut ? 1 : 0))
        }
    }
}

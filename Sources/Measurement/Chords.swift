public import Volumes

/// Measures chords: the straight lines along each axis that lie in one phase, every line of voxels
/// taken.
///
/// - The distribution of chord lengths is that of chords whose both ends are in view; those cut by the
///   field of view are left out.
/// - The lineal path function takes all, cut or not: it asks how many of the segments in view lie in the
///   phase from end to end.
public struct ChordAccumulator: PoreAccumulator {
    private static let rowsOfStrip = 16

    private var slices: PackedSlices
    private let voxelSize: VoxelSize?
    /// Of pore and of solid, along z, y and x.
    private var runs = [[RunLengths]](
        repeating: Array(repeating: RunLengths(), count: 3), count: 2)
    /// The runs along z that have begun, by strip of rows and phase.
    private var open: [[OpenRuns]]

    /// For a mask of `shape` that arrives in slabs.
    ///
    /// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
    /// - Complexity: Linear in voxels and ends of chords; eight bytes a voxel of one slice.
    public init(
        _ shape: Shape, voxelSize: VoxelSize? = nil, within fieldOfView: FieldOfView = .all
    ) throws(MeasurementError) {
        slices = try PackedSlices(shape, within: fieldOfView, reach: 1)
        self.voxelSize = voxelSize
        let window = slices.window
        let strips = (window.height + Self.rowsOfStrip - 1) / Self.rowsOfStrip
        let bits = Self.rowsOfStrip * window.wordsPerRow * 64
        open = Array(
            repeating: Array(repeating: OpenRuns(bits: bits), count: 2), count: strips)
    }

    /// Takes the next slices.
    public mutating func add(_ slab: Mask) {
        let wasComplete = slices.isComplete
        slices.add(slab)
        let (packed, open) = (slices, open)
        let new = packed.firstNew..<packed.slices.count
        for part in concurrentMap(
            count: new.count, { ChordAccumulator.inSlice(packed, new.lowerBound + $0) })
        {
            for phase in 0..<2 {
                runs[phase][1].add(part[phase].along.y)
                runs[phase][2].add(part[phase].along.x)
            }
        }
        let isLast = packed.isComplete && !wasComplete
        let strips = concurrentMap(count: open.count) { strip in
            ChordAccumulator.acrossSlices(packed, new, strip, open[strip], isLast: isLast)
        }
        for (strip, found) in strips.enumerated() {
            self.open[strip] = found.map(\.open)
            for phase in 0..<2 { runs[phase][0].add(found[phase].lengths) }
        }
    }

    private struct InSlice: Sendable {
        var along = (y: RunLengths(), x: RunLengths())
    }

    /// The bits of a phase.
    @inline(__always)
    private static func bits(_ pores: UInt64, _ view: UInt64, _ phase: Int) -> UInt64 {
        phase == 0 ? pores : ~pores & view
    }

    /// The runs along y and x in a slice, of pore and of solid.
    private static func inSlice(_ packed: PackedSlices, _ index: Int) -> [InSlice] {
        let window = packed.window
        let words = window.wordsPerRow
        let (slice, view) = (packed.slices[index], window.view)
        return (0..<2).map { phase in
            var found = InSlice()
            var open = OpenRuns(bits: words * 64)
            for y in 0...window.height {
                for word in 0..<words {
                    let before = y > 0 ? (y - 1) * words + word : nil
                    let here = y < window.height ? y * words + word : nil
                    open.step(
                        before: before.map { (bits(slice[$0], view[$0], phase), view[$0]) }
                            ?? (0, 0),
                        here: here.map { (bits(slice[$0], view[$0], phase), view[$0]) } ?? (0, 0),
                        first: word * 64, place: y, into: &found.along.y)
                }
                if y < window.height {
                    addRow(
                        slice, view, y * words..<(y + 1) * words, phase, to: &found.along.x)
                }
            }
            return found
        }
    }

    /// The runs of a row of bits.
    private static func addRow(
        _ slice: [UInt64], _ view: [UInt64], _ row: Range<Int>, _ phase: Int,
        to lengths: inout RunLengths
    ) {
        var start = 0
        var startIsCut = false
        var previous: (bits: UInt64, view: UInt64) = (0, 0)
        for (word, index) in row.enumerated() {
            let here = bits(slice[index], view[index], phase)
            var changes = here ^ (here << 1 | previous.bits >> 63)
            let viewBefore = view[index] << 1 | previous.view >> 63
            while changes != 0 {
                let bit = changes.trailingZeroBitCount
                changes &= changes &- 1
                let place = word * 64 + bit
                if here >> UInt64(bit) & 1 == 1 {
                    start = place
                    startIsCut = viewBefore >> UInt64(bit) & 1 == 0
                } else {
                    let isCut = view[index] >> UInt64(bit) & 1 == 0
                    lengths.add(
                        length: place - start, cuts: (startIsCut ? 1 : 0) + (isCut ? 1 : 0))
                }
            }
            previous = (here, view[index])
        }
    }

    /// The runs along z that end in the new slices, in a strip of rows, and those that go on.
    private static func acrossSlices(
        _ packed: PackedSlices, _ new: Range<Int>, _ strip: Int, _ open: [OpenRuns], isLast: Bool
    ) -> [(lengths: RunLengths, open: OpenRuns)] {
        let window = packed.window
        let words = window.wordsPerRow
        let first = strip * rowsOfStrip * words
        let range = first..<min(first + rowsOfStrip * words, window.view.count)
        return open.enumerated().map { phase, open in
            var open = open
            var lengths = RunLengths()
            for index in new.lowerBound..<(new.upperBound + (isLast ? 1 : 0)) {
                let place = packed.place(of: index)
                for word in range {
                    let view = window.view[word]
                    let before =
                        index > 0 && place > 0
                        ? bits(packed.slices[index - 1][word], view, phase) : 0
                    let here =
                        index < packed.slices.count
                        ? bits(packed.slices[index][word], view, phase) : 0
                    if before == here { continue }
                    open.step(
                        before: (before, place > 0 ? view : 0),
                        here: (here, index < packed.slices.count ? view : 0),
                        first: (word - first) * 64, place: place, into: &lengths)
                }
            }
            return (lengths, open)
        }
    }

    /// What was found.
    public func findings() -> PoreFindings {
        precondition(slices.isComplete, "all slices have been added")
        var findings = PoreFindings()
        let edges = voxelSize?.vector ?? SIMD3(1, 1, 1)
        let window = slices.window
        for phase in 0..<2 {
            for (index, axis) in Axis.allCases.enumerated() {
                let lengths = runs[phase][index]
                let edge = edges[index]
                let complete = lengths.counts[0]
                let number = Double(complete.reduce(0, +))
                if number > 0 {
                    findings.curves.append(
                        MeasuredCurve(
                            ChordDefinitions.chords[phase], axis: axis,
                            x: complete.indices.dropFirst().map { Double($0) * edge },
                            y: complete.dropFirst().map { Double($0) / number },
                            voxelSize: voxelSize))
                } else {
                    findings.skipped.append(
                        PoreFindings.Skipped(
                            ChordDefinitions.chords[phase].name, axis: axis,
                            reason: "no chord has both its ends in view"))
                }
                // From no length to the longest run, where it is 0 or the field of view ends.
                let extent = [
                    window.bounds.shape.depth, window.bounds.shape.height,
                    window.bounds.shape.width,
                ][index]
                let steps = 0...min(max(lengths.longest, 0), extent - 1)
                findings.curves.append(
                    MeasuredCurve(
                        ChordDefinitions.linealPath[phase], axis: axis,
                        x: steps.map { Double($0) * edge },
                        y: steps.map {
                            Double(lengths.segments(of: $0))
                                / Double(window.pairs(LatticeDirections.steps[index], times: $0))
                        }, voxelSize: voxelSize))
            }
        }
        return findings
    }
}

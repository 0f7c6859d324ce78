import Dispatch
public import Volumes

extension ScanReader {
    /// Slices in slabs of at most `depth`, the next one read while the caller works on the last, so that
    /// reading and computing overlap; three slabs are in memory at the most.
    ///
    /// - Parameters:
    ///   - slices: What to read; by default all.
    ///   - depth: Slices in a slab; see ``Volumes/Shape/slabDepth(elementType:byteBudget:multiple:)``.
    ///   - halo: Slices of its neighbours that come with a slab on either side, as far as `slices` go.
    public func slabs(
        of slices: Range<Int>? = nil, depth: Int, halo: Int = 0
    ) -> SlabReading {
        precondition(depth > 0 && halo >= 0, "a slab has slices")
        return SlabReading(
            self, slices ?? 0..<description.shape.depth, depth: depth, halo: halo)
    }
}

/// A scan that is read slab by slab, each on another thread while the caller has the one before.
public final class SlabReading {
    private let reader: any ScanReader
    private let queue = DispatchQueue(label: "reading ahead")
    private let slot = Slot()
    private var ahead: Range<Int>
    private let all: Range<Int>
    private let depth: Int
    private let halo: Int

    init(_ reader: any ScanReader, _ slices: Range<Int>, depth: Int, halo: Int) {
        self.reader = reader
        self.depth = depth
        self.halo = halo
        all = slices
        ahead = slices.prefix(depth)
        start()
    }

    /// Leaves the reader idle.
    deinit { queue.sync {} }

    /// The next slab and the slices it is of, in order, and where these lie in it; `nil` after the last.
    public func next() throws(VolumeFileError) -> (
        slab: RawSlab, slices: Range<Int>, kept: Range<Int>
    )? {
        if ahead.isEmpty { return nil }
        queue.sync {}
        guard let result = slot.result else {
            preconditionFailure("a slab is taken after its reading began")
        }
        let slices = ahead
        let slab = try result.get()
        let lead = slices.lowerBound - haloed(slices).lowerBound
        ahead = (slices.upperBound..<all.upperBound).prefix(depth)
        start()
        return (slab, slices, lead..<(lead + slices.count))
    }

    private func haloed(_ slices: Range<Int>) -> Range<Int> {
        (slices.lowerBound - halo..<slices.upperBound + halo).clamped(to: all)
    }

    private func start() {
        slot.result = nil
        if ahead.isEmpty { return }
        // Until the queue is waited for, only it touches the reader and the slot.
        nonisolated(unsafe) let (reader, slot) = (reader, slot)
        let slices = haloed(ahead)
        queue.async {
            do throws(VolumeFileError) {
                unsafe slot.result = .success(try reader.read(slices))
            } catch {
                unsafe slot.result = .failure(error)
            }
        }
    }

    /// Where the queue leaves what it read.
    private final class Slot {
        var result: Result<RawSlab, VolumeFileError>?
    }
}

extension Shape {
    /// Slices of this grid that fit into so many bytes: at least one, and a whole multiple of
    /// `multiple` where that much fits.
    public func slabDepth(
        elementType: ElementType, byteBudget: Int = 64 << 20, multiple: Int = 1
    ) -> Int {
        let fitting = max(byteBudget / (sliceCount * elementType.byteCount), 1)
        return min(fitting >= multiple ? fitting / multiple * multiple : fitting, depth)
    }
}

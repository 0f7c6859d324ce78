import Dispatch
public import Volumes

extension ScanReader {
    /// Reads slices in slabs of at most `depth`, the next one while `body` works on the last, so that
    /// reading and computing overlap; three slabs are in memory at the most.
    ///
    /// - Parameters:
    ///   - slices: What to read; by default all.
    ///   - depth: Slices in a slab; see ``Volumes/Shape/slabDepth(elementType:byteBudget:multiple:)``.
    ///   - body: Gets every slab with the slices it holds, in order, on the caller's thread.
    public func forEachSlab(
        of slices: Range<Int>? = nil, depth: Int,
        _ body: (RawSlab, Range<Int>) throws(VolumeFileError) -> Void
    ) throws(VolumeFileError) {
        precondition(depth > 0, "a slab has slices")
        let slices = slices ?? 0..<description.shape.depth
        let starts = stride(from: slices.lowerBound, to: slices.upperBound, by: depth)
        let slabs = starts.map { $0..<min($0 + depth, slices.upperBound) }
        let ahead = ReadAhead(self)
        defer { ahead.wait() }
        if let first = slabs.first { ahead.start(first) }
        for (index, slab) in slabs.enumerated() {
            let read = try ahead.take()
            if index + 1 < slabs.count { ahead.start(slabs[index + 1]) }
            try body(read, slab)
        }
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

/// Reads one slab on another thread.
private final class ReadAhead {
    private let reader: any ScanReader
    private let queue = DispatchQueue(label: "reading ahead")
    private var result: Result<RawSlab, VolumeFileError>?

    init(_ reader: any ScanReader) { self.reader = reader }

    /// Begins to read; ``take()`` follows before the next start.
    func start(_ slices: Range<Int>) {
        // Between `start` and `take` only the queue touches the reader and the result.
        nonisolated(unsafe) let me = self
        queue.async {
            do throws(VolumeFileError) {
                unsafe me.result = .success(try me.reader.read(slices))
            } catch {
                unsafe me.result = .failure(error)
            }
        }
    }

    /// Waits until the reader is idle.
    func wait() { queue.sync {} }

    func take() throws(VolumeFileError) -> RawSlab {
        wait()
        guard let result else { preconditionFailure("a slab is taken after its reading began") }
        self.result = nil
        return try result.get()
    }
}

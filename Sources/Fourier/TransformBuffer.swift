import Foundation

/// Memory for one ``RealTransform``: samples before it, their half spectrum after, in the same place.
///
/// A row is padded so that its spectrum fits; the padding is not part of the rows seen here.
public struct TransformBuffer: ~Copyable, Sendable {
    /// Slices.
    public let depth: Int
    /// Rows of a slice.
    public let height: Int
    /// Samples of a row.
    public let width: Int
    /// Complex numbers of a row after the forward transform: `width / 2 + 1`.
    public var spectrumWidth: Int { width / 2 + 1 }
    /// Floats from one row to the next; a multiple of eight keeps every row aligned alike.
    let rowStride: Int
    var memory: AlignedFloats

    /// A buffer of zeros.
    public init(depth: Int, height: Int, width: Int) {
        precondition(depth > 0 && height > 0 && width > 0, "a transform has positive extents")
        self.depth = depth
        self.height = height
        self.width = width
        rowStride = TransformBuffer.rowStride(width: width)
        memory = AlignedFloats(count: depth * height * rowStride)
    }

    static func rowStride(width: Int) -> Int { (2 * (width / 2 + 1) + 7) / 8 * 8 }

    private func start(_ z: Int, _ y: Int) -> Int {
        precondition(z >= 0 && z < depth && y >= 0 && y < height, "a row lies in its buffer")
        return (z * height + y) * rowStride
    }

    /// Calls `body` with the `width` samples of row `y` of slice `z`.
    public func withRow<R>(_ z: Int, _ y: Int, _ body: (Span<Float>) -> R) -> R {
        let start = start(z, y)
        return unsafe body(Span(_unsafeStart: memory.floats + start, count: width))
    }

    /// Calls `body` with the `width` samples of row `y` of slice `z`, to change.
    public mutating func withMutableRow<R>(
        _ z: Int, _ y: Int, _ body: (inout MutableSpan<Float>) -> R
    ) -> R {
        let start = start(z, y)
        var row = unsafe MutableSpan(_unsafeStart: memory.floats + start, count: width)
        return body(&row)
    }

    /// Calls `body` with the ``spectrumWidth`` frequencies of row `y` of slice `z`.
    public func withSpectrumRow<R>(_ z: Int, _ y: Int, _ body: (Span<ComplexFloat>) -> R) -> R {
        let start = start(z, y)
        let row = unsafe UnsafeMutableRawPointer(memory.floats + start)
            .assumingMemoryBound(to: ComplexFloat.self)
        return unsafe body(Span(_unsafeStart: row, count: spectrumWidth))
    }

    /// Calls `body` with the ``spectrumWidth`` frequencies of row `y` of slice `z`, to change.
    public mutating func withMutableSpectrumRow<R>(
        _ z: Int, _ y: Int, _ body: (inout MutableSpan<ComplexFloat>) -> R
    ) -> R {
        let start = start(z, y)
        let pointer = unsafe UnsafeMutableRawPointer(memory.floats + start)
            .assumingMemoryBound(to: ComplexFloat.self)
        var row = unsafe MutableSpan(_unsafeStart: pointer, count: spectrumWidth)
        return body(&row)
    }

    /// Changes every row of samples on all cores; each call owns its row alone.
    public mutating func forEachRowConcurrently(
        _ body: @Sendable (_ z: Int, _ y: Int, _ row: inout MutableSpan<Float>) -> Void
    ) {
        let (height, width, rowStride) = (height, width, rowStride)
        // The rows are disjoint, so no two iterations touch one sample.
        nonisolated(unsafe) let floats = unsafe memory.floats
        DispatchQueue.concurrentPerform(iterations: depth) { z in
            for y in 0..<height {
                var row = unsafe MutableSpan(
                    _unsafeStart: floats + (z * height + y) * rowStride, count: width)
                body(z, y, &row)
            }
        }
    }

    /// Makes every row of this spectrum from the same row of another of the same extents, on all
    /// cores; each call owns its row alone.
    public mutating func fillSpectrum(
        from other: borrowing TransformBuffer,
        _ body:
            @Sendable (
                _ z: Int, _ y: Int, _ source: Span<ComplexFloat>,
                _ row: inout MutableSpan<ComplexFloat>
            ) -> Void
    ) {
        precondition(
            depth == other.depth && height == other.height && width == other.width,
            "spectra of one shape are combined")
        let (height, rowStride, count) = (height, rowStride, spectrumWidth)
        // The rows are disjoint, and the other spectrum is only read.
        nonisolated(unsafe) let (floats, source) = unsafe (memory.floats, other.memory.floats)
        DispatchQueue.concurrentPerform(iterations: depth) { z in
            for y in 0..<height {
                let start = (z * height + y) * rowStride
                let from = unsafe UnsafeMutableRawPointer(source + start)
                    .assumingMemoryBound(to: ComplexFloat.self)
                let to = unsafe UnsafeMutableRawPointer(floats + start)
                    .assumingMemoryBound(to: ComplexFloat.self)
                var row = unsafe MutableSpan(_unsafeStart: to, count: count)
                unsafe body(z, y, Span(_unsafeStart: from, count: count), &row)
            }
        }
    }

    /// Multiplies this spectrum by the conjugate of another of the same extents: the spectrum of
    /// the correlation, which at shift `d` sums `self[i + d] * other[i]`.
    public mutating func correlate(with other: borrowing TransformBuffer) {
        precondition(
            depth == other.depth && height == other.height && width == other.width,
            "spectra of one shape are multiplied")
        for z in 0..<depth {
            for y in 0..<height {
                other.withSpectrumRow(z, y) { factor in
                    withMutableSpectrumRow(z, y) { row in
                        for x in 0..<factor.count { row[x] = row[x] * factor[x].conjugate }
                    }
                }
            }
        }
    }
}

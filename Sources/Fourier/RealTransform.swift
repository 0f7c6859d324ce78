import Foundation

/// The discrete Fourier transform of real samples on a grid of one, two or three axes.
///
/// It works in place on a ``TransformBuffer`` and stores the half spectrum: the other half of every
/// row is its mirrored conjugate. Slices, then columns of slices, are transformed side by side on
/// all cores, each by a plan for one thread, so the bits do not depend on the number of threads.
///
/// - Complexity: O(*n* log *n*); fastest where every extent comes from ``nextFastLength(_:)``.
public struct RealTransform: Sendable {
    /// Slices; one for images and rows.
    public let depth: Int
    /// Rows of a slice; one for rows.
    public let height: Int
    /// Samples of a row.
    public let width: Int
    private let forwardImage: Plan
    private let inverseImage: Plan
    /// Along z, through all slices of one row; `nil` for images.
    private let forwardColumns: Plan?
    private let inverseColumns: Plan?

    /// Plans transforms of positive extents, each below 2^31.
    public init(depth: Int = 1, height: Int = 1, width: Int) {
        precondition(depth > 0 && height > 0 && width > 0, "a transform has positive extents")
        self.depth = depth
        self.height = height
        self.width = width
        let rowStride = TransformBuffer.rowStride(width: width)
        forwardImage = .forwardImage(height: height, width: width, rowStride: rowStride)
        inverseImage = .inverseImage(height: height, width: width, rowStride: rowStride)
        if depth > 1 {
            forwardColumns = .interleaved(length: depth, count: rowStride / 2, forward: true)
            inverseColumns = .interleaved(length: depth, count: rowStride / 2, forward: false)
        } else {
            forwardColumns = nil
            inverseColumns = nil
        }
    }

    /// A buffer of zeros of this transform's extents.
    public func makeBuffer() -> TransformBuffer {
        TransformBuffer(depth: depth, height: height, width: width)
    }

    /// Replaces samples by their spectrum, the sum of `sample * exp(-2 pi i k x / n)`.
    public func forward(_ buffer: inout TransformBuffer) {
        check(buffer)
        unsafe images(&buffer) { [forwardImage] slice in unsafe forwardImage.forwardImage(slice) }
        if let forwardColumns { columns(&buffer, forwardColumns) }
    }

    /// Replaces a spectrum by its samples, divided by their number: it undoes ``forward(_:)``.
    public func inverse(_ buffer: inout TransformBuffer) {
        check(buffer)
        if let inverseColumns { columns(&buffer, inverseColumns) }
        let (count, scale) = (height * buffer.rowStride, 1 / Float(depth * height * width))
        unsafe images(&buffer) { [inverseImage] slice in
            unsafe inverseImage.inverseImage(slice)
            var span = unsafe MutableSpan(_unsafeStart: slice, count: count)
            for i in 0..<count { span[i] *= scale }
        }
    }

    private func check(_ buffer: borrowing TransformBuffer) {
        precondition(
            buffer.depth == depth && buffer.height == height && buffer.width == width,
            "a buffer has the extents of its transform")
    }

    private func images(
        _ buffer: inout TransformBuffer, _ body: @Sendable (UnsafeMutablePointer<Float>) -> Void
    ) {
        let sliceStride = height * buffer.rowStride
        // Every iteration owns one slice.
        nonisolated(unsafe) let floats = unsafe buffer.memory.floats
        DispatchQueue.concurrentPerform(iterations: depth) { z in
            unsafe body(floats + z * sliceStride)
        }
    }

    /// Transforms along z. The columns under one row are gathered first: in place they lie a slice
    /// apart, where a power of two makes them share a few cache lines.
    private func columns(_ buffer: inout TransformBuffer, _ plan: Plan) {
        let (depth, rowStride, sliceStride) = (depth, buffer.rowStride, height * buffer.rowStride)
        // Every iteration owns one row of all slices.
        nonisolated(unsafe) let floats = unsafe buffer.memory.floats
        DispatchQueue.concurrentPerform(iterations: height) { y in
            let scratch = AlignedFloats(count: depth * rowStride)
            for z in 0..<depth {
                unsafe (scratch.floats + z * rowStride).update(
                    from: floats + z * sliceStride + y * rowStride, count: rowStride)
            }
            unsafe plan.interleaved(scratch.floats)
            for z in 0..<depth {
                unsafe (floats + z * sliceStride + y * rowStride).update(
                    from: scratch.floats + z * rowStride, count: rowStride)
            }
            // The pointers above do not keep the memory alive by themselves.
            withExtendedLifetime(scratch) {}
        }
    }
}

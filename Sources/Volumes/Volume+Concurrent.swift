public import Dispatch

// Kernels here are synchronous and own disjoint parts of their output, so what they make does not
// depend on how many threads ran them, or in which order.

extension Volume where Element: ExpressibleByIntegerLiteral {
    /// Makes a volume slice by slice on all cores; each call owns slice `z` alone, zeroed.
    @inlinable
    public init(
        shape: Shape, voxelSize: VoxelSize? = nil,
        fillingSlicesConcurrently body:
            @Sendable (_ z: Int, _ slice: inout MutableSpan<Element>) -> Void
    ) {
        self.init(shape: shape, voxelSize: voxelSize, repeating: 0)
        forEachSliceConcurrently(body)
    }
}

extension Volume {
    /// Changes every slice in place on all cores; each call owns slice `z` alone.
    @inlinable
    public mutating func forEachSliceConcurrently(
        _ body: @Sendable (_ z: Int, _ slice: inout MutableSpan<Element>) -> Void
    ) {
        let sliceCount = shape.sliceCount
        let depth = shape.depth
        unsafe voxels.withUnsafeMutableBufferPointer { buffer in
            // The slices are disjoint, so no two iterations touch one voxel.
            nonisolated(unsafe) let base = unsafe buffer
            DispatchQueue.concurrentPerform(iterations: depth) { z in
                let slice = unsafe UnsafeMutableBufferPointer(
                    rebasing: base[(z * sliceCount)..<((z + 1) * sliceCount)])
                var span = unsafe MutableSpan(_unsafeElements: slice)
                body(z, &span)
            }
        }
    }
}

/// Evaluates `body` for every index below `count` on all cores; the results keep their order.
@inlinable
public func concurrentMap<T: Sendable>(
    count: Int, _ body: @Sendable (Int) -> T
) -> [T] {
    var results = [T?](repeating: nil, count: count)
    unsafe results.withUnsafeMutableBufferPointer { buffer in
        // Every iteration writes its own element.
        nonisolated(unsafe) let base = unsafe buffer
        DispatchQueue.concurrentPerform(iterations: count) { index in
            unsafe base[index] = body(index)
        }
    }
    return results.map { result in
        guard let result else { preconditionFailure("every index is evaluated") }
        return result
    }
}

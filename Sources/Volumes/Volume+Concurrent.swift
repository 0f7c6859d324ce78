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
        unsafe self.init(shape: shape, voxelSize: voxelSize) { voxels in
            unsafe forEachPartConcurrently(of: voxels, count: shape.sliceCount) { z, slice in
                unsafe slice.initialize(repeating: 0)
                var span = unsafe MutableSpan(_unsafeElements: slice)
                body(z, &span)
            }
        }
    }
}

extension Volume {
    /// Changes every slice in place on all cores; each call owns slice `z` alone.
    @inlinable
    public mutating func forEachSliceConcurrently(
        _ body: @Sendable (_ z: Int, _ slice: inout MutableSpan<Element>) -> Void
    ) {
        let sliceCount = shape.sliceCount
        unsafe voxels.withUnsafeMutableBufferPointer { voxels in
            unsafe forEachPartConcurrently(of: voxels, count: sliceCount) { z, slice in
                var span = unsafe MutableSpan(_unsafeElements: slice)
                body(z, &span)
            }
        }
    }
}

/// Calls `body` with parts of `count` elements, one after the other in memory, on all cores.
@unsafe @inlinable
func forEachPartConcurrently<Element>(
    of elements: UnsafeMutableBufferPointer<Element>, count: Int,
    _ body: @Sendable (_ index: Int, _ part: UnsafeMutableBufferPointer<Element>) -> Void
) {
    // The parts are disjoint, so no two iterations touch one element.
    nonisolated(unsafe) let elements = unsafe elements
    unsafe DispatchQueue.concurrentPerform(iterations: elements.count / count) { index in
        unsafe body(
            index,
            UnsafeMutableBufferPointer(rebasing: elements[(index * count)..<((index + 1) * count)]))
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

import Volumes

/// Rows of a grid that several cores change at once, each only rows of its own.
///
/// A slice is a span of its own, but a plane across the slices is not; this hands out such planes'
/// rows, each checked to lie in the grid.
@safe struct ConcurrentRows<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Element>
    private let count: Int

    /// Rows of the `count` elements from `base`.
    ///
    /// Whoever makes one sees to it that no row is used by two cores at a time, nor any after the
    /// memory is gone.
    @unsafe init(_ base: UnsafeMutablePointer<Element>, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    /// The `count` elements from `start`, for as long as `body` runs.
    @inline(__always)
    func withRow<R>(
        at start: Int, count: Int, _ body: (inout MutableSpan<Element>) -> R
    ) -> R {
        check(start, count)
        var span = unsafe MutableSpan(_unsafeStart: base + start, count: count)
        return body(&span)
    }

    /// The elements from `start` that a vector holds.
    @inline(__always)
    func load<Vector: SIMD & BitwiseCopyable>(at start: Int, as type: Vector.Type) -> Vector
    where Vector.Scalar == Element {
        check(start, Vector.scalarCount)
        return unsafe UnsafeRawPointer(base + start).loadUnaligned(as: Vector.self)
    }

    /// Writes a vector's elements from `start`.
    @inline(__always)
    func store<Vector: SIMD & BitwiseCopyable>(_ vector: Vector, at start: Int)
    where Vector.Scalar == Element {
        check(start, Vector.scalarCount)
        unsafe UnsafeMutableRawPointer(base + start).storeBytes(of: vector, as: Vector.self)
    }

    /// One element.
    @inline(__always)
    subscript(place: Int) -> Element {
        get {
            check(place, 1)
            return unsafe base[place]
        }
        nonmutating set {
            check(place, 1)
            unsafe base[place] = newValue
        }
    }

    @inline(__always)
    private func check(_ start: Int, _ count: Int) {
        precondition(start >= 0 && start + count <= self.count, "a row lies in its grid")
    }
}

extension Volume {
    /// A volume whose every voxel `fill` writes, before it reads any.
    init(shape: Shape, voxelSize: VoxelSize?, fill: (ConcurrentRows<Element>) -> Void) {
        unsafe self.init(
            shape: shape, voxelSize: voxelSize,
            initializing: { voxels in
                fill(
                    unsafe ConcurrentRows(
                        voxels.baseAddress.unsafelyUnwrapped, count: voxels.count))
            })
    }

    /// Lends the voxels as rows that several cores may change at once.
    mutating func withConcurrentRows(_ body: (ConcurrentRows<Element>) -> Void) {
        withMutableVoxels { voxels in
            unsafe voxels.withUnsafeMutableBufferPointer { buffer in
                body(
                    unsafe ConcurrentRows(
                        buffer.baseAddress.unsafelyUnwrapped, count: buffer.count))
            }
        }
    }
}

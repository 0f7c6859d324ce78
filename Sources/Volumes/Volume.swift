/// A three-dimensional grid of voxels with a physical size, row-major, `width` fastest.
public struct Volume<Element: BitwiseCopyable & Sendable>: Sendable {
    /// The extent along z, y and x, in voxels.
    public let shape: Shape
    /// The physical edge lengths of a voxel, where known.
    public let voxelSize: VoxelSize?
    @usableFromInline var voxels: [Element]

    /// Takes `voxels` in storage order; their number is `shape.count`.
    @inlinable
    public init(shape: Shape, voxelSize: VoxelSize? = nil, voxels: [Element]) {
        precondition(voxels.count == shape.count, "a volume has as many voxels as its shape")
        self.shape = shape
        self.voxelSize = voxelSize
        self.voxels = voxels
    }

    /// A volume of one value.
    @inlinable
    public init(shape: Shape, voxelSize: VoxelSize? = nil, repeating value: Element) {
        unsafe self.init(shape: shape, voxelSize: voxelSize) { voxels in
            unsafe voxels.initialize(repeating: value)
        }
    }

    /// A volume whose every voxel `body` initialises, in large pages where it is large.
    @unsafe @inlinable
    public init(
        shape: Shape, voxelSize: VoxelSize?,
        initializing body: (UnsafeMutableBufferPointer<Element>) -> Void
    ) {
        let count = shape.count
        let voxels = unsafe [Element](unsafeUninitializedCapacity: count) { buffer, filled in
            // What is handed out may be longer than was asked for.
            let voxels = unsafe UnsafeMutableBufferPointer(rebasing: buffer[..<count])
            unsafe askForLargePages(UnsafeMutableRawBufferPointer(voxels))
            unsafe body(voxels)
            filled = count
        }
        self.init(shape: shape, voxelSize: voxelSize, voxels: voxels)
    }

    /// The voxel at slice `z`, row `y`, column `x`. For single look-ups; loops take spans.
    @inlinable
    public subscript(z: Int, y: Int, x: Int) -> Element {
        get { voxels[index(z, y, x)] }
        set { voxels[index(z, y, x)] = newValue }
    }

    @inlinable
    func index(_ z: Int, _ y: Int, _ x: Int) -> Int {
        precondition(
            z >= 0 && y >= 0 && x >= 0 && z < shape.depth && y < shape.height && x < shape.width,
            "a voxel lies inside its volume")
        return (z * shape.height + y) * shape.width + x
    }

    /// Calls `body` with every voxel in storage order, without a copy.
    @inlinable
    public func withVoxels<R, E: Error>(_ body: (Span<Element>) throws(E) -> R) throws(E) -> R {
        try body(voxels.span)
    }

    /// Calls `body` with every voxel in storage order, to change in place.
    @inlinable
    public mutating func withMutableVoxels<R, E: Error>(
        _ body: (inout MutableSpan<Element>) throws(E) -> R
    ) throws(E) -> R {
        var span = voxels.mutableSpan
        return try body(&span)
    }

    /// The voxels in storage order, as an array that shares this volume's memory.
    @inlinable
    public var array: [Element] { voxels }

    /// The same voxels under another physical size.
    public func withVoxelSize(_ voxelSize: VoxelSize?) -> Volume {
        Volume(shape: shape, voxelSize: voxelSize, voxels: voxels)
    }

    /// A copy of the voxels in `region`, which lies inside the volume.
    @inlinable
    public func cropped(to region: Region) -> Volume {
        precondition(region.fits(in: shape), "a crop lies inside its volume")
        if region == Region(all: shape) { return self }
        var cropped: [Element] = []
        cropped.reserveCapacity(region.shape.count)
        for z in region.slices {
            for y in region.rows {
                let row = (z * shape.height + y) * shape.width
                cropped.append(
                    contentsOf: voxels[(row + region.x)..<(row + region.columns.upperBound)])
            }
        }
        return Volume(shape: region.shape, voxelSize: voxelSize, voxels: cropped)
    }

    /// A volume of the same shape made voxel by voxel.
    @inlinable
    public func map<T: BitwiseCopyable & Sendable>(_ transform: (Element) -> T) -> Volume<T> {
        Volume<T>(shape: shape, voxelSize: voxelSize, voxels: voxels.map(transform))
    }
}

extension Volume: Equatable where Element: Equatable {}

extension Volume: CustomStringConvertible {
    /// The shape and voxel size; never the voxels.
    public var description: String {
        "\(shape) \(Element.self)" + (voxelSize.map { " at \($0)" } ?? "")
    }
}

/// True in pore space.
public typealias Mask = Volume<Bool>

/// Consecutive slices as a file stores them: native-endian bytes of one ``ElementType``.
///
/// Slabs carry scans from readers to writers without a conversion; ``volume(as:)`` and
/// ``convert(to:)`` turn them into typed volumes where numbers are needed.
public struct RawSlab: Sendable, Equatable {
    /// The number format of every voxel.
    public let elementType: ElementType
    /// The extent; `depth` is the number of slices.
    public let shape: Shape
    /// The voxels in storage order, `shape.count * elementType.byteCount` bytes.
    public let bytes: [UInt8]

    /// Takes native-endian bytes of exactly the stated shape and type.
    public init(elementType: ElementType, shape: Shape, bytes: [UInt8]) {
        precondition(
            bytes.count == shape.count * elementType.byteCount,
            "a slab has as many bytes as its shape and type")
        self.elementType = elementType
        self.shape = shape
        self.bytes = bytes
    }

    /// The bytes of a typed volume.
    @inlinable
    public init<Element: VoxelElement>(_ volume: Volume<Element>) {
        let bytes = volume.withVoxels { span in
            unsafe span.withUnsafeBufferPointer { buffer in
                unsafe [UInt8](UnsafeRawBufferPointer(buffer))
            }
        }
        self.init(elementType: Element.elementType, shape: volume.shape, bytes: bytes)
    }

    /// The voxels as the type they are stored in; `Element` matches ``elementType``.
    @inlinable
    public func volume<Element: VoxelElement>(
        as type: Element.Type, voxelSize: VoxelSize? = nil
    ) -> Volume<Element> {
        precondition(Element.elementType == elementType, "a slab is read as the type it holds")
        return unsafe Volume(shape: shape, voxelSize: voxelSize) { voxels in
            unsafe bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(voxels).copyMemory(from: source)
            }
        }
    }

    /// The voxels as another type: integers round half away from zero and clamp.
    public func convert<Target: VoxelElement>(
        to type: Target.Type, voxelSize: VoxelSize? = nil
    ) -> Volume<Target> {
        if Target.elementType == elementType { return volume(as: type, voxelSize: voxelSize) }
        return elementType.visit(Conversion<Target>(slab: self, voxelSize: voxelSize))
    }
}

/// A slab on its way to a type known when the program is built.
private struct Conversion<Target: VoxelElement>: ElementTypeVisitor {
    let slab: RawSlab
    let voxelSize: VoxelSize?

    func visit<Element: VoxelElement>(_ type: Element.Type) -> Volume<Target> {
        slab.volume(as: type, voxelSize: voxelSize).map { Target(nearest: $0.doubleValue) }
    }
}

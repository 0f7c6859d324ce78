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
        let voxels = unsafe [Element](unsafeUninitializedCapacity: shape.count) { buffer, count in
            unsafe bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
            }
            count = shape.count
        }
        return Volume(shape: shape, voxelSize: voxelSize, voxels: voxels)
    }

    /// Calls `body` with the voxels as the type they are stored in.
    public func visit<Visitor: VoxelVisitor>(_ visitor: Visitor) -> Visitor.Result {
        switch elementType {
        case .uint8: visitor.visit(volume(as: UInt8.self))
        case .int8: visitor.visit(volume(as: Int8.self))
        case .uint16: visitor.visit(volume(as: UInt16.self))
        case .int16: visitor.visit(volume(as: Int16.self))
        case .uint32: visitor.visit(volume(as: UInt32.self))
        case .int32: visitor.visit(volume(as: Int32.self))
        case .uint64: visitor.visit(volume(as: UInt64.self))
        case .int64: visitor.visit(volume(as: Int64.self))
        case .float16: visitor.visit(volume(as: Float16.self))
        case .float32: visitor.visit(volume(as: Float.self))
        case .float64: visitor.visit(volume(as: Double.self))
        }
    }

    /// The voxels as another type: integers round half away from zero and clamp.
    public func convert<Target: VoxelElement>(
        to type: Target.Type, voxelSize: VoxelSize? = nil
    ) -> Volume<Target> {
        if Target.elementType == elementType { return volume(as: type, voxelSize: voxelSize) }
        return visit(Conversion<Target>()).withVoxelSize(voxelSize)
    }
}

/// Something done to voxels whatever their type; see ``RawSlab/visit(_:)``.
public protocol VoxelVisitor {
    /// What comes out.
    associatedtype Result
    /// Does it.
    func visit<Element: VoxelElement>(_ volume: Volume<Element>) -> Result
}

private struct Conversion<Target: VoxelElement>: VoxelVisitor {
    func visit<Element: VoxelElement>(_ volume: Volume<Element>) -> Volume<Target> {
        volume.map { Target(nearest: $0.doubleValue) }
    }
}

extension RawSlab {
    /// Calls `body` with every voxel in storage order, without a copy; `Element` matches
    /// ``elementType``.
    @inlinable
    public func withVoxels<Element: VoxelElement, R>(
        as type: Element.Type, _ body: (Span<Element>) -> R
    ) -> R {
        precondition(Element.elementType == elementType, "a slab is read as the type it holds")
        return unsafe bytes.withUnsafeBytes { buffer in
            // An array's storage is aligned for every voxel type.
            body(unsafe Span(_unsafeBytes: buffer))
        }
    }
}

/// Something done with a voxel type that is only known when the program runs.
public protocol ElementTypeVisitor {
    /// What comes out.
    associatedtype Result
    /// Does it.
    func visit<Element: VoxelElement>(_ type: Element.Type) -> Result
}

extension ElementType {
    /// Calls `visitor` with the Swift type that stands for this format.
    @inlinable
    public func visit<Visitor: ElementTypeVisitor>(_ visitor: Visitor) -> Visitor.Result {
        switch self {
        case .uint8: visitor.visit(UInt8.self)
        case .int8: visitor.visit(Int8.self)
        case .uint16: visitor.visit(UInt16.self)
        case .int16: visitor.visit(Int16.self)
        case .uint32: visitor.visit(UInt32.self)
        case .int32: visitor.visit(Int32.self)
        case .uint64: visitor.visit(UInt64.self)
        case .int64: visitor.visit(Int64.self)
        case .float16: visitor.visit(Float16.self)
        case .float32: visitor.visit(Float.self)
        case .float64: visitor.visit(Double.self)
        }
    }
}

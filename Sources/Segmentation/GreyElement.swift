import Volumes

/// A voxel type the kernels are specialised for.
protocol GreyElement: VoxelElement {
    /// The type by which voxels are ordered, with as many bits.
    associatedtype Rank: RankScalar

    /// Turns voxels, read as ranks bit by bit, into ranks in the order of the voxels; and back, since
    /// doing it twice does nothing.
    static func reordered(_ block: Rank.Block) -> Rank.Block
}

extension GreyElement where Rank == Self {
    @inline(__always)
    static func reordered(_ block: Rank.Block) -> Rank.Block { block }
}

extension UInt8: GreyElement { typealias Rank = UInt8 }
extension Int16: GreyElement { typealias Rank = Int16 }
extension Int32: GreyElement { typealias Rank = Int32 }
extension Int64: GreyElement { typealias Rank = Int64 }
extension Float: GreyElement { typealias Rank = Float }
extension Double: GreyElement { typealias Rank = Double }

// Other whole numbers are ordered as those of the other sign: with the highest bit turned over.

extension Int8: GreyElement {
    typealias Rank = UInt8

    @inline(__always)
    static func reordered(_ block: SIMD16<UInt8>) -> SIMD16<UInt8> { block ^ 0x80 }
}

extension UInt16: GreyElement {
    typealias Rank = Int16

    @inline(__always)
    static func reordered(_ block: SIMD8<Int16>) -> SIMD8<Int16> { block ^ Int16.min }
}

extension UInt32: GreyElement {
    typealias Rank = Int32

    @inline(__always)
    static func reordered(_ block: SIMD4<Int32>) -> SIMD4<Int32> { block ^ Int32.min }
}

extension UInt64: GreyElement {
    typealias Rank = Int64

    @inline(__always)
    static func reordered(_ block: SIMD2<Int64>) -> SIMD2<Int64> { block ^ Int64.min }
}

extension Float16: GreyElement {
    typealias Rank = Int16

    /// Processors compare half precision slowly; below a sign, its bits are in order. Zero has two
    /// signs, of which the negative comes first.
    @inline(__always)
    static func reordered(_ block: SIMD8<Int16>) -> SIMD8<Int16> {
        block ^ ((block &>> 15) & Int16.max)
    }
}

/// A scalar of which processors order sixteen bytes at a time.
protocol RankScalar: SIMDScalar, BitwiseCopyable, Codable, Hashable, Sendable {
    /// Sixteen bytes of them.
    associatedtype Block: SIMD, BitwiseCopyable where Block.Scalar == Self

    /// Puts the lesser of every pair of lanes first.
    ///
    /// Each type has its own, though all read alike: written once for any scalar, the comparison goes
    /// lane by lane, and the median filter takes fifty times as long.
    static func order(_ a: inout Block, _ b: inout Block)
}

extension UInt8: RankScalar {
    @inline(__always)
    static func order(_ a: inout SIMD16<UInt8>, _ b: inout SIMD16<UInt8>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension Int16: RankScalar {
    @inline(__always)
    static func order(_ a: inout SIMD8<Int16>, _ b: inout SIMD8<Int16>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension Int32: RankScalar {
    @inline(__always)
    static func order(_ a: inout SIMD4<Int32>, _ b: inout SIMD4<Int32>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension Int64: RankScalar {
    @inline(__always)
    static func order(_ a: inout SIMD2<Int64>, _ b: inout SIMD2<Int64>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension Float: RankScalar {
    @inline(__always)
    static func order(_ a: inout SIMD4<Float>, _ b: inout SIMD4<Float>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension Double: RankScalar {
    @inline(__always)
    static func order(_ a: inout SIMD2<Double>, _ b: inout SIMD2<Double>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

/// Something done with a voxel type that is only known when the program runs.
protocol GreyElementVisitor {
    /// What comes out.
    associatedtype Result
    /// Does it.
    func visit<Element: GreyElement>(_ type: Element.Type) -> Result
}

extension ElementType {
    /// Calls `visitor` with the Swift type that stands for this format: one call a type, so that the
    /// kernels behind it are compiled for each.
    @inline(__always)
    func visit<Visitor: GreyElementVisitor>(grey visitor: Visitor) -> Visitor.Result {
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

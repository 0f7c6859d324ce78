import Volumes

/// A voxel type the kernels are specialised for: it can be compared eight at a time.
protocol GreyElement: VoxelElement, SIMDScalar, Codable, Hashable
where SIMD8Storage: BitwiseCopyable {
    /// Puts the lesser of every pair of lanes first.
    ///
    /// Each type has its own, though all read alike: written once for any scalar, the comparison goes
    /// lane by lane, and the median filter takes fifty times as long.
    static func order(_ a: inout SIMD8<Self>, _ b: inout SIMD8<Self>)
}

extension UInt8: GreyElement {
    @inline(__always)
    static func order(_ a: inout SIMD8<UInt8>, _ b: inout SIMD8<UInt8>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension Int8: GreyElement {
    @inline(__always)
    static func order(_ a: inout SIMD8<Int8>, _ b: inout SIMD8<Int8>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension UInt16: GreyElement {
    @inline(__always)
    static func order(_ a: inout SIMD8<UInt16>, _ b: inout SIMD8<UInt16>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension Int16: GreyElement {
    @inline(__always)
    static func order(_ a: inout SIMD8<Int16>, _ b: inout SIMD8<Int16>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension UInt32: GreyElement {
    @inline(__always)
    static func order(_ a: inout SIMD8<UInt32>, _ b: inout SIMD8<UInt32>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension Int32: GreyElement {
    @inline(__always)
    static func order(_ a: inout SIMD8<Int32>, _ b: inout SIMD8<Int32>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension UInt64: GreyElement {
    @inline(__always)
    static func order(_ a: inout SIMD8<UInt64>, _ b: inout SIMD8<UInt64>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension Int64: GreyElement {
    @inline(__always)
    static func order(_ a: inout SIMD8<Int64>, _ b: inout SIMD8<Int64>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension Float16: GreyElement {
    @inline(__always)
    static func order(_ a: inout SIMD8<Float16>, _ b: inout SIMD8<Float16>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension Float: GreyElement {
    @inline(__always)
    static func order(_ a: inout SIMD8<Float>, _ b: inout SIMD8<Float>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

extension Double: GreyElement {
    @inline(__always)
    static func order(_ a: inout SIMD8<Double>, _ b: inout SIMD8<Double>) {
        let swapped = b .< a
        (a, b) = (a.replacing(with: b, where: swapped), b.replacing(with: a, where: swapped))
    }
}

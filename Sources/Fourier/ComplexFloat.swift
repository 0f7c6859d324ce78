/// A complex number in single precision, laid out as FFTW does.
public struct ComplexFloat: BitwiseCopyable, Hashable, Sendable {
    /// The real part.
    public var real: Float
    /// The imaginary part.
    public var imaginary: Float

    /// The number `real + i imaginary`.
    @inlinable
    public init(_ real: Float, _ imaginary: Float) {
        self.real = real
        self.imaginary = imaginary
    }

    /// The number mirrored at the real axis.
    @inlinable
    public var conjugate: ComplexFloat { ComplexFloat(real, -imaginary) }

    /// The product.
    @inlinable
    public static func * (a: ComplexFloat, b: ComplexFloat) -> ComplexFloat {
        ComplexFloat(
            a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real
        )
    }

    /// The number times a real factor.
    @inlinable
    public static func * (a: ComplexFloat, b: Float) -> ComplexFloat {
        ComplexFloat(a.real * b, a.imaginary * b)
    }
}

/// A number in single or double precision.
protocol Real: BitwiseCopyable, Sendable {
    /// The number in double precision.
    var wide: Double { get }

    /// The nearest to a number in double precision.
    init(narrowing wide: Double)
}

extension Float: Real {
    @inline(__always) var wide: Double { Double(self) }

    @inline(__always) init(narrowing wide: Double) { self = Float(wide) }
}

extension Double: Real {
    @inline(__always) var wide: Double { self }

    @inline(__always) init(narrowing wide: Double) { self = wide }
}

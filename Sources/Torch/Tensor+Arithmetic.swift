import CTorch

extension Tensor {
    private func apply(_ operation: ctorch_unary_operation) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_unary(operation, handle, out, message)
        }
    }

    private func apply(
        _ operation: ctorch_binary_operation, _ other: Tensor
    ) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_binary(operation, handle, other.handle, out, message)
        }
    }

    private func apply(
        _ operation: ctorch_scalar_operation, _ scalar: Double
    ) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_with_scalar(operation, handle, scalar, out, message)
        }
    }

    // The shapes of two operands are broadcast as in PyTorch.

    /// The sum.
    public static func + (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
        try a.apply(CTORCH_ADD, b)
    }
    /// The difference.
    public static func - (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
        try a.apply(CTORCH_SUBTRACT, b)
    }
    /// The product, element by element.
    public static func * (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
        try a.apply(CTORCH_MULTIPLY, b)
    }
    /// The quotient, element by element.
    public static func / (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
        try a.apply(CTORCH_DIVIDE, b)
    }
    /// The sum with one number.
    public static func + (a: Tensor, b: Double) throws(TorchError) -> Tensor {
        try a.apply(CTORCH_ADD_SCALAR, b)
    }
    /// The difference to one number.
    public static func - (a: Tensor, b: Double) throws(TorchError) -> Tensor {
        try a.apply(CTORCH_ADD_SCALAR, -b)
    }
    /// One number less a tensor.
    public static func - (a: Double, b: Tensor) throws(TorchError) -> Tensor {
        try b.apply(CTORCH_NEGATE).apply(CTORCH_ADD_SCALAR, a)
    }
    /// The product with one number.
    public static func * (a: Tensor, b: Double) throws(TorchError) -> Tensor {
        try a.apply(CTORCH_MULTIPLY_SCALAR, b)
    }
    /// The quotient by one number.
    public static func / (a: Tensor, b: Double) throws(TorchError) -> Tensor {
        try a.apply(CTORCH_DIVIDE_SCALAR, b)
    }
    /// The tensor with its sign changed.
    public static prefix func - (a: Tensor) throws(TorchError) -> Tensor {
        try a.apply(CTORCH_NEGATE)
    }

    /// The sum with `scale` times another tensor, in one pass: a residual connection.
    public func adding(_ other: Tensor, times scale: Double) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_add_scaled(handle, other.handle, scale, out, message)
        }
    }

    /// The product of matrices; batches in the dimensions before the last two.
    public func matrixProduct(_ other: Tensor) throws(TorchError) -> Tensor {
        try apply(CTORCH_MATRIX_PRODUCT, other)
    }

    /// The absolute value.
    public func abs() throws(TorchError) -> Tensor { try apply(CTORCH_ABS) }
    /// The square root.
    public func squareRoot() throws(TorchError) -> Tensor { try apply(CTORCH_SQRT) }
    /// The square.
    public func squared() throws(TorchError) -> Tensor { try apply(CTORCH_SQUARE) }
    /// The exponential.
    public func exp() throws(TorchError) -> Tensor { try apply(CTORCH_EXP) }
    /// The natural logarithm.
    public func log() throws(TorchError) -> Tensor { try apply(CTORCH_LOG) }
    /// A power.
    public func power(_ exponent: Double) throws(TorchError) -> Tensor {
        try apply(CTORCH_POWER_SCALAR, exponent)
    }
    /// -1, 0 or 1.
    public func sign() throws(TorchError) -> Tensor { try apply(CTORCH_SIGN) }
    /// The nearest whole number, halves to the even one.
    public func rounded() throws(TorchError) -> Tensor { try apply(CTORCH_ROUND) }
    /// The next whole number below.
    public func floor() throws(TorchError) -> Tensor { try apply(CTORCH_FLOOR) }
    /// True where an element is neither infinite nor not a number.
    public func isFinite() throws(TorchError) -> Tensor { try apply(CTORCH_IS_FINITE) }

    /// The logistic function 1 / (1 + exp(-x)).
    public func sigmoid() throws(TorchError) -> Tensor { try apply(CTORCH_SIGMOID) }
    /// The hyperbolic tangent.
    public func tanh() throws(TorchError) -> Tensor { try apply(CTORCH_TANH) }
    /// max(x, 0).
    public func relu() throws(TorchError) -> Tensor { try apply(CTORCH_RELU) }
    /// log(1 + exp(x)).
    public func softplus() throws(TorchError) -> Tensor { try apply(CTORCH_SOFTPLUS) }
    /// x where it is positive, else `slope` x.
    public func leakyRelu(slope: Double) throws(TorchError) -> Tensor {
        try apply(CTORCH_LEAKY_RELU, slope)
    }
    /// The same for a positive slope, over the tensor's own numbers: for what nothing else looks at,
    /// such as the result of a convolution, which then need not be kept for the gradient.
    public func leakyReluInPlace(slope: Double) throws(TorchError) -> Tensor {
        precondition(slope > 0, "the gradient is told from the result's sign")
        return try apply(CTORCH_LEAKY_RELU_IN_PLACE, slope)
    }

    /// The larger of two elements.
    public func maximum(_ other: Tensor) throws(TorchError) -> Tensor {
        try apply(CTORCH_MAXIMUM, other)
    }
    /// The smaller of two elements.
    public func minimum(_ other: Tensor) throws(TorchError) -> Tensor {
        try apply(CTORCH_MINIMUM, other)
    }
    /// Every element, but at least `bound`.
    public func clamped(atLeast bound: Double) throws(TorchError) -> Tensor {
        try apply(CTORCH_CLAMP_MIN, bound)
    }
    /// Every element, but at most `bound`.
    public func clamped(atMost bound: Double) throws(TorchError) -> Tensor {
        try apply(CTORCH_CLAMP_MAX, bound)
    }
    /// Every element moved into `range`.
    public func clamped(to range: ClosedRange<Double>) throws(TorchError) -> Tensor {
        try clamped(atLeast: range.lowerBound).clamped(atMost: range.upperBound)
    }
    /// True where an element is less than the other's.
    public func isLess(than other: Tensor) throws(TorchError) -> Tensor {
        try apply(CTORCH_LESS, other)
    }
    /// True where an element is less than `bound`.
    public func isLess(than bound: Double) throws(TorchError) -> Tensor {
        try apply(CTORCH_LESS_SCALAR, bound)
    }
    /// True where an element is greater than `bound`.
    public func isGreater(than bound: Double) throws(TorchError) -> Tensor {
        try apply(CTORCH_GREATER_SCALAR, bound)
    }
    /// True where two elements are equal.
    public func isEqual(to other: Tensor) throws(TorchError) -> Tensor {
        try apply(CTORCH_EQUAL, other)
    }
    /// Elements of `a` where `condition` holds, of `b` elsewhere.
    public static func choose(
        where condition: Tensor, _ a: Tensor, else b: Tensor
    ) throws(TorchError) -> Tensor {
        try unsafe make { out, message in
            unsafe ctorch_where(condition.handle, a.handle, b.handle, out, message)
        }
    }

    /// A copy, differentiable.
    public func clone() throws(TorchError) -> Tensor { try apply(CTORCH_CLONE) }
    /// The same numbers outside the graph; memory is shared.
    public func detached() throws(TorchError) -> Tensor { try apply(CTORCH_DETACH) }
    /// The numbers in the order of the shape: itself if they lie so, else a copy.
    public func contiguous() throws(TorchError) -> Tensor { try apply(CTORCH_CONTIGUOUS) }

    private func reduce(
        _ reduction: ctorch_reduction, _ dimensions: [Int], _ keeping: Bool
    ) throws(TorchError) -> Tensor {
        let list = dimensions.map(Int64.init)
        return try unsafe Tensor.make { out, message in
            unsafe ctorch_reduce(
                reduction, handle, list, Int32(list.count), keeping, out, message)
        }
    }

    // Over the dimensions named, or over all; `keeping` leaves them with an extent of one.

    /// The sum.
    public func sum(
        over dimensions: [Int] = [], keeping: Bool = false
    ) throws(TorchError) -> Tensor { try reduce(CTORCH_SUM, dimensions, keeping) }
    /// The mean.
    public func mean(
        over dimensions: [Int] = [], keeping: Bool = false
    ) throws(TorchError) -> Tensor { try reduce(CTORCH_MEAN, dimensions, keeping) }
    /// The largest element.
    public func largest(
        over dimensions: [Int] = [], keeping: Bool = false
    ) throws(TorchError) -> Tensor { try reduce(CTORCH_LARGEST, dimensions, keeping) }
    /// The smallest element.
    public func smallest(
        over dimensions: [Int] = [], keeping: Bool = false
    ) throws(TorchError) -> Tensor { try reduce(CTORCH_SMALLEST, dimensions, keeping) }
    /// The variance, divided by the number of elements.
    public func variance(
        over dimensions: [Int] = [], keeping: Bool = false
    ) throws(TorchError) -> Tensor { try reduce(CTORCH_VARIANCE, dimensions, keeping) }
    /// The Euclidean norm.
    public func norm(
        over dimensions: [Int] = [], keeping: Bool = false
    ) throws(TorchError) -> Tensor { try reduce(CTORCH_NORM, dimensions, keeping) }
}

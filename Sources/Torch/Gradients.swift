import CTorch

extension Tensor {
    /// Whether operations on it are to be recorded.
    public func setRequiresGradient(_ required: Bool) throws(TorchError) {
        try unsafe TorchError.check { message in
            unsafe ctorch_set_requires_grad(handle, required, message)
        }
    }

    /// What the last ``backward(keepingGraph:)`` calls added up; nil before the first.
    public func gradient() throws(TorchError) -> Tensor? {
        var found: OpaquePointer?
        try unsafe TorchError.check { message in unsafe ctorch_gradient(handle, &found, message) }
        return unsafe found.map { unsafe Tensor(owning: $0) }
    }

    /// Replaces the gradient; nil removes it.
    public func setGradient(_ gradient: Tensor?) throws(TorchError) {
        try unsafe TorchError.check { message in
            unsafe ctorch_set_gradient(handle, gradient?.handle, message)
        }
    }

    /// Adds the derivative of this single number to the gradient of every tensor it was made from.
    ///
    /// - Parameter keepingGraph: Whether the graph may be walked again, at the cost of its memory.
    public func backward(keepingGraph: Bool = false) throws(TorchError) {
        try unsafe TorchError.check { message in
            unsafe ctorch_backward(handle, keepingGraph, message)
        }
    }
}

/// Settings of the calling thread that hold while a closure runs.
///
/// The closures are synchronous, so that they end on the thread they began on.
public enum Scope {
    /// Records nothing for gradients.
    public static func withoutGradients<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe entered(
            { out, message in
                unsafe ctorch_enter_grad_mode(CTORCH_NO_GRAD, out, message)
            }, body)
    }

    /// Records again, within ``withoutGradients(_:)``.
    public static func withGradients<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe entered(
            { out, message in
                unsafe ctorch_enter_grad_mode(CTORCH_WITH_GRAD, out, message)
            }, body)
    }

    /// As ``withoutGradients(_:)`` and a little faster; what is made in it can never have gradients.
    public static func inference<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe entered(
            { out, message in
                unsafe ctorch_enter_grad_mode(CTORCH_INFERENCE, out, message)
            }, body)
    }

    /// Runs convolutions and matrix products in half precision, where libtorch holds that safe.
    ///
    /// - Parameters:
    ///   - type: ``ElementType/bfloat16``, or ``ElementType/float16`` with scaled losses. Nil switches
    ///     the surrounding scope off, for terms that need single precision.
    public static func autocast<Result, Failure: Error>(
        to type: ElementType?, on device: Device, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(
            type == nil || type == .bfloat16 || type == .float16,
            "half precision is bfloat16 or float16")
        let code = (type ?? .bfloat16).code
        return try unsafe entered(
            { out, message in
                unsafe ctorch_enter_autocast(device.index >= 0, code, type != nil, out, message)
            }, body)
    }

    /// The most bytes that tensors and operations of this thread take on a device at once while `body`
    /// runs, beyond what is taken before. The same for every run; what libraries behind libtorch
    /// allocate on their own is not seen.
    public static func peakBytes<Failure: Error>(
        on device: Device, _ body: () throws(Failure) -> Void
    ) throws(Failure) -> Int {
        try unsafe entered(
            { out, message in
                unsafe ctorch_enter_memory_watch(device.index, out, message)
            }
        ) { scope throws(Failure) in
            try body()
            return unsafe Int(ctorch_watched_peak(scope))
        }
    }

    private static func entered<Result, Failure: Error>(
        _ enter: (
            UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<ctorch_message>
        ) -> Int32,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe entered(enter) { _ throws(Failure) in try body() }
    }

    private static func entered<Result, Failure: Error>(
        _ enter: (
            UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<ctorch_message>
        ) -> Int32,
        _ body: (OpaquePointer?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var scope: OpaquePointer?
        var message = ctorch_message()
        let status = unsafe enter(&scope, &message)
        precondition(status == 0, "setting a thread's state cannot fail")
        defer { unsafe ctorch_leave(scope) }
        return try unsafe body(scope)
    }
}

import CTorch

/// An array of numbers of any number of dimensions, on a device, known to automatic differentiation.
///
/// A tensor is a reference, as in PyTorch: views (``reshaped(_:)``, ``sliced(dimension:from:to:by:)``)
/// share their memory, and ``assign(_:)`` and the optimisers change it in place. Its memory is freed
/// with the last reference to it, here or in a graph of gradients.
///
/// It is deliberately not `Sendable`: libtorch counts references safely, but a tensor that one thread
/// changes and another reads is a race. Between tasks travel arrays of numbers, or a tensor that its
/// maker lets go of (`sending`).
@safe public final class Tensor {
    let handle: OpaquePointer

    init(owning handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe ctorch_free(handle) }

    /// The tensor that a function of the C face hands out.
    static func make(
        _ body: (
            UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<ctorch_message>
        ) -> Int32
    ) throws(TorchError) -> Tensor {
        var handle: OpaquePointer?
        try unsafe TorchError.check { message in unsafe body(&handle, message) }
        guard let handle = unsafe handle else {
            preconditionFailure("the C face hands out a tensor whenever it succeeds")
        }
        return unsafe Tensor(owning: handle)
    }

    /// The extent along every dimension; empty for a single number.
    public var shape: [Int] {
        let info = info
        return (0..<info.rank).map { dimension in
            var copy = info
            return Int(unsafe ctorch_info_size(&copy, dimension))
        }
    }

    /// How many elements it has.
    public var count: Int { shape.reduce(1, *) }

    /// What its elements are; nil for a type that has no name here.
    public var elementType: ElementType? { ElementType(code: info.type) }

    /// Where it lies.
    public var device: Device { Device(index: info.device) }

    /// Whether operations on it are recorded for ``backward(keepingGraph:)``.
    public var requiresGradient: Bool { info.requires_grad }

    /// Whether the channels of a pixel lie side by side in memory.
    public var isChannelsLast: Bool { info.is_channels_last }

    private var info: ctorch_info {
        var info = ctorch_info()
        var message = ctorch_message()
        let status = unsafe ctorch_get_info(handle, &info, &message)
        precondition(status == 0, "tensors here have at most eight dimensions")
        return info
    }
}

extension Tensor: CustomStringConvertible {
    /// Its type, shape and device; not its numbers.
    public var description: String {
        "Tensor(\(elementType?.rawValue ?? "?"), \(shape), \(device))"
    }
}

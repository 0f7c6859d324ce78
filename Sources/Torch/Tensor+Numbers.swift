import CTorch

extension Tensor {
    /// A tensor that holds a copy of `numbers`, given in the order of `shape`, last dimension fastest.
    ///
    /// - Throws: ``TorchError/countDoesNotFillShape(count:shape:)``, or when there is no memory.
    public convenience init(
        _ numbers: Span<Float>, shape: [Int], on device: Device = .cpu
    ) throws(TorchError) {
        try self.init(copying: numbers, of: .float32, shape: shape, on: device)
    }

    /// A tensor that holds a copy of `numbers`, given in the order of `shape`, last dimension fastest.
    public convenience init(
        _ numbers: [Float], shape: [Int], on device: Device = .cpu
    ) throws(TorchError) {
        let span = numbers.span
        try self.init(span, shape: shape, on: device)
    }

    /// A tensor in double precision that holds a copy of `numbers`, as above.
    public convenience init(
        _ numbers: Span<Double>, shape: [Int], on device: Device = .cpu
    ) throws(TorchError) {
        try self.init(copying: numbers, of: .float64, shape: shape, on: device)
    }

    /// A tensor of bytes, as above: a quarter of the way to a GPU that floats take.
    public convenience init(
        _ numbers: Span<UInt8>, shape: [Int], on device: Device = .cpu
    ) throws(TorchError) {
        try self.init(copying: numbers, of: .uint8, shape: shape, on: device)
    }

    /// A tensor of whole numbers, as above.
    public convenience init(
        _ numbers: Span<Int64>, shape: [Int], on device: Device = .cpu
    ) throws(TorchError) {
        try self.init(copying: numbers, of: .int64, shape: shape, on: device)
    }

    /// A tensor of elements given as they lie in memory, such as a file of weights stores them.
    ///
    /// - Throws: ``TorchError/countDoesNotFillShape(count:shape:)`` for bytes too few or too many.
    public convenience init(
        bytes: Span<UInt8>, of type: ElementType, shape: [Int], on device: Device = .cpu
    ) throws(TorchError) {
        let count = shape.reduce(1, *)
        guard bytes.count == count * type.byteCount else {
            throw .countDoesNotFillShape(count: bytes.count / type.byteCount, shape: shape)
        }
        let made = try unsafe Tensor.copying(bytes.bytes, of: type, shape: shape)
        let moved = try made.to(device)
        try self.init(sharing: moved)
    }

    private convenience init<Number: BitwiseCopyable>(
        copying numbers: Span<Number>, of type: ElementType, shape: [Int], on device: Device
    ) throws(TorchError) {
        guard shape.reduce(1, *) == numbers.count, !shape.contains(where: { $0 < 0 }) else {
            throw .countDoesNotFillShape(count: numbers.count, shape: shape)
        }
        let made = try unsafe Tensor.copying(numbers.bytes, of: type, shape: shape)
        let moved = try made.to(device)
        try self.init(sharing: moved)
    }

    private static func copying(
        _ bytes: RawSpan, of type: ElementType, shape: [Int]
    ) throws(TorchError) -> Tensor {
        let sizes = shape.map(Int64.init)
        return try unsafe Tensor.make { out, message in
            unsafe bytes.withUnsafeBytes { memory in
                unsafe ctorch_copy_in(
                    memory.baseAddress, type.code, sizes, Int32(sizes.count), out, message)
            }
        }
    }

    /// A second reference to the same numbers, outside any graph.
    private convenience init(sharing other: Tensor) throws(TorchError) {
        var handle: OpaquePointer?
        try unsafe TorchError.check { message in
            unsafe ctorch_unary(CTORCH_DETACH, other.handle, &handle, message)
        }
        guard let handle = unsafe handle else {
            preconditionFailure("the C face hands out a tensor whenever it succeeds")
        }
        unsafe self.init(owning: handle)
    }

    /// A tensor of one number everywhere.
    public static func full(
        _ value: Double, shape: [Int], type: ElementType = .float32, on device: Device = .cpu
    ) throws(TorchError) -> Tensor {
        let sizes = shape.map(Int64.init)
        return try unsafe make { out, message in
            unsafe ctorch_full(
                sizes, Int32(sizes.count), value, type.code, device.index, out, message)
        }
    }

    /// A tensor of zeros.
    public static func zeros(
        _ shape: [Int], type: ElementType = .float32, on device: Device = .cpu
    ) throws(TorchError) -> Tensor {
        try full(0, shape: shape, type: type, on: device)
    }

    /// A tensor of ones.
    public static func ones(
        _ shape: [Int], type: ElementType = .float32, on device: Device = .cpu
    ) throws(TorchError) -> Tensor {
        try full(1, shape: shape, type: type, on: device)
    }

    /// Numbers of libtorch's own generator, seeded by ``Library/seed(_:)``: uniform in `0..<1`, or
    /// Gaussian of mean 0 and deviation 1. Their bits differ between devices.
    public static func random(
        _ shape: [Int], gaussian: Bool = false, type: ElementType = .float32,
        on device: Device = .cpu
    ) throws(TorchError) -> Tensor {
        let sizes = shape.map(Int64.init)
        return try unsafe make { out, message in
            unsafe ctorch_random(
                sizes, Int32(sizes.count), gaussian, type.code, device.index, out, message)
        }
    }

    /// The elements as floats, in the order of the shape; waits for the device.
    public func floats() throws(TorchError) -> [Float] {
        try numbers(of: .float32, zero: 0)
    }

    /// The elements as doubles, in the order of the shape; waits for the device.
    public func doubles() throws(TorchError) -> [Double] {
        try numbers(of: .float64, zero: 0)
    }

    /// Writes the elements as floats, in the order of the shape, into memory of the caller's.
    ///
    /// - Throws: ``TorchError/countDoesNotFillShape(count:shape:)`` for a span of another length.
    public func copy(into numbers: inout MutableSpan<Float>) throws(TorchError) {
        guard numbers.count == count else {
            throw .countDoesNotFillShape(count: numbers.count, shape: shape)
        }
        try unsafe TorchError.check { message in
            unsafe numbers.withUnsafeMutableBufferPointer { memory in
                unsafe ctorch_copy_out(
                    handle, CTORCH_FLOAT32, memory.baseAddress, Int64(memory.count), message)
            }
        }
    }

    /// The elements as they lie in memory when contiguous, such as a file of weights stores them.
    public func bytes() throws(TorchError) -> [UInt8] {
        guard let type = elementType else {
            throw .failed(operation: "copy out", reason: "elements of a type without a name here")
        }
        let count = count
        var bytes = [UInt8](repeating: 0, count: count * type.byteCount)
        try unsafe TorchError.check { message in
            unsafe bytes.withUnsafeMutableBytes { memory in
                unsafe ctorch_copy_out(
                    handle, type.code, memory.baseAddress, Int64(count), message)
            }
        }
        return bytes
    }

    private func numbers<Number: BitwiseCopyable>(
        of type: ElementType, zero: Number
    ) throws(TorchError) -> [Number] {
        var numbers = [Number](repeating: zero, count: count)
        try unsafe TorchError.check { message in
            unsafe numbers.withUnsafeMutableBytes { memory in
                unsafe ctorch_copy_out(
                    handle, type.code, memory.baseAddress,
                    Int64(memory.count) / Int64(type.byteCount), message)
            }
        }
        return numbers
    }

    /// The number of a tensor that has one; waits for the device.
    public func item() throws(TorchError) -> Double {
        var value = 0.0
        try unsafe TorchError.check { message in unsafe ctorch_item(handle, &value, message) }
        return value
    }

    /// The tensor on another device or of another type; itself where nothing is to change.
    ///
    /// - Parameter nonBlocking: Lets a copy from pinned memory to a GPU run beside other work.
    public func to(
        _ device: Device? = nil, type: ElementType? = nil, channelsLast: Bool = false,
        nonBlocking: Bool = false
    ) throws(TorchError) -> Tensor {
        let target = device ?? self.device
        return try unsafe Tensor.make { out, message in
            unsafe ctorch_to(
                handle, type?.code ?? CTORCH_OTHER_TYPE, target.index, channelsLast, nonBlocking,
                out, message)
        }
    }

    /// A copy in page-locked memory, from which a GPU fetches beside other work; needs CUDA.
    public func pinned() throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in unsafe ctorch_pin(handle, out, message) }
    }

    /// Overwrites the numbers with those of `source`, broadcast and converted; autograd sees nothing
    /// of it.
    public func assign(_ source: Tensor) throws(TorchError) {
        try unsafe TorchError.check { message in
            unsafe ctorch_assign(handle, source.handle, message)
        }
    }
}

extension ElementType {
    /// How many bytes an element takes.
    public var byteCount: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16: 2
        case .uint8, .bool: 1
        }
    }
}

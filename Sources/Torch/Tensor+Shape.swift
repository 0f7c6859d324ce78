import CTorch

/// What lies around an image beyond its border.
public enum Padding: String, Hashable, Sendable, Codable {
    /// Zeros.
    case zeros
    /// The image mirrored at its outermost pixels, which are not repeated.
    case reflect
    /// The outermost pixels, repeated.
    case replicate

    var code: ctorch_padding {
        switch self {
        case .zeros: CTORCH_PAD_ZEROS
        case .reflect: CTORCH_PAD_REFLECT
        case .replicate: CTORCH_PAD_REPLICATE
        }
    }
}

extension Tensor {
    /// The same numbers in another shape; one extent may be -1, for what is left.
    public func reshaped(_ shape: [Int]) throws(TorchError) -> Tensor {
        let sizes = shape.map(Int64.init)
        return try unsafe Tensor.make { out, message in
            unsafe ctorch_reshape(handle, sizes, Int32(sizes.count), out, message)
        }
    }

    /// The dimensions in another order; memory is shared.
    public func permuted(_ order: [Int]) throws(TorchError) -> Tensor {
        let list = order.map(Int64.init)
        return try unsafe Tensor.make { out, message in
            unsafe ctorch_permute(handle, list, Int32(list.count), out, message)
        }
    }

    /// Elements `start` to before `end` of a dimension, every `step`-th; memory is shared.
    public func sliced(
        dimension: Int, from start: Int, to end: Int, by step: Int = 1
    ) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_slice(
                handle, Int64(dimension), Int64(start), Int64(end), Int64(step), out, message)
        }
    }

    /// `count` elements of a dimension from `start` on; memory is shared.
    public func narrowed(
        dimension: Int, from start: Int, count: Int
    ) throws(TorchError) -> Tensor {
        try sliced(dimension: dimension, from: start, to: start + count)
    }

    /// The image without `margin` pixels on each side of the last two dimensions.
    public func shaved(_ margin: Int) throws(TorchError) -> Tensor {
        let shape = shape
        return try sliced(dimension: -2, from: margin, to: shape[shape.count - 2] - margin)
            .sliced(dimension: -1, from: margin, to: shape[shape.count - 1] - margin)
    }

    /// The elements of the dimensions named in reverse.
    public func flipped(_ dimensions: [Int]) throws(TorchError) -> Tensor {
        let list = dimensions.map(Int64.init)
        return try unsafe Tensor.make { out, message in
            unsafe ctorch_flip(handle, list, Int32(list.count), out, message)
        }
    }

    /// Tensors behind one another along a dimension they have.
    public static func concatenated(
        _ tensors: [Tensor], dimension: Int
    ) throws(TorchError) -> Tensor {
        let handles = unsafe tensors.map { unsafe Optional($0.handle) }
        return try withExtendedLifetime(tensors) { () throws(TorchError) in
            try unsafe make { out, message in
                unsafe ctorch_concatenate(
                    handles, Int32(handles.count), Int64(dimension), out, message)
            }
        }
    }

    /// Tensors of one shape behind one another along a new dimension.
    public static func stacked(_ tensors: [Tensor], dimension: Int = 0) throws(TorchError) -> Tensor
    {
        let handles = unsafe tensors.map { unsafe Optional($0.handle) }
        return try withExtendedLifetime(tensors) { () throws(TorchError) in
            try unsafe make { out, message in
                unsafe ctorch_stack(
                    handles, Int32(handles.count), Int64(dimension), out, message)
            }
        }
    }

    /// Images with a border laid around them.
    public func padded(
        top: Int, bottom: Int, left: Int, right: Int, with padding: Padding
    ) throws(TorchError) -> Tensor {
        let amounts = [left, right, top, bottom].map(Int64.init)
        return try unsafe Tensor.make { out, message in
            unsafe ctorch_pad(handle, amounts, 4, padding.code, out, message)
        }
    }

    /// Images with `margin` pixels laid around them on every side.
    public func padded(_ margin: Int, with padding: Padding) throws(TorchError) -> Tensor {
        try padded(top: margin, bottom: margin, left: margin, right: margin, with: padding)
    }
}

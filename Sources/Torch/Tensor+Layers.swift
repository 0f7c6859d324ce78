import CTorch

/// How images are resized.
public enum Interpolation: String, Hashable, Sendable, Codable {
    /// The nearest pixel, by truncation.
    case nearest
    /// Straight lines between pixel centres.
    case bilinear
    /// Cubic convolution with a = -0.75 (-0.5 with antialiasing).
    case bicubic
    /// The mean over the pixels that fall into one.
    case area

    var code: ctorch_interpolation {
        switch self {
        case .nearest: CTORCH_NEAREST
        case .bilinear: CTORCH_BILINEAR
        case .bicubic: CTORCH_BICUBIC
        case .area: CTORCH_AREA
        }
    }
}

/// How a prediction's distance to its target is summed up, as the mean over all elements.
public enum PixelLoss: String, Hashable, Sendable, Codable {
    /// The absolute difference.
    case l1
    /// The squared difference.
    case mse
    /// Binary cross-entropy of the prediction's sigmoid, for targets in 0...1.
    case binaryCrossEntropyWithLogits
    /// Squared below one, absolute above.
    case smoothL1

    var code: ctorch_loss_kind {
        switch self {
        case .l1: CTORCH_L1
        case .mse: CTORCH_MSE
        case .binaryCrossEntropyWithLogits: CTORCH_BCE_WITH_LOGITS
        case .smoothL1: CTORCH_SMOOTH_L1
        }
    }
}

// Images are (batch, channels, height, width) throughout.
extension Tensor {
    /// A two-dimensional convolution (correlation, as in PyTorch).
    ///
    /// - Parameters:
    ///   - weight: (outputs, inputs / groups, height, width).
    ///   - bias: One number for each output, or none.
    ///   - margin: How many pixels are laid around the image first.
    public func convolved(
        _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, margin: Int = 0,
        padding: Padding = .zeros, dilation: Int = 1, groups: Int = 1
    ) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_conv2d(
                handle, weight.handle, bias?.handle, Int64(stride), Int64(margin), padding.code,
                Int64(dilation), Int64(groups), out, message)
        }
    }

    /// `self` times the transposed weight (outputs, inputs), plus a bias.
    public func linear(_ weight: Tensor, bias: Tensor? = nil) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_linear(handle, weight.handle, bias?.handle, out, message)
        }
    }

    /// Each channel brought to mean 0 and variance 1, then scaled and shifted.
    ///
    /// While training by the batch's statistics, which the running ones follow by `momentum`; else by
    /// the running ones (Ioffe and Szegedy 2015, arXiv 1502.03167).
    public func batchNormalized(
        weight: Tensor?, bias: Tensor?, runningMean: Tensor?, runningVariance: Tensor?,
        training: Bool, momentum: Double = 0.1, epsilon: Double = 1e-5
    ) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_batch_norm(
                handle, weight?.handle, bias?.handle, runningMean?.handle, runningVariance?.handle,
                training, momentum, epsilon, out, message)
        }
    }

    /// Groups of channels of each image brought to mean 0 and variance 1, then scaled and shifted
    /// (Wu and He 2018, arXiv 1803.08494).
    public func groupNormalized(
        groups: Int, weight: Tensor?, bias: Tensor?, epsilon: Double = 1e-5
    ) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_group_norm(
                handle, Int64(groups), weight?.handle, bias?.handle, epsilon, out, message)
        }
    }

    /// Each channel of each image brought to mean 0 and variance 1 (Ulyanov et al. 2016,
    /// arXiv 1607.08022).
    public func instanceNormalized(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
    ) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_instance_norm(
                handle, weight?.handle, bias?.handle, epsilon, out, message)
        }
    }

    /// x where it is positive, else x times a learnt slope: one in all, or one for each channel.
    public func prelu(slope: Tensor) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_prelu(handle, slope.handle, out, message)
        }
    }

    /// Blocks of `factor`^2 channels laid out as pixels (Shi et al. 2016, arXiv 1609.05158).
    public func pixelShuffled(_ factor: Int) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_pixel_shuffle(handle, Int64(factor), false, out, message)
        }
    }

    /// The inverse of ``pixelShuffled(_:)``.
    public func pixelUnshuffled(_ factor: Int) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_pixel_shuffle(handle, Int64(factor), true, out, message)
        }
    }

    /// Images resized; borders are aligned, not the centres of the outermost pixels.
    ///
    /// - Parameter antialias: Widens the kernel when shrinking; bilinear and bicubic only.
    public func resized(
        height: Int, width: Int, by interpolation: Interpolation, antialias: Bool = false
    ) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_interpolate(
                handle, Int64(height), Int64(width), interpolation.code, antialias, out, message)
        }
    }

    /// Images enlarged by a whole factor.
    public func enlarged(_ factor: Int, by interpolation: Interpolation) throws(TorchError)
        -> Tensor
    {
        let shape = shape
        guard shape.count == 4 else {
            throw .failed(
                operation: "interpolate",
                reason: "images are (batch, channels, height, width), and this is \(shape)")
        }
        return try resized(height: shape[2] * factor, width: shape[3] * factor, by: interpolation)
    }

    private func pooled(
        _ pooling: ctorch_pooling, _ size: Int, _ stride: Int
    ) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_pool(handle, pooling, Int64(size), Int64(stride), out, message)
        }
    }

    /// The mean over windows of `size` x `size` pixels.
    public func averagePooled(_ size: Int, stride: Int? = nil) throws(TorchError) -> Tensor {
        try pooled(CTORCH_AVERAGE_POOL, size, stride ?? size)
    }

    /// The largest pixel of windows of `size` x `size`.
    public func maxPooled(_ size: Int, stride: Int? = nil) throws(TorchError) -> Tensor {
        try pooled(CTORCH_MAX_POOL, size, stride ?? size)
    }

    /// The mean over windows such that `size` x `size` pixels come out.
    public func averagePooled(toSize size: Int) throws(TorchError) -> Tensor {
        try pooled(CTORCH_AVERAGE_POOL_TO_SIZE, size, 0)
    }

    /// The largest pixel of windows such that `size` x `size` pixels come out.
    public func maxPooled(toSize size: Int) throws(TorchError) -> Tensor {
        try pooled(CTORCH_MAX_POOL_TO_SIZE, size, 0)
    }

    /// The distance to a target of the same shape, a single number.
    public func loss(_ kind: PixelLoss, to target: Tensor) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_loss(kind.code, handle, target.handle, out, message)
        }
    }

    /// A weight divided by its largest singular value, as estimated from `u` and `v` (Miyato et al.
    /// 2018, arXiv 1802.05957).
    ///
    /// - Parameters:
    ///   - u: As long as the weight's first dimension; improved in place.
    ///   - v: As long as the product of the others; improved in place.
    ///   - iterations: Steps of the power method before; none when not training.
    public func spectrallyNormalized(
        u: Tensor, v: Tensor, iterations: Int, epsilon: Double = 1e-12
    ) throws(TorchError) -> Tensor {
        try unsafe Tensor.make { out, message in
            unsafe ctorch_spectral_norm(
                handle, u.handle, v.handle, Int32(iterations), epsilon, out, message)
        }
    }
}

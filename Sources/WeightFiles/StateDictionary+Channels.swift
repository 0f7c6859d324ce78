extension StateDictionary {
    /// Weights for grey images out of those for colour, for a network with 3, 12, 48, ... inputs.
    ///
    /// The first convolution is summed over the colours, so it answers a grey image as it answered
    /// the same image in all three; the last one, with its bias, is averaged over them. Where a
    /// network folds pixels into channels, all folds of one colour lie together, as PyTorch's
    /// `PixelUnshuffle` and `PixelShuffle` have them.
    ///
    /// - Parameters:
    ///   - first: The name of the first convolution, as in `conv_first`.
    ///   - last: The name of the last, as in `conv_last`.
    /// - Throws: ``WeightFileError/unfit(problem:)`` where they are missing, are no floating-point
    ///   weights, or have channels that three does not divide.
    public func withOneChannel(
        first: String, last: String
    ) throws(WeightFileError) -> StateDictionary {
        var result = self
        result["\(first).weight"] = try merged("\(first).weight", axis: 1, share: 1)
        result["\(last).weight"] = try merged("\(last).weight", axis: 0, share: 1.0 / 3)
        if self["\(last).bias"] != nil {
            result["\(last).bias"] = try merged("\(last).bias", axis: 0, share: 1.0 / 3)
        }
        return result
    }

    /// Weights for colour images out of those for grey: every colour gives a third of what grey
    /// gave, and the grey answer comes out as all three.
    ///
    /// ``withOneChannel(first:last:)`` undoes it, up to rounding.
    public func withThreeChannels(
        first: String, last: String
    ) throws(WeightFileError) -> StateDictionary {
        var result = self
        result["\(first).weight"] = try repeated("\(first).weight", axis: 1, share: 1.0 / 3)
        result["\(last).weight"] = try repeated("\(last).weight", axis: 0, share: 1)
        if self["\(last).bias"] != nil {
            result["\(last).bias"] = try repeated("\(last).bias", axis: 0, share: 1)
        }
        return result
    }

    /// The sum of the three thirds of an axis, times `share`.
    private func merged(
        _ name: String, axis: Int, share: Double
    ) throws(WeightFileError) -> WeightTensor {
        let (tensor, numbers) = try weights(name, axis: axis)
        guard tensor.shape[axis].isMultiple(of: 3) else {
            throw .unfit(
                problem:
                    "\(name.shown) has \(tensor.shape[axis]) channels, not three colours of some")
        }
        let block = tensor.shape[axis...].reduce(1, *) / 3
        let sums = numbers.indices.filter { $0 / block % 3 == 0 }.map { index in
            share * (numbers[index] + numbers[index + block] + numbers[index + 2 * block])
        }
        var shape = tensor.shape
        shape[axis] /= 3
        return WeightTensor(rounding: sums, shape: shape, scalar: tensor.scalar)
    }

    /// An axis three times over, times `share`.
    private func repeated(
        _ name: String, axis: Int, share: Double
    ) throws(WeightFileError) -> WeightTensor {
        let (tensor, numbers) = try weights(name, axis: axis)
        let block = tensor.shape[axis...].reduce(1, *)
        let copies = (0..<(3 * numbers.count)).map { index in
            share * numbers[index / (3 * block) * block + index % block]
        }
        var shape = tensor.shape
        shape[axis] *= 3
        return WeightTensor(rounding: copies, shape: shape, scalar: tensor.scalar)
    }

    private func weights(
        _ name: String, axis: Int
    ) throws(WeightFileError) -> (WeightTensor, [Double]) {
        guard let tensor = self[name] else { throw .unfit(problem: "there is no \(name.shown)") }
        guard tensor.shape.count > axis, !tensor.bytes.isEmpty, let numbers = tensor.doubles()
        else {
            throw .unfit(
                problem: "\(name.shown) is \(tensor.scalar.rawValue) x \(tensor.shape), "
                    + "not the weights of a convolution")
        }
        return (tensor, numbers)
    }
}

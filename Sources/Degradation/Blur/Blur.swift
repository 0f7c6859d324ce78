/// A blur that was drawn: its family and the size of its kernel.
public struct Blur: Hashable, Sendable, Codable {
    /// Pixels along each side of the kernel, an odd number.
    public let size: Int
    /// The family and its parameters.
    public let shape: BlurShape

    /// A blur with a kernel of `size` x `size` pixels; odd.
    public init(size: Int, shape: BlurShape) {
        precondition(size > 0 && !size.isMultiple(of: 2), "a kernel has a middle pixel")
        self.size = size
        self.shape = shape
    }

    /// The kernel, normalised to a sum of one.
    public var kernel: BlurKernel {
        let radius = size / 2
        var weights: [Double] = []
        weights.reserveCapacity(size * size)
        for y in -radius...radius {
            for x in -radius...radius { weights.append(shape.value(y: Double(y), x: Double(x))) }
        }
        let sum = weights.reduce(0, +)
        return BlurKernel(size: size, weights: weights.map { $0 / sum })
    }
}

/// The weights of a square neighbourhood, rows of `size` weights each, the middle one for the pixel
/// itself.
public struct BlurKernel: Hashable, Sendable {
    /// Pixels along each side, an odd number.
    public let size: Int
    /// The weights, row by row.
    public let weights: [Double]

    /// Takes `size * size` weights.
    public init(size: Int, weights: [Double]) {
        precondition(
            size > 0 && !size.isMultiple(of: 2) && weights.count == size * size,
            "a kernel is square and has a middle pixel")
        self.size = size
        self.weights = weights
    }
}

/// How far one block of the overlap would still have to move after the scans were registered.
public struct BlockShift: Hashable, Sendable, Codable {
    /// The centre of the block in LOW: z, y, x in micrometres.
    public let position: SIMD3<Double>
    /// Where this block of HIGH would have to move in LOW, in micrometres; z is zero for images.
    public let shift: SIMD3<Double>
    /// How uncertain the shift is; z is zero for images.
    public let covariance: ShiftCovariance
    /// Pearson's correlation of LOW with HIGH in the block, after the shift.
    public let correlation: Double
    /// The number of cells that the shift was fitted to, each by its weight.
    public let cells: Double

    /// A block's shift and how well it is known.
    public init(
        position: SIMD3<Double>, shift: SIMD3<Double>, covariance: ShiftCovariance,
        correlation: Double, cells: Double
    ) {
        self.position = position
        self.shift = shift
        self.covariance = covariance
        self.correlation = correlation
        self.cells = cells
    }
}

/// The symmetric 3 x 3 covariance matrix of a shift, in square micrometres.
public struct ShiftCovariance: Hashable, Sendable, Codable {
    /// On the diagonal: zz, yy, xx.
    public let variances: SIMD3<Double>
    /// Off the diagonal: zy, zx, yx.
    public let products: SIMD3<Double>

    /// A covariance; without `products` the axes are independent.
    public init(variances: SIMD3<Double>, products: SIMD3<Double> = SIMD3()) {
        self.variances = variances
        self.products = products
    }
}

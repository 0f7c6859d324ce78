/// How far one block of the overlap would still have to move after the scans were registered.
public struct RegistrationBlockRecord: Codable, Hashable, Sendable {
    /// The centre of the block in the LOW scan: z, y, x in micrometres.
    public let position: SIMD3<Double>
    /// Where this block of the HIGH scan would have to move in the LOW scan, in micrometres.
    public let shift: SIMD3<Double>
    /// The correlation of the grey values in the block, -1...1.
    public let correlation: Double
    /// How many cells the shift was fitted to, each by its weight.
    public let cells: Double

    /// A block's shift and what it was fitted to.
    public init(
        position: SIMD3<Double>, shift: SIMD3<Double>, correlation: Double, cells: Double
    ) {
        self.position = position
        self.shift = shift
        self.correlation = correlation
        self.cells = cells
    }
}

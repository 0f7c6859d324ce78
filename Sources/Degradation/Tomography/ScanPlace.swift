/// Where a patch lies in the scan it was cut from, as its faults depend on it: rings lie about the
/// rotation axis, and the middle of a plug is seen through more rock than its rim.
public struct ScanPlace: Hashable, Sendable, Codable {
    /// The rotation axis, in LOW pixels down from the patch's first corner; it may lie outside.
    public let axisRow: Double
    /// The rotation axis, in LOW pixels to the right of the patch's first corner.
    public let axisColumn: Double
    /// The radius of what is scanned, in LOW pixels.
    public let fieldRadius: Double

    /// A place by its axis; the field has a positive radius.
    public init(axisRow: Double, axisColumn: Double, fieldRadius: Double) {
        precondition(fieldRadius > 0 && fieldRadius.isFinite, "a field has a radius")
        self.axisRow = axisRow
        self.axisColumn = axisColumn
        self.fieldRadius = fieldRadius
    }

    /// The place of a patch in a scan that was reconstructed about its middle, as scanners do.
    ///
    /// - Parameters:
    ///   - row: The patch's first row in the LOW scan.
    ///   - column: Its first column.
    ///   - scanHeight: Rows of the LOW scan.
    ///   - scanWidth: Columns of the LOW scan.
    public init(row: Int, column: Int, scanHeight: Int, scanWidth: Int) {
        self.init(
            axisRow: Double(scanHeight) / 2 - Double(row),
            axisColumn: Double(scanWidth) / 2 - Double(column),
            fieldRadius: Double(max(scanHeight, scanWidth)) / 2)
    }

    /// The distance of a LOW pixel's middle from the axis, in LOW pixels.
    func radius(y: Int, x: Int) -> Double {
        let (down, right) = (Double(y) + 0.5 - axisRow, Double(x) + 0.5 - axisColumn)
        return (down * down + right * right).squareRoot()
    }
}

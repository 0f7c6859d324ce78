import Resizing
public import Volumes

/// The shrinking of most super-resolution papers: antialiased bicubic, and nothing else.
public struct ClassicDegradation: Hashable, Sendable, Codable {
    /// HIGH pixels along a LOW pixel.
    public let scale: Int

    /// A shrinking by a whole factor from 1 to 8.
    public init(scale: Int) {
        precondition((1...8).contains(scale), "a scale is a whole number from 1 to 8")
        self.scale = scale
    }

    /// Shrinks every slice; slices stay as many.
    ///
    /// - Parameter high: Grey values. Rows and columns are multiples of the scale.
    public func apply(to high: Volume<Float>) -> Volume<Float> {
        high.checkDivides(by: scale)
        return high.resized(
            height: high.shape.height / scale, width: high.shape.width / scale,
            by: AntialiasedFilter.bicubic)
    }
}

extension Volume {
    /// A patch that is degraded has whole LOW pixels.
    func checkDivides(by scale: Int) {
        precondition(
            shape.height.isMultiple(of: scale) && shape.width.isMultiple(of: scale),
            "the rows and columns of a patch are multiples of the scale")
    }
}

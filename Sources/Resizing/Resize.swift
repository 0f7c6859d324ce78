public import Volumes

extension Volume where Element == Float {
    /// Resizes every slice by the conventions of ``Interpolation``.
    ///
    /// - Parameters:
    ///   - height: Rows afterwards.
    ///   - width: Columns afterwards.
    ///   - interpolation: How to find samples between the original ones.
    ///   - scale: Outputs per input for the coordinates, where it is not the ratio of the extents:
    ///     programs that are given a scale round the extents down and go on with the scale.
    public func resized(
        height: Int, width: Int, by interpolation: Interpolation, scale: Double? = nil
    ) -> Volume {
        Resampling(
            height: interpolation.weights(from: shape.height, to: height, scale: scale),
            width: interpolation.weights(from: shape.width, to: width, scale: scale)
        ).apply(to: self)
    }

    /// Resizes every slice without aliasing, by the conventions of ``AntialiasedFilter``.
    ///
    /// - Parameters:
    ///   - height: Rows afterwards.
    ///   - width: Columns afterwards.
    ///   - filter: The filter, widened where an axis shrinks.
    public func resized(height: Int, width: Int, by filter: AntialiasedFilter) -> Volume {
        Resampling(
            height: filter.weights(from: shape.height, to: height),
            width: filter.weights(from: shape.width, to: width)
        ).apply(to: self)
    }
}

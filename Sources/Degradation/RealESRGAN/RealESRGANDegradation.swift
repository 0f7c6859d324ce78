import Randomness
public import Resizing
public import Volumes

/// A second-order degradation that was drawn: blur, resize, noise and JPEG, twice.
public struct RealESRGANDegradation: Hashable, Sendable, Codable {
    /// One of the two orders.
    public struct Order: Hashable, Sendable, Codable {
        /// The blur, if any.
        public let blur: Blur?
        /// The resizing.
        public let resize: PictureResize
        /// The noise.
        public let noise: PictureNoise
        /// JPEG, if any.
        public let jpeg: ApproximateJPEG?
    }

    /// In which order the chain ends.
    public enum Tail: String, Hashable, Sendable, Codable {
        /// Resize to LOW, final sinc, JPEG.
        case resizeFirst
        /// JPEG, resize to LOW, final sinc.
        case compressFirst
    }

    /// HIGH pixels along a LOW pixel.
    public let scale: Int
    /// The first order.
    public let first: Order
    /// The second order. Its JPEG belongs to the tail.
    public let second: Order
    /// How the chain ends.
    public let tail: Tail
    /// How the last resizing interpolates.
    public let finalInterpolation: Interpolation
    /// The last low-pass, if any.
    public let finalSinc: Blur?
    /// In what steps LOW is stored.
    public let steps: GreySteps
    /// The seed of the noise.
    public let noiseSeed: UInt64

    /// Degrades every slice of a patch; slices stay as many.
    ///
    /// - Parameter high: Grey values in 0...1. Rows and columns are multiples of the scale.
    /// - Returns: LOW, `scale` times smaller along y and x, in 0...1 and in whole grey steps.
    public func apply(to high: Volume<Float>) -> Volume<Float> {
        high.checkDivides(by: scale)
        let (lowHeight, lowWidth) = (high.shape.height / scale, high.shape.width / scale)
        var picture = first.blur?.kernel.apply(to: high) ?? high
        // Extents are rounded down, and coordinates go by the factor as it was drawn.
        let factor = first.resize.factor
        picture = picture.resized(
            height: max(1, Int(Double(high.shape.height) * factor)),
            width: max(1, Int(Double(high.shape.width) * factor)),
            by: first.resize.interpolation, scale: factor)
        var generator = Philox4x32(seed: noiseSeed, stream: 1)
        first.noise.apply(to: &picture, using: &generator)
        first.jpeg?.apply(to: &picture)

        picture = second.blur?.kernel.apply(to: picture) ?? picture
        picture = picture.resized(
            height: max(1, Int(Double(lowHeight) * second.resize.factor)),
            width: max(1, Int(Double(lowWidth) * second.resize.factor)),
            by: second.resize.interpolation)
        generator = Philox4x32(seed: noiseSeed, stream: 2)
        second.noise.apply(to: &picture, using: &generator)

        if tail == .compressFirst { second.jpeg?.apply(to: &picture) }
        picture = picture.resized(height: lowHeight, width: lowWidth, by: finalInterpolation)
        picture = finalSinc?.kernel.apply(to: picture) ?? picture
        if tail == .resizeFirst { second.jpeg?.apply(to: &picture) }
        steps.quantise(&picture)
        return Volume(
            shape: picture.shape, voxelSize: high.lowVoxelSize(scale: scale),
            voxels: picture.array)
    }
}

extension Volume {
    /// The voxel size after slices shrink by `scale`, free of what rounding in between did to it.
    func lowVoxelSize(scale: Int) -> VoxelSize? {
        voxelSize.flatMap {
            VoxelSize(
                depthInMicrometres: $0.depthInMicrometres,
                heightInMicrometres: $0.heightInMicrometres * Double(scale),
                widthInMicrometres: $0.widthInMicrometres * Double(scale))
        }
    }
}

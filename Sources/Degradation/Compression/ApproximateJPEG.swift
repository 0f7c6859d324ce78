public import Volumes

/// JPEG as Real-ESRGAN approximates it (DiffJPEG), for one channel.
///
/// It differs from a JPEG file in that quality is continuous, quantisation steps are neither rounded
/// nor limited to 1...255 and stand in the table's transpose, pixels stay fractions, and black pixels
/// fill up the last blocks. A grey picture in three channels has constant chroma, so one channel gives
/// the same result as the reference gives for all three.
public struct ApproximateJPEG: Hashable, Sendable, Codable {
    /// From 0, coarse, to below 100, fine.
    public let quality: Double

    /// A quality above 0 and below 100.
    public init(quality: Double) {
        precondition(quality > 0 && quality < 100, "a quality lies between 0 and 100")
        self.quality = quality
    }

    /// Compresses and restores every slice of grey values in 0...1, which are clamped first.
    public func apply(to volume: inout Volume<Float>) {
        let factor = Float((quality < 50 ? 5000 / quality : 200 - 2 * quality) / 100)
        let transposed = (0..<64).map { BlockCompression.luminance[$0 % 8 * 8 + $0 / 8] * factor }
        volume.clamp()
        BlockCompression(steps: transposed, padding: .black, roundsPixels: false)
            .apply(to: &volume)
    }
}

public import Volumes

/// What a grey JPEG file of eight bits loses: quantisation steps are rounded to 1...255, as in a file,
/// and pixels to whole grey values before and after.
public struct GreyJPEG: Hashable, Sendable, Codable {
    /// From 1, coarse, to 100, fine.
    public let quality: Int

    /// A whole quality from 1 to 100, as the Independent JPEG Group counts it.
    public init(quality: Int) {
        precondition((1...100).contains(quality), "a quality lies in 1...100")
        self.quality = quality
    }

    /// Compresses and restores every slice of grey values in 0...1, which are clamped first.
    public func apply(to volume: inout Volume<Float>) {
        let percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
        let steps = BlockCompression.luminance.map { base in
            Float(min(max((Int(base) * percent + 50) / 100, 1), 255))
        }
        volume.clamp()
        BlockCompression(steps: steps, padding: .repeated, roundsPixels: true).apply(to: &volume)
    }
}

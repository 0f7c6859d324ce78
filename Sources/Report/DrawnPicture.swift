/// A picture made from voxels, with the words that explain it.
public struct DrawnPicture: Hashable, Sendable {
    /// The pixels.
    public let image: RGBImage
    /// What is seen, in sentences: the slice, the colours, the grey window, the length of the bar.
    public let caption: String
}

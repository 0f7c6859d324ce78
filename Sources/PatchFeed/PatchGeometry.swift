public import Volumes

/// The extents of a training sample: a square of HIGH pixels and the LOW voxels behind it.
///
/// A sample is one LOW slice, with some of its neighbours as further channels, and the HIGH slices
/// that lie in it. Its rows and columns begin at a LOW voxel, so the two squares cover the same rock
/// exactly.
public struct PatchGeometry: Hashable, Sendable, Codable {
    /// HIGH pixels along a LOW voxel, 1...8.
    ///
    /// Where a pair has more, by a whole factor, its HIGH voxels are averaged over blocks of that
    /// factor: a pair of scale 4 teaches a network of scale 2.
    public let scale: Int
    /// The edge of the square in HIGH pixels, a multiple of `scale`.
    public let highEdge: Int
    /// LOW slices that a network sees at once, an odd number: the slice itself is the middle one.
    public let lowSlices: Int
    /// Which of the HIGH slices in the LOW slice are the target.
    public let highSlices: HighSlices
    /// LOW voxels around the square that a preparation sees and that are cut off after it, on each
    /// side. Beyond the pair's faces voxels are mirrored.
    public let margin: Int

    /// The HIGH slices in a LOW slice that a network is to find.
    public enum HighSlices: String, Codable, Sendable, CaseIterable {
        /// The slice `scale / 2` of them, counted from 0: the middle one, or the one just past the
        /// middle where their number is even.
        case middle
        /// The mean over all of them, which is as thick as the LOW slice.
        case mean
        /// Each of them, as a channel of its own.
        case all
    }

    /// Checks the extents.
    ///
    /// - Throws: ``PatchFeedError/unfitGeometry(problem:)``.
    public init(
        scale: Int, highEdge: Int, lowSlices: Int = 1, highSlices: HighSlices = .middle,
        margin: Int = 0
    ) throws(PatchFeedError) {
        func require(_ condition: Bool, _ problem: String) throws(PatchFeedError) {
            if !condition { throw .unfitGeometry(problem: problem) }
        }
        try require((1...8).contains(scale), "the scale \(scale) is not between 1 and 8")
        try require(
            (1...8192).contains(highEdge), "an edge of \(highEdge) is not between 1 and 8192")
        try require(
            highEdge % scale == 0,
            "\(highEdge) HIGH pixels are no whole number of LOW voxels at scale \(scale); take \(max(highEdge / scale, 1) * scale)"
        )
        try require(
            lowSlices % 2 == 1 && (1...31).contains(lowSlices),
            "\(lowSlices) LOW slices have no middle; take an odd number to 31")
        try require((0...1024).contains(margin), "a margin of \(margin) LOW voxels")
        self.scale = scale
        self.highEdge = highEdge
        self.lowSlices = lowSlices
        self.highSlices = highSlices
        self.margin = margin
    }

    /// The edge of the square in LOW voxels.
    public var lowEdge: Int { highEdge / scale }

    /// The LOW voxels of a sample in a batch: slices as channels.
    public var lowShape: Shape { Shape(depth: lowSlices, height: lowEdge, width: lowEdge) }

    /// The HIGH voxels of a sample in a batch, where a LOW slice has `depthScale` slices: the scale,
    /// or 1 in images.
    public func highShape(depthScale: Int) -> Shape {
        Shape(
            depth: highSlices == .all ? depthScale : 1, height: highEdge, width: highEdge)
    }
}

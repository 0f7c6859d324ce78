public import Volumes

/// The part of a HIGH scan that belongs to the sample, where that is not all of it.
public struct RegionRecord: Codable, Hashable, Sendable {
    /// How sure it is that a plug stands where it was found.
    public struct Found: Codable, Hashable, Sendable {
        /// The part of its rim that lies in the scan, 0...1.
        public let visibleRim: Double
        /// Solid over all voxels inside, 0...1.
        public let solidInside: Double
        /// Solid over all voxels outside, 0...1.
        public let solidOutside: Double

        /// Gathers the facts.
        public init(visibleRim: Double, solidInside: Double, solidOutside: Double) {
            self.visibleRim = visibleRim
            self.solidInside = solidInside
            self.solidOutside = solidOutside
        }
    }

    /// A box, or a plug along z, in HIGH voxels.
    public let fieldOfView: FieldOfView
    /// The smallest box around it.
    public let bounds: Region
    /// Of a plug that was found; `nil` for what the manifest gives.
    public let found: Found?

    /// Gathers the facts; `nil` for a field of view that is all of a scan, or lies outside it.
    public init?(_ fieldOfView: FieldOfView, in shape: Shape, found: Found? = nil) {
        guard fieldOfView != .all, let bounds = fieldOfView.bounds(in: shape) else { return nil }
        self.fieldOfView = fieldOfView
        self.bounds = bounds
        self.found = found
    }
}

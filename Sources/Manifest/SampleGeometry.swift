public import Volumes

/// Where a search for the alignment of HIGH in LOW begins, or the alignment itself.
public struct StartingAlignment: Equatable, Sendable {
    /// Where the corner of the HIGH scan's first voxel lies in the LOW scan, (z, y, x) in micrometres
    /// from the corner of the LOW scan's first voxel.
    public let translationInMicrometres: SIMD3<Double>
    /// The turn of the HIGH scan about that corner: a rotation vector (z, y, x) in degrees.
    public let rotationInDegrees: SIMD3<Double>
    /// The length in LOW of a length of one in HIGH; 1 when both voxel sizes are right.
    public let scale: Double
    /// How far the middle of the HIGH scan may lie from there along each axis, in micrometres; `nil`
    /// for the standard of four LOW voxels.
    public let uncertaintyInMicrometres: Double?
    /// How far the HIGH scan may be turned against it, in degrees, 0...180.
    public let uncertaintyInDegrees: Double

    /// How far HIGH may be turned unless a manifest says otherwise, in degrees.
    static let standardUncertaintyInDegrees = 10.0

    /// The map from HIGH to LOW it stands for.
    public var transform: SpatialTransform {
        SpatialTransform(
            rotationInDegrees: rotationInDegrees, scale: scale,
            translation: translationInMicrometres)
    }
}

/// The part of a HIGH scan to use, in its voxels; an absent range is all of its axis.
public struct RegionOfInterest: Equatable, Sendable {
    /// The slices, the end left out.
    public let z: Range<Int>?
    /// The rows, the end left out.
    public let y: Range<Int>?
    /// The columns, the end left out.
    public let x: Range<Int>?
    /// The round plug, where the box holds more than rock.
    public let plug: Plug?

    /// A round plug standing along z.
    public enum Plug: Equatable, Sendable {
        /// Where the manifest says.
        case given(Cylinder)
        /// Where it stands in the air around it; `cylinder: find`.
        case find
    }

    /// The place of a plug, in HIGH voxels.
    public struct Cylinder: Equatable, Sendable {
        /// The row of the axis, counted from the corner of the first voxel.
        public let y: Double
        /// The column of the axis, likewise.
        public let x: Double
        /// The radius.
        public let radius: Double
    }

    /// Whether this and another region are boxes without a common voxel.
    func isApart(from other: RegionOfInterest) -> Bool {
        guard plug == nil, other.plug == nil else { return false }
        return [(z, other.z), (y, other.y), (x, other.x)].contains { mine, theirs in
            guard let mine, let theirs else { return false }
            return !mine.overlaps(theirs)
        }
    }
}

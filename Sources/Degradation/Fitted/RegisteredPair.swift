public import Volumes

/// One place as both scans show it: what a degradation is fitted to.
public struct RegisteredPair: Sendable {
    /// LOW's grey values: stored ones, or normalised by one window for all pairs of a fit.
    public let low: Volume<Float>
    /// HIGH's grey values, stored or normalised alike, `scale` times as many voxels along each axis.
    public let high: Volume<Float>
    /// HIGH voxels along a LOW voxel.
    public let scale: Int
    /// Where the rotation axis lies.
    public let place: ScanPlace

    /// A pair on one lattice.
    public init(low: Volume<Float>, high: Volume<Float>, scale: Int, place: ScanPlace) {
        precondition(
            high.shape.depth == low.shape.depth * scale
                && high.shape.height == low.shape.height * scale
                && high.shape.width == low.shape.width * scale,
            "the voxels of a pair differ by its scale")
        self.low = low
        self.high = high
        self.scale = scale
        self.place = place
    }

    /// The part of the pair in a box of LOW voxels.
    public func cropped(to region: Region) -> RegisteredPair {
        let shape = region.shape
        let fine = Region(
            z: region.z * scale, y: region.y * scale, x: region.x * scale,
            shape: Shape(
                depth: shape.depth * scale, height: shape.height * scale,
                width: shape.width * scale))
        return RegisteredPair(
            low: low.cropped(to: region), high: high.cropped(to: fine), scale: scale,
            place: ScanPlace(
                axisRow: place.axisRow - Double(region.y),
                axisColumn: place.axisColumn - Double(region.x), fieldRadius: place.fieldRadius))
    }

    /// Up to `count` parts side by side along the longest axis, each at least `least` LOW voxels long.
    func parts(_ count: Int, least: Int) -> [RegisteredPair] {
        let shape = low.shape
        let extents = [shape.depth, shape.height, shape.width]
        guard let axis = extents.indices.max(by: { extents[$0] < extents[$1] }) else { return [] }
        let number = max(1, min(count, extents[axis] / least))
        return (0..<number).compactMap { part in
            let range = (extents[axis] * part / number)..<(extents[axis] * (part + 1) / number)
            return Region(
                z: axis == 0 ? range : 0..<shape.depth, y: axis == 1 ? range : 0..<shape.height,
                x: axis == 2 ? range : 0..<shape.width
            ).map(cropped)
        }
    }
}

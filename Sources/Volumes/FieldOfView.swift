/// Which voxels of a scan belong to the sample; the others are neither pore nor solid.
///
/// In every row the voxels inside are one range of columns.
public enum FieldOfView: Hashable, Sendable {
    /// The whole volume.
    case all
    /// A box.
    case box(Region)
    /// A plug that stands along z and goes through every slice, in voxels from the volume's corner:
    /// voxel (y, x) is inside when its centre (y + 0.5, x + 0.5) lies within `radius` of the axis.
    case cylinder(centreY: Double, centreX: Double, radius: Double)

    /// The columns inside in row `y` of slice `z`; empty where the row lies outside.
    public func columns(z: Int, y: Int, in shape: Shape) -> Range<Int> {
        switch self {
        case .all: return 0..<shape.width
        case .box(let region):
            guard region.slices.contains(z), region.rows.contains(y) else { return 0..<0 }
            return region.columns.clamped(to: 0..<shape.width)
        case .cylinder(let centreY, let centreX, let radius):
            let offset = Double(y) + 0.5 - centreY
            let squared = radius * radius - offset * offset
            guard squared >= 0 else { return 0..<0 }
            let half = squared.squareRoot()
            let limit = Double(shape.width)
            let first = Int(min(max((centreX - half - 0.5).rounded(.up), 0), limit))
            let end = Int(min(max((centreX + half - 0.5).rounded(.down) + 1, 0), limit))
            return first..<max(first, end)
        }
    }

    /// The smallest box around everything inside; `nil` if nothing of a volume of `shape` is inside,
    /// if a box reaches out of the volume, or if a number of the cylinder is not finite.
    public func bounds(in shape: Shape) -> Region? {
        switch self {
        case .all: return Region(all: shape)
        case .box(let region): return region.fits(in: shape) ? region : nil
        case .cylinder(let centreY, let centreX, let radius):
            guard centreY.isFinite, centreX.isFinite, radius.isFinite, radius > 0 else {
                return nil
            }
            var rows: Range<Int>?
            var columns: Range<Int>?
            for y in 0..<shape.height {
                let inside = self.columns(z: 0, y: y, in: shape)
                if inside.isEmpty { continue }
                rows = (rows?.lowerBound ?? y)..<(y + 1)
                let lower = min(columns?.lowerBound ?? inside.lowerBound, inside.lowerBound)
                columns = lower..<max(columns?.upperBound ?? 0, inside.upperBound)
            }
            guard let rows, let columns else { return nil }
            return Region(z: 0..<shape.depth, y: rows, x: columns)
        }
    }
}

extension FieldOfView: Codable {
    private enum CodingKeys: String, CodingKey {
        case box, cylinder
    }

    private struct Cylinder: Codable {
        let centreY, centreX, radius: Double

        enum CodingKeys: String, CodingKey {
            case centreY = "centre_y"
            case centreX = "centre_x"
            case radius
        }
    }

    /// Reads `{"box": …}` or `{"cylinder": {"centre_y", "centre_x", "radius"}}`; an object with
    /// neither is the whole volume.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let region = try container.decodeIfPresent(Region.self, forKey: .box) {
            self = .box(region)
        } else if let plug = try container.decodeIfPresent(Cylinder.self, forKey: .cylinder) {
            self = .cylinder(centreY: plug.centreY, centreX: plug.centreX, radius: plug.radius)
        } else {
            self = .all
        }
    }

    /// Writes what ``init(from:)`` reads.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .all: break
        case .box(let region): try container.encode(region, forKey: .box)
        case .cylinder(let centreY, let centreX, let radius):
            try container.encode(
                Cylinder(centreY: centreY, centreX: centreX, radius: radius), forKey: .cylinder)
        }
    }
}

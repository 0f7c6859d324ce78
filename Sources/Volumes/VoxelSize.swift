import Foundation

/// The physical edge lengths of a voxel, in micrometres.
public struct VoxelSize: Hashable, Sendable {
    /// Along z, in micrometres.
    public let depthInMicrometres: Double
    /// Along y, in micrometres.
    public let heightInMicrometres: Double
    /// Along x, in micrometres.
    public let widthInMicrometres: Double

    /// A voxel of positive, finite edges; `nil` for others.
    public init?(
        depthInMicrometres: Double, heightInMicrometres: Double, widthInMicrometres: Double
    ) {
        let edges = [depthInMicrometres, heightInMicrometres, widthInMicrometres]
        guard edges.allSatisfy({ $0.isFinite && $0 > 0 }) else { return nil }
        self.depthInMicrometres = depthInMicrometres
        self.heightInMicrometres = heightInMicrometres
        self.widthInMicrometres = widthInMicrometres
    }

    /// A cubic voxel; `nil` unless the edge is positive and finite.
    public init?(micrometres edge: Double) {
        self.init(depthInMicrometres: edge, heightInMicrometres: edge, widthInMicrometres: edge)
    }

    /// The edges as (z, y, x), in micrometres.
    public var vector: SIMD3<Double> {
        SIMD3(depthInMicrometres, heightInMicrometres, widthInMicrometres)
    }

    /// Whether the three edges agree to a part in a thousand, as scanners round them.
    public var isCubic: Bool {
        let edges = [depthInMicrometres, heightInMicrometres, widthInMicrometres].sorted()
        return edges[2] - edges[0] <= edges[0] * 1e-3
    }

    /// The edge of a cube of the same volume, in micrometres.
    public var meanEdgeInMicrometres: Double {
        if depthInMicrometres == heightInMicrometres, heightInMicrometres == widthInMicrometres {
            return depthInMicrometres
        }
        return cbrt(depthInMicrometres * heightInMicrometres * widthInMicrometres)
    }

    /// The voxel after binning by whole or fractional factors along every axis.
    public func scaled(by factor: Double) -> VoxelSize {
        precondition(factor.isFinite && factor > 0, "a voxel is scaled by a positive factor")
        return VoxelSize(
            uncheckedDepth: depthInMicrometres * factor, height: heightInMicrometres * factor,
            width: widthInMicrometres * factor)
    }

    private init(uncheckedDepth: Double, height: Double, width: Double) {
        depthInMicrometres = uncheckedDepth
        heightInMicrometres = height
        widthInMicrometres = width
    }
}

extension VoxelSize: CustomStringConvertible {
    /// One length for a cube, three otherwise, in micrometres.
    public var description: String {
        depthInMicrometres == heightInMicrometres && heightInMicrometres == widthInMicrometres
            ? "\(widthInMicrometres) um"
            : "\(depthInMicrometres) x \(heightInMicrometres) x \(widthInMicrometres) um"
    }
}

extension VoxelSize: Codable {
    /// Reads `[z, y, x]` in micrometres.
    public init(from decoder: any Decoder) throws {
        let edges = try [Double](from: decoder)
        guard edges.count == 3,
            let size = VoxelSize(
                depthInMicrometres: edges[0], heightInMicrometres: edges[1],
                widthInMicrometres: edges[2])
        else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "a voxel size is three positive lengths [z, y, x] in um"))
        }
        self = size
    }

    /// Writes `[z, y, x]` in micrometres.
    public func encode(to encoder: any Encoder) throws {
        try [depthInMicrometres, heightInMicrometres, widthInMicrometres].encode(to: encoder)
    }
}

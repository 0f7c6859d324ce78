import Volumes

/// Non-local means (Buades, Coll and Morel 2005, doi:10.1109/CVPR.2005.38): every voxel becomes the
/// mean of the voxels around it, weighted by how much alike their surroundings look.
///
/// Voxels y within the search radius of x, a cube cut off at the faces of the scan, have the weight
/// exp(-max(d² - 2 sigma², 0) / h²). Here d² is the mean squared difference between the patches around x
/// and y, cubes that go on mirrored beyond the faces (the outermost voxel repeated); sigma is the
/// standard deviation of the noise, by which d² is too large on average, and h is the strength times
/// sigma (doi:10.5201/ipol.2011.bcm_nlm). Weights below exp(-24) count as zero. In an image cubes are
/// squares. Without noise nothing changes.
///
/// Squared differences are added up for all voxels at once, one offset after another (Darbon et al.
/// 2008, doi:10.1109/ISBI.2008.4541250), row by row, then along y and z. That is as fast as the integral
/// images of the paper for patches this small, and the sums keep their digits: an integral over
/// many voxels in single precision does not.
public struct NonLocalMeans: Sendable, Hashable {
    /// Half the edge of a patch, less half a voxel: 1 for 3x3x3 voxels. From 0 to 3.
    public let patchRadius: Int
    /// How far voxels that look alike are searched, in voxels along every axis. From 1 to 10.
    public let searchRadius: Int
    /// h over the standard deviation of the noise. Greater is smoother; finite and above 0.
    public let strength: Double
    /// The noise of the scan.
    public let noise: NoiseLevel

    /// Settings in the ranges above.
    public init(
        patchRadius: Int = 1, searchRadius: Int = 3, strength: Double = 0.8,
        noise: NoiseLevel = .estimated
    ) {
        let problem = Self.problem(patchRadius, searchRadius, strength)
        precondition(problem == nil, problem ?? "")
        self.patchRadius = patchRadius
        self.searchRadius = searchRadius
        self.strength = strength
        self.noise = noise
    }

    /// What is wrong with settings, if anything.
    private static func problem(_ patch: Int, _ search: Int, _ strength: Double) -> String? {
        if !(0...3).contains(patch) { return "a patch radius is 0 to 3 voxels" }
        if !(1...10).contains(search) { return "a search radius is 1 to 10 voxels" }
        if !strength.isFinite || strength <= 0 { return "a strength is above 0" }
        return nil
    }

    /// The same settings with other noise.
    func withNoise(_ noise: NoiseLevel) -> NonLocalMeans {
        NonLocalMeans(
            patchRadius: patchRadius, searchRadius: searchRadius, strength: strength, noise: noise)
    }
}

extension NonLocalMeans: Codable {
    private enum CodingKeys: String, CodingKey {
        case patchRadius = "patch_radius"
        case searchRadius = "search_radius"
        case strength, noise
    }

    /// Reads settings and checks their ranges.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        patchRadius = try container.decode(Int.self, forKey: .patchRadius)
        searchRadius = try container.decode(Int.self, forKey: .searchRadius)
        strength = try container.decode(Double.self, forKey: .strength)
        noise = try container.decode(NoiseLevel.self, forKey: .noise)
        if let problem = Self.problem(patchRadius, searchRadius, strength) {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: problem))
        }
    }
}

extension NonLocalMeans {
    /// The slices `kept` of a slab, filtered.
    ///
    /// - Parameter sigma: The standard deviation of the noise.
    /// - Complexity: O((2 search + 1)³) a voxel; beside the result some megabytes a core.
    func filter(_ slab: Volume<Float>, keeping kept: Range<Int>, sigma: Double) -> Volume<Float> {
        let region = Region(z: kept.lowerBound, y: 0, x: 0, shape: slab.shape.withDepth(kept.count))
        guard sigma > 0, !kept.isEmpty else { return slab.cropped(to: region) }
        let tiling = NonLocalTiling(kept: region, isImage: slab.shape.depth == 1)
        // A band of tiles is a slice of a volume of bands, the last of which may reach too far.
        let bands = Volume<Float>(shape: tiling.bandsShape) { band, values in
            var tile = NonLocalTile(self, of: slab, sigma: sigma, shape: tiling.tileShape)
            for region in tiling.tiles(band) {
                tile.filter(region, of: slab)
                tile.write(region, from: tiling.bandStart(band), into: &values)
            }
        }
        return Volume(
            shape: region.shape, voxelSize: slab.voxelSize,
            voxels: Array(bands.array.prefix(region.shape.count)))
    }
}

/// How a slab falls into tiles that fit a core's cache, and bands of them that each core fills alone.
private struct NonLocalTiling {
    private let kept: Region
    private let isImage: Bool

    init(kept: Region, isImage: Bool) {
        self.kept = kept
        self.isImage = isImage
    }

    var tileShape: Shape { Shape(depth: isImage ? 1 : 8, height: 16, width: 128) }

    /// Rows of voxels in a band: of an image the rows of a tile, else all rows of its slices.
    private var rowsInBand: Int {
        isImage ? tileShape.height : tileShape.depth * kept.shape.height
    }

    var bandsShape: Shape {
        let rows = kept.shape.depth * kept.shape.height
        return Shape(
            depth: (rows + rowsInBand - 1) / rowsInBand, height: rowsInBand,
            width: kept.shape.width)
    }

    /// The slice and row where a band begins.
    func bandStart(_ band: Int) -> (z: Int, y: Int) {
        let row = band * rowsInBand
        return (kept.z + row / kept.shape.height, row % kept.shape.height)
    }

    func tiles(_ band: Int) -> [Region] {
        let (first, top) = bandStart(band)
        let slices = first..<min(first + tileShape.depth, kept.slices.upperBound)
        let bottom = isImage ? min(top + tileShape.height, kept.shape.height) : kept.shape.height
        var tiles: [Region] = []
        for y in stride(from: top, to: bottom, by: tileShape.height) {
            for x in stride(from: 0, to: kept.shape.width, by: tileShape.width) {
                tiles.append(
                    Region(
                        z: slices.lowerBound, y: y, x: x,
                        shape: Shape(
                            depth: slices.count, height: min(tileShape.height, bottom - y),
                            width: min(tileShape.width, kept.shape.width - x))))
            }
        }
        return tiles
    }
}

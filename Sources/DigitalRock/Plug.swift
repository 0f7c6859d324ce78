import Foundation
import Tomography
import Volumes

/// A round plug of rock in air along z, in the frame of the LOW scan; lengths are micrometres.
struct Plug: Sendable {
    /// Where its axis lies (y, x).
    let axis: SIMD2<Double>
    let radius: Double
    /// The length that both scans together may see.
    let length: Double

    /// A plug in which the field of the LOW scan just fits.
    init(_ settings: SimulationSettings) {
        let edge = settings.lowVoxelInMicrometres
        let (height, width) = (
            Double(settings.lowShape.height) * edge, Double(settings.lowShape.width) * edge
        )
        axis = SIMD2(height / 2, width / 2)
        radius = 1.04 * hypot(height, width) / 2
        length = 1.5 * Double(settings.lowShape.depth) * edge
    }

    /// Whether a ball of `reach` about a place touches the plug's cross-section.
    func touches(_ place: SIMD3<Float>, reach: Float) -> Bool {
        hypot(Double(place[1]) - axis[0], Double(place[2]) - axis[1]) < radius + 2 * Double(reach)
    }

    /// How much of a pixel of `edge` at a place lies in the plug.
    func share(of place: SIMD3<Float>, edge: Double) -> Float {
        let offset = SIMD2(Double(place[1]), Double(place[2])) - axis
        return Float(min(max((radius - hypot(offset[0], offset[1])) / edge + 0.5, 0), 1))
    }
}

/// The plug on the stage of a scanner.
struct PlugScans: Sendable {
    private let rock: Rock
    private let cementation: Cementation
    private let plug: Plug
    private let settings: SimulationSettings
    /// The attenuation of quartz, per micrometre.
    let grainAttenuation: Double

    init(rock: Rock, cementation: Cementation, plug: Plug, settings: SimulationSettings) {
        self.rock = rock
        self.cementation = cementation
        self.plug = plug
        self.settings = settings
        grainAttenuation = settings.opticalDepth / (2 * plug.radius)
    }

    /// Scans the field of `shape` whose corner is the origin of a frame that `toRock` takes to the
    /// rock's.
    func scan(
        shape: Shape, voxelSize: VoxelSize, toRock: SpatialTransform, scanner: ScannerSettings,
        seed: UInt64
    ) throws(TomographyError) -> Volume<Float> {
        // The grid the rock is asked on: the HIGH scan's voxels, about two in a LOW voxel.
        let voxel = voxelSize.widthInMicrometres
        let perVoxel = voxel > settings.highVoxelInMicrometres ? (settings.scale + 1) / 2 : 1
        let edge = voxel / Double(perVoxel)
        let field = SIMD3(shape.depth, shape.height, shape.width) &* perVoxel
        // Fine voxels before and after the field: as many slices as the blur reaches, and rows and
        // columns up to the plug's rim, which a tilted plug moves along the field.
        let slices = Int((4 * scanner.blurInPixels).rounded(.up)) * perVoxel
        let fromRock = toRock.inverse
        let depth = Double(field[0]) * edge
        let ends = [-Double(slices) * edge, depth + Double(slices) * edge].map { z in
            rim(z: z, fromRock: fromRock)
        }
        func margin(_ axis: Int) -> (before: Int, after: Int) {
            let low = ends.map { $0.low[axis] }.min() ?? 0
            let high = ends.map { $0.high[axis] }.max() ?? 0
            return (
                max(Int((-low / edge).rounded(.up)), 0) + 2,
                max(Int((high / edge).rounded(.up)) - field[axis + 1], 0) + 2
            )
        }
        let (rows, columns) = (margin(0), margin(1))
        let objectShape = Shape(
            depth: field[0] + 2 * slices, height: rows.before + field[1] + rows.after,
            width: columns.before + field[2] + columns.after)
        let corner = -SIMD3(Double(slices), Double(rows.before), Double(columns.before)) * edge
        guard let fine = VoxelSize(micrometres: edge) else {
            preconditionFailure("voxel sizes were checked with the settings")
        }
        let object = try ScanObject(shape: objectShape, voxelSize: fine) { z in
            slice(
                SlicePlane(
                    z: z, shape: objectShape, voxelEdge: edge, corner: corner, toRock: toRock),
                edge: edge)
        }
        let grid = try ReconstructionGrid(shape: shape, voxelSize: voxelSize, corner: -corner)
        return try simulateScan(of: object, onto: grid, settings: scanner, seed: seed)
    }

    /// The box (y, x) that holds the plug at a height of the scan's frame.
    private func rim(
        z: Double, fromRock: SpatialTransform
    ) -> (low: SIMD2<Double>, high: SIMD2<Double>) {
        // The plug's axis in the scan's frame, and where it crosses the height.
        let start = fromRock(SIMD3(0, plug.axis[0], plug.axis[1]))
        let along = fromRock(SIMD3(1, plug.axis[0], plug.axis[1])) - start
        let crossing = start + along * ((z - start[0]) / along[0])
        // A cut across a tilted cylinder is an ellipse, longer by the tilt's cosine.
        let length = (along * along).sum().squareRoot()
        let reach = plug.radius * length * (length / abs(along[0]))
        let middle = SIMD2(crossing[1], crossing[2])
        return (middle - reach, middle + reach)
    }

    /// The attenuation of one slice of the plug, per micrometre.
    private func slice(_ plane: SlicePlane, edge: Double) -> [Float] {
        var slice = rock.attenuation(
            plane, cement: cementation, voxelEdge: Float(edge), where: plug.touches)
        for y in 0..<plane.height {
            for x in 0..<plane.width {
                let share = plug.share(of: plane.place(Double(y), Double(x)), edge: edge)
                slice[y * plane.width + x] *= share * Float(grainAttenuation)
            }
        }
        return slice
    }
}

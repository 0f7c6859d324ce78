import Foundation
import Randomness
import Volumes

/// A rock that can be asked at any place what is there: grains grown together by cement, clay in
/// some of the pores. It is a function of its seed and of nothing else.
struct Rock: Sendable {
    private let settings: RockSettings
    private let packing: GrainPacking
    private let cells: CellList
    private let roughness: SmoothNoise
    private let clayPockets: SmoothNoise
    private let clayFlakes: SmoothNoise
    private let clayPacking: SmoothNoise
    /// Distances are known up to this one; places farther from every grain are all alike.
    private let farthest: Float
    private let roughnessAmplitude: Float
    private static let blockEdge = 8

    /// Packs a rock that does not repeat within `extent` (z, y, x) micrometres.
    init(extent: SIMD3<Double>, settings: RockSettings, seed: UInt64) {
        self.settings = settings
        var generator = Philox4x32(seed: seed, stream: 0)
        packing = GrainPacking(extent: extent, settings: settings, using: &generator)
        let diameter = settings.grainDiameterInMicrometres
        let reach = packing.grains.map(\.farthestRadius).max() ?? 0
        farthest = Float(diameter / 2)
        // A block's middle sees every grain that one of its pixels could be near to, as long as half
        // a block is shorter than half a grain.
        cells = CellList(
            packing.grains.map(\.centre), period: packing.period,
            reach: reach + farthest + Float(diameter / 2))
        roughness = SmoothNoise(seed: generator.next(), wavelength: 0.3 * diameter)
        clayPockets = SmoothNoise(seed: generator.next(), wavelength: 0.9 * diameter)
        clayFlakes = SmoothNoise(seed: generator.next(), wavelength: 0.08 * diameter)
        clayPacking = SmoothNoise(seed: generator.next(), wavelength: 0.15 * diameter)
        roughnessAmplitude = Float(0.04 * diameter)
    }

    /// Calls `body` with every pixel of a plane, its place, how far it lies outside the nearest
    /// grain, and that grain's mineral.
    ///
    /// Grains that cannot be the nearest anywhere in a block of pixels are left out for the block;
    /// so are blocks that are not needed, as told by their middle and how far they reach from it.
    private func forEachPixel(
        of plane: SlicePlane, where isNeeded: (SIMD3<Float>, Float) -> Bool = { _, _ in true },
        _ body: (_ index: Int, _ place: SIMD3<Float>, _ distance: Float, _ mineral: Mineral) -> Void
    ) {
        let edge = Rock.blockEdge
        let half = plane.halfDiagonal(ofBlock: edge)
        precondition(half <= farthest, "a block of pixels is smaller than a grain")
        var near: [(offset: SIMD3<Float>, grain: Int, atLeast: Float)] = []
        for blockY in stride(from: 0, to: plane.height, by: edge) {
            for blockX in stride(from: 0, to: plane.width, by: edge) {
                let middle = plane.place(
                    Double(blockY) + Double(edge - 1) / 2, Double(blockX) + Double(edge - 1) / 2)
                guard isNeeded(middle, half) else { continue }
                near.removeAll(keepingCapacity: true)
                var nearest = farthest
                let inBox = wrapped(middle, period: packing.period)
                cells.forEachNear(inBox) { index in
                    let grain = packing.grains[index]
                    let offset = nearestImage(inBox - grain.centre, period: packing.period)
                    let square =
                        offset[0] * offset[0] + offset[1] * offset[1] + offset[2] * offset[2]
                    let distance = square.squareRoot()
                    let atLeast = distance - half - grain.farthestRadius
                    guard atLeast <= nearest else { return }
                    nearest = min(nearest, distance + half - grain.nearestRadius)
                    near.append((offset, index, atLeast))
                }
                near.removeAll { $0.atLeast > nearest }
                for y in blockY..<min(blockY + edge, plane.height) {
                    for x in blockX..<min(blockX + edge, plane.width) {
                        let place = plane.place(Double(y), Double(x))
                        var (distance, mineral) = (farthest, Mineral.quartz)
                        for candidate in near {
                            let grain = packing.grains[candidate.grain]
                            let here = grain.distance(candidate.offset + (place - middle))
                            if here < distance { (distance, mineral) = (here, grain.mineral) }
                        }
                        body(y * plane.width + x, place, distance, mineral)
                    }
                }
            }
        }
    }

    /// The distance from the nearest grain, roughened, of every pixel.
    func distances(_ plane: SlicePlane) -> [Float] {
        var distances = [Float](repeating: 0, count: plane.height * plane.width)
        forEachPixel(of: plane) { index, place, distance, _ in
            distances[index] = distance + roughnessAmplitude * roughness(place)
        }
        return distances
    }

    /// How much a place invites clay, which settles in pockets and on walls.
    ///
    /// - Parameter gap: How far the place lies outside the cement, in micrometres.
    func clayScore(_ place: SIMD3<Float>, gap: Float) -> Float {
        let wall = gap / Float(0.3 * settings.grainDiameterInMicrometres)
        return clayPockets(place) + 0.35 * clayFlakes(place) - wall
    }

    /// The attenuation relative to quartz of every pixel.
    ///
    /// A pixel that a wall crosses holds as much solid as its distance from the wall tells. Blocks of
    /// pixels that are not needed are left empty.
    func attenuation(
        _ plane: SlicePlane, cement: Cementation, voxelEdge: Float,
        where isNeeded: (SIMD3<Float>, Float) -> Bool
    ) -> [Float] {
        var slice = [Float](repeating: 0, count: plane.height * plane.width)
        let clay = Float(1 - settings.clayMicroPorosity)
        let softness = voxelEdge / Float(0.15 * settings.grainDiameterInMicrometres)
        forEachPixel(of: plane, where: isNeeded) { index, place, distance, mineral in
            let solid = distance < 0 ? mineral.relativeAttenuation : 1
            let smooth = distance - cement.thickness
            if smooth < -roughnessAmplitude - voxelEdge {
                slice[index] = solid
                return
            }
            let gap = smooth + roughnessAmplitude * roughness(place)
            let solidShare = min(max(0.5 - gap / voxelEdge, 0), 1)
            let score = clayScore(place, gap: gap) - cement.clayScore
            let clayShare = min(max(0.5 + score / softness, 0), 1) * (1 - solidShare)
            var value = solidShare * solid
            if clayShare > 0 { value += clayShare * clay * (1 + 0.15 * clayPacking(place)) }
            slice[index] = value
        }
        return slice
    }
}

/// How far cement has grown into the pores, and which places clay has taken.
struct Cementation: Sendable {
    /// Cement covers what lies less far than this outside a grain, in micrometres.
    let thickness: Float
    /// Clay fills pores where the score is above this one.
    let clayScore: Float
}

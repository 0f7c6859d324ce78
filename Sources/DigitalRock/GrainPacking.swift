import Foundation
import Randomness
import Volumes

/// Grains that fill a periodic box: thrown in at random, then pushed apart until they hardly overlap.
struct GrainPacking: Sendable {
    /// The box's edges (z, y, x), in micrometres; the packing repeats beyond them.
    let period: SIMD3<Float>
    let grains: [Grain]
    /// The share of the box that balls of the grains' radii fill before they are pushed apart: about
    /// as much as a sand settles to.
    private static let fill = 0.62
    private static let rounds = 60

    /// Packs a box of at least `extent` (z, y, x) micrometres.
    init(
        extent: SIMD3<Double>, settings: RockSettings, using generator: inout Philox4x32
    ) {
        let median = settings.grainDiameterInMicrometres / 2
        let period = pointwiseMax(extent, SIMD3(repeating: 12 * median))
        let box = period[0] * period[1] * period[2]
        var grains: [Grain] = []
        var filled = 0.0
        let normal = NormalDistribution()
        while filled < GrainPacking.fill * box {
            let kind = generator.nextUnit()
            let mineral: Mineral =
                kind < settings.denseShare
                ? .dense
                : kind < settings.denseShare + settings.feldsparShare ? .feldspar : .quartz
            let deviation = min(max(normal.draw(using: &generator), -2), 2)
            let size = mineral == .dense ? 0.3 : 1
            let radius = median * size * exp(settings.sorting * deviation)
            let centre = SIMD3(
                generator.nextUnit() * period[0], generator.nextUnit() * period[1],
                generator.nextUnit() * period[2])
            grains.append(
                Grain(
                    centre: SIMD3<Float>(centre), radius: Float(radius), mineral: mineral,
                    using: &generator))
            filled += 4 / 3 * Double.pi * radius * radius * radius
        }
        self.period = SIMD3<Float>(period)
        self.grains = GrainPacking.relaxed(grains, period: SIMD3<Float>(period))
    }

    /// Moves overlapping balls apart, half the overlap each, a fixed number of rounds.
    private static func relaxed(_ grains: [Grain], period: SIMD3<Float>) -> [Grain] {
        var grains = grains
        let reach = 2 * (grains.map(\.radius).max() ?? 0)
        for _ in 0..<rounds {
            let centres = grains.map(\.centre)
            let cells = CellList(centres, period: period, reach: reach)
            var moves = [SIMD3<Float>](repeating: SIMD3(0, 0, 0), count: grains.count)
            for index in grains.indices {
                let grain = grains[index]
                cells.forEachNear(grain.centre) { other in
                    guard other != index else { return }
                    let between = nearestImage(grain.centre - centres[other], period: period)
                    let touching = grain.radius + grains[other].radius
                    let square =
                        between[0] * between[0] + between[1] * between[1] + between[2] * between[2]
                    guard square < touching * touching else { return }
                    let distance = max(square.squareRoot(), 1e-3)
                    moves[index] += between * ((touching - distance) / (2 * distance))
                }
            }
            for index in grains.indices {
                grains[index].centre = wrapped(grains[index].centre + moves[index], period: period)
            }
        }
        return grains
    }
}

/// The shortest of the periodic images of an offset between two places in the box.
func nearestImage(_ offset: SIMD3<Float>, period: SIMD3<Float>) -> SIMD3<Float> {
    func nearest(_ component: Float, _ edge: Float) -> Float {
        component > edge / 2
            ? component - edge : component < -edge / 2 ? component + edge : component
    }
    return SIMD3(
        nearest(offset[0], period[0]), nearest(offset[1], period[1]),
        nearest(offset[2], period[2]))
}

/// A place's image in the box.
func wrapped(_ place: SIMD3<Float>, period: SIMD3<Float>) -> SIMD3<Float> {
    let inside = place - period * (place / period).rounded(.down)
    // Rounding may land on the far face, which is the near one.
    return inside.replacing(with: 0, where: inside .>= period)
}

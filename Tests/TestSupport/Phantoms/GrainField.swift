import Foundation
import Randomness
import Volumes

/// A rock of overlapping spheres without ends, known at every point.
///
/// Each cell of space draws its grains from a stream of its own, so that a rock is the same however
/// much of it is looked at. Spheres stay spheres under a similarity, also a mirrored one, so every
/// scan is made from them and none from another scan.
public struct GrainField: Sendable {
    /// What the rock is made of.
    public let settings: GrainSettings
    /// Which rock of these settings it is.
    public let seed: UInt64
    /// Whether the grains are disks in the plane of y and x, for images of one slice.
    public let isImage: Bool

    /// A grain, in micrometres of the field.
    struct Grain: Sendable {
        let centre: SIMD3<Double>
        let radius: Double
        let isDense: Bool
        /// Of two grains that come too close, the one with the smaller rank stays.
        let rank: UInt64
    }

    /// A plane wave of the slow variation: its phase at a point is `number` times the point and `phase`.
    struct Wave: Sendable {
        let number: SIMD3<Double>
        let phase: Double
    }

    let waves: [Wave]
    private let largestRadius: Double
    private let cell: Double

    /// The rock of `settings` that belongs to `seed`.
    public init(_ settings: GrainSettings, seed: UInt64, isImage: Bool = false) {
        self.settings = settings
        self.seed = seed
        self.isImage = isImage
        largestRadius = settings.diameter / 2 * exp(3 * settings.spread)
        switch settings.arrangement {
        case .random(let core): cell = max(settings.diameter, 2 * core * largestRadius)
        case .lattice(let spacing): cell = settings.diameter * spacing
        }
        var generator = Philox4x32(seed: seed, stream: .max)
        let normal = NormalDistribution()
        let longest = settings.variationWavelength * settings.diameter * 3
        waves = (0..<8).map { _ in
            var direction = SIMD3(
                isImage ? 0 : normal.draw(using: &generator), normal.draw(using: &generator),
                normal.draw(using: &generator))
            direction /= (direction * direction).sum().squareRoot()
            let wavelength = Double.random(in: longest / 3...longest, using: &generator)
            return Wave(
                number: direction * (2 * .pi / wavelength),
                phase: .random(in: 0..<(2 * .pi), using: &generator))
        }
    }

    /// Every grain that reaches into a box, in one order.
    func grains(from lower: SIMD3<Double>, to upper: SIMD3<Double>) -> [Grain] {
        let reach = largestRadius
        let first = cellIndex(lower - reach)
        let last = cellIndex(upper + reach)
        let slices = concurrentMap(count: last[0] - first[0] + 1) { offset -> [Grain] in
            let z = first[0] + offset
            // The candidates of three layers of cells, with a ring of cells about the box.
            let rows = last[1] - first[1] + 3
            let columns = last[2] - first[2] + 3
            let layers = (isImage ? [z] : [z - 1, z, z + 1]).map { z in
                (0..<(rows * columns)).map { i in
                    candidates(
                        cell: SIMD3(
                            z, first[1] - 1 + i / columns, first[2] - 1 + i % columns))
                }
            }
            let middle = layers.count / 2
            var kept: [Grain] = []
            for y in 1..<(rows - 1) {
                for x in 1..<(columns - 1) {
                    for grain in layers[middle][y * columns + x]
                    where reaches(grain, lower, upper)
                        && stays(grain, layers, row: y, column: x, columns: columns)
                    {
                        kept.append(grain)
                    }
                }
            }
            return kept
        }
        return Array(slices.joined())
    }

    private func cellIndex(_ point: SIMD3<Double>) -> SIMD3<Int> {
        let index = point / cell
        return SIMD3(
            isImage ? 0 : Int(index[0].rounded(.down)), Int(index[1].rounded(.down)),
            Int(index[2].rounded(.down)))
    }

    private func reaches(
        _ grain: Grain, _ lower: SIMD3<Double>, _ upper: SIMD3<Double>
    ) -> Bool {
        ((isImage ? 1 : 0)..<3).allSatisfy {
            grain.centre[$0] > lower[$0] - grain.radius
                && grain.centre[$0] < upper[$0] + grain.radius
        }
    }

    private func stays(
        _ grain: Grain, _ layers: [[[Grain]]], row: Int, column: Int, columns: Int
    ) -> Bool {
        guard case .random(let core) = settings.arrangement, core > 0 else { return true }
        for layer in layers {
            for y in (row - 1)...(row + 1) {
                for x in (column - 1)...(column + 1) {
                    for other in layer[y * columns + x] where other.rank < grain.rank {
                        let apart = other.centre - grain.centre
                        let closest = core * (other.radius + grain.radius)
                        if (apart * apart).sum() < closest * closest { return false }
                    }
                }
            }
        }
        return true
    }

    /// The candidates of one cell.
    private func candidates(cell index: SIMD3<Int>) -> [Grain] {
        // 21 bits an axis: two million cells, and none of them the stream of the waves.
        let stream = (0..<3).reduce(UInt64(0)) {
            $0 << 21 | UInt64(truncatingIfNeeded: index[$1] & 0x1F_FFFF)
        }
        var generator = Philox4x32(seed: seed, stream: stream)
        var corner = SIMD3(Double(index[0]), Double(index[1]), Double(index[2])) * cell
        if isImage { corner[0] = 0 }
        let thick: Double = isImage ? 0 : 1
        switch settings.arrangement {
        case .lattice:
            return [
                Grain(
                    centre: corner + SIMD3(thick, 1, 1) * (cell / 2),
                    radius: settings.diameter / 2, isDense: false, rank: 0)
            ]
        case .random:
            let ofGrain =
                isImage
                ? .pi / 4 * pow(settings.diameter, 2) : .pi / 6 * pow(settings.diameter, 3)
            let mean = settings.candidatesPerGrain * pow(cell, isImage ? 2 : 3) / ofGrain
            let normal = NormalDistribution()
            return (0..<PoissonDistribution(mean: mean).draw(using: &generator)).map { _ in
                let place = SIMD3(
                    generator.nextUnit(), generator.nextUnit(), generator.nextUnit())
                let size = min(max(normal.draw(using: &generator), -3), 3)
                return Grain(
                    centre: corner + place * SIMD3(thick, 1, 1) * cell,
                    radius: settings.diameter / 2 * exp(settings.spread * size),
                    isDense: generator.nextUnit() < settings.denseShare,
                    rank: generator.next())
            }
        }
    }
}

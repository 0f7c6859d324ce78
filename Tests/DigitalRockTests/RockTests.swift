import Foundation
import Randomness
import Testing
import Volumes

@testable import DigitalRock

@Suite struct `The simulated rock` {
    private let settings: RockSettings
    private let packing: GrainPacking

    init() throws {
        settings = try RockSettings(grainDiameterInMicrometres: 40)
        var generator = Philox4x32(seed: 2, stream: 0)
        packing = GrainPacking(
            extent: SIMD3(250, 260, 300), settings: settings, using: &generator)
    }

    @Test func `has grains that hardly overlap`() {
        var overlapping = 0.0
        for (index, grain) in packing.grains.enumerated() {
            for other in packing.grains[..<index] {
                let between = nearestImage(grain.centre - other.centre, period: packing.period)
                let distance = (between * between).sum().squareRoot()
                let overlap = grain.radius + other.radius - distance
                overlapping = max(overlapping, Double(overlap / min(grain.radius, other.radius)))
            }
        }
        #expect(packing.grains.count > 200)
        #expect(overlapping < 0.75)
    }

    @Test func `finds the grains near a place as if all were asked`() {
        let reach: Float = 70
        let cells = CellList(
            packing.grains.map(\.centre), period: packing.period, reach: reach)
        var generator = SplitMix64(seed: 4)
        for _ in 0..<50 {
            let place = SIMD3<Float>.random(in: -400...400, using: &generator)
            var found: [Int] = []
            cells.forEachNear(place) { found.append($0) }
            #expect(Set(found).count == found.count)
            let near = packing.grains.indices.filter { index in
                let offset = nearestImage(
                    wrapped(place, period: packing.period) - packing.grains[index].centre,
                    period: packing.period)
                return (offset * offset).sum().squareRoot() < reach
            }
            #expect(Set(near).isSubset(of: found))
        }
    }

    @Test func `has grains whose surface lies between its nearest and farthest radius`() {
        var generator = SplitMix64(seed: 5)
        for grain in packing.grains.prefix(40) {
            for _ in 0..<40 {
                let direction = SIMD3<Float>.random(in: -1...1, using: &generator)
                let length = (direction * direction).sum().squareRoot()
                let unit = direction / length
                #expect(grain.distance(unit * grain.nearestRadius * 0.99) < 0)
                #expect(grain.distance(unit * grain.farthestRadius * 1.01) > 0)
                // The distance is measured along the radius.
                let here = grain.distance(unit * 30)
                #expect(abs(grain.distance(unit * (30 - here))) < 0.01)
            }
        }
    }

    @Test func `is the same place by place, whatever plane it is asked on`() {
        let rock = Rock(extent: SIMD3(200, 200, 200), settings: settings, seed: 6)
        let shape = Shape(depth: 2, height: 20, width: 30)
        let whole = SlicePlane(
            z: 1, shape: shape, voxelEdge: 2, corner: SIMD3(10, 20, 30), toRock: .identity)
        let distances = rock.distances(whole)
        // The same pixels from another corner, in blocks that fall elsewhere.
        let part = SlicePlane(
            z: 0, shape: Shape(depth: 1, height: 9, width: 13), voxelEdge: 2,
            corner: SIMD3(12, 26, 40), toRock: .identity)
        let partial = rock.distances(part)
        for y in 0..<9 {
            for x in 0..<13 {
                #expect(abs(partial[y * 13 + x] - distances[(y + 3) * 30 + x + 5]) < 1e-3)
            }
        }
    }

    @Test(arguments: [0.05, 0.12, 0.28, 0.4])
    func `is cemented to the wanted porosity, to a tenth of a percent`(porosity: Double) throws {
        let rock = Rock(extent: SIMD3(200, 200, 200), settings: settings, seed: 7)
        let shape = Shape(depth: 12, height: 24, width: 20)
        let (_, pores) = try Cementation.fitting(
            rock, porosity: porosity, clayFraction: 0.03, shape: shape,
            voxelSize: #require(VoxelSize(micrometres: 2))
        ) { z in
            SlicePlane(
                z: z, shape: shape, voxelEdge: 2, corner: SIMD3(0, 0, 0), toRock: .identity)
        }
        let reached = Double(pores.array.count { $0 }) / Double(shape.count)
        #expect(abs(reached - porosity) < 0.001)
    }

    @Test func `has noise that is smooth, bounded and seeded`() {
        let noise = SmoothNoise(seed: 7, wavelength: 10)
        let other = SmoothNoise(seed: 8, wavelength: 10)
        var generator = SplitMix64(seed: 9)
        var (sum, differs) = (Float(0), false)
        for _ in 0..<500 {
            let place = SIMD3<Float>.random(in: -300...300, using: &generator)
            let value = noise(place)
            #expect(abs(value) <= 1)
            // The steepest slope of smoothstep is 1.5 per wavelength, of a step of at most 2.
            #expect(abs(noise(place + SIMD3(0.01, 0, 0)) - value) < 0.01 * 0.3 + 1e-3)
            sum += value
            differs = differs || other(place) != value
        }
        #expect(abs(sum / 500) < 0.1)
        #expect(differs)
    }
}

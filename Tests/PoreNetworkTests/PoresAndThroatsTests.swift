import Morphology
import PoreNetwork
import TestSupport
import Testing
import Volumes

@Suite struct `Pores and throats` {
    @Test func `of two balls that overlap are two pores and one throat of the neck's radius`()
        throws
    {
        // Balls of radius 12 whose centres lie 20 apart: the neck is a disc of radius √(12² - 10²).
        var mask = Mask(shape: Shape(depth: 31, height: 31, width: 51), repeating: false)
        fill(&mask, true, ballAt: (15, 15, 15), radius: 12)
        fill(&mask, true, ballAt: (15, 15, 35), radius: 12)
        let network = PoresAndThroats(of: mask, prominence: 1)
        #expect(network.pores.count == 2)
        let throat = try #require(network.throats.first)
        #expect(network.throats.count == 1)
        let neck = (12.0 * 12 - 10 * 10).squareRoot()
        // A voxel's half either way.
        #expect(abs(throat.inscribedRadius - neck) < 0.5)
        #expect(abs(throat.equivalentDiameter / 2 - neck) < 0.5)
        #expect(throat.faceCounts[0] == 0 && throat.faceCounts[1] == 0)
        #expect(throat.vectorArea == throat.faceCounts)
        #expect(abs(throat.centre[2] - 25.5) <= 0.5)
        #expect(abs(throat.centre[0] - 15.5) < 1e-9 && abs(throat.centre[1] - 15.5) < 1e-9)
        for (pore, middle) in zip(network.pores, [15, 35]) {
            #expect(pore.widestVoxel == SIMD3(15, 15, middle))
            #expect(abs(pore.inscribedRadius - 12) < 0.5)
            #expect(pore.neighbourCount == 1)
            #expect(!pore.touchesBoundary)
            // A ball less the cap beyond the neck, of height 2.
            let volume = 4 / 3 * Double.pi * 12 * 12 * 12 - .pi * 4 * (12 - 2.0 / 3)
            // One of the two has the neck's layer of voxels, 2 % of it.
            #expect(abs(Double(pore.voxelCount) / volume - 1) < 0.03)
        }
    }

    @Test func `of balls along a channel make a chain`() {
        var mask = Mask(shape: Shape(depth: 19, height: 19, width: 96), repeating: false)
        for ball in 0..<5 { fill(&mask, true, ballAt: (9, 9, 9 + 19 * Double(ball)), radius: 7) }
        for x in 0..<96 { for z in 8...10 { for y in 8...10 { mask[z, y, x] = true } } }
        let network = PoresAndThroats(of: mask, prominence: 1)
        #expect(network.pores.map(\.neighbourCount) == [1, 2, 2, 2, 1])
        #expect(network.throats.map(\.faceCount) == [9, 9, 9, 9])
        #expect(
            network.throats.map { [$0.first, $0.second] } == [[1, 2], [2, 3], [3, 4], [4, 5]])
        // Three voxels wide: the middle is two voxels from solid, one and a half from its face.
        #expect(network.throats.allSatisfy { $0.inscribedRadius == 1.5 })
        #expect(network.pores.map(\.touchesBoundary) == [true, false, false, false, true])
    }

    @Test func `of a simple cubic lattice have six neighbours inside`() {
        let period = 16
        var mask = Mask(shape: Shape(edge: 5 * period), repeating: false)
        for z in 0..<5 {
            for y in 0..<5 {
                for x in 0..<5 {
                    let centre = [z, y, x].map { Double($0 * period + period / 2) }
                    fill(&mask, true, ballAt: (centre[0], centre[1], centre[2]), radius: 8.5)
                }
            }
        }
        let network = PoresAndThroats(of: mask, prominence: 1)
        #expect(network.pores.count == 125)
        #expect(network.throats.count == 3 * 5 * 5 * 4)
        let inside = network.pores.filter { pore in
            (0..<3).allSatisfy { (period..<(4 * period)).contains(pore.widestVoxel[$0]) }
        }
        #expect(inside.count == 27)
        #expect(inside.allSatisfy { $0.neighbourCount == 6 && !$0.touchesBoundary })
        #expect(network.meanCoordination == 2 * 300 / 125.0)
    }

    @Test(arguments: [0.0, 0.3, 0.6, 0.8])
    func `a flat throat has its area however it is turned`(slope: Double) throws {
        let shape = Shape(depth: 20, height: 60, width: 60)
        let regions = Volume<UInt32>(
            shape: shape,
            voxels: (0..<shape.count).map { place in
                let (y, x) = (place / 60 % 60, place % 60)
                return Double(x) < 10 + slope * Double(y) ? 1 : 2
            })
        let network = PoresAndThroats(
            regions, squaredDistances: Volume(shape: shape, repeating: .max))
        let throat = try #require(network.throats.first)
        let area = 20 * 60 * (1 + slope * slope).squareRoot()
        #expect(abs(throat.area / area - 1) < 0.02)
        // Pore 2 lies after pore 1 along x and before it along y.
        #expect(throat.vectorArea[2] == 20 * 60)
        #expect(throat.vectorArea[1] == -throat.faceCounts[1])
        #expect(throat.inscribedRadius == .infinity)
    }

    @Test(arguments: UInt64(0)..<12)
    func `are what counting voxel by voxel gives`(seed: UInt64) {
        let shape = [
            Shape(depth: 9, height: 8, width: 11), Shape(depth: 1, height: 20, width: 15),
            Shape(depth: 6, height: 1, width: 30),
        ][Int(seed) % 3]
        let mask = randomMask(shape, porosity: [0.6, 0.85][Int(seed) % 2], seed: seed)
        let distances = squaredDistanceTransform(of: mask)
        let regions = pores(of: mask, prominence: 0.3).volume
        let network = PoresAndThroats(regions, squaredDistances: distances)
        #expect(network == PoresAndThroats(of: mask, prominence: 0.3))
        let count = Int(regions.array.max() ?? 0)
        #expect(network.pores.map { Int($0.label) } == Array(1...count))
        var faces: [[UInt32]: Int] = [:]
        var solid = [Int](repeating: 0, count: count + 1)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width where regions[z, y, x] != 0 {
                    for (k, j, i) in [
                        (z - 1, y, x), (z + 1, y, x), (z, y - 1, x), (z, y + 1, x), (z, y, x - 1),
                        (z, y, x + 1),
                    ] {
                        guard (0..<shape.depth).contains(k), (0..<shape.height).contains(j),
                            (0..<shape.width).contains(i)
                        else { continue }
                        let (a, b) = (regions[z, y, x], regions[k, j, i])
                        if b == 0 { solid[Int(a)] += 1 }
                        if b > a { faces[[a, b], default: 0] += 1 }
                    }
                }
            }
        }
        #expect(network.throats.count == faces.count)
        for throat in network.throats {
            #expect(throat.faceCount == faces[[throat.first, throat.second]])
            #expect(throat.area <= Double(throat.faceCount))
        }
        #expect(network.pores.reduce(0) { $0 + $1.voxelCount } == mask.array.count { $0 })
        for pore in network.pores {
            #expect(pore.solidFaceCount == solid[Int(pore.label)])
            #expect(
                pore.neighbourCount
                    == network.throats.count { $0.first == pore.label || $0.second == pore.label })
            // No throat is wider than its pores.
            for throat in network.throats
            where throat.first == pore.label || throat.second == pore.label {
                #expect(throat.inscribedRadius <= pore.inscribedRadius)
            }
        }
    }

    @Test func `of a plug touch its mantle, which is no solid`() {
        var mask = Mask(shape: Shape(depth: 5, height: 21, width: 21), repeating: false)
        fill(&mask, true, ballAt: (2, 10, 10), radius: 4)
        fill(&mask, true, ballAt: (2, 10, 2), radius: 2)
        let whole = PoresAndThroats(of: mask, prominence: 1)
        #expect(whole.pores.map(\.touchesBoundary) == [true, true])
        let view = FieldOfView.box(
            Region(z: 0, y: 0, x: 3, shape: Shape(depth: 5, height: 21, width: 18)))
        var inView = mask
        for z in 0..<5 { for y in 0..<21 { for x in 0..<3 { inView[z, y, x] = false } } }
        let cut = PoresAndThroats(of: inView, within: view, prominence: 1)
        let cropped = PoresAndThroats(
            of: mask.cropped(
                to: Region(z: 0, y: 0, x: 3, shape: Shape(depth: 5, height: 21, width: 18))),
            prominence: 1)
        #expect(cut.pores.map(\.voxelCount) == cropped.pores.map(\.voxelCount))
        #expect(cut.pores.map(\.solidFaceCount) == cropped.pores.map(\.solidFaceCount))
        #expect(cut.pores.map(\.touchesBoundary) == cropped.pores.map(\.touchesBoundary))
    }

    @Test func `of nothing are none, and of an open volume one`() {
        let none = PoresAndThroats(of: Mask(shape: Shape(edge: 4), repeating: false), prominence: 1)
        #expect(none.pores.isEmpty && none.throats.isEmpty && none.meanCoordination == nil)
        let open = PoresAndThroats(of: Mask(shape: Shape(edge: 4), repeating: true), prominence: 1)
        #expect(open.pores.map(\.voxelCount) == [64])
        #expect(open.pores.allSatisfy { $0.inscribedRadius == .infinity && $0.touchesBoundary })
        let voxel = PoresAndThroats(of: Mask(shape: Shape(edge: 1), repeating: true), prominence: 1)
        #expect(voxel.pores.map(\.touchesBoundary) == [false])
        #expect(voxel.pores[0].centre == SIMD3(repeating: 0.5))
    }

    @Test func `of solid are its grains`() {
        var pore = Mask(shape: Shape(depth: 40, height: 42, width: 44), repeating: true)
        fill(&pore, false, ballAt: (10, 12, 12), radius: 6)
        fill(&pore, false, ballAt: (20, 30, 14), radius: 8)
        // Two that touch.
        fill(&pore, false, ballAt: (26, 16, 22), radius: 7)
        fill(&pore, false, ballAt: (26, 16, 35), radius: 7)
        let grains = PoresAndThroats(of: pore.map { !$0 }, prominence: 1)
        #expect(grains.pores.count == 4)
        #expect(grains.throats.count == 1)
        for (grain, radius) in zip(grains.pores, [6.0, 8, 7, 7]) {
            #expect(abs(grain.equivalentDiameter / (2 * radius) - 1) < 0.03)
            #expect(grain.neighbourCount == (radius == 7 ? 1 : 0))
        }
    }
}

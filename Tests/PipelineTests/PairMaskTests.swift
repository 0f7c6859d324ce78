import Registration
import Testing
import Volumes

@testable import Pipeline

@Suite struct `The mask of a turned pair` {
    /// Balls in LOW, and how far a point lies inside one of them, in um.
    private struct Balls {
        let balls: [(centre: SIMD3<Double>, radius: Double)] = [
            (SIMD3(40, 44, 36), 9), (SIMD3(36, 30, 44), 6), (SIMD3(46, 40, 50), 5),
        ]

        func depth(_ point: SIMD3<Double>) -> Double {
            balls.map { ball in
                let offset = point - ball.centre
                return ball.radius - (offset * offset).sum().squareRoot()
            }.reduce(-.infinity, max)
        }
    }

    @Test(arguments: [
        (degrees: SIMD3(20.0, -8, 5), flip: 1.0), (SIMD3(100, 0, 0), 1), (SIMD3(3, -30, 2), -1),
    ])
    func `is pore where the rock is pore`(degrees: SIMD3<Double>, flip: Double) throws {
        let rock = Balls()
        let edge = 0.9
        let shape = Shape(edge: 60)
        let turn = SpatialTransform(
            rotationInDegrees: degrees, scale: 1.01, translation: SIMD3(0, 0, 0))
        let linear = turn.linear.map { $0 * SIMD3(1, flip, 1) }
        let still = SpatialTransform(linear: linear, translation: SIMD3(0, 0, 0))
        let transform = SpatialTransform(
            linear: linear,
            translation: SIMD3(40.3, 39.1, 40.9) - still(SIMD3(27, 27, 27)))
        var mask = Mask(shape: shape, repeating: false)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    let centre = (SIMD3(Double(z), Double(y), Double(x)) + 0.5) * edge
                    mask[z, y, x] = rock.depth(transform(centre)) > 0
                }
            }
        }
        let lattice = try PairLattice(
            low: Shape(edge: 20), lowVoxelSize: #require(VoxelSize(micrometres: 4)), high: shape,
            highVoxelSize: #require(VoxelSize(micrometres: edge)), transform: transform, scale: 4)
        let pairMask = PairMask(
            mask: mask, fieldOfView: .all, highFromLow: transform.inverse, correction: nil,
            origin: lattice.originInMicrometres, fineEdge: SIMD3(1, 1, 1),
            highEdge: SIMD3(repeating: edge))
        let pores = pairMask.pores(0..<lattice.shape.depth, of: lattice.shape)
        // A fine voxel takes the value at a HIGH centre at most half a voxel's diagonal away.
        let reach = 0.5 * 3.0.squareRoot() * edge * 1.01
        var (wrong, poreCount, clear) = (0, 0, 0)
        for z in 0..<lattice.shape.depth {
            for y in 0..<lattice.shape.height {
                for x in 0..<lattice.shape.width {
                    let point =
                        lattice.originInMicrometres + SIMD3(Double(z), Double(y), Double(x)) + 0.5
                    let depth = rock.depth(point)
                    poreCount += Int(pores[z, y, x])
                    guard abs(depth) > reach else { continue }
                    clear += 1
                    if (pores[z, y, x] == 1) != (depth > 0) { wrong += 1 }
                }
            }
        }
        #expect(wrong == 0)
        #expect(poreCount > 1000)
        #expect(Double(clear) > 0.8 * Double(lattice.shape.count))
        let counts = pairMask.counts(in: Region(all: lattice.shape))
        #expect(counts.pores == poreCount)
        #expect(counts.inView == lattice.shape.count)
    }
}

@Suite struct `The mask of a pair without its drift` {
    @Test func `is looked up where the drift took each voxel`() throws {
        // HIGH drifted along x by up to 3 um, as a spline over y says; its mask is a stripe field.
        let lattice = ControlLattice(
            lower: SIMD3(0, 0, 0), upper: SIMD3(48, 48, 48), counts: SIMD3(1, 5, 1))
        let drift = SmoothDisplacement(
            lattice: lattice,
            coefficients: [0.0, 3, -2, 1, 0.5].map { SIMD3(0, 0, $0) })
        let correction = DriftCorrection(drift)
        #expect(correction.largestInMicrometres == 3)
        let shape = Shape(edge: 48)
        var mask = Mask(shape: shape, repeating: false)
        for z in 0..<48 { for y in 0..<48 { for x in 0..<48 { mask[z, y, x] = x % 8 < 4 } } }
        let pairMask = PairMask(
            mask: mask, fieldOfView: .all, highFromLow: .identity, correction: correction,
            origin: SIMD3(8, 8, 8), fineEdge: SIMD3(1, 1, 1), highEdge: SIMD3(1, 1, 1))
        let fine = Shape(edge: 32)
        let pores = pairMask.pores(0..<32, of: fine)
        var wrong = 0
        for y in 0..<32 {
            for x in 0..<32 {
                let centre = SIMD3(8.5, Double(y) + 8.5, Double(x) + 8.5)
                // The drift depends on y alone, so that the nodes along x meet it exactly.
                let place = centre[2] - drift(centre)[2]
                if (pores[0, y, x] == 1) != (Int(place.rounded(.down)) % 8 < 4) { wrong += 1 }
            }
        }
        #expect(wrong == 0)
        // A part of a row begins between nodes and gives the same.
        let part = Region(z: 3, y: 5, x: 7, shape: Shape(depth: 2, height: 9, width: 18))
        let expected = part.slices.reduce(0) { sum, z in
            sum
                + part.rows.reduce(0) { sum, y in
                    sum + part.columns.reduce(0) { $0 + Int(pores[z, y, $1]) }
                }
        }
        #expect(pairMask.counts(in: part).pores == expected)
    }
}

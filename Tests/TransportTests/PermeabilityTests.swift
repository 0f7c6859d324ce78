import Foundation
import SystemPackage
import TestSupport
import Testing
import VolumeFiles
import Volumes

@testable import Transport

@Suite struct `Permeability` {
    @Test(arguments: [1, 2, 3, 5, 10], [FlowBoundary.periodic, .mirrored])
    func `between plates is exact, however near they are`(gap: Int, boundary: FlowBoundary) throws {
        var mask = Mask(shape: Shape(depth: 4, height: gap + 2, width: 5), repeating: false)
        for z in 0..<4 {
            for y in 1...gap { for x in 0..<5 { mask[z, y, x] = true } }
        }
        let gap = Double(gap)
        for axis in [Axis.z, .x] {
            let found = try permeability(of: mask, along: axis, boundary: boundary)
            #expect(
                isClose(found.inSquareVoxels, gap * gap / 12 * gap / (gap + 2), within: 1e-5))
        }
    }

    @Test(arguments: [10, 20])
    func `of a square duct is known to one per cent from ten voxels on`(edge: Int) throws {
        let mask = Mask(shape: Shape(depth: 5, height: edge, width: edge), repeating: true)
        let expected = 0.0351443 * Double(edge * edge)
        let sealed = try permeability(of: mask, along: .z, boundary: .sealed)
        #expect(isClose(sealed.inSquareVoxels, expected, within: 0.005))
        var framed = Mask(
            shape: Shape(depth: 3, height: edge + 3, width: edge + 1), repeating: false)
        for z in 0..<3 {
            for y in 0..<edge { for x in 0..<edge { framed[z, y + 2, x] = true } }
        }
        let open = Double(mask.shape.sliceCount) / Double(framed.shape.sliceCount)
        for boundary in [FlowBoundary.periodic, .sealed] {
            let found = try permeability(of: framed, along: .z, boundary: boundary)
            #expect(isClose(found.inSquareVoxels, expected * open, within: 0.005))
        }
    }

    @Test func `of a round tube is that of its staircase, and tends to the circle's`() throws {
        // A staircase holds more fluid back than the circle of its area, by a share of a voxel.
        var shares: [Double] = []
        for radius in [10, 20] {
            let mask = tube(radius: radius)
            let area = Double(mask.array.count { $0 } / mask.shape.depth)
            let whole = Double(mask.shape.sliceCount)
            let circle = area / Double.pi / 8 * area / whole
            let found = try permeability(of: mask, along: .z, boundary: .periodic)
            shares.append(found.inSquareVoxels / circle)
            #expect(shares[shares.count - 1] < 1 && shares[shares.count - 1] > 0.969)
            if radius == 10 {
                // scipy's direct solution of the plane Poisson problem on this staircase, its
                // voxels cut into 16 x 16 and extrapolated: 3731.14 voxel^4.
                let refined = try refinedPermeability(of: mask, along: .z, boundary: .periodic)
                #expect(isClose(refined.extrapolatedValue * whole, 3731.14, within: 0.01))
                #expect(refined.relativeError > 0.02 && refined.relativeError < 0.04)
            }
        }
        #expect(isClose(2 * shares[1] - shares[0], 1, within: 0.01))
    }

    /// Zick and Homsy 1982 (doi:10.1017/S0022112082000627), table 2: k = 2 a^2 / (9 c K). The steps
    /// of the voxels make a ball larger by a share of a voxel, so that the error halves as the
    /// voxels do; what is left between two resolutions is taken out.
    @Test(arguments: [(0.125, 4.292), (0.216, 7.442), (0.343, 15.4)])
    func `of a cubic array of balls is as known`(share: Double, drag: Double) throws {
        let found = try [32, 64].map { edge in
            let radius = Double(edge) * cbrt(3 * share / (4 * Double.pi))
            let known = 2 * radius * radius / (9 * share * drag)
            let settings = try SolverSettings(tolerance: 1e-5)
            let solution = try permeability(
                of: cubicArray(share: share, edge: edge), along: .y, boundary: .periodic,
                settings: settings)
            // As symmetric as its voxels are.
            let column = solution.columnInSquareVoxels / solution.inSquareVoxels
            #expect(abs(column.x) < 2e-3 && abs(column.z) < 2e-3)
            return solution.inSquareVoxels / known
        }
        #expect(isClose(2 * found[1] - found[0], 1, within: 0.01))
        #expect(found[1] > 0.96 && found[1] < 1)
    }

    @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data"))
    func `of the tube of another solver's benchmark is an eighth of its squared radius`() throws {
        let path = SharedData.folder.appending("tube-and-duct-analytic/ptube_54_54_50_vs_2e-05.raw")
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path.string)))
        let mask = Mask(
            shape: Shape(depth: 50, height: 54, width: 54), voxels: bytes.map { $0 == 0 })
        for boundary in FlowBoundary.allCases {
            let found = try permeability(
                of: mask.cropped(to: try #require(Region(z: 0..<6, y: 0..<54, x: 0..<54))),
                along: .z, boundary: boundary)
            #expect(isClose(found.inSquareVoxels, 25 * 25 / 8 * found.porosity, within: 0.01))
        }
    }

    /// Published results of another solver (OpenFOAM) on the same voxels, walls on the four sides. Of
    /// 54 (18 cubes, three axes) 50 are within a tenth, their mean 3.5 per cent above ours. All 36
    /// along x and y are within 7.5 per cent; the four farther off are along z, of which the second
    /// of these is one. Mirrored, 51 are within a tenth and the mean is 0.5 per cent below ours. Both
    /// solvers' voxels are coarse for throats of a few of them: halving ours lowers the second by 8
    /// per cent.
    @Test(
        .enabled(if: SharedData.isPresent, "needs ../shared/data"),
        arguments: [
            (0, 0, 0, Axis.x, 0.067723, 0.1), (128, 0, 256, .z, 0.057062, 0.14),
        ])
    func `of Berea sandstone is near what others found`(
        z: Int, y: Int, x: Int, axis: Axis, published: Double, share: Double
    ) throws {
        let path = SharedData.folder.appending("berea-icl-segmented/berea_400.tif")
        let slab = try openScan(ScanLocation(path)).read(z..<(z + 128))
        let cube = try #require(Region(z: 0..<128, y: y..<(y + 128), x: x..<(x + 128)))
        let mask = slab.volume(as: UInt8.self).cropped(to: cube).map { $0 == 0 }
        let found = try permeability(
            of: mask, along: axis, boundary: .sealed, settings: SolverSettings(tolerance: 1e-4))
        #expect(isClose(found.inSquareVoxels, published, within: share))
    }

    @Test(arguments: UInt64(0)..<3)
    func `in a mirrored volume is that of the volume and its images repeated`(
        seed: UInt64
    ) throws {
        let mask = amongBalls(Shape(depth: 12, height: 11, width: 13), seed: seed)
        for axis in Axis.allCases {
            let once = try permeability(of: mask, along: axis, boundary: .mirrored)
            let repeated = try permeability(of: mask.mirrored(), along: axis, boundary: .periodic)
            #expect(isClose(once.inSquareVoxels, repeated.inSquareVoxels, within: 1e-4))
            for other in Axis.allCases where other != axis {
                #expect(
                    abs(repeated.columnInSquareVoxels[other.index])
                        < 1e-4 * repeated.inSquareVoxels)
            }
        }
    }

    @Test(arguments: UInt64(0)..<3)
    func `of a volume that repeats does not ask where it begins`(seed: UInt64) throws {
        let mask = amongBalls(Shape(depth: 15, height: 14, width: 17), seed: seed)
        let here = try permeability(of: mask, along: .x, boundary: .periodic)
        let there = try permeability(of: mask.shifted(4, 9, 7), along: .x, boundary: .periodic)
        for axis in 0..<3 {
            let difference = here.columnInSquareVoxels[axis] - there.columnInSquareVoxels[axis]
            #expect(abs(difference) < 1e-4 * here.inSquareVoxels)
        }
        #expect(here.percolatingPorosity == there.percolatingPorosity)
    }

    @Test func `of a volume that repeats is a symmetric tensor, nearly`() throws {
        // Slanting channels in z and x; walls are met alike in both, so what differs is their
        // second-order treatment, which is not symmetric.
        let shape = Shape(depth: 16, height: 8, width: 16)
        var mask = Mask(shape: shape, repeating: false)
        for z in 0..<16 {
            for y in 0..<8 { for x in 0..<16 { mask[z, y, x] = (x + z) % 16 < 7 } }
        }
        let alongZ = try permeability(of: mask, along: .z, boundary: .periodic)
        let alongX = try permeability(of: mask, along: .x, boundary: .periodic)
        #expect(
            isClose(alongZ.columnInSquareVoxels[2], alongX.columnInSquareVoxels[0], within: 1e-3))
        #expect(alongZ.columnInSquareVoxels[2] < 0)
        #expect(abs(alongZ.columnInSquareVoxels[1]) < 1e-6)
    }

    /// A slit whose normal is (2, 0, 1) / sqrt(5) in z, y, x, and which repeats: rotation makes
    /// k = h^2 / 12 times the open share times (I - n n) of it. The staircase costs the slit a share
    /// of a voxel of its width, so that the error halves as the voxels do, and next to nothing of
    /// its direction.
    @Test func `of an oblique slit is that of a straight one, turned`() throws {
        let shares = try [32, 64].map { period in
            let shape = Shape(depth: period / 2, height: 2, width: period)
            let mask = Mask(
                shape: shape,
                voxels: (0..<shape.count).map { index in
                    (index % period + 2 * (index / (2 * period))) % period < period / 2
                })
            let width = Double(period / 2) / 5.0.squareRoot()
            let straight = width * width / 12 / 2
            let z = try permeability(of: mask, along: .z, boundary: .periodic).columnInSquareVoxels
            let x = try permeability(of: mask, along: .x, boundary: .periodic).columnInSquareVoxels
            // n = (2, 0, 1) / sqrt(5): I - n n is 1/5, 4/5 and -2/5.
            let flow = SIMD4(z.x / 0.2, x.z / 0.8, z.z / -0.4, x.x / -0.4) / straight
            #expect(flow.max() - flow.min() < 0.02 * flow.max())
            let y = try permeability(of: mask, along: .y, boundary: .periodic).columnInSquareVoxels
            #expect([z.y / z.x, x.y / x.z, y.x / y.y, y.z / y.y].allSatisfy { abs($0) < 1e-6 })
            return SIMD2(flow.sum() / 4, y.y / straight)
        }
        for part in 0..<2 {
            #expect(shares[1][part] > 0.9 && shares[1][part] < 1)
            #expect(isClose(2 * shares[1][part] - shares[0][part], 1, within: 0.01))
        }
    }

    @Test func `of a rock is a symmetric tensor, nearly, and one that flows down every gradient`()
        throws
    {
        let mask = BooleanModel(
            shape: Shape(edge: 40), radius: 8, porosity: 0.5, seed: 11
        ).mask
        let columns = try Axis.allCases.map {
            try permeability(of: mask, along: $0, boundary: .periodic).columnInSquareVoxels
        }
        let trace = columns[0].x + columns[1].y + columns[2].z
        #expect(abs(columns[1].z) > 0.1 * trace)
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            #expect(abs(columns[a][b] - columns[b][a]) < 2e-4 * trace)
            // Positive definite: energy is lost along every direction.
            let mean = (columns[a][b] + columns[b][a]) / 2
            #expect(mean * mean < columns[a][a] * columns[b][b])
        }
    }

    @Test(arguments: FlowBoundary.allCases)
    func `turns with the volume`(boundary: FlowBoundary) throws {
        let mask = amongBalls(Shape(depth: 12, height: 14, width: 16), seed: 5)
        let turned = mask.turned([2, 0, 1])
        for axis in Axis.allCases {
            let found = try permeability(of: turned, along: axis, boundary: boundary)
            let original = [Axis.x, .z, .y][axis.index]
            let expected = try permeability(of: mask, along: original, boundary: boundary)
            #expect(isClose(found.inSquareVoxels, expected.inSquareVoxels, within: 1e-4))
        }
    }

    @Test func `between plates of voxels that are no cubes is exact, in metres and darcy`() throws {
        var mask = Mask(
            shape: Shape(depth: 4, height: 8, width: 4),
            voxelSize: VoxelSize(
                depthInMicrometres: 3, heightInMicrometres: 2, widthInMicrometres: 5),
            repeating: false)
        for z in 0..<4 { for y in 1...6 { for x in 0..<4 { mask[z, y, x] = true } } }
        let found = try permeability(of: mask, along: .x, boundary: .periodic)
        let expected = 12e-6 * 12e-6 / 12 * 0.75
        #expect(isClose(found.inSquareMetres ?? 0, expected, within: 1e-5))
        #expect(isClose(found.inDarcy ?? 0, expected / 9.869233e-13, within: 1e-5))
        let bare = try permeability(of: mask.withVoxelSize(nil), along: .x, boundary: .periodic)
        #expect(bare.inSquareMetres == nil && bare.inDarcy == nil)
    }

    @Test func `of an image is that of the plates it is a slice of`() throws {
        var image = Mask(shape: Shape(depth: 1, height: 6, width: 5), repeating: false)
        for y in 1...4 { for x in 0..<5 { image[0, y, x] = true } }
        for boundary in [FlowBoundary.periodic, .mirrored] {
            let found = try permeability(of: image, along: .x, boundary: boundary)
            #expect(isClose(found.inSquareVoxels, 16.0 / 12 * 4 / 6, within: 1e-5))
        }
        let between = try permeability(of: image, along: .x, boundary: .sealed)
        #expect(between.inSquareVoxels < 1.0 / 12 && between.inSquareVoxels > 0.03)
    }

    @Test(arguments: FlowBoundary.allCases)
    func `is zero where nothing percolates`(boundary: FlowBoundary) throws {
        var mask = Mask(shape: Shape(edge: 6), repeating: true)
        for y in 0..<6 { for x in 0..<6 { mask[3, y, x] = false } }
        let across = try permeability(of: mask, along: .z, boundary: boundary)
        #expect(across.columnInSquareVoxels == .zero && !across.percolates)
        #expect(across.outcome == nil && across.porosity == 5.0 / 6)
        #expect(try permeability(of: mask, along: .y, boundary: boundary).percolates)
        let empty = Mask(shape: Shape(edge: 3), repeating: false)
        #expect(try permeability(of: empty, along: .x, boundary: boundary).inSquareVoxels == 0)
    }

    @Test func `of channels that do not meet themselves is zero in a volume that repeats`() throws {
        // In at (y, x) = (1, 1), out at (3, 3): open from face to face, closed when repeated.
        var mask = Mask(shape: Shape(depth: 6, height: 5, width: 5), repeating: false)
        for z in 0..<3 { mask[z, 1, 1] = true }
        for y in 1...3 { mask[2, y, 1] = true }
        for x in 1...3 { mask[2, 3, x] = true }
        for z in 2..<6 { mask[z, 3, 3] = true }
        #expect(try !permeability(of: mask, along: .z, boundary: .periodic).percolates)
        #expect(try permeability(of: mask, along: .z, boundary: .sealed).inSquareVoxels > 0)
        // A slanting channel reaches round by way of the sides.
        var slanting = Mask(shape: Shape(depth: 6, height: 5, width: 6), repeating: false)
        for z in 0..<6 {
            slanting[z, 2, z] = true
            slanting[z, 2, (z + 1) % 6] = true
        }
        let found = try permeability(of: slanting, along: .z, boundary: .periodic)
        #expect(found.percolates && found.inSquareVoxels > 0 && found.columnInSquareVoxels.z > 0)
    }

    @Test func `is never told before it has converged`() throws {
        let mask = amongBalls(Shape(edge: 16), seed: 1)
        var asked = 0
        #expect {
            try permeability(of: mask, along: .z, boundary: .mirrored) {
                asked += 1
                return asked <= 2
            }
        } throws: { error in
            guard case TransportError.stopped(2, let residual, 1e-6, _) = error else {
                return false
            }
            return residual > 1e-6
        }
        let settings = try SolverSettings(maximumIterations: 1)
        #expect {
            try permeability(of: mask, along: .z, boundary: .mirrored, settings: settings)
        } throws: { error in
            guard case TransportError.notConverged(1, _, _, _) = error else { return false }
            return true
        }
    }

    /// Vectors that steer the solver are stored in single precision, the solution is not.
    @Test func `is as exact as asked, beyond single precision`() throws {
        let mask = amongBalls(Shape(edge: 16), seed: 2)
        let found = try [1e-6, 1e-11].map {
            try permeability(
                of: mask, along: .x, boundary: .periodic, settings: SolverSettings(tolerance: $0))
        }
        #expect((found[1].outcome?.relativeResidual ?? 1) <= 1e-11)
        #expect((found[1].outcome?.fluxSpread ?? 1) < 1e-9)
        #expect(isClose(found[0].inSquareVoxels, found[1].inSquareVoxels, within: 1e-5))
    }

    @Test func `has the same bits on every run`() throws {
        let mask = amongBalls(Shape(edge: 32), seed: 3)
        let first = try permeability(of: mask, along: .y, boundary: .sealed)
        for _ in 0..<3 {
            #expect(try permeability(of: mask, along: .y, boundary: .sealed) == first)
        }
    }

    private func tube(radius: Int) -> Mask {
        let edge = 2 * radius + 4
        let shape = Shape(depth: 2, height: edge, width: edge)
        return Mask(
            shape: shape,
            voxels: (0..<shape.count).map { index in
                let (y, x) = (index / edge % edge, index % edge)
                let (dy, dx) = (2 * y + 1 - edge, 2 * x + 1 - edge)
                return dy * dy + dx * dx < 4 * radius * radius
            })
    }
}

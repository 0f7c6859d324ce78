import TestSupport
import Testing
import Volumes

@testable import Transport

@Suite struct `Effective diffusivity` {
    @Test(arguments: Axis.allCases)
    func `of straight channels is their share of the area`(axis: Axis) throws {
        var mask = Mask(shape: Shape(depth: 7, height: 8, width: 9), repeating: false)
        for z in 0..<7 {
            for y in 0..<8 {
                for x in 0..<9 {
                    let across = [(y, x), (z, x), (z, y)][axis.index]
                    mask[z, y, x] = across == (1, 1) || across.0 > 3 && across.1 > 4
                }
            }
        }
        let found = try effectiveDiffusivity(of: mask, along: axis)
        #expect(isClose(found.relativeDiffusivity, found.porosity, within: 1e-9))
        #expect(found.percolatingPorosity == found.porosity)
        #expect(isClose(found.tortuosityOfPorosity ?? 0, 1, within: 1e-9))
    }

    /// Voxels that share no face coarsen to as many nodes, whose colours fall otherwise.
    @Test(arguments: UInt64(0)..<10)
    func `of pores through a single layer is their share`(seed: UInt64) throws {
        let shape = Shape(depth: 1, height: 9, width: 14)
        let scattered = randomMask(shape, porosity: 0.1, seed: seed)
        let found = try effectiveDiffusivity(of: scattered, along: .z)
        #expect(isClose(found.relativeDiffusivity, found.porosity, within: 1e-9))
    }

    @Test func `of a path of single voxels is that of resistors in series`() throws {
        // Down in y, along x, down again: in z, y, x of 1 x 5 x 4 voxels of 1 x 2 x 3.
        var mask = Mask(
            shape: Shape(depth: 1, height: 5, width: 4),
            voxelSize: VoxelSize(
                depthInMicrometres: 1, heightInMicrometres: 2, widthInMicrometres: 3),
            repeating: false)
        for (y, x) in [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (2, 3), (3, 3), (4, 3)] {
            mask[0, y, x] = true
        }
        let found = try effectiveDiffusivity(of: mask, along: .y)
        // Length over area of each step: four of 2 / (1 x 3), two half ones, three of 3 / (1 x 2).
        let resistance = 4 * 2.0 / 3 + 2.0 / 3 + 3 * 3.0 / 2
        let free = 10 / (1 * 12.0)
        #expect(isClose(found.relativeDiffusivity, free / resistance, within: 1e-6))
    }

    @Test func `of long channels of bricks loses nothing to rounding`() throws {
        // A leak of one part in 2^24 at every voxel would take a tenth of the flux on this way.
        var mask = Mask(
            shape: Shape(depth: 1200, height: 3, width: 3),
            voxelSize: VoxelSize(
                depthInMicrometres: 1.1, heightInMicrometres: 1.7, widthInMicrometres: 0.9),
            repeating: true)
        for z in 0..<1200 { mask[z, 1, 1] = false }
        let found = try effectiveDiffusivity(of: mask, along: .z)
        #expect(isClose(found.relativeDiffusivity, 8.0 / 9, within: 1e-6))
    }

    @Test(arguments: [
        // numpy and scipy.sparse.linalg.spsolve on the same equations; and TauFactor 1.2.1 along z:
        // D_eff 0.7559313, tau 1.1112515.
        (Axis.z, 0.7559317586010157, 0.7009600140066232),
        (.y, 0.7569771565448099, 0.7625837979614548),
        (.x, 0.7273664496717418, 0.766833241878313),
    ])
    func `around balls is what a direct solver finds`(
        axis: Axis, cubes: Double, bricks: Double
    ) throws {
        let found = try effectiveDiffusivity(
            of: aroundFiveBalls, along: axis, settings: SolverSettings(tolerance: 1e-9))
        #expect(isClose(found.relativeDiffusivity, cubes, within: 1e-7))
        if axis == .z {
            #expect(isClose(found.tortuosityOfPorosity ?? 0, 1.1112515, within: 1e-5))
        }
        let size = VoxelSize(depthInMicrometres: 1, heightInMicrometres: 2, widthInMicrometres: 3)
        let stretched = try effectiveDiffusivity(
            of: aroundFiveBalls.withVoxelSize(size), along: axis)
        #expect(isClose(stretched.relativeDiffusivity, bricks, within: 1e-5))
    }

    /// Sangani and Acrivos 1983 (doi:10.1098/rspa.1983.0020). The steps of the voxels make a ball
    /// larger than it is by a share of a voxel, so that the error halves as the voxels do; what is
    /// left between two resolutions is taken out.
    @Test(arguments: [(0.2, 0.72670), (0.343, 0.55560)])
    func `around a cubic array of balls is as known`(share: Double, known: Double) throws {
        let found = try [48, 96].map { edge in
            try effectiveDiffusivity(
                of: cubicArrayOctant(share: share, edge: edge), along: .x
            ).relativeDiffusivity
        }
        #expect(isClose(2 * found[1] - found[0], known, within: 1e-3))
    }

    @Test(arguments: UInt64(0)..<20)
    func `never exceeds the bound of Hashin and Shtrikman`(seed: UInt64) throws {
        let porosity = [0.4, 0.6, 0.8, 0.95][Int(seed) % 4]
        let mask = randomMask(Shape(edge: 16), porosity: porosity, seed: seed)
        for axis in Axis.allCases {
            let found = try effectiveDiffusivity(of: mask, along: axis)
            // For isotropic media without end; noise of single voxels comes nowhere near.
            #expect(found.relativeDiffusivity <= 2 * found.porosity / (3 - found.porosity))
            #expect(found.percolates == (found.relativeDiffusivity > 0))
        }
    }

    @Test(arguments: UInt64(0)..<4)
    func `turns with the volume`(seed: UInt64) throws {
        let mask = amongBalls(Shape(depth: 18, height: 21, width: 24), seed: seed)
        let straight = try Axis.allCases.map {
            try effectiveDiffusivity(of: mask, along: $0).relativeDiffusivity
        }
        for axes in [[1, 2, 0], [2, 1, 0], [0, 2, 1]] {
            let turned = mask.turned(axes)
            for axis in Axis.allCases {
                let found = try effectiveDiffusivity(of: turned, along: axis)
                let expected = straight[axes[axis.index]]
                #expect(isClose(found.relativeDiffusivity, expected, within: 1e-5))
            }
        }
    }

    @Test func `is zero where nothing percolates`() throws {
        var mask = Mask(shape: Shape(edge: 6), repeating: true)
        for y in 0..<6 { for x in 0..<6 { mask[3, y, x] = false } }
        let across = try effectiveDiffusivity(of: mask, along: .z)
        #expect(across.relativeDiffusivity == 0)
        #expect(!across.percolates && across.formationFactor == nil && across.outcome == nil)
        #expect(across.porosity == 5.0 / 6 && across.percolatingPorosity == 0)
        let along = try effectiveDiffusivity(of: mask, along: .y)
        #expect(isClose(along.relativeDiffusivity, 5.0 / 6, within: 1e-9))
        let empty = Mask(shape: Shape(edge: 3), repeating: false)
        #expect(try effectiveDiffusivity(of: empty, along: .x).relativeDiffusivity == 0)
    }

    @Test func `counts only parts that reach both faces`() throws {
        var mask = Mask(shape: Shape(depth: 5, height: 5, width: 5), repeating: false)
        for z in 0..<5 { mask[z, 1, 1] = true }
        for z in 0..<4 { mask[z, 3, 3] = true }
        let found = try effectiveDiffusivity(of: mask, along: .z)
        #expect(found.porosity == 9.0 / 125 && found.percolatingPorosity == 5.0 / 125)
        #expect(isClose(found.relativeDiffusivity, 1.0 / 25, within: 1e-9))
        #expect(isClose(found.tortuosityOfPorosity ?? 0, 9.0 / 5, within: 1e-9))
        #expect(isClose(found.tortuosityOfPercolatingPorosity ?? 0, 1, within: 1e-9))
    }

    @Test func `of a full volume, a voxel and an image is defined`() throws {
        for shape in [Shape(edge: 4), Shape(edge: 1), Shape(depth: 1, height: 5, width: 3)] {
            let mask = Mask(shape: shape, repeating: true)
            for axis in Axis.allCases {
                let found = try effectiveDiffusivity(of: mask, along: axis)
                #expect(isClose(found.relativeDiffusivity, 1, within: 1e-9))
            }
        }
    }

    @Test func `is never told before it has converged`() throws {
        var asked = 0
        #expect {
            try effectiveDiffusivity(of: aroundFiveBalls, along: .z) {
                asked += 1
                return asked <= 3
            }
        } throws: { error in
            guard case TransportError.stopped(3, let residual, 1e-6, let spread) = error else {
                return false
            }
            return residual > 1e-6 && residual < 1 && spread > 0
        }
        let settings = try SolverSettings(maximumIterations: 2)
        #expect {
            try effectiveDiffusivity(of: aroundFiveBalls, along: .z, settings: settings)
        } throws: { error in
            guard case TransportError.notConverged(2, _, _, _) = error else { return false }
            return true
        }
        #expect(throws: TransportError.invalidTolerance(0)) { try SolverSettings(tolerance: 0) }
    }

    @Test func `needs no more iterations for larger volumes`() throws {
        let iterations = try [24, 48, 96].map { edge in
            try #require(
                try effectiveDiffusivity(
                    of: cubicArrayOctant(share: 0.343, edge: edge), along: .z
                ).outcome
            ).iterations
        }
        #expect(iterations.allSatisfy { $0 <= 16 })
    }

    @Test func `has the same bits on every run`() throws {
        // 42,000 pore voxels, several blocks of rows that any core may take.
        let mask = amongBalls(Shape(edge: 40), seed: 3)
        let first = try effectiveDiffusivity(of: mask, along: .y)
        for _ in 0..<5 { #expect(try effectiveDiffusivity(of: mask, along: .y) == first) }
    }
}

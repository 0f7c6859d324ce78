import Foundation
import Randomness
import TestSupport
import Testing
import Volumes

@testable import Measurement

@Suite struct `Surface, curvature and Euler number` {
    /// The number a pore ball would have in a rock of one ball a volume, from counts in its box alone.
    private func ofBall(_ radius: Double, _ name: String, size: VoxelSize? = nil) throws -> Double {
        var sum = 0.0
        let seeds = UInt64(0)..<8
        for seed in seeds {
            var generator = SplitMix64(seed: seed)
            let centre = SIMD3<Double>.random(in: -0.5..<0.5, using: &generator)
            let mask = ball(radius: radius, centre: centre, margin: 4)
            var accumulator = try InterfaceAccumulator(mask.shape, voxelSize: size)
            accumulator.add(mask)
            // All its surface is in cells in view, and all its pairs two steps apart are pairs in view;
            // a window of as many cells as pairs, one in each block, turns counts into sums.
            let blocks = [Int](repeating: 1, count: BlockGrid.count)
            let findings = InterfaceEstimates(
                accumulator.counts, cells: blocks,
                pairs: LatticeDirections.steps.map { _ in blocks }, isImage: false, voxelSize: size
            ).findings
            let edges = size?.vector ?? SIMD3(1, 1, 1)
            let volume = Double(BlockGrid.count) * edges.x * edges.y * edges.z
            sum += try #require(findings.parameters.first { $0.name == name }).value * volume
        }
        return sum / Double(seeds.count)
    }

    @Test(arguments: [10.0, 15, 20, 40])
    func `of a ball is right within half a percent`(radius: Double) throws {
        let surface = try ofBall(radius, "specific_surface")
        #expect(abs(surface / (4 * .pi * radius * radius) - 1) < 0.005, "\(radius)")
        for name in ["mean_curvature_density_6", "mean_curvature_density_26"] {
            let curvature = try ofBall(radius, name)
            #expect(abs(curvature / (4 * .pi * radius) - 1) < 0.03, "\(name) \(radius)")
        }
        #expect(try ofBall(radius, "euler_density_6").rounded() == 1)
    }

    @Test func `of a small ball is right within two percent`() throws {
        let surface = try ofBall(5, "specific_surface")
        #expect(abs(surface / (4 * .pi * 25) - 1) < 0.02)
    }

    @Test func `in voxels of other edges is that of the ellipsoid they make of a ball`() throws {
        let size = try #require(
            VoxelSize(
                depthInMicrometres: 1.3, heightInMicrometres: 1, widthInMicrometres: 1))
        let surface = try ofBall(20, "specific_surface", size: size)
        // A prolate spheroid.
        let (a, c) = (20.0, 26.0)
        let e = (1 - a * a / (c * c)).squareRoot()
        let truth = 2 * .pi * a * a * (1 + c / (a * e) * asin(e))
        #expect(abs(surface / truth - 1) < 0.01)
    }

    @Test func `of overlapping balls are those of theory`() throws {
        let rock = BooleanRock(radius: 12, porosity: 0.2)
        var found: [String: Double] = [:]
        var porosity = 0.0
        let seeds = UInt64(1)...10
        for seed in seeds {
            let mask = rock.mask(Shape(edge: 160), seed: seed)
            porosity += Double(mask.array.count { $0 }) / Double(mask.shape.count)
            for parameter in try PoreMeasurement.interface(mask).parameters {
                found[parameter.name, default: 0] += parameter.value / Double(seeds.count)
            }
        }
        porosity /= Double(seeds.count)
        // What these ten rocks really are, for their porosity is not quite what was asked.
        let made = BooleanRock(radius: 12, porosity: porosity)
        let surface = try #require(found["specific_surface"])
        #expect(abs(surface / made.specificSurface - 1) < 0.015)
        let six = try #require(found["euler_density_6"])
        let twentySix = try #require(found["euler_density_26"])
        #expect(six > made.eulerDensity && made.eulerDensity > twentySix)
        #expect(six < 0.7 * made.eulerDensity)
        // Wedges between balls are thinner than voxels at every size of voxels: pores that are joined
        // lose fewer of their ends, and still some.
        let joined = try #require(found["mean_curvature_density_26"])
        #expect(joined > made.meanCurvatureDensity)
        #expect(joined < 1.4 * made.meanCurvatureDensity)
    }

    @Test func `by marching cubes is that of scikit-image`() throws {
        // skimage 0.26 marching_cubes(mask, 0.5, method='lorensen'), mesh_surface_area, over 17 x 19 x
        // 23 cells; the mask from the generator below, in C order.
        let shape = Shape(depth: 18, height: 20, width: 24)
        var state: UInt64 = 1
        var mask = Mask(shape: shape, repeating: false)
        for z in 0..<18 {
            for y in 0..<20 {
                for x in 0..<24 {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    mask[z, y, x] = state >> 33 & 3 == 0
                }
            }
        }
        let found = try PoreMeasurement.interface(mask).parameters
        let area = try #require(found.first { $0.name == "specific_surface_marching_cubes" })
        #expect(abs(area.value * 17 * 19 * 23 - 4374.66564) < 0.001)
        #expect(found.first { $0.name == "euler_number_6" }?.value == 715)
        #expect(found.first { $0.name == "euler_number_26" }?.value == -583)
    }

    @Test(arguments: [1, 2, 3, 7, 18])
    func `are the same for every height of slabs`(height: Int) throws {
        let mask = randomMask(Shape(depth: 18, height: 20, width: 70), porosity: 0.3, seed: 1)
        let views: [FieldOfView] = [
            .all, .cylinder(centreY: 10, centreX: 30, radius: 9.5),
            .box(Region(z: 3, y: 2, x: 4, shape: Shape(depth: 9, height: 15, width: 65))),
        ]
        for measurement in PoreMeasurement.all {
            guard let accumulator = measurement.accumulator else { continue }
            for view in views {
                var slabs = try accumulator(mask.shape, nil, view)
                for z in stride(from: 0, to: 18, by: height) {
                    let depth = min(height, 18 - z)
                    slabs.add(
                        mask.cropped(
                            to: Region(z: z, y: 0, x: 0, shape: mask.shape.withDepth(depth))))
                }
                #expect(slabs.findings() == (try measurement(mask, within: view)))
            }
        }
    }

    @Test(arguments: [
        FieldOfView.all, .cylinder(centreY: 6, centreX: 32, radius: 6.5),
        .box(Region(z: 1, y: 2, x: 3, shape: Shape(depth: 4, height: 9, width: 64))),
    ])
    func `are counted cell by cell and pair by pair`(view: FieldOfView) throws {
        let shape = Shape(depth: 7, height: 12, width: 70)
        let mask = randomMask(shape, porosity: 0.4, seed: 6)
        var accumulator = try InterfaceAccumulator(shape, within: view)
        accumulator.add(mask)
        let window = try PackedWindow(shape, within: view)
        let counter = InterfaceCounter(window, BlockGrid(window.bounds))
        func isInside(_ at: SIMD3<Int>) -> Bool {
            window.bounds.slices.contains(at.x) && window.bounds.rows.contains(at.y)
                && view.columns(z: at.x, y: at.y, in: shape).contains(at.z)
        }
        func isPore(_ at: SIMD3<Int>) -> Bool { isInside(at) && mask[at.x, at.y, at.z] }
        let corners = (0..<8).map { SIMD3($0 >> 2, $0 >> 1 & 1, $0 & 1) }
        var patterns = [Int](repeating: 0, count: 256)
        var border = patterns
        let steps = LatticeDirections.steps
        var pairs = [(all: Int, differ: Int)](repeating: (0, 0), count: steps.count)
        for z in -1..<7 {
            for y in -1..<12 {
                for x in -1..<70 {
                    let here = SIMD3(z, y, x)
                    let pattern = corners.indices.reduce(0) {
                        $0 | (isPore(here &+ corners[$1]) ? 1 << $1 : 0)
                    }
                    if corners.allSatisfy({ isInside(here &+ $0) }) {
                        patterns[pattern] += 1
                    } else {
                        border[pattern] += 1
                    }
                    guard isInside(here) else { continue }
                    for (direction, step) in steps.enumerated() {
                        let other = here &- (step &* 2)
                        guard isInside(other) else { continue }
                        pairs[direction].all += 1
                        pairs[direction].differ += isPore(here) != isPore(other) ? 1 : 0
                    }
                }
            }
        }
        let counts = accumulator.counts
        for pattern in 1..<256 {
            let found = (0..<BlockGrid.count).reduce(0) { $0 + counts.cells[$1 * 256 + pattern] }
            #expect(found == patterns[pattern])
            #expect(counts.border[pattern] == border[pattern])
        }
        #expect(
            counter.cells(BlockGrid(window.bounds)).reduce(0, +) == patterns.reduce(0, +))
        for direction in steps.indices {
            let first = direction * BlockGrid.count
            let differ = counts.second[first..<first + BlockGrid.count].reduce(0, +)
            #expect(differ == pairs[direction].differ, "\(steps[direction])")
            let all = counter.pairs(BlockGrid(window.bounds), direction: direction)
            #expect(all.reduce(0, +) == pairs[direction].all, "\(steps[direction])")
        }
    }

    @Test func `of a box in view are those of the cropped mask`() throws {
        let mask = randomMask(Shape(depth: 18, height: 20, width: 70), porosity: 0.3, seed: 1)
        let region = Region(z: 3, y: 2, x: 4, shape: Shape(depth: 9, height: 15, width: 65))
        #expect(
            try PoreMeasurement.interface(mask, within: .box(region))
                == PoreMeasurement.interface(mask.cropped(to: region)))
    }

    @Test func `of a plug leave out what is around it`() throws {
        let shape = Shape(depth: 30, height: 40, width: 80)
        let rock = randomMask(shape, porosity: 0.3, seed: 9)
        let view = FieldOfView.cylinder(centreY: 20, centreX: 40, radius: 18)
        var others = rock
        for z in 0..<30 {
            for y in 0..<40 {
                let inside = view.columns(z: z, y: y, in: shape)
                for x in 0..<80 where !inside.contains(x) { others[z, y, x].toggle() }
            }
        }
        #expect(
            try PoreMeasurement.interface(rock, within: view)
                == PoreMeasurement.interface(others, within: view))
        // Independent voxels differ in 2 p (1 - p) of pairs, at any distance, in the plug too.
        let surface = try #require(
            try PoreMeasurement.interface(rock, within: view).parameters.first)
        let directions = LatticeDirections(edges: SIMD3(1, 1, 1), inPlane: false)
        let truth = zip(directions.shares, directions.lengths).reduce(0) {
            $0 + 2 * $1.0 * 0.42 * 1.5 / $1.1
        }
        #expect(abs(surface.value / truth - 1) < 0.02)
    }

    @Test func `in um scale with the voxel`() throws {
        let mask = randomMask(Shape(edge: 12), porosity: 0.4, seed: 3)
        let plain = try PoreMeasurement.interface(mask).parameters
        let sized = try PoreMeasurement.interface(
            mask.withVoxelSize(VoxelSize(micrometres: 2))
        ).parameters
        for (a, b) in zip(plain, sized) {
            let power =
                ["1/voxel": 1.0, "1/voxel2": 2, "1/voxel3": 3, "1": 0, "voxel": -1][a.unit] ?? .nan
            #expect(abs(b.value * pow(2, power) - a.value) < 1e-12 * abs(a.value), "\(a.name)")
        }
    }

    @Test func `of a half space is its one plane`() throws {
        // A plane across z: all directions cross it by their cosine, which shares and lengths mirror.
        var mask = Mask(shape: Shape(edge: 40), repeating: false)
        for z in 0..<20 { for y in 0..<40 { for x in 0..<40 { mask[z, y, x] = true } } }
        let found = try PoreMeasurement.interface(mask).parameters
        let area = try #require(
            found.first { $0.name == "specific_surface_marching_cubes" })
        #expect(abs(area.value - 1.0 / 39) < 1e-12)
        #expect(found.first { $0.name == "mean_curvature_density_6" }?.value == 0)
        #expect(found.first { $0.name == "euler_density_6" }?.value == 0)
    }

    @Test func `of a disc in an image are its perimeter and one`() throws {
        var mask = Mask(shape: Shape(depth: 1, height: 100, width: 100), repeating: false)
        for y in 0..<100 {
            for x in 0..<100 {
                let (dy, dx) = (Double(y) - 49.3, Double(x) - 50.1)
                mask[0, y, x] = dy * dy + dx * dx <= 900
            }
        }
        let found = try PoreMeasurement.interface(mask)
        func value(_ name: String) throws -> Double {
            try #require(found.parameters.first { $0.name == name }).value
        }
        // Four directions leave a percent or so, and the window of pairs three.
        #expect(abs(try value("perimeter_density") * 99 * 99 / (2 * .pi * 30) - 1) < 0.04)
        #expect(abs(try value("euler_per_area_4") * 99 * 99 - 1) < 1e-9)
        #expect(abs(try value("euler_per_area_8") * 99 * 99 - 1) < 1e-9)
        #expect(try value("euler_number_6") == 1)
        #expect(found.skipped.contains { $0.name == "specific_surface" })
    }

    @Test func `directions stand for the parts of the sphere known for cubes`() {
        // Legland, Kieu and Devaux 2007, doi:10.5566/ias.v26.p83-92: .0457779, .0369806, .0351956, each
        // for one of two opposite directions.
        let shares = LatticeDirections(edges: SIMD3(1, 1, 1), inPlane: false).shares
        for (index, share) in shares.enumerated() {
            let known = index < 3 ? 0.04577789 : index < 9 ? 0.03698063 : 0.03519564
            #expect(abs(share - 2 * known) < 2e-8)
        }
        #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
        let stretched = LatticeDirections(edges: SIMD3(3, 1, 0.7), inPlane: false).shares
        #expect(abs(stretched.reduce(0, +) - 1) < 1e-12)
        #expect(stretched[0] < stretched[2])
    }
}

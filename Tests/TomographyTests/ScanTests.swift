import Foundation
import Randomness
import Testing
import Tomography
import Volumes

@Suite struct `A simulated scan` {
    private let rod = Disc(radius: 25, attenuation: 0.02, centre: SIMD2(30, 30))

    @Test func `of a rod gives its attenuation to one percent, on coarser voxels too`() throws {
        let object = try rod.object(depth: 4, edge: 60, pixelSize: 1)
        for voxelSize in [1.0, 2, 4] {
            let edge = Int(60 / voxelSize)
            let scan = try simulateScan(
                of: object,
                onto: grid(
                    depth: Int(4 / voxelSize), height: edge, width: edge, voxelSize: voxelSize),
                settings: ScannerSettings(raysPerPixel: 2), seed: 1)
            for y in 0..<edge {
                for x in 0..<edge {
                    let place = SIMD2(Double(y) + 0.5, Double(x) + 0.5) * voxelSize
                    let distance = ((place - rod.centre) * (place - rod.centre)).sum().squareRoot()
                    guard distance < rod.radius - 4 * voxelSize else { continue }
                    #expect(abs(Double(scan[0, y, x]) / rod.attenuation - 1) < 0.01)
                }
            }
        }
    }

    @Test func `of a shifted rock is shifted`() throws {
        let rock = texture(seed: 5, depth: 3, edge: 40)
        let shift = (z: 1, y: 3, x: -4)
        let edge = 64
        func placed(_ shift: (z: Int, y: Int, x: Int)) -> Volume<Float> {
            var volume = Volume<Float>(
                shape: Shape(depth: 5, height: edge, width: edge), repeating: 0)
            for z in 0..<3 {
                for y in 0..<40 {
                    for x in 0..<40 {
                        volume[z + 1 + shift.z, y + 12 + shift.y, x + 12 + shift.x] = rock[z, y, x]
                    }
                }
            }
            return volume
        }
        let settings = try ScannerSettings(raysPerPixel: 2, blurInPixels: 0.5)
        let size = try #require(VoxelSize(micrometres: 1))
        let still = try simulateScan(
            of: ScanObject(placed((0, 0, 0)), voxelSize: size),
            onto: grid(depth: 5, height: edge, width: edge, voxelSize: 1), settings: settings,
            seed: 1)
        let moved = try simulateScan(
            of: ScanObject(placed(shift), voxelSize: size),
            onto: grid(depth: 5, height: edge, width: edge, voxelSize: 1), settings: settings,
            seed: 1)
        var (difference, signal) = (0.0, 0.0)
        for z in 1..<3 {
            for y in 10..<54 {
                for x in 10..<54 {
                    let here = Double(still[z, y, x])
                    let there = Double(moved[z + shift.z, y + shift.y, x + shift.x])
                    difference += (here - there) * (here - there)
                    signal += here * here
                }
            }
        }
        // Interpolation between bins differs from place to place by a few percent of the texture.
        #expect((difference / signal).squareRoot() < 0.05)
    }

    @Test func `moves with its grid, to a fraction of a voxel`() throws {
        let object = try rod.object(depth: 1, edge: 60, pixelSize: 1)
        // The centre of mass of the rod, seen in the grid's own voxels.
        let shift = SIMD2(0.3, -0.45)
        let scan = try simulateScan(
            of: object,
            onto: grid(
                height: 60, width: 60, voxelSize: 1, corner: SIMD3(0, shift[0], shift[1])),
            settings: ScannerSettings(), seed: 1)
        var (mass, moment) = (0.0, SIMD2(0.0, 0.0))
        for y in 0..<60 {
            for x in 0..<60 {
                let value = Double(scan[0, y, x])
                mass += value
                moment += value * SIMD2(Double(y) + 0.5, Double(x) + 0.5)
            }
        }
        let centre = moment / mass
        #expect(abs(centre[0] - (30 - shift[0])) < 0.02)
        #expect(abs(centre[1] - (30 - shift[1])) < 0.02)
    }

    @Test func `has noise whose variance falls as one over the photons`() throws {
        let object = try rod.object(depth: 16, edge: 60, pixelSize: 1)
        func noise(_ photons: Double) throws -> Double {
            let settings = try ScannerSettings(noise: PhotonNoise(photonsPerPixel: photons))
            let scan = try simulateScan(
                of: object,
                onto: grid(
                    depth: 16, height: 16, width: 16, voxelSize: 1,
                    corner: SIMD3(0, 22, 22)), settings: settings, seed: 9)
            return variance(scan.array.map(Double.init))
        }
        let (few, many) = (try noise(2_000), try noise(32_000))
        // 4096 correlated voxels: the ratio of two variances is known to about a tenth.
        #expect(abs(few / many / 16 - 1) < 0.2)
    }

    @Test func `counts photons with Poisson's variance`() throws {
        let noise = try PhotonNoise(photonsPerPixel: 4_000, readoutInPhotons: 20)
        var generator = Philox4x32(seed: 3, stream: 3)
        let integrals = (0..<20_000).map { _ in
            -log(noise.draw(transmission: 0.25, using: &generator))
        }
        // var(-ln N) = (N + readout^2) / N^2 with N = 1000.
        #expect(abs(variance(integrals) / (1_400 / 1_000_000) - 1) < 0.05)
        #expect(abs(mean(integrals) - log(4)) < 0.003)
    }

    @Test func `draws detector errors as rings about the axis`() throws {
        let object = try rod.object(depth: 1, edge: 60, pixelSize: 1)
        let field = try grid(height: 60, width: 60, voxelSize: 1)
        let axis = SIMD2(27.0, 34.0)
        let perfect = try simulateScan(
            of: object, onto: field, axis: axis, settings: ScannerSettings(), seed: 4)
        let ringed = try simulateScan(
            of: object, onto: field, axis: axis,
            settings: ScannerSettings(rings: RingArtefacts(gainError: 0.01)), seed: 4)
        // How much of the error's variance the mean at each radius explains. Half a turn of views
        // draws each pixel as two half rings, so radii are taken with their side.
        var rings: [Int: [Double]] = [:]
        var errors: [Double] = []
        for y in 0..<60 {
            for x in 0..<60 {
                let offset = SIMD2(Double(y) + 0.5, Double(x) + 0.5) - axis
                let radius = (offset * offset).sum().squareRoot()
                guard radius > 4, radius < 26, abs(offset[0]) > 2 else { continue }
                let error = Double(ringed[0, y, x] - perfect[0, y, x])
                errors.append(error)
                let side = offset[0] > 0 ? 1.0 : -1.0
                rings[Int((side * radius * 4).rounded()), default: []].append(error)
            }
        }
        let within = rings.values.reduce(0) { $0 + variance($1) * Double($1.count) }
        #expect(within / (variance(errors) * Double(errors.count)) < 0.25)
    }

    @Test func `through two energies is darker in the middle`() throws {
        let object = try rod.object(depth: 1, edge: 60, pixelSize: 1)
        let scan = try simulateScan(
            of: object, onto: grid(height: 60, width: 60, voxelSize: 1),
            settings: ScannerSettings(spectrum: Spectrum(twoEnergiesWithSpread: 0.4)), seed: 1)
        let middle = Double(scan[0, 30, 30])
        let rim = Double(scan[0, 30, 50] + scan[0, 30, 9]) / 2
        #expect(middle < 0.97 * rim)
        #expect(rim < rod.attenuation)
    }

    @Test func `of the inside of a larger object keeps its contrast`() throws {
        // A light hole in a rod that the detector sees a third of.
        let hole = Disc(radius: 5, attenuation: -0.01, centre: SIMD2(33, 28))
        let outer = rod.slice(height: 60, width: 60, pixelSize: 1)
        let inner = hole.slice(height: 60, width: 60, pixelSize: 1)
        let object = try ScanObject(
            Volume(
                shape: Shape(depth: 1, height: 60, width: 60), voxels: zip(outer, inner).map(+)),
            voxelSize: try #require(VoxelSize(micrometres: 1)))
        let scan = try simulateScan(
            of: object, onto: grid(height: 20, width: 20, voxelSize: 1, corner: SIMD3(0, 20, 20)),
            settings: ScannerSettings(detectorField: .interior(margin: 0.1)), seed: 1)
        let contrast = Double(scan[0, 3, 8] - scan[0, 13, 8])
        #expect(abs(contrast / 0.01 - 1) < 0.08)
    }

    @Test func `is the same bits for a seed, however busy the machine is`() async throws {
        let object = try rod.object(depth: 20, edge: 40, pixelSize: 1)
        let field = try grid(depth: 20, height: 16, width: 16, voxelSize: 2, corner: SIMD3(0, 4, 4))
        // Twenty slices of the object are ten of the grid's: one full brick and one of two slices.
        let low = try grid(depth: 10, height: 16, width: 16, voxelSize: 2, corner: SIMD3(0, 4, 4))
        #expect(throws: TomographyError.slicesOutsideObject(wanted: 0...40, object: 0...20)) {
            try simulateScan(of: object, onto: field, settings: ScannerSettings(), seed: 1)
        }
        let settings = try ScannerSettings(
            raysPerPixel: 2, blurInPixels: 0.4, noise: PhotonNoise(photonsPerPixel: 1_000),
            rings: RingArtefacts(gainError: 0.01))
        let alone = try simulateScan(of: object, onto: low, settings: settings, seed: 11)
        let other = try simulateScan(of: object, onto: low, settings: settings, seed: 12)
        #expect(alone != other)
        try await withThrowingTaskGroup(of: Volume<Float>.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try simulateScan(of: object, onto: low, settings: settings, seed: 11)
                }
            }
            for try await scan in group { #expect(scan == alone) }
        }
    }

    @Test func `refuses settings no scanner has`() {
        #expect(throws: TomographyError.self) { try ScannerSettings(viewsPerPixel: 0) }
        #expect(throws: TomographyError.self) { try ScannerSettings(blurInPixels: -1) }
        #expect(throws: TomographyError.self) { try ScannerSettings(filterCutoff: .nan) }
        #expect(throws: TomographyError.self) { try PhotonNoise(photonsPerPixel: 0) }
        #expect(throws: TomographyError.self) { try RingArtefacts(gainError: 0.5) }
        #expect(throws: TomographyError.self) { try Spectrum(twoEnergiesWithSpread: 1) }
        #expect(throws: TomographyError.self) { try GreyWindow(air: 500, grain: 400) }
    }
}

/// Smooth random attenuation about 0.02 per micrometre, of waves up to `highest` radians a voxel.
func texture(seed: UInt64, depth: Int, edge: Int, highest: Double = 0.5) -> Volume<Float> {
    var generator = SplitMix64(seed: seed)
    let waves = (0..<12).map { _ in
        (
            SIMD3<Double>.random(in: -highest...highest, using: &generator),
            Double.random(in: 0..<(2 * Double.pi), using: &generator)
        )
    }
    return Volume(
        shape: Shape(depth: depth, height: edge, width: edge),
        voxels: (0..<(depth * edge * edge)).map { index in
            let place = SIMD3(
                Double(index / (edge * edge)), Double(index / edge % edge), Double(index % edge))
            return Float(
                0.02 + 0.002 * waves.reduce(0) { $0 + sin(($1.0 * place).sum() + $1.1) })
        })
}

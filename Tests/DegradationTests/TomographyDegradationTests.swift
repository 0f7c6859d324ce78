import Foundation
import Randomness
import Testing
import Tomography
import Volumes

@testable import Degradation

private func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
}

/// A faultless scan, but for what is given.
private func scanned(
    scale: Int = 4, place: ScanPlace = ScanPlace(axisRow: 20, axisColumn: 20, fieldRadius: 200),
    greys: ScanGreys = ScanGreys(), sigma: Double = 0.6, cupping: Double = 0, drift: Double = 0,
    cutoff: Double = 2, axisError: Double = 0, photons: Double = 1e14,
    rings: Rings = Rings(amplitude: 0), streaks: Streaks = Streaks(share: 0, error: 0),
    sparsity: Double? = nil, viewsPerPixel: Double = 1.6
) -> TomographyDegradation {
    TomographyDegradation(
        scale: scale, place: place, greys: greys, sigmaInSlice: sigma, sigmaAcrossSlices: sigma,
        cupping: cupping, driftAlongRow: drift, driftAlongColumn: 0, filterCutoff: cutoff,
        axisError: axisError,
        photons: ReconstructedPhotons(
            photonsPerPixel: photons, readoutInPhotons: 0, opticalDepth: 0.5,
            viewsPerPixel: viewsPerPixel),
        rings: rings, streaks: streaks, sparsity: sparsity, noiseSeed: 3)
}

@Suite struct `The tomography degradation` {
    // A disc is scanned, and reconstructed, with and without photon noise by the simulated scanner.
    @Test func `has the photon noise of a scan that is projected and reconstructed`() throws {
        let (radius, depth, photons, cutoff) = (48.0, 1.5, 3_000.0, 1.5)
        let size = try #require(VoxelSize(micrometres: 1))
        let disc = Volume<Float>(
            shape: Shape(depth: 16, height: 96, width: 96), voxelSize: size,
            voxels: (0..<(16 * 96 * 96)).map { index in
                let (y, x) = (Double(index / 96 % 96) - 47.5, Double(index % 96) - 47.5)
                return hypot(y, x) < radius ? Float(depth / (2 * radius)) : 0
            })
        let object = try ScanObject(disc, voxelSize: size)
        let grid = try ReconstructionGrid(
            shape: Shape(depth: 16, height: 96, width: 96), voxelSize: size, corner: SIMD3(0, 0, 0))
        func scan(_ noise: PhotonNoise?) throws -> Volume<Float> {
            try simulateScan(
                of: object, onto: grid,
                settings: ScannerSettings(viewsPerPixel: 1.5, noise: noise, filterCutoff: cutoff),
                seed: 5)
        }
        let noisy = try scan(PhotonNoise(photonsPerPixel: photons))
        let clean = try scan(nil)
        // The simulated detector reaches to the corners of the grid, two pixels more on each side.
        let bins = 2 * ((48 * 2.0.squareRoot()).rounded(.up) + 2)
        let model = ReconstructedPhotons(
            photonsPerPixel: photons, readoutInPhotons: 0, opticalDepth: depth,
            viewsPerPixel: (1.5 * bins).rounded(.up) / (2 * radius))
        for (from, to) in [(0.0, 12.0), (20, 28), (34, 40)] {
            var (differences, neighbours, expected) = ([Double](), 0.0, 0.0)
            for z in 0..<16 {
                for y in 0..<96 {
                    for x in 0..<95 {
                        let r = hypot(Double(y) - 47.5, Double(x) - 47.5)
                        guard r >= from, r < to else { continue }
                        let here = Double(noisy[z, y, x] - clean[z, y, x])
                        differences.append(here)
                        neighbours += here * Double(noisy[z, y, x + 1] - clean[z, y, x + 1])
                        let sigma = model.deviation(
                            radius: r, fieldRadius: radius, cutoff: cutoff)
                        expected += sigma * sigma
                    }
                }
            }
            let measured = moments(differences).variance
            expected /= Double(differences.count)
            // Between pixels the simulation interpolates projections; a tenth covers it.
            #expect(abs(measured / expected - 1) < 0.1, "\(from)...\(to): \(measured) \(expected)")
            // Neighbours have the correlation of the model's spectrum.
            var (power, cross) = (0.0, 0.0)
            for row in -64..<64 {
                for column in -64..<64 {
                    let (fy, fx) = (Double(row) / 128, Double(column) / 128)
                    let p = ReconstructedPhotons.power(hypot(fy, fx), cutoff: cutoff)
                    power += p
                    cross += p * cos(2 * .pi * fx)
                }
            }
            let correlation = neighbours / Double(differences.count) / measured
            #expect(abs(correlation - cross / power) < 0.05, "\(correlation) \(cross / power)")
        }
    }

    @Test func `adds noise of the deviation it computes`() {
        let flat = Volume(shape: Shape(depth: 8, height: 256, width: 256), repeating: Float(0.6))
        let place = ScanPlace(axisRow: 32, axisColumn: 32, fieldRadius: 300)
        let drawn = scanned(place: place, cutoff: 1.2, photons: 5_000)
        let low = drawn.apply(to: flat)
        #expect(low.shape == Shape(depth: 2, height: 64, width: 64))
        let perAttenuation = 0.6 / (0.5 / 600)
        let expected =
            perAttenuation * drawn.photons.deviation(radius: 25, fieldRadius: 300, cutoff: 1.2)
        let measured = moments(low.array.map { Double($0) })
        #expect(abs(measured.mean - 0.6) < 1e-3)
        #expect(abs(measured.variance.squareRoot() / expected - 1) < 0.05)
    }

    @Test func `misjudges the rotation axis as a reconstruction does`() throws {
        let texture = rock(64, 64, seed: 8).withVoxelSize(VoxelSize(micrometres: 1))
        func scan(_ error: Double) throws -> Volume<Float> {
            try simulateCoarseScan(
                of: texture, scale: 1,
                settings: ScannerSettings(axisErrorInPixels: error, filterCutoff: 2),
                opticalDepth: 0.2, seed: 1)
        }
        let (right, wrong) = (try scan(0), try scan(0.8))
        var errors: [Bool: Double] = [:]
        for sign in [1.0, -1.0] {
            var filtered = right
            // The scan was windowed already.
            ReconstructionFilter(cutoff: 1e9, axisError: 0.8 * sign).apply(to: &filtered)
            var (unlike, apart) = (0.0, 0.0)
            for y in 12..<52 {
                for x in 12..<52 {
                    unlike += pow(Double(filtered[0, y, x] - wrong[0, y, x]), 2)
                    apart += pow(Double(right[0, y, x] - wrong[0, y, x]), 2)
                }
            }
            errors[sign > 0] = unlike / apart
        }
        // The reconstruction also interpolates, and its border is not the filter's.
        #expect((errors[true] ?? 1) < 0.12, "\(errors)")
        #expect((errors[false] ?? 0) > 1)
    }

    @Test func `from enough views is the same whether projected or not`() {
        let high = rock(160, 160, seed: 4)
        let direct = scanned().apply(to: high)
        let projected = scanned(sparsity: 1).apply(to: high)
        let few = scanned(sparsity: 8).apply(to: high)
        func deviation(_ a: Volume<Float>) -> Double {
            var sum = 0.0
            for y in 6..<34 {
                for x in 6..<34 { sum += pow(Double(a[0, y, x] - direct[0, y, x]), 2) }
            }
            return (sum / 784).squareRoot()
        }
        // Grains and pores are 0.3 to 0.6 apart.
        #expect(deviation(projected) < 0.02)
        #expect(deviation(few) > 2 * deviation(projected))
    }

    @Test func `draws rings about an axis outside of the patch`() {
        let place = ScanPlace(axisRow: -30, axisColumn: 12, fieldRadius: 200)
        var flat = Volume(shape: Shape(depth: 2, height: 40, width: 40), repeating: Float(0.5))
        Rings(amplitude: 0.02, halfTurn: false).add(to: &flat, place: place, seed: 1)
        // Columns on either side of the axis are as far from it.
        for y in 0..<40 {
            for x in 0..<12 { #expect(abs(flat[0, y, x] - flat[0, y, 23 - x]) < 1e-6) }
        }
        #expect(flat.array.prefix(1600) != flat.array.suffix(1600))
        let deviation = moments(flat.array.map { Double($0) }).variance.squareRoot()
        // Interpolated between pixels, two thirds of the variance remain.
        #expect(abs(deviation / 0.02 - (2.0 / 3).squareRoot()) < 0.25)
    }

    @Test func `cups about the axis and drifts along the slice`() {
        let flat = Volume(shape: Shape(depth: 1, height: 160, width: 160), repeating: Float(0.6))
        let place = ScanPlace(axisRow: 20, axisColumn: 20, fieldRadius: 40)
        let cupped = scanned(place: place, cupping: 0.1).apply(to: flat)
        #expect(abs(cupped[0, 20, 20] - 0.54) < 1e-3)
        #expect(abs(cupped[0, 20, 39] - cupped[0, 39, 20]) < 1e-3)
        #expect(abs(cupped[0, 20, 30] - 0.6 * (1 - 0.1 * Float(1 - 10.5 * 10.5 / 1600))) < 1e-3)
        let drifting = scanned(place: place, drift: 0.05).apply(to: flat)
        #expect(abs(drifting[0, 20, 35] - drifting[0, 20, 5] - 0.6 * 0.05 * 30 / 40) < 1e-3)
    }

    @Test func `streaks are lines that add nothing to the mean`() {
        let flat = Volume(shape: Shape(depth: 4, height: 256, width: 256), repeating: Float(0.5))
        let quiet = scanned(scale: 1).apply(to: flat)
        let streaked = scanned(scale: 1, streaks: Streaks(share: 0.002, error: 1)).apply(to: flat)
        let before = moments(quiet.array.map { Double($0) })
        let after = moments(streaked.array.map { Double($0) })
        #expect(after.variance > 10 * before.variance)
        #expect(abs(after.mean - before.mean) < 0.05 * after.variance.squareRoot())
    }

    @Test(arguments: UInt64(0)..<40)
    func `gives grey values the scan could have stored, the same from the stored draw`(
        seed: UInt64
    ) throws {
        var generator = SplitMix64(seed: seed)
        let scale = Int(seed % 8) + 1
        let bits = seed.isMultiple(of: 2) ? 16 : 8
        let greys = ScanGreys(
            windowLow: bits == 16 ? 9_000 : 30, windowHigh: bits == 16 ? 41_000 : 220, bits: bits)
        let drawn = TomographyRanges(sparseProbability: 0.3).draw(
            scale: scale, place: ScanPlace(row: 40, column: 9, scanHeight: 300, scanWidth: 280),
            greys: greys, using: &generator)
        let high = rock(12 * scale, 10 * scale, depth: seed % 3 == 0 ? scale : 1, seed: seed)
        let low = drawn.apply(to: high)
        #expect(low.shape == Shape(depth: 1, height: 12, width: 10))
        for value in low.array {
            let stored = value * Float(greys.windowHigh - greys.windowLow) + Float(greys.windowLow)
            #expect(abs(stored - stored.rounded()) < 0.01)
            #expect(stored > -0.01 && Double(stored) < greys.largest + 0.01)
        }
        let stored = try JSONEncoder().encode(drawn)
        let again = try JSONDecoder().decode(TomographyDegradation.self, from: stored)
        #expect(again == drawn)
        #expect(again.apply(to: high) == low)
    }

    @Test func `draws photons evenly over their logarithm, and few views now and then`() {
        var generator = SplitMix64(seed: 1)
        let place = ScanPlace(axisRow: 0, axisColumn: 0, fieldRadius: 100)
        var (low, sparse, sigma) = (0.0, 0.0, 0.0)
        let draws = 10_000
        for _ in 0..<draws {
            let drawn = TomographyRanges().draw(
                scale: 4, place: place, greys: ScanGreys(), using: &generator)
            #expect((1e3 * (1 - 1e-9)...1e5 * (1 + 1e-9)).contains(drawn.photons.photonsPerPixel))
            low += drawn.photons.photonsPerPixel < 1e4 ? 1 : 0
            sparse += drawn.sparsity == nil ? 0 : 1
            sigma += drawn.sigmaInSlice
        }
        // Five standard deviations.
        #expect(abs(low - 5_000) < 250)
        #expect(abs(sparse - 1_000) < 150)
        #expect(abs(sigma / 10_000 - 0.9) < 5 * 1.2 / 12.0.squareRoot() / 100)
    }
}

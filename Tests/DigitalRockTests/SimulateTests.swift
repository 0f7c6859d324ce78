import Foundation
import Randomness
import Testing
import Tomography
import Volumes

@testable import DigitalRock

@Suite struct `A simulated sample` {
    /// Small scans without faults, of grains twenty HIGH voxels wide.
    private static func settings(
        porosity: Double = 0.2, low: Int = 10, high: Int = 24, pose: SimulationSettings.Pose? = nil,
        views: Double = 1, noise: PhotonNoise? = nil
    ) throws -> SimulationSettings {
        try SimulationSettings(
            lowShape: Shape(edge: low), highShape: Shape(edge: high), scale: 4,
            highVoxelInMicrometres: 3, porosity: porosity,
            rock: RockSettings(grainDiameterInMicrometres: 60), pose: pose, opticalDepth: 0.5,
            lowScanner: ScannerSettings(
                viewsPerPixel: views, raysPerPixel: 2, noise: noise, filterCutoff: 2),
            highScanner: ScannerSettings(
                viewsPerPixel: views, noise: noise, filterCutoff: 2,
                detectorField: .interior(margin: 0.2)))
    }

    @Test func `is the same for a seed, and another for another seed`() throws {
        let settings = try Self.settings(
            low: 8, high: 12, views: 0.1, noise: PhotonNoise(photonsPerPixel: 1_000))
        let samples = try [5, 5, 6].map { try simulate(settings, seed: $0) }
        #expect(samples[0].low == samples[1].low)
        #expect(samples[0].high == samples[1].high)
        #expect(samples[0].truePores == samples[1].truePores)
        #expect(samples[0].transform == samples[1].transform)
        #expect(samples[0].high != samples[2].high)
        #expect(samples[0].low != samples[2].low)
        #expect(samples[0].transform != samples[2].transform)
    }

    @Test func `draws shifts that keep HIGH inside LOW`() throws {
        let settings = try Self.settings(low: 12, high: 16)
        for seed in UInt64(0)..<50 {
            var generator = Philox4x32(seed: seed, stream: 1)
            let transform = settings.drawTransform(using: &generator)
            let first = transform(SIMD3(0, 0, 0))
            let last = transform(SIMD3(48, 48, 48))
            for axis in 0..<3 {
                #expect(first[axis] >= 24 - 1e-9)
                #expect(last[axis] <= 120 + 1e-9)
            }
            #expect(transform.rotationInDegrees == SIMD3(0, 0, 0))
        }
    }

    /// The truth behind the scans: HIGH, averaged over LOW's voxels where the transform puts them, is
    /// LOW. The second pose is turned, tilted and scaled.
    @Test(arguments: [
        (SIMD3(0.0, 6, -3.4), SIMD3(0.0, 0, 0), 1.0), (SIMD3(2.0, -3, 1), SIMD3(25.0, -7, 4), 1.05),
    ])
    func `shows the same rock in both scans, where the transform says`(
        offset: SIMD3<Double>, rotation: SIMD3<Double>, scale: Double
    ) throws {
        let sample = try simulate(
            Self.settings(
                low: 12, high: 30,
                pose: .init(
                    offsetInMicrometres: offset, rotationInDegrees: rotation, scale: scale)),
            seed: 8)
        #expect(abs(sample.transform.scale - scale) < 1e-12)
        let middle = sample.transform(SIMD3(45, 45, 45)) - SIMD3(72, 72, 72) - offset
        #expect((middle * middle).sum() < 1e-18)
        let here = try #require(correlation(sample, displacement: SIMD3(0, 0, 0)))
        #expect(here > 0.93)
        for displacement in [SIMD3(4.0, 0, 0), SIMD3(0, 4.0, 0), SIMD3(0, 0, 4.0)] {
            let ahead = try #require(correlation(sample, displacement: displacement))
            let behind = try #require(correlation(sample, displacement: -displacement))
            #expect(here > ahead && here > behind)
            // The top of the parabola through three correlations lies within half a HIGH voxel.
            let top = 4 * 0.5 * (behind - ahead) / (behind - 2 * here + ahead)
            #expect(abs(top) < 1.5)
        }
    }

    @Test func `has pores where a scan without noise is dark`() throws {
        let sample = try simulate(Self.settings(high: 20), seed: 9)
        #expect(sample.low.voxelSize == VoxelSize(micrometres: 12))
        #expect(sample.high.voxelSize == VoxelSize(micrometres: 3))
        #expect(sample.truePores.shape == sample.high.shape)
        #expect(abs(sample.porosity - 0.2) < 0.001)
        let window = sample.settings.highWindow
        let threshold = UInt16((window.air + window.grain) / 2 - 20)
        let agreeing = zip(sample.high.array, sample.truePores.array).count {
            ($0 < threshold) == $1
        }
        #expect(Double(agreeing) / 8_000 > 0.95)
    }

    @Test func `needs room for HIGH in LOW and possible values`() throws {
        #expect(
            throws: DigitalRockError.fieldTooSmall(
                lowInMicrometres: 108, highInMicrometres: 72, axis: "z")
        ) { try Self.settings(low: 9) }
        #expect(throws: DigitalRockError.self) { try Self.settings(porosity: 0.6) }
        #expect(throws: DigitalRockError.self) { try Self.settings(porosity: .nan) }
        #expect(throws: DigitalRockError.self) { try RockSettings(clayFraction: -0.1) }
        #expect(throws: DigitalRockError.self) {
            try RockSettings(feldsparShare: 0.6, denseShare: 0.6)
        }
        #expect(throws: DigitalRockError.self) { try SimulationSettings(scale: 1) }
        #expect(throws: DigitalRockError.self) { try SimulationSettings.Pose(scale: 2) }
    }

    /// How well LOW agrees with HIGH's means over its voxels, were the transform displaced.
    private func correlation(
        _ sample: SimulatedSample, displacement: SIMD3<Double>
    ) -> Double? {
        let back = sample.transform.inverse
        var pairs: [(Double, Double)] = []
        for z in 0..<sample.low.shape.depth {
            for y in 0..<sample.low.shape.height {
                for x in 0..<sample.low.shape.width {
                    let corner = SIMD3(Double(z), Double(y), Double(x)) * 12
                    var (sum, count) = (0.0, 0)
                    for part in 0..<64 {
                        let place = SIMD3(
                            Double(part / 16), Double(part / 4 % 4), Double(part % 4))
                        let high = back(corner + (place + 0.5) * 3 - displacement) / 3
                        let voxel = SIMD3<Int>(high.rounded(.down))
                        guard voxel.min() >= 0, voxel.max() < 30 else { break }
                        sum += Double(sample.high[voxel[0], voxel[1], voxel[2]])
                        count += 1
                    }
                    if count == 64 { pairs.append((sum / 64, Double(sample.low[z, y, x]))) }
                }
            }
        }
        guard pairs.count > 30 else { return nil }
        let n = Double(pairs.count)
        let (a, b) = pairs.reduce((0.0, 0.0)) { ($0.0 + $1.0 / n, $0.1 + $1.1 / n) }
        let (ab, aa, bb) = pairs.reduce((0.0, 0.0, 0.0)) { sums, pair in
            let (p, q) = (pair.0 - a, pair.1 - b)
            return (sums.0 + p * q, sums.1 + p * p, sums.2 + q * q)
        }
        return ab / (aa * bb).squareRoot()
    }
}

import DigitalRock
import Foundation
import Testing
import Tomography
import Volumes

@Suite struct `A simulated sample` {
    /// Small scans without faults, of grains twenty HIGH voxels wide.
    private static func settings(
        porosity: Double = 0.2, low: Int = 14, high: Int = 32, pose: SimulationSettings.Pose? = nil,
        views: Double = 1.6, noise: PhotonNoise? = nil
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

    @Test(arguments: [0.05, 0.12, 0.28, 0.4])
    func `has the wanted porosity to a tenth of a percent`(porosity: Double) throws {
        let sample = try simulate(
            Self.settings(porosity: porosity, low: 12, views: 0.05), seed: 3)
        let pores = sample.truePores.array.count { $0 }
        #expect(abs(Double(pores) / 32_768 - porosity) < 0.001)
        #expect(sample.porosity == Double(pores) / 32_768)
        #expect(sample.truePores.shape == sample.high.shape)
        #expect(sample.low.voxelSize == VoxelSize(micrometres: 12))
        #expect(sample.high.voxelSize == VoxelSize(micrometres: 3))
    }

    @Test func `is the same for a seed, and another for another seed`() throws {
        let settings = try Self.settings(
            low: 12, high: 24, views: 0.2, noise: PhotonNoise(photonsPerPixel: 1_000))
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
        for seed in UInt64(0)..<8 {
            let sample = try simulate(
                Self.settings(low: 12, high: 16, views: 0.02), seed: seed)
            let first = sample.transform(SIMD3(0, 0, 0))
            let last = sample.transform(SIMD3(48, 48, 48))
            for axis in 0..<3 {
                #expect(first[axis] >= 24 - 1e-9)
                #expect(last[axis] <= 120 + 1e-9)
            }
            #expect(sample.transform.rotationInDegrees == SIMD3(0, 0, 0))
        }
    }

    /// The truth behind the scans: HIGH, averaged over LOW's voxels where the transform puts them, is
    /// LOW. The second pose is turned, tilted and scaled.
    @Test(arguments: [
        (SIMD3(0.0, 6, -3.4), SIMD3(0.0, 0, 0), 1.0), (SIMD3(2.0, -5, 4), SIMD3(25.0, -7, 4), 1.05),
    ])
    func `shows the same rock in both scans, where the transform says`(
        offset: SIMD3<Double>, rotation: SIMD3<Double>, scale: Double
    ) throws {
        let sample = try simulate(
            Self.settings(
                pose: .init(
                    offsetInMicrometres: offset, rotationInDegrees: rotation, scale: scale)),
            seed: 8)
        #expect(abs(sample.transform.scale - scale) < 1e-12)
        let middle = sample.transform(SIMD3(48, 48, 48)) - SIMD3(84, 84, 84) - offset
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
        let sample = try simulate(Self.settings(), seed: 9)
        let window = sample.settings.highWindow
        let threshold = UInt16((window.air + window.grain) / 2 - 20)
        let agreeing = zip(sample.high.array, sample.truePores.array).count {
            ($0 < threshold) == $1
        }
        #expect(Double(agreeing) / 32_768 > 0.95)
    }

    @Test func `needs room for HIGH in LOW and possible values`() throws {
        #expect(
            throws: DigitalRockError.fieldTooSmall(
                lowInMicrometres: 120, highInMicrometres: 96, axis: "z")
        ) { try Self.settings(low: 10) }
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
                        guard voxel.min() >= 0, voxel.max() < 32 else { break }
                        sum += Double(sample.high[voxel[0], voxel[1], voxel[2]])
                        count += 1
                    }
                    if count == 64 { pairs.append((sum / 64, Double(sample.low[z, y, x]))) }
                }
            }
        }
        guard pairs.count > 100 else { return nil }
        let n = Double(pairs.count)
        let (a, b) = pairs.reduce((0.0, 0.0)) { ($0.0 + $1.0 / n, $0.1 + $1.1 / n) }
        let (ab, aa, bb) = pairs.reduce((0.0, 0.0, 0.0)) { sums, pair in
            let (p, q) = (pair.0 - a, pair.1 - b)
            return (sums.0 + p * q, sums.1 + p * p, sums.2 + q * q)
        }
        return ab / (aa * bb).squareRoot()
    }
}

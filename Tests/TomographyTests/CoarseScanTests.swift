import Foundation
import Testing
import Tomography
import Volumes

@Suite struct `A coarse scan of a fine one` {
    @Test func `without faults is the mean of the voxels it covers`() throws {
        let high = texture(seed: 2, depth: 8, edge: 40, highest: 0.15).map { 20_000 + 100_000 * $0 }
            .withVoxelSize(VoxelSize(micrometres: 2.5))
        let low = try simulateCoarseScan(
            of: high, scale: 4, settings: ScannerSettings(raysPerPixel: 4), opticalDepth: 0.2,
            seed: 1)
        #expect(low.shape == Shape(depth: 2, height: 10, width: 10))
        #expect(low.voxelSize == VoxelSize(micrometres: 10))
        let (errors, means) = compare(low, high, scale: 4)
        // The ramp's window and the interpolation soften detail, but keep level and contrast. A
        // plug fifteen pixels wide has to be thin: a pixel's mean intensity is not its mean path.
        #expect(abs(mean(errors)) < 0.1 * variance(means).squareRoot())
        #expect(variance(errors).squareRoot() < 0.3 * variance(means).squareRoot())
    }

    @Test func `of an image coarsens its rows and columns only`() throws {
        let image = texture(seed: 3, depth: 1, edge: 43).withVoxelSize(
            VoxelSize(micrometres: 2))
        let low = try simulateCoarseScan(
            of: image, scale: 5, settings: ScannerSettings(raysPerPixel: 5), seed: 1)
        #expect(low.shape == Shape(depth: 1, height: 8, width: 8))
        #expect(
            low.voxelSize
                == VoxelSize(
                    depthInMicrometres: 2, heightInMicrometres: 10, widthInMicrometres: 10))
        #expect(
            try simulateCoarseScan(
                of: image.withVoxelSize(nil), scale: 5, settings: ScannerSettings(raysPerPixel: 5),
                seed: 1
            ).voxelSize == nil)
    }

    @Test func `is noisy by its seed`() throws {
        let high = texture(seed: 4, depth: 4, edge: 24)
        let settings = try ScannerSettings(
            raysPerPixel: 2, noise: PhotonNoise(photonsPerPixel: 2_000))
        let scans = try [1, 1, 2].map {
            try simulateCoarseScan(of: high, scale: 2, settings: settings, seed: $0)
        }
        #expect(scans[0] == scans[1])
        #expect(scans[0] != scans[2])
    }

    @Test func `needs voxels, contrast and finite greys`() throws {
        let settings = try ScannerSettings()
        let blank = Volume<Float>(shape: Shape(edge: 8), repeating: 3)
        #expect(throws: TomographyError.noContrast(darkest: 3, mean: 3)) {
            try simulateCoarseScan(of: blank, scale: 2, settings: settings, seed: 1)
        }
        #expect(throws: TomographyError.tooSmall(extent: "8x8x8", scale: 9)) {
            try simulateCoarseScan(of: blank, scale: 9, settings: settings, seed: 1)
        }
        var broken = texture(seed: 1, depth: 2, edge: 8)
        broken[1, 2, 3] = .nan
        #expect(throws: TomographyError.self) {
            try simulateCoarseScan(of: broken, scale: 2, settings: settings, seed: 1)
        }
    }

    /// The errors of a coarse scan against block means, away from the rim, and those means.
    private func compare(
        _ low: Volume<Float>, _ high: Volume<Float>, scale: Int
    ) -> (errors: [Double], means: [Double]) {
        var (errors, means): ([Double], [Double]) = ([], [])
        for z in 0..<low.shape.depth {
            for y in 1..<(low.shape.height - 1) {
                for x in 1..<(low.shape.width - 1) {
                    let block = high.cropped(
                        to: Region(
                            z: z * scale, y: y * scale, x: x * scale, shape: Shape(edge: scale)))
                    means.append(mean(block.array.map(Double.init)))
                    errors.append(Double(low[z, y, x]) - means[means.count - 1])
                }
            }
        }
        return (errors, means)
    }
}

import Foundation
import Randomness
import TestSupport
import Testing
import Volumes

@testable import Registration

@Suite struct `How well a fit is known` {
    /// A clean pair, to which every draw adds noise of its own.
    static func pair(
        isImage: Bool, grainInLowVoxels: Double = 5, seed: UInt64
    ) -> PhantomPair {
        var settings = PhantomSettings()
        settings.isImage = isImage
        settings.ratio = 3
        settings.lowEdge = isImage ? 90 : 26
        settings.highEdge = isImage ? 150 : 54
        settings.grainInLowVoxels = grainInLowVoxels
        settings.lowFlaws.noise = 0
        settings.highFlaws.noise = 0
        settings.pose = PhantomPose(
            rotationInDegrees: isImage ? SIMD3(7, 0, 0) : SIMD3(5, -3, 4))
        return PhantomPair(settings, seed: seed)
    }

    static func noisy(_ scan: Volume<Float>, _ deviation: Double, seed: UInt64) -> Volume<Float> {
        let normal = NormalDistribution(standardDeviation: deviation)
        var generator = Philox4x32(seed: seed, stream: 5)
        return scan.map { $0 + Float(normal.draw(using: &generator)) }
    }

    /// A fit from near the truth, and how good it says it is.
    static func fit(
        _ pair: PhantomPair, noise: Double, seed: UInt64
    ) throws -> (fit: PoseFit, quality: FitQuality) {
        let (lowSize, highSize) = (
            try #require(pair.low.voxelSize).vector, try #require(pair.high.voxelSize).vector
        )
        let high = noisy(pair.high, noise, seed: 2 * seed)
        let template = HighTemplate(
            samples: high, factors: SIMD3(1, 1, 1), edge: highSize,
            extent: SIMD3(high.shape) * highSize)
        let cells = LowCells(
            values: noisy(pair.low, noise, seed: 2 * seed + 1), cell: lowSize, origin: SIMD3(),
            axis: SIMD2())
        var fit = PoseFit(
            template: template, low: cells, pose: pair.transform, blur: 0.4 * lowSize[2],
            model: .similarity)
        fit.run(tolerance: 1e-3, steps: 20, fitsBlur: true)
        return (fit, FitQuality(fit, fitsBlur: true))
    }

    @Test(arguments: SmallPair.some([true, false], debug: 1))
    func `is as its errors spread over noise`(isImage: Bool) throws {
        let pair = Self.pair(isImage: isImage, seed: 3)
        let draws = 30
        let fits = try (0..<draws).map { try Self.fit(pair, noise: 0.15, seed: UInt64($0)) }
        #expect(fits.allSatisfy { $0.fit.converged })
        let middle = fits[0].fit.middle
        let axes = (isImage ? 1 : 0)..<3
        // Where the overlap's middle comes to lie, and by how much it is turned and grown.
        let middles = fits.map { $0.fit.pose(pair.transform.inverse(middle)) }
        let scales = fits.map { $0.fit.pose.scale * $0.fit.reach }
        func deviation(_ values: [Double]) -> Double {
            let mean = values.reduce(0, +) / Double(values.count)
            return
                (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1))
                .squareRoot()
        }
        func typical(_ values: [Double]) -> Double {
            (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
        }
        // Thirty draws tell a deviation to an eighth, and so does leaving out some dozen blocks: a factor
        // of 1.7 is four such deviations, and so few blocks err to the safe side.
        for axis in axes {
            let ratio =
                typical(fits.map { $0.quality.shiftError[axis] })
                / deviation(middles.map { $0[axis] })
            #expect((0.6...2).contains(ratio), "axis \(axis): \(ratio)")
        }
        let growth = (isImage ? 3 : 6)
        let ratio =
            typical(fits.map { $0.quality.covariance[growth][growth].squareRoot() })
            / deviation(scales)
        #expect((0.6...2).contains(ratio), "growth: \(ratio)")
        // 95 of 100 corners lie nearer than the bound; 23 of 30 leaves room for chance and no more.
        let voxel = try #require(pair.high.voxelSize).widthInMicrometres
        let covered = fits.count {
            pair.cornerError(of: $0.fit.pose) * voxel < $0.quality.cornerError
        }
        #expect(covered >= 23, "\(covered)")
        // And the bound is no wider than it must be.
        let errors = fits.map { pair.cornerError(of: $0.fit.pose) * voxel }.sorted()
        let bounds = fits.map(\.quality.cornerError).sorted()
        #expect(bounds[15] < 4 * errors[15], "\(bounds[15]) against \(errors[15])")
        #expect(fits.allSatisfy { $0.quality.agreement > 0.8 })
    }

    @Test func `is not asked of blocks that lie in a grain, though most do`() throws {
        let pair = Self.pair(isImage: true, grainInLowVoxels: 60, seed: 6)
        let (fit, quality) = try Self.fit(pair, noise: 0.08, seed: 4)
        #expect(fit.converged && quality.correlation > 0.9)
        let blocks = BlockSums.all(fit, view: fit.look(fitsBlur: true), grid: BlockGrid(fit))
        let textures = blocks.map { $0.grey.highVariation / max(1, $0.grey.weight) }
        let mean = textures.reduce(0, +) / Double(textures.count)
        #expect(textures.count { $0 < mean / 20 } > textures.count / 2)
        #expect(quality.agreement > 0.75, "\(quality.agreement)")
    }

    @Test func `grows with the noise`() throws {
        let pair = Self.pair(isImage: false, seed: 4)
        let quiet = try Self.fit(pair, noise: 0.08, seed: 1).quality
        let loud = try Self.fit(pair, noise: 0.24, seed: 1).quality
        let ratio = loud.cornerError / quiet.cornerError
        // Three times the noise; what is no noise in it does not grow.
        #expect((1.7...4).contains(ratio), "\(ratio)")
        #expect(quiet.correlation > loud.correlation && loud.correlation > 0.7)
    }

    @Test func `has covariances that are symmetric and positive`() throws {
        let quality = try Self.fit(Self.pair(isImage: false, seed: 4), noise: 0.1, seed: 2).quality
        #expect(quality.covariance.count == 7)
        for i in 0..<7 {
            for j in 0..<7 {
                let (a, b) = (quality.covariance[i][j], quality.covariance[j][i])
                #expect(abs(a - b) < 1e-12)
            }
        }
        #expect(SymmetricEigen(quality.covariance).values[0] > 0)
        for axis in 0..<3 {
            let variance = quality.covariance[axis][axis]
            #expect(abs(quality.shiftError[axis] - variance.squareRoot()) < 1e-12)
        }
    }

    @Test func `counts every cell in one block`() throws {
        let (fit, quality) = try Self.fit(Self.pair(isImage: false, seed: 5), noise: 0.1, seed: 3)
        let blocks = BlockSums.all(
            fit, view: fit.look(fitsBlur: true), grid: BlockGrid(fit))
        let whole = fit.sums(fit.look(fitsBlur: true), motions: fit.motions)
        var sums = blocks[0].sums
        for block in blocks.dropFirst() { sums += block.sums }
        // The same products, in another order.
        let scale = whole.products.map(abs).max() ?? 0
        for (a, b) in zip(sums.products, whole.products) { #expect(abs(a - b) < 1e-6 * scale) }
        // Most cells weigh one, none more.
        let weight = blocks.reduce(0) { $0 + $1.grey.weight }
        #expect(weight <= Double(fit.cells) + 1e-3 && weight > 0.8 * Double(fit.cells))
        #expect(quality.blocks.allSatisfy { $0.cells >= 20 })
    }
}

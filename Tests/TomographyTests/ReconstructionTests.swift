import Foundation
import Testing
import Tomography
import Volumes

@Suite struct `Filtered back-projection` {
    private let disc = Disc(radius: 40, attenuation: 0.02, centre: SIMD2(6, -9))

    /// The disc's projections from paper, through a detector of `bins` pixels of one micrometre.
    private func sinogram(views: Int, bins: Int) -> SinogramBrick {
        var sinogram = SinogramBrick(views: views, bins: bins, binSizeInMicrometres: 1)
        for view in 0..<views {
            let angle = Double.pi * Double(view) / Double(views)
            let centre = disc.centre[1] * cos(angle) + disc.centre[0] * sin(angle)
            for bin in 0..<bins {
                let from = Double(bin) - Double(bins) / 2 - centre
                sinogram[3, view, bin] = Float(disc.lineIntegral(from: from, to: from + 1))
            }
        }
        return sinogram
    }

    @Test(arguments: [0.5, 1])
    func `of a disc gives its attenuation to one percent inside, and nothing outside`(
        cutoff: Double
    ) {
        let brick = reconstruct(
            sinogram(views: 200, bins: 130),
            onto: SliceBrick(
                height: 80, width: 80, pixelSizeInMicrometres: 1, corner: SIMD2(-40, -40)),
            cutoff: cutoff)
        for y in 0..<80 {
            for x in 0..<80 {
                let offset = SIMD2(Double(y) - 39.5, Double(x) - 39.5) - disc.centre
                let distance = (offset * offset).sum().squareRoot()
                let relative = Double(brick[3, y, x]) / disc.attenuation
                if distance < disc.radius - 4 { #expect(abs(relative - 1) < 0.01) }
                if distance > disc.radius + 4 { #expect(abs(relative) < 0.02) }
            }
        }
    }

    @Test func `has no bias in the mean of a large disc`() {
        let brick = reconstruct(
            sinogram(views: 200, bins: 130),
            onto: SliceBrick(
                height: 30, width: 30, pixelSizeInMicrometres: 1, corner: SIMD2(-10, -25)))
        var values: [Double] = []
        for y in 0..<30 { for x in 0..<30 { values.append(Double(brick[3, y, x])) } }
        #expect(abs(mean(values) / disc.attenuation - 1) < 0.002)
    }
}

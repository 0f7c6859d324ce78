import Foundation
import Testing
import Tomography
import Volumes

@Suite struct `Projection` {
    /// Off the axis, so that every view differs.
    private let disc = Disc(radius: 17.3, attenuation: 0.03, centre: SIMD2(3.2, -5.1))

    private func brick(edge: Int, pixelSize: Double) -> SliceBrick {
        let half = Double(edge) / 2 * pixelSize
        var brick = SliceBrick(
            height: edge, width: edge, pixelSizeInMicrometres: pixelSize,
            corner: SIMD2(-half, -half))
        let centred = Disc(
            radius: disc.radius, attenuation: disc.attenuation, centre: disc.centre + half)
        let slice = centred.slice(height: edge, width: edge, pixelSize: pixelSize)
        for (index, value) in slice.enumerated() {
            brick[0, index / edge, index % edge] = value
            brick[7, index / edge, index % edge] = 2 * value
        }
        return brick
    }

    @Test(arguments: [0.4, 1, 2.7])
    func `of a disc is its chords, averaged over each bin`(binSize: Double) {
        let bins = 2 * Int(40 / binSize)
        let sinogram = project(
            brick(edge: 128, pixelSize: 0.5), views: 13, bins: bins, binSizeInMicrometres: binSize)
        let longest = disc.lineIntegral(0)
        for view in 0..<13 {
            let angle = Double.pi * Double(view) / 13
            let centre = disc.centre[1] * cos(angle) + disc.centre[0] * sin(angle)
            for bin in 0..<bins {
                let from = (Double(bin) - Double(bins) / 2) * binSize - centre
                let expected = disc.lineIntegral(from: from, to: from + binSize)
                // Near the rim chords bend most, and pixels blur them.
                let edge = abs(abs(from + binSize / 2) - disc.radius) < binSize / 2 + 2
                let error = abs(Double(sinogram[0, view, bin]) - expected) / longest
                #expect(error < (edge ? 0.12 : 0.008), "view \(view), bin \(bin)")
                #expect(abs(sinogram[7, view, bin] - 2 * sinogram[0, view, bin]) < 1e-5)
            }
        }
    }

    @Test func `keeps the mass of a slice in every view`() {
        let binSize = 0.7
        let brick = brick(edge: 64, pixelSize: 1)
        let sinogram = project(brick, views: 7, bins: 150, binSizeInMicrometres: binSize)
        var mass = 0.0
        for y in 0..<64 { for x in 0..<64 { mass += Double(brick[0, y, x]) } }
        for view in 0..<7 {
            let seen = (0..<150).reduce(0) { $0 + Double(sinogram[0, view, $1]) } * binSize
            #expect(abs(seen / mass - 1) < 1e-5)
        }
    }
}

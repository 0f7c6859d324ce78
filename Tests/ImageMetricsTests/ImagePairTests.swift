import Foundation
import Testing
import Volumes

@testable import ImageMetrics

@Suite struct `Errors of images` {
    /// By NumPy and by scikit-image's peak_signal_noise_ratio in float64.
    @Test(arguments: [
        (64, 48, 0.07462585645877577, 21.188174418873015),
        (192, 176, 0.07509729734217464, 21.152036383433103),
        (15, 40, 0.07655364722246304, 21.0490039406133),
    ])
    func `are those of NumPy and scikit-image`(
        height: Int, width: Int, absolute: Double, decibels: Double
    ) throws {
        let (image, reference) = pictures(height: height, width: width)
        let pair = try ImagePair(image, reference: reference)
        // NumPy makes the faulty copy with one rounding more or less here and there.
        #expect(abs(pair.meanAbsoluteError - absolute) < 1e-7)
        #expect(abs(pair.peakSignalToNoiseRatio() - decibels) < 1e-5)
    }

    @Test func `of a known difference are known`() throws {
        let shape = Shape(depth: 2, height: 3, width: 11)
        let reference = Volume<Float>(shape: shape, repeating: 0.25)
        var image = reference
        for y in 0..<3 { for x in 0..<11 { image[1, y, x] = 0.75 } }
        let pair = try ImagePair(image, reference: reference)
        #expect(pair.meanAbsoluteError == 0.25)
        #expect(pair.meanAbsoluteErrorOfSlices == [0, 0.5])
        #expect(pair.meanSquaredError == 0.125)
        #expect(pair.meanSquaredErrorOfSlices == [0, 0.25])
        #expect(abs(pair.peakSignalToNoiseRatio() - 10 * log10(8)) < 1e-12)
        #expect(abs(pair.peakSignalToNoiseRatio(dataRange: 2) - 10 * log10(32)) < 1e-12)
        let slices = pair.peakSignalToNoiseRatioOfSlices()
        #expect(slices[0] == .infinity && abs(slices[1] - 10 * log10(4)) < 1e-12)
    }

    @Test func `leave out the border`() throws {
        let shape = Shape(depth: 1, height: 7, width: 6)
        let reference = Volume<Float>(shape: shape, repeating: 0)
        var image = reference
        for y in 0..<7 {
            for x in 0..<6 where y < 2 || y > 4 || x < 2 || x > 3 { image[0, y, x] = 1 }
        }
        image[0, 3, 2] = 0.5
        #expect(try ImagePair(image, reference: reference, border: 2).meanAbsoluteError == 0.5 / 6)
        #expect(throws: ImageMetricsError.border(3, of: shape)) {
            try ImagePair(image, reference: reference, border: 3)
        }
        #expect(throws: ImageMetricsError.self) {
            try ImagePair(image, reference: reference.cropped(to: Region(all: Shape(edge: 1))))
        }
    }
}

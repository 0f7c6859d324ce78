import Foundation
public import Volumes

/// An image and what it should be, voxel by voxel, in grey values that are usually 0...1.
///
/// A volume is a stack of slices. Errors are means over all its voxels; similarities are means over
/// its slices, as networks here work on slices. A voxel that is not a number makes every result it
/// enters not a number.
public struct ImagePair: Sendable {
    /// What is judged.
    public let image: Volume<Float>
    /// What it is judged by.
    public let reference: Volume<Float>

    /// Takes two volumes of one shape, and leaves out `border` voxels at each edge of every slice
    /// ("shave": the scale, by custom, as upscaling has no neighbours there).
    ///
    /// - Throws: ``ImageMetricsError/shapes(_:reference:)``, ``ImageMetricsError/border(_:of:)``.
    public init(
        _ image: Volume<Float>, reference: Volume<Float>, border: Int = 0
    ) throws(ImageMetricsError) {
        let shape = image.shape
        guard shape == reference.shape else {
            throw .shapes(shape, reference: reference.shape)
        }
        guard border >= 0, border < (min(shape.height, shape.width) + 1) / 2 else {
            throw .border(border, of: shape)
        }
        let inner = Region(
            z: 0, y: border, x: border,
            shape: Shape(
                depth: shape.depth, height: shape.height - 2 * border,
                width: shape.width - 2 * border))
        self.image = image.cropped(to: inner)
        self.reference = reference.cropped(to: inner)
    }

    /// Two volumes of one shape.
    init(sameShape image: Volume<Float>, reference: Volume<Float>) {
        self.image = image
        self.reference = reference
    }

    /// The mean of the absolute differences.
    public var meanAbsoluteError: Double { sliceErrors(\.absolute).mean }

    /// The same of every slice by itself.
    public var meanAbsoluteErrorOfSlices: [Double] { sliceErrors(\.absolute) }

    /// The mean of the squared differences.
    public var meanSquaredError: Double { sliceErrors(\.squared).mean }

    /// The same of every slice by itself.
    public var meanSquaredErrorOfSlices: [Double] { sliceErrors(\.squared) }

    /// The peak signal-to-noise ratio in decibels, from the mean squared error over all voxels;
    /// infinite for equal images.
    ///
    /// The mean of ``peakSignalToNoiseRatioOfSlices(dataRange:)`` is another number, never smaller.
    public func peakSignalToNoiseRatio(dataRange: Double = 1) -> Double {
        10 * log10(dataRange * dataRange / meanSquaredError)
    }

    /// The same of every slice by itself.
    public func peakSignalToNoiseRatioOfSlices(dataRange: Double = 1) -> [Double] {
        sliceErrors(\.squared).map { 10 * log10(dataRange * dataRange / $0) }
    }

    private struct Errors: Sendable {
        var absolute = 0.0
        var squared = 0.0
    }

    /// The mean error of every slice, rows summed in one order whatever the number of cores.
    private func sliceErrors(_ kind: KeyPath<Errors, Double>) -> [Double] {
        let shape = image.shape
        return concurrentMap(count: shape.depth) { z in
            image.withVoxels { image in
                reference.withVoxels { reference in
                    var total = Errors()
                    for row in (z * shape.height)..<((z + 1) * shape.height) {
                        let range = (row * shape.width)..<((row + 1) * shape.width)
                        let errors = ImagePair.errors(
                            image.extracting(range), reference.extracting(range))
                        total.absolute += errors.absolute
                        total.squared += errors.squared
                    }
                    return total
                }
            }
        }.map { $0[keyPath: kind] / Double(shape.sliceCount) }
    }

    /// The sums over one row, in eight parts that the processor adds at once.
    private static func errors(_ image: Span<Float>, _ reference: Span<Float>) -> Errors {
        let lanes = 8
        var absolute = SIMD8<Double>.zero
        var squared = SIMD8<Double>.zero
        for block in 0..<(image.count / lanes) {
            for lane in 0..<lanes {
                let index = block * lanes + lane
                let difference = Double(image[index]) - Double(reference[index])
                absolute[lane] += abs(difference)
                squared[lane] += difference * difference
            }
        }
        var errors = Errors(absolute: absolute.sum(), squared: squared.sum())
        for index in (image.count / lanes * lanes)..<image.count {
            let difference = Double(image[index]) - Double(reference[index])
            errors.absolute += abs(difference)
            errors.squared += difference * difference
        }
        return errors
    }
}

extension [Double] {
    /// The arithmetic mean.
    var mean: Double { reduce(0, +) / Double(count) }
}

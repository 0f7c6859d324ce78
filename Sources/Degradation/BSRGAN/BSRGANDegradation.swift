import Foundation
import Randomness
import Resizing
public import Volumes

/// A shuffled chain of blurs, shrinkings, noise and JPEG that was drawn (Zhang et al. 2021,
/// doi:10.1109/ICCV48922.2021.00475).
public struct BSRGANDegradation: Hashable, Sendable, Codable {
    /// How pixels are interpolated, by the conventions of OpenCV.
    public enum Filter: String, CaseIterable, Hashable, Sendable, Codable {
        /// A straight line between two samples.
        case linear
        /// Keys' cubic with a = -0.75.
        case cubic
        /// The mean over the area of an output pixel.
        case area

        func weights(from input: Int, to output: Int) -> AxisWeights {
            switch self {
            case .linear: Interpolation.bilinear.weights(from: input, to: output)
            case .cubic: Interpolation.bicubic.weights(from: input, to: output)
            case .area: AxisWeights(areaFrom: input, to: output)
            }
        }
    }

    /// One step of the chain.
    public enum Step: Hashable, Sendable, Codable {
        /// A blur.
        case blur(Blur)
        /// A shrinking by any factor of one or more.
        case shrink(factor: Double, Filter)
        /// A Gaussian blur of 25 x 25 pixels seen at the middle of every `stride` pixels.
        case sample(sigma: Double, stride: Int)
        /// The resizing to LOW's extents.
        case shrinkToLow(Filter)
        /// Noise.
        case noise(PictureNoise)
        /// JPEG.
        case jpeg(GreyJPEG)
    }

    /// How a picture is halved before the chain.
    public enum Halving: Hashable, Sendable, Codable {
        /// By a filter without antialiasing.
        case plain(Filter)
        /// By the antialiased cubic.
        case antialiased
    }

    /// HIGH pixels along a LOW pixel.
    public let scale: Int
    /// How HIGH is halved first, if it is.
    public let halving: Halving?
    /// The steps in their order.
    public let steps: [Step]
    /// The JPEG that ends the chain.
    public let finalJPEG: GreyJPEG
    /// The seed of the noise.
    public let noiseSeed: UInt64

    /// Degrades every slice of a patch; slices stay as many.
    ///
    /// - Parameter high: Grey values in 0...1. Rows and columns are multiples of the scale.
    /// - Returns: LOW, in 0...1 and in steps of eight bits.
    public func apply(to high: Volume<Float>) -> Volume<Float> {
        high.checkDivides(by: scale)
        let (lowHeight, lowWidth) = (high.shape.height / scale, high.shape.width / scale)
        var picture = high
        switch halving {
        case .plain(let filter):
            picture = resized(picture, high.shape.height / 2, high.shape.width / 2, filter)
        case .antialiased:
            picture = picture.resized(
                height: high.shape.height / 2, width: high.shape.width / 2,
                by: AntialiasedFilter.bicubic)
            picture.clamp()
        case nil: break
        }
        for (index, step) in steps.enumerated() {
            switch step {
            case .blur(let blur):
                picture = blur.kernel.apply(to: picture)
            case .shrink(let factor, let filter):
                picture = resized(
                    picture, max(1, Int(Double(picture.shape.height) / factor)),
                    max(1, Int(Double(picture.shape.width) / factor)), filter)
            case .sample(let sigma, let stride):
                picture = Resampling(
                    height: sampling(picture.shape.height, sigma: sigma, stride: stride),
                    width: sampling(picture.shape.width, sigma: sigma, stride: stride)
                ).apply(to: picture)
                picture.clamp()
            case .shrinkToLow(let filter):
                picture = resized(picture, lowHeight, lowWidth, filter)
            case .noise(let noise):
                var generator = Philox4x32(seed: noiseSeed, stream: UInt64(index))
                noise.apply(to: &picture, using: &generator)
            case .jpeg(let jpeg):
                jpeg.apply(to: &picture)
            }
        }
        finalJPEG.apply(to: &picture)
        return Volume(
            shape: picture.shape, voxelSize: high.lowVoxelSize(scale: scale),
            voxels: picture.array)
    }

    private func resized(
        _ picture: Volume<Float>, _ height: Int, _ width: Int, _ filter: Filter
    ) -> Volume<Float> {
        let shape = picture.shape
        var result = Resampling(
            height: filter.weights(from: shape.height, to: height),
            width: filter.weights(from: shape.width, to: width)
        ).apply(to: picture)
        result.clamp()
        return result
    }

    /// A Gaussian over 25 samples, moved to the middle of `stride` samples between its own, and seen
    /// once in each.
    private func sampling(_ count: Int, sigma: Double, stride: Int) -> AxisWeights {
        let gaussian = (-12...12).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
        let move = Double(stride - 1) / 2
        let moved = (0..<25).map { index in
            let position = min(Double(index) + move, 24)
            let first = min(Int(position), 23)
            let fraction = position - Double(first)
            return gaussian[first] * (1 - fraction) + gaussian[first + 1] * fraction
        }
        let sum = moved.reduce(0, +)
        return AxisWeights(
            inputCount: count, outputCount: (count + stride - 1) / stride, reach: 25,
            border: .reflected
        ) { output, weights in
            // A convolution turns the kernel round.
            for tap in 0..<25 { weights[tap] = moved[24 - tap] / sum }
            return output * stride - 12
        }
    }
}

import Foundation
public import Volumes

/// The sharpening that Real-ESRGAN gives its targets: a network then learns to overshoot at edges.
///
/// Off by default everywhere, as it changes where a threshold finds pores. Pixels that differ by more
/// than ten of 255 grey values from their blurred surroundings are sharpened, with a soft transition.
public struct UnsharpMask: Hashable, Sendable, Codable {
    /// How much of the difference to the blurred picture is added.
    public let weight: Double
    /// Differences above this are sharpened, in grey values of 0...1.
    public let threshold: Double

    /// As published, but for what is given.
    public init(weight: Double = 0.5, threshold: Double = 10.0 / 255) {
        self.weight = weight
        self.threshold = threshold
    }

    /// The kernel: 51 x 51 pixels of a Gaussian of standard deviation 8.
    public static let blur = Blur(size: 51, shape: .gaussian(BlurSpread(sigma: 8)))

    /// Sharpens every slice of grey values in 0...1.
    public func apply(to high: Volume<Float>) -> Volume<Float> {
        let kernel = UnsharpMask.blur.kernel
        let (weight, threshold) = (Float(weight), Float(threshold))
        let blurred = kernel.apply(to: high).array
        let greys = high.array
        let mask = Volume(
            shape: high.shape,
            voxels: zip(greys, blurred).map { abs($0 - $1) > threshold ? Float(1) : 0 })
        let soft = kernel.apply(to: mask).array
        let sharp = greys.indices.map { index in
            let grey = greys[index]
            let sharpened = min(max(grey + weight * (grey - blurred[index]), 0), 1)
            return soft[index] * sharpened + (1 - soft[index]) * grey
        }
        return Volume(shape: high.shape, voxelSize: high.voxelSize, voxels: sharp)
    }
}

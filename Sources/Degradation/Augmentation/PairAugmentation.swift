import Randomness
import Resizing
public import Volumes

/// A change of a pair that was drawn: the pair stays a pair, voxel for voxel.
///
/// Turning, mirroring and moving act on both sides alike; what makes LOW worse acts on LOW alone.
public struct PairAugmentation: Hashable, Sendable, Codable {
    /// A resizing and its way back, which costs detail and moves nothing.
    public struct Detour: Hashable, Sendable, Codable {
        /// Pixels on the way for each one before, along each side.
        public let factor: Double
        /// The filter on the way there.
        public let there: Filter
        /// The filter on the way back.
        public let back: Filter

        /// A filter that keeps things in their place. Averages over areas are left out: where the
        /// factor is no whole number, their cells move things by parts of a pixel.
        public enum Filter: String, CaseIterable, Hashable, Sendable, Codable {
            /// ``Interpolation/bilinear``.
            case bilinear
            /// ``Interpolation/bicubic``.
            case bicubic
            /// ``AntialiasedFilter/bicubic``.
            case antialiasedBicubic
            /// ``AntialiasedFilter/lanczos3``.
            case lanczos3

            func resize(_ volume: Volume<Float>, height: Int, width: Int) -> Volume<Float> {
                switch self {
                case .bilinear:
                    volume.resized(height: height, width: width, by: Interpolation.bilinear)
                case .bicubic:
                    volume.resized(height: height, width: width, by: Interpolation.bicubic)
                case .antialiasedBicubic:
                    volume.resized(height: height, width: width, by: AntialiasedFilter.bicubic)
                case .lanczos3:
                    volume.resized(height: height, width: width, by: AntialiasedFilter.lanczos3)
                }
            }
        }
    }

    /// How a slice is turned and mirrored.
    public let orientation: SliceOrientation
    /// Whether the order of slices is reversed.
    public let reversesSlices: Bool
    /// How far both move down, in HIGH voxels: a fraction of a LOW voxel, and HIGH keeps its values.
    public let highRowsDown: Int
    /// How far both move to the right, in HIGH voxels.
    public let highColumnsRight: Int
    /// A resizing of LOW and its way back, if any.
    public let detour: Detour?
    /// The standard deviation of a Gaussian blur of LOW, in LOW voxels; zero for none.
    public let blurSigma: Double
    /// The standard deviation of Gaussian noise on LOW, in normalised grey values; zero for none.
    public let noiseSigma: Double
    /// The seed of the noise.
    public let noiseSeed: UInt64

    /// Changes a pair.
    ///
    /// - Parameters:
    ///   - low: Normalised grey values of LOW.
    ///   - high: Normalised grey values of HIGH, whose rows and columns are `scale` times as many.
    ///   - scale: HIGH voxels along a LOW voxel.
    /// - Returns: The pair, of the same shapes unless rows and columns changed places.
    public func apply(
        low: Volume<Float>, high: Volume<Float>, scale: Int
    ) -> (low: Volume<Float>, high: Volume<Float>) {
        precondition(
            high.shape.height == low.shape.height * scale
                && high.shape.width == low.shape.width * scale,
            "a pair's rows and columns differ by its scale")
        var changedLow = moved(low, perVoxel: scale)
        var changedHigh = moved(high, perVoxel: 1)
        if let detour {
            let shape = low.shape
            let (height, width) = (
                max(1, Int((Double(shape.height) * detour.factor).rounded())),
                max(1, Int((Double(shape.width) * detour.factor).rounded()))
            )
            let small = detour.there.resize(changedLow, height: height, width: width)
            changedLow = detour.back.resize(small, height: shape.height, width: shape.width)
        }
        if blurSigma > 0 {
            let radius = Int((4 * blurSigma).rounded(.up))
            let blur = Blur(size: 2 * radius + 1, shape: .gaussian(BlurSpread(sigma: blurSigma)))
            changedLow = blur.kernel.apply(to: changedLow)
        }
        changedLow = oriented(changedLow)
        changedHigh = oriented(changedHigh)
        if noiseSigma > 0 {
            var generator = Philox4x32(seed: noiseSeed, stream: 1)
            var noise = [Float](repeating: 0, count: changedLow.shape.count)
            var numbers = noise.mutableSpan
            NormalDistribution(standardDeviation: noiseSigma).fill(&numbers, using: &generator)
            changedLow.withMutableVoxels { voxels in
                for index in 0..<voxels.count { voxels[index] += numbers[index] }
            }
        }
        return (changedLow, changedHigh)
    }

    /// Moves every slice; LOW is interpolated between its voxels, HIGH moves by whole ones.
    private func moved(_ volume: Volume<Float>, perVoxel: Int) -> Volume<Float> {
        guard highRowsDown != 0 || highColumnsRight != 0 else { return volume }
        return Resampling(
            height: AxisWeights(
                moving: volume.shape.height, by: Double(highRowsDown) / Double(perVoxel)),
            width: AxisWeights(
                moving: volume.shape.width, by: Double(highColumnsRight) / Double(perVoxel))
        ).apply(to: volume)
    }

    private func oriented(_ volume: Volume<Float>) -> Volume<Float> {
        orientation.apply(to: volume, reversingSlices: reversesSlices)
    }
}

import Volumes

/// The structural similarity of images (Wang et al. 2004, doi:10.1109/TIP.2003.819861), in a
/// variant that is named wherever a figure of it is: different windows give different figures.
///
/// Means, variances and covariance come from a Gaussian window that lies wholly inside the slice
/// ("valid"), with population moments; constants are (0.01 L)^2 and (0.03 L)^2 for a data range L.
public struct StructuralSimilarity: Hashable, Sendable, Codable {
    /// How sums are made.
    public enum Precision: String, Hashable, Sendable, Codable {
        /// With 24 bits, as in training.
        case single
        /// With 53 bits.
        case double
    }

    /// The edge of the window, odd.
    public let window: Int
    /// The window's standard deviation.
    public let sigmaInVoxels: Double
    /// From the darkest to the brightest grey value there may be.
    public let dataRange: Double
    /// How sums are made.
    public let precision: Precision

    /// A variant of one's own; `window` is odd, and `sigmaInVoxels` and `dataRange` are positive.
    public init(
        window: Int, sigmaInVoxels: Double, dataRange: Double, precision: Precision
    ) {
        precondition(
            window > 0 && !window.isMultiple(of: 2) && sigmaInVoxels > 0 && dataRange > 0,
            "a window is odd, and its sigma and the data range are positive")
        self.window = window
        self.sigmaInVoxels = sigmaInVoxels
        self.dataRange = dataRange
        self.precision = precision
    }

    /// 7x7, sigma 1.5, single precision: what training here watches.
    public static func gaussian7(dataRange: Double = 1) -> StructuralSimilarity {
        StructuralSimilarity(
            window: 7, sigmaInVoxels: 1.5, dataRange: dataRange, precision: .single)
    }

    /// 11x11, sigma 1.5, double precision: the authors' program for MATLAB, and BasicSR.
    public static func matlab(dataRange: Double = 1) -> StructuralSimilarity {
        StructuralSimilarity(
            window: 11, sigmaInVoxels: 1.5, dataRange: dataRange, precision: .double)
    }

    /// The name under which a figure is kept, as in `SSIM 7x7 sigma 1.5 range 1.0 single`.
    public var name: String {
        "SSIM \(window)x\(window) sigma \(sigmaInVoxels) range \(dataRange) \(precision.rawValue)"
    }
}

extension ImagePair {
    /// The mean over slices of their mean structural similarity, -1...1.
    ///
    /// - Throws: ``ImageMetricsError/tooSmall(_:window:)``.
    public func structuralSimilarity(
        _ variant: StructuralSimilarity
    ) throws(ImageMetricsError) -> Double {
        try structuralSimilarityOfSlices(variant).mean
    }

    /// The mean structural similarity of every slice.
    public func structuralSimilarityOfSlices(
        _ variant: StructuralSimilarity
    ) throws(ImageMetricsError) -> [Double] {
        try similarities(variant).map(\.whole)
    }

    /// Both means of every slice.
    func similarities(
        _ variant: StructuralSimilarity
    ) throws(ImageMetricsError) -> [SimilarityMeans] {
        switch variant.precision {
        case .single: try SimilarityFilter<Float>(variant).means(image, reference)
        case .double: try SimilarityFilter<Double>(variant).means(image, reference)
        }
    }
}

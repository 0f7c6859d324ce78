extension SegmentationSettings {
    /// What is done to the grey values before the threshold.
    public enum Denoising: Sendable, Hashable {
        /// Nothing.
        case none
        /// The median of every voxel and its 26 neighbours; in an image of one slice, of its 8.
        case median3
        /// The mean of the voxels around that look alike.
        case nonLocalMeans(NonLocalMeans)
        /// Diffusion that edges hold up.
        case anisotropicDiffusion(AnisotropicDiffusion)
    }
}

extension SegmentationSettings.Denoising {
    /// How many slices beyond a slab have a say in it.
    public var halo: Int {
        switch self {
        case .none: 0
        case .median3: 1
        case .nonLocalMeans(let means): means.searchRadius + means.patchRadius
        case .anisotropicDiffusion(let diffusion): diffusion.iterations
        }
    }

    /// The noise that the strength of a method is relative to; `nil` for methods without.
    public var noise: NoiseLevel? {
        switch self {
        case .none, .median3: nil
        case .nonLocalMeans(let means): means.noise
        case .anisotropicDiffusion(let diffusion): diffusion.noise
        }
    }

    /// The same method for a scan whose noise has been estimated: slabs of a scan are all filtered by
    /// the noise of the whole. Noise that is given stays.
    ///
    /// - Parameter standardDeviation: In grey values, finite and not negative.
    public func whereEstimated(noise standardDeviation: Double) -> Self {
        guard noise == .estimated else { return self }
        let noise = NoiseLevel.standardDeviation(standardDeviation)
        return switch self {
        case .none, .median3: self
        case .nonLocalMeans(let means): .nonLocalMeans(means.withNoise(noise))
        case .anisotropicDiffusion(let diffusion): .anisotropicDiffusion(diffusion.withNoise(noise))
        }
    }
}

extension SegmentationSettings.Denoising: Codable {
    private enum CodingKeys: String, CodingKey {
        case nonLocalMeans = "non_local_means"
        case anisotropicDiffusion = "anisotropic_diffusion"
    }

    /// Reads `"none"`, `"median3"`, or an object of one key, `non_local_means` or
    /// `anisotropic_diffusion`, with the method's settings.
    public init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            switch word {
            case "none": self = .none
            case "median3": self = .median3
            default:
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription:
                            "denoising is \"none\", \"median3\" or a method's settings"
                    ))
            }
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let means = try container.decodeIfPresent(NonLocalMeans.self, forKey: .nonLocalMeans) {
            self = .nonLocalMeans(means)
        } else {
            self = .anisotropicDiffusion(
                try container.decode(AnisotropicDiffusion.self, forKey: .anisotropicDiffusion))
        }
    }

    /// Writes a word for the methods without settings, and an object of one key for the others.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .none:
            var container = encoder.singleValueContainer()
            try container.encode("none")
        case .median3:
            var container = encoder.singleValueContainer()
            try container.encode("median3")
        case .nonLocalMeans(let means):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(means, forKey: .nonLocalMeans)
        case .anisotropicDiffusion(let diffusion):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(diffusion, forKey: .anisotropicDiffusion)
        }
    }
}

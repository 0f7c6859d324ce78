/// The architecture of a network with its options.
public enum NetworkRecipe: Hashable, Sendable {
    /// Three convolutions on interpolated LOW (Dong et al. 2014, doi:10.1007/978-3-319-10593-2_13).
    case srcnn(SRCNNRecipe)
    /// An encoder and a decoder with connections between (Ronneberger et al. 2015,
    /// doi:10.1007/978-3-319-24574-4_28).
    case unet(UNetRecipe)
    /// Residual blocks with batch normalisation (Ledig et al. 2017, doi:10.1109/CVPR.2017.19).
    case srresnet(SRResNetRecipe)
    /// Residual blocks without normalisation (Lim et al. 2017, doi:10.1109/CVPRW.2017.151).
    case edsr(EDSRRecipe)
    /// Dense blocks within residual blocks (Wang et al. 2018, doi:10.1007/978-3-030-11021-5_5).
    case rrdb(RRDBRecipe)

    /// The names recipes use.
    public enum Architecture: String, Codable, Sendable, CaseIterable {
        case srcnn, unet, srresnet, edsr, rrdb
    }

    /// Which one it is.
    public var architecture: Architecture {
        switch self {
        case .srcnn: .srcnn
        case .unet: .unet
        case .srresnet: .srresnet
        case .edsr: .edsr
        case .rrdb: .rrdb
        }
    }
}

/// Options of an SRCNN.
public struct SRCNNRecipe: Hashable, Sendable, Codable {
    /// The edges of the three kernels, odd.
    public let kernels: [Int]
    /// Channels after the first and the second convolution.
    public let features: [Int]
    /// What stands beyond the edges.
    public let padding: Padding

    /// What stands beyond the edges of an image.
    public enum Padding: String, Codable, Sendable, CaseIterable {
        /// Zeros, half a kernel wide before each convolution.
        case zeros
        /// The edge's own values, two pixels wide before each convolution.
        case replicate2 = "replicate_2"
    }

    /// 9-1-5 with 64 and 32 channels.
    public static let standard = SRCNNRecipe(
        kernels: [9, 1, 5], features: [64, 32], padding: .zeros)
}

/// Options of a U-Net.
public struct UNetRecipe: Hashable, Sendable, Codable {
    /// Resolutions, the input's among them, 2...7.
    public let depth: Int
    /// Channels at the input's resolution; each coarser one has twice as many.
    public let base: Int
    /// After each convolution.
    public let normalisation: Normalisation
    /// In the connections between encoder and decoder.
    public let attention: Attention
    /// Whether each block adds its input to its output.
    public let isResidual: Bool
    /// The slope of the leaky rectifier below zero, 0...1.
    public let slope: Double

    /// How activations are normalised.
    public enum Normalisation: String, Codable, Sendable, CaseIterable {
        case none, group, instance, batch
    }

    /// What weighs channels and places in a connection.
    public enum Attention: String, Codable, Sendable, CaseIterable {
        case none, se, scse, cbam
    }

    /// Five resolutions from 64 channels, nothing normalised.
    public static let standard = UNetRecipe(
        depth: 5, base: 64, normalisation: .none, attention: .none, isResidual: false, slope: 0.2)
}

/// Options of an SRResNet.
public struct SRResNetRecipe: Hashable, Sendable, Codable {
    /// Residual blocks.
    public let blocks: Int
    /// Channels.
    public let features: Int

    /// Sixteen blocks of 64 channels.
    public static let standard = SRResNetRecipe(blocks: 16, features: 64)
}

/// Options of an EDSR.
public struct EDSRRecipe: Hashable, Sendable, Codable {
    /// Residual blocks.
    public let blocks: Int
    /// Channels.
    public let features: Int
    /// The factor on what a block adds.
    public let residualScale: Double

    /// The middle size: sixteen blocks of 64 channels, unscaled.
    public static let standard = EDSRRecipe(blocks: 16, features: 64, residualScale: 1)
}

/// Options of an RRDB network, the generator of ESRGAN.
public struct RRDBRecipe: Hashable, Sendable, Codable {
    /// Residual-in-residual dense blocks.
    public let blocks: Int
    /// Channels between blocks.
    public let features: Int
    /// Channels that each convolution of a dense block adds.
    public let growth: Int

    /// Twenty-three blocks of 64 channels, growing by 32.
    public static let standard = RRDBRecipe(blocks: 23, features: 64, growth: 32)
}

extension NetworkRecipe: Codable {
    private enum CodingKeys: String, CodingKey { case architecture }

    /// Reads the architecture and its options from one object.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self =
            switch try container.decode(Architecture.self, forKey: .architecture) {
            case .srcnn: .srcnn(try SRCNNRecipe(from: decoder))
            case .unet: .unet(try UNetRecipe(from: decoder))
            case .srresnet: .srresnet(try SRResNetRecipe(from: decoder))
            case .edsr: .edsr(try EDSRRecipe(from: decoder))
            case .rrdb: .rrdb(try RRDBRecipe(from: decoder))
            }
    }

    /// Writes the architecture and its options as one object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(architecture, forKey: .architecture)
        switch self {
        case .srcnn(let options): try options.encode(to: encoder)
        case .unet(let options): try options.encode(to: encoder)
        case .srresnet(let options): try options.encode(to: encoder)
        case .edsr(let options): try options.encode(to: encoder)
        case .rrdb(let options): try options.encode(to: encoder)
        }
    }
}

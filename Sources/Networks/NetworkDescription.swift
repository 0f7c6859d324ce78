public import Torch

/// Which network, in every detail that its state depends on.
///
/// Written as one flat object: the name of the architecture and all of its options.
public enum NetworkDescription: Hashable, Sendable {
    /// Three layers.
    case srcnn(SRCNNDescription)
    /// The generator of SRGAN.
    case srresnet(SRResNetDescription)
    /// Enhanced deep residual networks.
    case edsr(EDSRDescription)
    /// The generator of ESRGAN and Real-ESRGAN.
    case rrdb(RRDBDescription)
    /// U-Net and Res-UNet.
    case unet(UNetDescription)

    /// The network with its first weights.
    public func build(
        from source: inout WeightSource
    ) throws(TorchError) -> any SuperResolutionNetwork {
        switch self {
        case .srcnn(let description): try SRCNN(description, from: &source)
        case .srresnet(let description): try SRResNet(description, from: &source)
        case .edsr(let description): try EDSR(description, from: &source)
        case .rrdb(let description): try RRDBNet(description, from: &source)
        case .unet(let description): try UNet(description, from: &source)
        }
    }

    /// The name of the architecture.
    public var architecture: String {
        switch self {
        case .srcnn: "srcnn"
        case .srresnet: "srresnet"
        case .edsr: "edsr"
        case .rrdb: "rrdb"
        case .unet: "unet"
        }
    }

    /// What the height and width of an input have to be multiples of.
    public var inputMultiple: Int {
        switch self {
        case .srcnn, .srresnet, .edsr: 1
        case .rrdb(let description): description.fold
        case .unet(let description): description.inputMultiple
        }
    }

    /// Channels of the images.
    public var channels: Int {
        switch self {
        case .srcnn(let description): description.channels
        case .srresnet(let description): description.channels
        case .edsr(let description): description.channels
        case .rrdb(let description): description.channels
        case .unet(let description): description.channels
        }
    }

    /// Channels of the result.
    public var outputs: Int {
        let own: Int? =
            switch self {
            case .srcnn(let description): description.outputs
            case .srresnet(let description): description.outputs
            case .edsr(let description): description.outputs
            case .rrdb(let description): description.outputs
            case .unet(let description): description.outputs
            }
        return own ?? channels
    }

    /// How much one axis of an image grows.
    public var scale: Int {
        switch self {
        case .srcnn(let description): description.scale
        case .srresnet(let description): description.scale
        case .edsr(let description): description.scale
        case .rrdb(let description): description.scale
        case .unet(let description): description.scale
        }
    }
}

extension NetworkDescription: Codable {
    private enum Key: String, CodingKey { case architecture }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Reads the architecture's name and its options beside it; those left out are as published.
    ///
    /// - Throws: `DecodingError` for an unknown architecture or option, and for values of which no
    ///   network can be built.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let name = try values.decode(String.self, forKey: .architecture)
        let options: [String]
        let fault: String?
        switch name {
        case "srcnn":
            let description = try SRCNNDescription(from: decoder)
            (self, fault) = (.srcnn(description), description.fault)
            options = SRCNNDescription.CodingKeys.allCases.map(\.rawValue)
        case "srresnet":
            let description = try SRResNetDescription(from: decoder)
            (self, fault) = (.srresnet(description), description.fault)
            options = SRResNetDescription.CodingKeys.allCases.map(\.rawValue)
        case "edsr":
            let description = try EDSRDescription(from: decoder)
            (self, fault) = (.edsr(description), description.fault)
            options = EDSRDescription.CodingKeys.allCases.map(\.rawValue)
        case "rrdb":
            let description = try RRDBDescription(from: decoder)
            (self, fault) = (.rrdb(description), description.fault)
            options = RRDBDescription.CodingKeys.allCases.map(\.rawValue)
        case "unet":
            let description = try UNetDescription(from: decoder)
            (self, fault) = (.unet(description), description.fault)
            options = UNetDescription.CodingKeys.allCases.map(\.rawValue)
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .architecture, in: values,
                debugDescription: """
                    There is no architecture '\(name)'; there are srcnn, srresnet, edsr, rrdb and unet.
                    """)
        }
        let given = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        let unknown = Set(given).subtracting(options + [Key.architecture.rawValue]).sorted()
        guard unknown.isEmpty else {
            throw DecodingError.dataCorruptedError(
                forKey: .architecture, in: values,
                debugDescription: """
                    The architecture \(name) has no option \(unknown.joined(separator: ", ")); it has \
                    \(options.joined(separator: ", ")).
                    """)
        }
        if let fault {
            throw DecodingError.dataCorruptedError(
                forKey: .architecture, in: values,
                debugDescription: "No \(name) can be built so: \(fault).")
        }
    }

    /// Writes the architecture's name and all of its options beside it.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(architecture, forKey: .architecture)
        switch self {
        case .srcnn(let description): try description.encode(to: encoder)
        case .srresnet(let description): try description.encode(to: encoder)
        case .edsr(let description): try description.encode(to: encoder)
        case .rrdb(let description): try description.encode(to: encoder)
        case .unet(let description): try description.encode(to: encoder)
        }
    }
}

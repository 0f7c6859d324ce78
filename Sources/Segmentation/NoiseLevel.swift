/// The noise that the strength of a denoising method is relative to.
public enum NoiseLevel: Sendable, Hashable {
    /// What ``NoiseEstimate`` finds in the scan.
    case estimated
    /// A standard deviation in grey values.
    case standardDeviation(Double)
}

extension NoiseLevel: Codable {
    /// Reads `"estimated"` or a number that is not negative.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Double.self), value.isFinite, value >= 0 {
            self = .standardDeviation(value)
        } else if (try? container.decode(String.self)) == "estimated" {
            self = .estimated
        } else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "noise is \"estimated\" or a standard deviation in grey values")
        }
    }

    /// Writes `"estimated"` or a number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .estimated: try container.encode("estimated")
        case .standardDeviation(let value): try container.encode(value)
        }
    }
}

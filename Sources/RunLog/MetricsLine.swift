import Foundation

/// What was measured at one step, as a line of `metrics.jsonl`.
///
/// There is no time in it, so a run that was stopped and went on leaves the same file as one that was
/// not.
public struct MetricsLine: Hashable, Sendable {
    /// Steps of the optimiser done, from zero.
    public let step: Int
    /// The epoch, from zero.
    public let epoch: Int
    /// What it was measured on: `train`, `validation` or `test`.
    public let part: String
    /// The sample, where it was measured on one alone.
    public let sample: String?
    /// The numbers by name; those that are not finite are written as `null`, and read as NaN.
    public let values: [String: Double]

    /// Gathers the facts.
    public init(
        step: Int, epoch: Int, part: String, sample: String? = nil, values: [String: Double]
    ) {
        self.step = step
        self.epoch = epoch
        self.part = part
        self.sample = sample
        self.values = values
    }
}

extension MetricsLine: Codable {
    private enum CodingKeys: String, CodingKey { case step, epoch, part, sample, values }

    /// Reads a line of ours.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        step = try container.decode(Int.self, forKey: .step)
        epoch = try container.decode(Int.self, forKey: .epoch)
        part = try container.decode(String.self, forKey: .part)
        sample = try container.decodeIfPresent(String.self, forKey: .sample)
        values = try container.decode([String: Double?].self, forKey: .values).mapValues {
            $0 ?? .nan
        }
    }

    /// Writes what ``init(from:)`` reads.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(step, forKey: .step)
        try container.encode(epoch, forKey: .epoch)
        try container.encode(part, forKey: .part)
        try container.encodeIfPresent(sample, forKey: .sample)
        try container.encode(
            values.mapValues { $0.isFinite ? Optional($0) : nil }, forKey: .values)
    }
}

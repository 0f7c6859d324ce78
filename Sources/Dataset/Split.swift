/// What a sample is used for.
public enum SplitPart: String, Codable, Sendable, CaseIterable {
    case train, validation, test
}

/// The shares of the samples that go to each part.
public struct SplitFractions: Hashable, Sendable {
    /// Share of the training part.
    public let train: Double
    /// Share of the validation part.
    public let validation: Double
    /// Share of the test part.
    public let test: Double

    /// Shares that add to 1, none negative, training above 0; `nil` for others.
    public init?(train: Double, validation: Double, test: Double) {
        guard train > 0, validation >= 0, test >= 0, abs(train + validation + test - 1) < 1e-9
        else { return nil }
        self.train = train
        self.validation = validation
        self.test = test
    }

    private init(unchecked train: Double, _ validation: Double, _ test: Double) {
        self.train = train
        self.validation = validation
        self.test = test
    }

    /// Seven samples of ten to training, the others shared alike.
    public static let usual = SplitFractions(unchecked: 0.7, 0.15, 0.15)

    /// The share of one part.
    public subscript(part: SplitPart) -> Double {
        switch part {
        case .train: train
        case .validation: validation
        case .test: test
        }
    }
}

extension SplitFractions: Codable {
    private enum CodingKeys: String, CodingKey {
        case train, validation, test
    }

    /// Reads three shares that add to 1.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard
            let fractions = SplitFractions(
                train: try container.decode(Double.self, forKey: .train),
                validation: try container.decode(Double.self, forKey: .validation),
                test: try container.decode(Double.self, forKey: .test))
        else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription:
                        "the shares of train, validation and test are not negative, train is above 0, and they add to 1"
                ))
        }
        self = fractions
    }
}

/// The part of one sample, and why.
public struct SplitAssignment: Hashable, Sendable {
    /// Why a sample is where it is.
    public enum Reason: Hashable, Sendable, CustomStringConvertible {
        /// The user put it there; `previous` is another part it was in before.
        case pinned(previous: SplitPart?)
        /// It was there before.
        case kept
        /// Its hash came up; `rank` counts the new samples from 1.
        case drawn(rank: Int, of: Int, seed: UInt64)

        /// A sentence for the catalog.
        public var description: String {
            switch self {
            case .pinned(nil): "pinned by the manifest"
            case .pinned(let previous?): "pinned by the manifest; was \(previous.rawValue)"
            case .kept: "kept from an earlier split"
            case .drawn(let rank, let count, let seed):
                "drawn: rank \(rank) of \(count) new samples by hash with seed \(seed)"
            }
        }
    }

    /// What the sample is used for.
    public let part: SplitPart
    /// Why.
    public let reason: Reason
}

/// The parts of all samples.
public struct Split: Hashable, Sendable {
    /// Each sample's part.
    public let assignments: [SampleID: SplitAssignment]
    /// What a user should know: parts that had to stay empty.
    public let notes: [String]

    /// The samples of a part, in order.
    public func samples(in part: SplitPart) -> [SampleID] {
        assignments.filter { $0.value.part == part }.keys.sorted()
    }
}

/// A reason samples cannot be split.
public enum SplitError: Error, Equatable, CustomStringConvertible {
    /// A sample is listed twice.
    case repeatedSample(SampleID)
    /// A sample that is not listed has a pinned part.
    case unknownPin(SampleID)

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .repeatedSample(let id):
            "The sample \(id) is listed twice. Give every sample a name of its own."
        case .unknownPin(let id):
            "A part is pinned for the sample \(id), which is not listed. Correct its name or drop the pin."
        }
    }
}

/// Divides samples into training, validation and test, so that no sample is in two parts.
///
/// Pinned samples go where they are pinned, and samples of an earlier split stay where they were, so
/// adding samples moves none. The new ones are ranked by a hash of seed and name, and dealt out one
/// place at a time to the part that is farthest below its share, which without pins and earlier parts
/// is the method of largest remainders. From three samples on, a part with a share that is empty comes
/// first; with one or two, training does. The order of the input does not matter.
///
/// - Parameters:
///   - samples: Every sample once.
///   - pinned: Parts the user chose, of listed samples.
///   - previous: Parts of an earlier split; samples no longer listed are ignored.
///   - fractions: The shares to come near to.
///   - seed: Another seed ranks new samples differently.
/// - Throws: ``SplitError`` for a repeated sample or a pin without its sample.
public func assignSplit(
    samples: [SampleID], pinned: [SampleID: SplitPart] = [:],
    previous: [SampleID: SplitPart] = [:], fractions: SplitFractions = .usual, seed: UInt64
) throws(SplitError) -> Split {
    let sorted = samples.sorted()
    for (first, second) in zip(sorted, sorted.dropFirst()) where first == second {
        throw .repeatedSample(first)
    }
    let listed = Set(sorted)
    if let stray = pinned.keys.filter({ !listed.contains($0) }).min() { throw .unknownPin(stray) }

    var assignments: [SampleID: SplitAssignment] = [:]
    var new: [SampleID] = []
    var counts: [SplitPart: Int] = [:]
    for id in sorted {
        if let part = pinned[id] {
            let before = previous[id]
            assignments[id] = SplitAssignment(
                part: part, reason: .pinned(previous: before == part ? nil : before))
        } else if let part = previous[id] {
            assignments[id] = SplitAssignment(part: part, reason: .kept)
        } else {
            new.append(id)
            continue
        }
        counts[assignments[id]?.part ?? .train, default: 0] += 1
    }
    let places = deal(new.count, of: sorted.count, beside: counts, fractions)
    let ranked = new.map { (hash: splitHash(of: $0, seed: seed), id: $0) }
        .sorted { $0.hash == $1.hash ? $0.id < $1.id : $0.hash < $1.hash }
    for (rank, (place, sample)) in zip(places, ranked).enumerated() {
        assignments[sample.id] = SplitAssignment(
            part: place, reason: .drawn(rank: rank + 1, of: new.count, seed: seed))
    }
    return Split(assignments: assignments, notes: notes(on: assignments, fractions))
}

/// The parts of `count` new samples, training first.
private func deal(
    _ count: Int, of total: Int, beside fixed: [SplitPart: Int], _ fractions: SplitFractions
) -> [SplitPart] {
    var counts = fixed
    var places: [SplitPart] = []
    func missing(_ part: SplitPart) -> Double {
        fractions[part] * Double(total) - Double(counts[part, default: 0])
    }
    for _ in 0..<count {
        let open = SplitPart.allCases.filter { fractions[$0] > 0 }
        let empty = open.filter { counts[$0, default: 0] == 0 }
        var chosen = open[0]
        if empty.contains(.train) {
            chosen = .train
        } else if total >= 3, let first = empty.first {
            chosen = first
        } else {
            // Rounding in the shares must not decide between equals.
            for part in open.dropFirst() where missing(part) > missing(chosen) + 1e-9 {
                chosen = part
            }
        }
        counts[chosen, default: 0] += 1
        places.append(chosen)
    }
    return SplitPart.allCases.flatMap { part in places.filter { $0 == part } }
}

private func notes(
    on assignments: [SampleID: SplitAssignment], _ fractions: SplitFractions
) -> [String] {
    SplitPart.allCases.compactMap { part in
        guard fractions[part] > 0, !assignments.values.contains(where: { $0.part == part }) else {
            return nil
        }
        let why =
            assignments.count < 3
            ? "three samples are needed to fill all parts"
            : "pinned and earlier samples leave none for it"
        return "The part \(part.rawValue) is empty: \(why)."
    }
}

/// A hash that is the same on every machine and in every version: FNV-1a (64 bits) over the eight
/// bytes of the seed, least first, and the bytes of the name, then the finaliser of SplitMix64
/// (Steele et al. 2014, doi:10.1145/2660193.2660195), which spreads names that differ in little.
func splitHash(of id: SampleID, seed: UInt64) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func take(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
        take(UInt8(truncatingIfNeeded: seed >> shift))
    }
    for byte in id.name.utf8 { take(byte) }
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return hash ^ (hash >> 31)
}

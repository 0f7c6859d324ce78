/// The name of a sample: a folder name, a key in the catalog and a word in reports.
///
/// One to 64 letters, digits, `-`, `_` or `.`, beginning with a letter or digit, so that it is safe as
/// a file name on every system.
public struct SampleID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name as written.
    public let name: String

    /// Checks a name; `nil` unless it follows the rule.
    public init?(_ name: String) {
        guard (1...64).contains(name.utf8.count), let first = name.utf8.first,
            SampleID.isAlphanumeric(first),
            name.utf8.allSatisfy({
                SampleID.isAlphanumeric($0)
                    || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains($0)
            })
        else { return nil }
        self.name = name
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }

    /// In order of their bytes.
    public static func < (left: SampleID, right: SampleID) -> Bool {
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }

    /// The name.
    public var description: String { name }
}

extension SampleID: Codable {
    /// Reads a name that follows the rule.
    public init(from decoder: any Decoder) throws {
        let name = try String(from: decoder)
        guard let id = SampleID(name) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription:
                        "a sample id is 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit; '\(name)' is not"
                ))
        }
        self = id
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        try name.encode(to: encoder)
    }
}

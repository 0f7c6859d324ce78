public import Foundation
public import SystemPackage

/// JSON with sorted keys and UTC times to the millisecond, so that equal values are equal bytes.
public enum CanonicalJSON {
    /// One line for hashing and database columns.
    public static func text(_ value: some Encodable) -> String {
        encode(value, pretty: false)
    }

    /// Indented lines for files that people open.
    public static func page(_ value: some Encodable) -> String {
        encode(value, pretty: true) + "\n"
    }

    /// Writes `value` as a whole file, or not at all.
    public static func write(_ value: some Encodable, to path: FilePath) throws {
        try AtomicFile.write(Array(page(value).utf8), to: path)
    }

    /// Reads a value that tomopair wrote.
    ///
    /// - Throws: ``WorkspaceError/missing(_:)``, ``WorkspaceError/damaged(_:problem:)``.
    public static func read<T: Decodable>(
        _ type: T.Type, from path: FilePath
    ) throws(WorkspaceError) -> T {
        guard let data = FileManager.default.contents(atPath: path.string) else {
            throw .missing(path)
        }
        do {
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .custom { decoder in
                let text = try String(from: decoder)
                guard let date = try? Date(text, strategy: times) else {
                    throw DecodingError.dataCorrupted(
                        .init(codingPath: decoder.codingPath, debugDescription: "not a time"))
                }
                return date
            }
            return try decoder.decode(type, from: data)
        } catch {
            throw .damaged(path, problem: "not the JSON it should be")
        }
    }

    /// A time as ISO 8601 in UTC, to the nearest millisecond.
    public static func text(_ date: Date) -> String {
        // The style cuts off what is below a millisecond, and a time read back may lie a hair below
        // its own; half a millisecond more keeps a text the same through reading and writing.
        let milliseconds = (date.timeIntervalSinceReferenceDate * 1000).rounded()
        return Date(timeIntervalSinceReferenceDate: (milliseconds + 0.5) / 1000).formatted(times)
    }

    private static let times = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func encode(_ value: some Encodable, pretty: Bool) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty
            ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            : [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            try text(date).encode(to: encoder)
        }
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("values of ours hold finite numbers and encode as JSON")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

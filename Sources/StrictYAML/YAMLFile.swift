import Foundation
public import SystemPackage

/// A reason a file of settings cannot be taken.
public enum YAMLFileError: Error, Equatable {
    /// There is no such file.
    case missing
    /// The file cannot be read, or is no such file by its size or kind.
    case unreadable(reason: String)
    /// The text breaks the rules, in these places.
    case invalid([YAMLProblem])
}

/// A file of settings that people write.
public enum YAMLFile {
    /// The most bytes such a file may have.
    public static let maximumByteCount = 1 << 20

    /// The text of the file at `path`.
    ///
    /// - Parameter what: What it should be, as in `manifest`.
    public static func text(of path: FilePath, what: String) throws(YAMLFileError) -> String {
        let attributes: [FileAttributeKey: Any]
        do {
            let url = URL(fileURLWithPath: path.string).resolvingSymlinksInPath()
            attributes = try FileManager.default.attributesOfItem(atPath: url.path)
        } catch {
            throw .missing
        }
        // A pipe would wait for a writer for ever.
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw .unreadable(reason: "it is not a file")
        }
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path.string))
            defer { try? handle.close() }
            data = try handle.read(upToCount: maximumByteCount + 1) ?? Data()
        } catch {
            throw .unreadable(reason: "\(error.localizedDescription); check its permissions")
        }
        try checkSize(data.count, what: what)
        guard let text = String(data: data, encoding: .utf8) else {
            throw .unreadable(reason: "it is not UTF-8 text; save it as UTF-8")
        }
        return text
    }

    /// The root of a text; `nil` for an empty one.
    public static func root(of yaml: String, what: String) throws(YAMLFileError) -> YAMLNode? {
        try checkSize(yaml.utf8.count, what: what)
        do {
            return try composeYAML(yaml)
        } catch {
            throw .invalid([error.problem])
        }
    }

    private static func checkSize(_ bytes: Int, what: String) throws(YAMLFileError) {
        guard bytes <= maximumByteCount else {
            throw .unreadable(
                reason: "it is larger than \(maximumByteCount) bytes; is it the \(what)?")
        }
    }
}

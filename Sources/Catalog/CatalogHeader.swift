import Foundation
import SystemPackage

/// What the first hundred bytes of a database file say (https://www.sqlite.org/fileformat.html, 1.3).
struct CatalogHeader {
    /// Whether the file holds nothing yet, as after a creation that was cut short.
    let isEmpty: Bool
    /// `application_id`.
    let application: Int
    /// `user_version`.
    let schema: Int

    /// Reads the header; `nil` if there is no file.
    init?(path: FilePath) throws(CatalogError) {
        let url = URL(fileURLWithPath: path.string)
        guard
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: url.resolvingSymlinksInPath().path)
        else { return nil }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw .foreign(path, reason: "it is not a file")
        }
        let bytes: Data
        do {
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            bytes = try handle.read(upToCount: 100) ?? Data()
        } catch {
            throw .cannotWrite(path, reason: error.localizedDescription)
        }
        guard !bytes.isEmpty else {
            (isEmpty, application, schema) = (true, 0, 0)
            return
        }
        guard bytes.count == 100, bytes.starts(with: Data("SQLite format 3\0".utf8)) else {
            throw .foreign(path, reason: "it is no SQLite database")
        }
        func number(at offset: Int) -> Int {
            bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        application = number(at: 68)
        schema = number(at: 60)
        // A database without a schema: its page count is one and its schema cookie zero.
        isEmpty = application == 0 && schema == 0 && number(at: 40) == 0
    }

    /// Refuses files of others and of newer versions.
    func check(_ path: FilePath, known: Int) throws(CatalogError) {
        guard !isEmpty else { return }
        guard application == Schema.applicationID else {
            throw .foreign(path, reason: "its application_id is \(application)")
        }
        guard schema <= known else { throw .newer(path, schema: schema, known: known) }
    }
}

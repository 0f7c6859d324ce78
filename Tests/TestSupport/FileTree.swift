public import Foundation
public import SystemPackage

/// The files under a folder as they are at one moment.
public struct FileTree {
    /// The content of each file, by its path in the folder.
    public let contents: [String: Data]
    /// When each file was last written, and which file it is.
    public let stamps: [String: [Int]]

    /// Reads every file under `folder`, except those whose path `leavesOut` accepts.
    public init(
        _ folder: FilePath, leavingOut leavesOut: (String) -> Bool = { $0.hasSuffix(".lock") }
    ) throws {
        var contents: [String: Data] = [:]
        var stamps: [String: [Int]] = [:]
        let files = FileManager.default
        for name in try files.subpathsOfDirectory(atPath: folder.string) where !leavesOut(name) {
            let path = folder.appending(name).string
            let facts = try files.attributesOfItem(atPath: path)
            guard facts[.type] as? FileAttributeType == .typeRegular else { continue }
            contents[name] = try Data(contentsOf: URL(fileURLWithPath: path))
            let modified = (facts[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            stamps[name] = [Int(modified * 1e6), facts[.systemFileNumber] as? Int ?? 0]
        }
        self.contents = contents
        self.stamps = stamps
    }

    /// The paths that are not the same in `other`: missing, new or of other content.
    public func differences(from other: FileTree) -> [String] {
        Set(contents.keys).union(other.contents.keys)
            .filter { contents[$0] != other.contents[$0] }.sorted()
    }
}

/// The JSON of tables of a catalog without the times at which stages ran, in canonical form.
public func withoutTimes(_ json: String) throws -> String {
    func strip(_ value: Any) -> Any {
        if let object = value as? [String: Any] {
            return object.filter { $0.key != "started" && $0.key != "finished" }.mapValues(strip)
        }
        if let list = value as? [Any] { return list.map(strip) }
        return value
    }
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
    let data = try JSONSerialization.data(
        withJSONObject: strip(value), options: [.sortedKeys, .prettyPrinted])
    return String(decoding: data, as: UTF8.self)
}

/// Cuts a file off after `length` bytes.
public func cut(_ path: FilePath, to length: UInt64) throws {
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path.string))
    defer { try? handle.close() }
    try handle.truncate(atOffset: length)
}

import SystemPackage

/// The settings a scanner's program leaves beside a scan: `key=value` lines under `[sections]`.
struct SettingsText {
    /// One line.
    struct Entry {
        let section: String
        let key: String
        let value: String
    }

    /// Where the settings are.
    let path: FilePath
    /// The lines in file order.
    let entries: [Entry]

    /// Such files are of a few kilobytes; anything much larger is something else.
    private static let greatestByteCount = 1 << 20

    /// Reads the file, as UTF-8 or Latin-1; lines without `=` are passed over, as their programs do.
    init(_ path: FilePath) throws(VolumeFileError) {
        let file = try PositionedFile(path)
        guard file.length <= Self.greatestByteCount else {
            throw .unsupported(
                path, problem: "\(file.length) bytes are too many for a scanner's settings",
                advice: "check that the file is what its name says")
        }
        self.init(path, text: HeaderText.decode(try file.bytes(at: 0, count: file.length)))
    }

    /// Takes the text as it is.
    init(_ path: FilePath, text: String) {
        self.path = path
        var section = ""
        var entries: [Entry] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let line = HeaderText.trim(line)
            if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
                section = HeaderText.trim(line[line.index(after: line.startIndex)..<end])
                continue
            }
            // Volume Graphics names a section in braces and files in brackets below it.
            if line.hasPrefix("{") { continue }
            guard let equals = line.firstIndex(of: "="), entries.count < 10_000 else { continue }
            let key = HeaderText.trim(line[..<equals])
            guard !key.isEmpty else { continue }
            entries.append(
                Entry(
                    section: section, key: key,
                    value: HeaderText.trim(line[line.index(after: equals)...])))
        }
        self.entries = entries
    }

    /// The value of a key, whatever its case; in any section where none is named.
    subscript(section: String?, key: String) -> String? {
        entry(section, key)?.value
    }

    /// The line of a key, whatever its case.
    func entry(_ section: String?, _ key: String) -> Entry? {
        entries.first { entry in
            Self.normal(entry.key) == Self.normal(key)
                && (section.map { Self.normal($0) == Self.normal(entry.section) } ?? true)
        }
    }

    /// Every setting by its key as the file spells it; a repeated key with its section before it.
    var facts: [String: String] {
        var facts: [String: String] = [:]
        for entry in entries where !entry.value.isEmpty {
            let key = facts[entry.key] == nil ? entry.key : "[\(entry.section)] \(entry.key)"
            facts[key] = entry.value
        }
        return facts
    }

    /// Keys differ between versions of a program in case, spaces and how they write the micro sign.
    static func normal(_ key: String) -> String {
        var normal = ""
        for character in key.lowercased() where !character.isWhitespace {
            normal.append(character == "µ" || character == "μ" ? "u" : character)
        }
        return normal
    }
}

import Foundation

/// The trials of a study so far, a line each, so that a study that was stopped goes on.
struct TrialLog {
    private(set) var trials: [Trial] = []
    private let file: FileHandle
    private var keys: Set<Key> = []

    private struct Key: Hashable {
        let name: String
        let seed: UInt64
        let highEdge: Int
    }

    /// Opens a log, or begins one.
    init(file url: URL) throws {
        if !FileManager.default.fileExists(atPath: url.path) {
            try Data((Trial.header + "\n").utf8).write(to: url)
        }
        let text = try String(contentsOf: url, encoding: .utf8)
        file = try FileHandle(forUpdating: url)
        // A line that a stop cut off is left behind.
        let whole = text.lastIndex(of: "\n").map { text[...$0] } ?? ""
        try file.truncate(atOffset: UInt64(whole.utf8.count))
        try file.seekToEnd()
        for line in whole.split(separator: "\n").dropFirst() {
            guard let trial = Trial(line: line) else { throw ForeignTable(path: url.path) }
            remember(trial)
        }
    }

    func holds(_ name: String, _ seed: UInt64, _ highEdge: Int) -> Bool {
        keys.contains(Key(name: name, seed: seed, highEdge: highEdge))
    }

    mutating func append(_ trial: Trial) throws {
        try file.write(contentsOf: Data((trial.line + "\n").utf8))
        remember(trial)
    }

    private mutating func remember(_ trial: Trial) {
        keys.insert(Key(name: trial.name, seed: trial.seed, highEdge: trial.highEdge))
        trials.append(trial)
    }
}

/// A table this program did not write.
struct ForeignTable: Error, CustomStringConvertible {
    let path: String
    var description: String {
        "\(path) holds lines of another version of this study. Move it away, or name another folder."
    }
}

import Foundation
public import SystemPackage
import Workspace

/// The metrics of a run, line by line, in `metrics.jsonl`.
public final class MetricsLog {
    /// The file.
    public let path: FilePath
    private let file: AppendedFile
    private var lastStep: Int

    /// Begins the metrics of a run; there are none yet.
    public init(creating path: FilePath) throws(RunLogError) {
        self.path = path
        file = try AppendedFile(path, isNew: true)
        lastStep = 0
    }

    /// Goes on with the metrics of a run at a checkpoint: what was measured after its step is cut off,
    /// as is a line that a kill has torn.
    ///
    /// - Parameter hasMetrics: Whether something was measured at the checkpoint's step, as is usual;
    ///   a file that ends before it has lost lines.
    /// - Throws: ``RunLogError/endsEarly(_:last:checkpoint:)``, ``RunLogError/damaged(_:line:)``.
    public init(
        resuming path: FilePath, atStep step: Int, hasMetrics: Bool = true
    ) throws(RunLogError) {
        self.path = path
        let text = try Self.bytes(of: path)
        var (kept, last, number) = (0, 0, 0)
        while kept < text.count {
            number += 1
            guard let end = text[kept...].firstIndex(of: UInt8(ascii: "\n")) else { break }
            guard let line = Self.line(text[kept..<end]) else {
                // A torn line is the last one, unless the disk itself has failed.
                guard end == text.count - 1 else { throw .damaged(path, line: number) }
                break
            }
            if line.step > step { break }
            last = line.step
            kept = end + 1
        }
        guard !hasMetrics || last == step else {
            throw .endsEarly(path, last: last, checkpoint: step)
        }
        file = try AppendedFile(path, isNew: false)
        lastStep = last
        try file.truncate(to: kept)
        try file.sync()
    }

    /// Adds a line; steps do not fall.
    public func append(_ line: MetricsLine) throws(RunLogError) {
        precondition(line.step >= lastStep, "metrics come in the order of steps")
        lastStep = line.step
        try file.append(Array((CanonicalJSON.text(line) + "\n").utf8))
    }

    /// Waits until the disk has every line: before a checkpoint is written, so that none is ahead of
    /// its metrics.
    public func sync() throws(RunLogError) { try file.sync() }

    /// All lines of a file; one torn at its end is left out.
    ///
    /// - Throws: ``RunLogError/damaged(_:line:)`` for one torn elsewhere.
    public static func lines(of path: FilePath) throws(RunLogError) -> [MetricsLine] {
        let pieces = try bytes(of: path).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var lines: [MetricsLine] = []
        // Behind the last line break stands nothing, or what was torn.
        for (index, piece) in pieces.dropLast().enumerated() {
            if let line = line(piece) {
                lines.append(line)
            } else if index < pieces.count - 2 {
                throw .damaged(path, line: index + 1)
            }
        }
        return lines
    }

    private static func bytes(of path: FilePath) throws(RunLogError) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: path.string)))
        } catch {
            throw .unreadable(path, reason: error.localizedDescription)
        }
    }

    private static func line(_ bytes: ArraySlice<UInt8>) -> MetricsLine? {
        try? JSONDecoder().decode(MetricsLine.self, from: Data(bytes))
    }
}

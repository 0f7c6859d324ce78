import Foundation

/// Writes results where scripts read them.
///
/// - Throws: ``OutputClosed`` where the reader has gone or the disk is full.
public func writeToStandardOutput(_ text: String) throws(OutputClosed) {
    do {
        try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
        throw OutputClosed()
    }
}

/// Standard output takes no more.
public struct OutputClosed: Error, CustomStringConvertible {
    /// What happened.
    public let description =
        "standard output cannot be written; is its disk full, or its reader gone?"
}

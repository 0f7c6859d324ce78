import Foundation
import Glibc

/// What a long work says of itself: on a terminal one line that changes in place, elsewhere a line
/// every half minute.
public final class StatusLine {
    private let isTerminal: Bool
    private let write: (String) -> Void
    private var last: ContinuousClock.Instant?
    private var isShown = false
    private let clock = ContinuousClock()

    /// A line on standard error.
    public convenience init() {
        self.init(
            isTerminal: isatty(STDERR_FILENO) == 1
                && ProcessInfo.processInfo.environment["TERM"] != "dumb"
        ) { FileHandle.standardError.write(Data($0.utf8)) }
    }

    /// A line that `write` shows.
    public init(isTerminal: Bool, write: @escaping (String) -> Void) {
        self.isTerminal = isTerminal
        self.write = write
    }

    /// Shows a text, but not more often than anyone can read; it is only made when it is shown.
    public func show(_ text: @autoclosure () -> String) {
        let now = clock.now
        if let last, now - last < (isTerminal ? .milliseconds(100) : .seconds(30)) { return }
        last = now
        write(isTerminal ? "\r\u{1B}[K\(text())" : "\(text())\n")
        isShown = isTerminal
    }

    /// Writes a line that stays.
    public func note(_ text: String) {
        clear()
        write(text + "\n")
    }

    /// Clears the line, so that what follows stands alone.
    public func clear() {
        if isShown { write("\r\u{1B}[K") }
        isShown = false
    }
}

import Console
import Foundation
import Glibc

/// How far a long reading or writing is, on standard error: one line that changes in place on a
/// terminal, a line every half minute elsewhere.
final class Progress {
    private let label: String
    private let start = ContinuousClock.now
    private var last: ContinuousClock.Instant
    private var width = 0
    private let isTerminal: Bool

    /// Progress of what `label` names.
    init(_ label: String) {
        self.label = label
        last = start
        isTerminal =
            isatty(STDERR_FILENO) == 1
            && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Shows `done` of `total` bytes, but not more often than anyone can read.
    func show(_ done: Int, of total: Int) {
        let now = ContinuousClock.now
        guard now - last >= (isTerminal ? .milliseconds(100) : .seconds(30)) else { return }
        last = now
        let seconds = (now - start) / .seconds(1)
        let rate = Double(done) / max(seconds, 1e-9)
        let left = Double(total - done) / max(rate, 1)
        let percent = Double(done) / Double(max(total, 1)) * 100
        let line =
            "\(label): \(Int(percent)) %, \(Quantity.bytes(rate))/s, "
            + "\(Quantity.seconds(left)) left"
        if isTerminal {
            let padding = String(repeating: " ", count: max(width - line.count, 0))
            FileHandle.standardError.write(Data("\r\(line)\(padding)".utf8))
            width = line.count
        } else {
            printToStandardError(line)
        }
    }

    /// Clears the line, so that what follows stands alone.
    func finish() {
        guard isTerminal, width > 0 else { return }
        let blank = String(repeating: " ", count: width)
        FileHandle.standardError.write(Data("\r\(blank)\r".utf8))
        width = 0
    }
}

/// Numbers as people read them.
enum Quantity {
    /// Bytes in decimal units, as in `1.3 GB`.
    static func bytes(_ count: Double) -> String {
        var value = count
        for unit in ["B", "kB", "MB", "GB"] {
            if value < 999.5 { return "\(number(value, digits: 3)) \(unit)" }
            value /= 1000
        }
        return "\(number(value, digits: 3)) TB"
    }

    /// A duration, as in `1:05 min`.
    static func seconds(_ seconds: Double) -> String {
        guard seconds < 1e6 else { return "days" }
        let whole = Int(seconds.rounded(.up))
        if whole < 60 { return "\(whole) s" }
        let (hours, rest) = whole.quotientAndRemainder(dividingBy: 3600)
        let minutes = hours > 0 ? twoDigits(rest / 60) : "\(rest / 60)"
        return hours > 0 ? "\(hours):\(minutes) h" : "\(minutes):\(twoDigits(rest % 60)) min"
    }

    /// A number with so many significant digits, whole numbers in full.
    static func number(_ value: Double, digits: Int = 6) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        return String(format: "%.\(digits)g", value)
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}

import Console
import Dispatch
import Foundation
import Glibc
import SystemPackage

/// Takes unfinished output away when the user or a job queue stops the program, which then ends with
/// 128 plus the signal's number: 130 for Ctrl-C, 143 for SIGTERM, 129 for a terminal that is closed.
final class RemovalOnInterruption {
    private let sources: [any DispatchSourceSignal]
    /// From the keyboard, from a scheduler, and from a terminal that goes away.
    private let signals: [Int32]
    /// Of its own, as work may hold every thread of the queues that are shared.
    private let queue = DispatchQueue(label: "interruption")

    /// From now on, and as long as this object lives, a signal to stop removes `folders` first.
    init(removing folders: [FilePath]) {
        let queue = queue
        signals = [SIGINT, SIGTERM] + (Self.ignoresHangUp ? [] : [SIGHUP])
        sources = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                for folder in folders {
                    // Another thread may be putting a file in meanwhile, which keeps the folder.
                    var attempts = 0
                    while attempts < 50, FileManager.default.fileExists(atPath: folder.string) {
                        try? FileManager.default.removeItem(atPath: folder.string)
                        attempts += 1
                    }
                }
                _exit(128 + number)
            }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
        for number in signals { signal(number, SIG_DFL) }
    }

    /// Whether the program is to go on when its terminal is closed, as `nohup` has it.
    private static var ignoresHangUp: Bool {
        var action = sigaction()
        guard unsafe sigaction(SIGHUP, nil, &action) == 0 else { return false }
        let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        return unsafe handler == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}

import Dispatch
import Foundation
import Glibc
import Synchronization

/// Runs long work so that ctrl-C and a scheduler's SIGTERM stop it between two slabs, with everything
/// finished so far on disk; a second ctrl-C stops it at once.
public enum Interruption {
    /// The exit status of a program that `signal` stopped.
    public struct Stopped: Error {
        let signal: Int32
        /// 128 and the signal's number.
        public var exitCode: Int32 { 128 + signal }
    }

    /// Does `work` in a task that the signals cancel.
    public static func guarding<T: Sendable>(
        _ work: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        // A file larger than the limit is an error to report, not a signal to die of.
        _ = signal(SIGXFSZ, SIG_IGN)
        let task = Task { try await work() }
        let received = Mutex<Int32?>(nil)
        // Of its own, as work may hold every thread of the queues that are shared.
        let queue = DispatchQueue(label: "interruption")
        let sources = [SIGINT, SIGTERM].map { number in
            // The dispatch source hears of the signal only when the default action is off.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                let isFirst = received.withLock { received in
                    defer { received = received ?? number }
                    return received == nil
                }
                if !isFirst { _exit(128 + number) }
                FileHandle.standardError.write(
                    Data("\nstopping; what is finished stays. Once more stops at once.\n".utf8))
                task.cancel()
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        do {
            return try await task.value
        } catch is CancellationError {
            throw Stopped(signal: received.withLock { $0 } ?? SIGINT)
        }
    }
}

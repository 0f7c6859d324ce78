import Foundation
import Glibc
public import SystemPackage

/// The right to write in a workspace, held until this value goes away or its process dies.
///
/// The lock is the kernel's (`flock`), so a killed holder never leaves a stale one; the file's text only
/// tells people who holds it.
public final class WorkspaceLock {
    /// Who may hold a lock beside us.
    public enum Kind: Sendable {
        /// Nobody: whole builds.
        case exclusive
        /// Other sharers: cluster jobs that each work on samples of their own.
        case shared
    }

    private let descriptor: Int32

    /// Takes the lock file at `path`, or says who holds it.
    ///
    /// - Throws: ``WorkspaceError/held(_:by:)`` where another live process has it.
    public init(_ path: FilePath, _ kind: Kind) throws(WorkspaceError) {
        let descriptor = unsafe open(path.string, O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .writing(path, Errno(rawValue: errno)) }
        let operation = kind == .exclusive ? LOCK_EX : LOCK_SH
        guard flock(descriptor, operation | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            guard reason == EWOULDBLOCK else { throw .writing(path, Errno(rawValue: reason)) }
            let holder = (try? String(contentsOfFile: path.string, encoding: .utf8)) ?? ""
            throw .held(
                path.removingLastComponent(),
                by: holder.isEmpty
                    ? "another process" : holder.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        self.descriptor = descriptor
        let started = Date.now.formatted(.iso8601)
        let text =
            "process \(getpid()) on \(ProcessInfo.processInfo.hostName) since \(started)\n"
        ftruncate(descriptor, 0)
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    deinit {
        // A process forked meanwhile has the file open too, until it becomes its program, and a lock
        // lasts until all have closed it; so it is given up and not just closed.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

import Console
import Dispatch
import Foundation
import Glibc
import SystemPackage

/// Takes unfinished output away when the user or a job queue stops the program, which then ends with
/// 128 plus the signal's number: 130 for Ctrl-C, 143 for SIGTERM.
final class RemovalOnInterruption {
    private let sources: [any DispatchSourceSignal]

    /// From now on, and as long as this object lives, a signal to stop removes `folders` first.
    init(removing folders: [FilePath]) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
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
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}

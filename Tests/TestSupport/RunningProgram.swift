import Foundation
import SystemPackage

/// A program that runs beside the test, to be stopped, killed or waited for.
public final class RunningProgram: Sendable {
    private let process: Process
    private let scratch: ScratchFolder
    private var errorPath: FilePath { scratch.appending("errors") }

    /// Starts `tomopair` of the same build.
    public convenience init(tomopair arguments: [String]) throws {
        try self.init("tomopair", arguments)
    }

    /// Starts a program of the same build.
    public init(_ program: String, _ arguments: [String]) throws {
        scratch = try ScratchFolder()
        process = Process()
        process.executableURL = URL(
            fileURLWithPath: Program.buildFolder.appending(program).string)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let errors = scratch.appending("errors").string
        try Data().write(to: URL(fileURLWithPath: errors))
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// The number the system knows it by.
    public var identifier: Int32 { process.processIdentifier }

    /// What it has said on standard error so far.
    public var errors: String {
        (try? String(contentsOfFile: errorPath.string, encoding: .utf8)) ?? ""
    }

    /// Waits until `condition` holds; false when the program ended before.
    public func waits(until condition: () -> Bool) -> Bool {
        while !condition() {
            guard process.isRunning else { return condition() }
            usleep(1000)
        }
        return true
    }

    /// Sends a signal.
    public func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for the end: the exit status, 128 + the signal's number where one ended it.
    public func status() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
            + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    }
}

import Foundation
public import SystemPackage

/// A finished run of a program.
public struct ProgramRun: Sendable {
    /// The exit status; 128 + the signal's number for a program that a signal ended.
    public let status: Int32
    /// Everything on standard output.
    public let output: String
    /// Everything on standard error.
    public let errors: String
}

/// Programs that tests run as a user would.
public enum Program {
    /// The folder of the test binary, where the package's programs are built too.
    public static let buildFolder: FilePath = {
        // On Linux the running test bundle is itself the executable in the build folder.
        let link = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        return FilePath(link ?? CommandLine.arguments[0]).removingLastComponent()
    }()

    /// Runs `tomopair` of the same build.
    public static func tomopair(
        _ arguments: [String], in folder: FilePath? = nil, environment: [String: String] = [:]
    ) throws -> ProgramRun {
        try run(
            buildFolder.appending("tomopair"), arguments, in: folder, environment: environment)
    }

    /// Runs `tomopair-train` of the same build.
    public static func trainer(
        _ arguments: [String], in folder: FilePath? = nil, environment: [String: String] = [:]
    ) throws -> ProgramRun {
        try run(
            buildFolder.appending("tomopair-train"), arguments, in: folder,
            environment: environment)
    }

    /// Runs the Python of the tests' environment on a script given as text.
    public static func python(_ script: String, _ arguments: [String] = []) throws -> ProgramRun {
        try run(pythonPath, ["-c", script] + arguments)
    }

    /// Whether the Python environment of the tests is installed; `make test` installs it.
    public static let hasPython = FileManager.default.isExecutableFile(atPath: pythonPath.string)

    private static let pythonPath: FilePath = {
        if let named = ProcessInfo.processInfo.environment["TOMOPAIR_PYTHON"] {
            return FilePath(named)
        }
        return FilePath(#filePath).removingLastComponent().removingLastComponent()
            .removingLastComponent().appending(".venv/bin/python")
    }()

    /// Runs a program to its end, gathering what it prints.
    public static func run(
        _ program: FilePath, _ arguments: [String], in folder: FilePath? = nil,
        environment: [String: String] = [:]
    ) throws -> ProgramRun {
        let scratch = try ScratchFolder()
        let outputPath = scratch.appending("output").string
        let errorPath = scratch.appending("errors").string
        for path in [outputPath, errorPath] { try Data().write(to: URL(fileURLWithPath: path)) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.string)
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder.string) }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: outputPath)
        process.standardError = FileHandle(forWritingAtPath: errorPath)
        try process.run()
        process.waitUntilExit()
        let signalled = process.terminationReason == .uncaughtSignal
        return ProgramRun(
            status: process.terminationStatus + (signalled ? 128 : 0),
            output: try String(contentsOfFile: outputPath, encoding: .utf8),
            errors: try String(contentsOfFile: errorPath, encoding: .utf8))
    }
}

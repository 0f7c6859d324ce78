import ArgumentParser
import Catalog
import Dataset
import Foundation
import Manifest
import Measurement
import Registration
import Segmentation
import VolumeFiles
import Workspace

/// How the program ends, after sysexits.h where that has a word for it.
enum ExitStatus: Int32 {
    case done = 0
    case someFailed = 1
    case wrongCommand = 64
    case badData = 65
    case inputMissing = 66
    case ourBug = 70
    case cannotWrite = 73
    case noSpace = 74
    case temporary = 75
}

extension ExitStatus {
    /// The status that tells a shell what `error` is about.
    init(_ error: any Error) {
        self =
            switch error {
            case let error as VolumeFileError: Self.of(error)
            case let error as WorkspaceError: Self.of(error)
            case let error as CatalogError: Self.of(error)
            case ManifestError.missing, ManifestError.unreadable: .inputMissing
            case is ManifestError, is RegistrationError, is SegmentationError,
                is MeasurementError, is SplitError, is UselessMask:
                .badData
            case is ValidationError, is CommandWasWrong: .wrongCommand
            case is OutputClosed: .noSpace
            default: .ourBug
            }
    }

    private static func of(_ error: VolumeFileError) -> ExitStatus {
        switch error {
        case .missing, .unreadable: .inputMissing
        case .malformed, .unsupported, .ambiguous, .outsideRoot: .badData
        case .cannotWrite: .cannotWrite
        case .noSpace: .noSpace
        }
    }
}

extension ExitStatus {
    private static func of(_ error: WorkspaceError) -> ExitStatus {
        switch error {
        case .held: .temporary
        case .missing, .unreadable: .inputMissing
        case .damaged: .badData
        case .cannotWrite: .cannotWrite
        case .noSpace: .noSpace
        }
    }
}

extension ExitStatus {
    private static func of(_ error: CatalogError) -> ExitStatus {
        switch error {
        case .missing: .inputMissing
        case .foreign, .newer, .older, .corrupt, .refused, .unusable: .badData
        case .unknownTable, .severalTablesInCSV: .wrongCommand
        case .busy: .temporary
        case .cannotWrite: .cannotWrite
        case .noSpace: .noSpace
        case .failed: .ourBug
        }
    }
}

/// A command whose options do not fit the data they are for.
struct CommandWasWrong: Error, CustomStringConvertible {
    let description: String
}

/// Runs a command's work; an error becomes one line on standard error and the exit status that
/// belongs to it.
func reportingErrors(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let code as ExitCode {
        throw code
    } catch {
        report(error)
        throw ExitCode(ExitStatus(error).rawValue)
    }
}

/// Runs a command's work that waits; see ``reportingErrors(_:)``.
func reportingErrors(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let code as ExitCode {
        throw code
    } catch let stopped as Interruption.Stopped {
        throw ExitCode(stopped.exitCode)
    } catch {
        report(error)
        throw ExitCode(ExitStatus(error).rawValue)
    }
}

/// Prints what went wrong as a line that names the program.
func report(_ error: any Error) {
    printToStandardError("tomopair: \(error)")
}

/// Prints a line where it does not mix with results.
func printToStandardError(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}

import ArgumentParser
import Catalog
import Console
import Dataset
import Foundation
import Manifest
import Measurement
import Registration
import Segmentation
import VolumeFiles
import Workspace

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
}

/// A command whose options do not fit the data they are for.
struct CommandWasWrong: Error, CustomStringConvertible {
    let description: String
}

/// Data of which nothing can be measured.
struct UselessMask: Error, CustomStringConvertible {
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

public import Catalog
import Foundation
public import VolumeFiles
public import Workspace

/// How the program ends, after sysexits.h where that has a word for it.
public enum ExitStatus: Int32 {
    /// All is done.
    case done = 0
    /// Some samples failed, the others are done.
    case someFailed = 1
    /// The command cannot be understood.
    case wrongCommand = 64
    /// The input is not what it should be.
    case badData = 65
    /// The input is not there or cannot be read.
    case inputMissing = 66
    /// The program is wrong.
    case ourBug = 70
    /// The output cannot be written.
    case cannotWrite = 73
    /// There is no space left for the output.
    case noSpace = 74
    /// Somebody else is at work here; try again later.
    case temporary = 75

    /// The status that tells a shell what went wrong with a file of voxels.
    public static func of(_ error: VolumeFileError) -> ExitStatus {
        switch error {
        case .missing, .unreadable: .inputMissing
        case .malformed, .unsupported, .ambiguous, .outsideRoot: .badData
        case .cannotWrite: .cannotWrite
        case .noSpace: .noSpace
        }
    }

    /// The status that tells a shell what went wrong with a workspace.
    public static func of(_ error: WorkspaceError) -> ExitStatus {
        switch error {
        case .held: .temporary
        case .missing, .unreadable: .inputMissing
        case .damaged, .damagedRun: .badData
        case .cannotWrite: .cannotWrite
        case .noSpace: .noSpace
        }
    }

    /// The status that tells a shell what went wrong with a catalog.
    public static func of(_ error: CatalogError) -> ExitStatus {
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

/// Prints a line where it does not mix with results.
public func printToStandardError(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}

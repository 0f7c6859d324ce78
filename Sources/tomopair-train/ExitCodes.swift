import ArgumentParser
import Catalog
import Console
import Evaluation
import PatchFeed
import RunLog
import Torch
import Training
import TrainingRecipe
import Upscaling
import VolumeFiles
import WeightFiles
import Workspace

extension ExitStatus {
    /// The status that tells a shell what `error` is about.
    init(_ error: any Error) {
        self =
            switch error {
            case let error as VolumeFileError: Self.of(error)
            case let error as WorkspaceError: Self.of(error)
            case let error as CatalogError: Self.of(error)
            case RecipeError.missing, RecipeError.unreadable: .inputMissing
            case WeightFileError.missing, WeightFileError.unreadable: .inputMissing
            case WeightFileError.cannotWrite: .cannotWrite
            case WeightFileError.noSpace: .noSpace
            case EvaluationError.memoryTooSmall, UpscalingError.memoryTooSmall,
                UpscalingError.imageTooLarge, UpscalingError.cannotBeTiled, TorchError.outOfMemory:
                .wrongCommand
            case RunLogError.cannotWrite, PatchFeedError.cannotStage: .cannotWrite
            case TrainingError.nothingToResume: .inputMissing
            case TrainingError.needsGPU: .wrongCommand
            case TrainingError.runExists: .cannotWrite
            case is EvaluationError, is UpscalingError, is RecipeError, is TrainingError,
                is PatchFeedError, is WeightFileError, is RunLogError:
                .badData
            case is ValidationError, is WrongOption, TorchError.noSuchDevice: .wrongCommand
            case is OutputClosed: .noSpace
            default: .ourBug
            }
    }
}

/// Runs a command's work; an error becomes one line on standard error and the exit status that
/// belongs to it.
func reportingErrors(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let code as ExitCode {
        throw code
    } catch let stopped as Interruption.Stopped {
        throw ExitCode(stopped.exitCode)
    } catch {
        printToStandardError("tomopair-train: \(error)")
        throw ExitCode(ExitStatus(error).rawValue)
    }
}

import ArgumentParser
import SystemPackage
import Torch

// What the commands have in common on their command lines.

/// The device that `--device` names.
///
/// - Throws: ``WrongOption``, and `TorchError` for one that is not there.
func chosenDevice(_ option: String) throws -> Device {
    guard let device = try Device.named(option) else {
        throw WrongOption(description: "--device takes auto, cpu, cuda or cuda:N.")
    }
    return device
}

/// Refuses a number of `--threads` that no machine has.
func checkThreads(_ option: Int?) throws {
    guard option.map({ (1...1024).contains($0) }) ?? true else {
        throw ValidationError("--threads takes a whole number from 1.")
    }
}

/// The catalog's file, of which the workspace may be given instead.
func catalogFile(_ argument: String) -> FilePath {
    let path = FilePath(argument)
    return path.extension == "sqlite" ? path : path.appending("catalog.sqlite")
}

/// An option that says nothing this program knows.
struct WrongOption: Error, CustomStringConvertible {
    let description: String
}

import ArgumentParser
import Workspace

@main
struct TomopairTrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tomopair-train",
<<<<<<< HEAD
        abstract: """
            Trains super-resolution networks on the catalogs of tomopair, judges them and upscales scans.
            """,
=======
        abstract:
            "Trains super-resolution networks on the catalogs of tomopair, judges and uses them.",
>>>>>>> evaluate
        version: toolVersion, subcommands: [Train.self, Evaluate.self, Upscale.self])
}

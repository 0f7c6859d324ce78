import ArgumentParser
import Workspace

@main
struct TomopairTrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tomopair-train",
        abstract:
            "Trains super-resolution networks on the catalogs of tomopair, judges and uses them.",
        version: toolVersion, subcommands: [Train.self, Evaluate.self, Upscale.self])
}

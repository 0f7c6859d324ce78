import ArgumentParser
import Workspace

@main
struct TomopairTrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tomopair-train",
        abstract: "Trains super-resolution networks on the catalogs of tomopair.",
        version: toolVersion, subcommands: [Train.self, Upscale.self])
}

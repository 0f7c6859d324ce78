import ArgumentParser
import Workspace

@main
struct TomopairTrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tomopair-train",
        abstract: "Trains super-resolution networks on the catalogs of tomopair, and judges them.",
        version: toolVersion, subcommands: [Train.self, Evaluate.self])
}

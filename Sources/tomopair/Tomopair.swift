import ArgumentParser
import Workspace

@main
struct Tomopair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tomopair",
        abstract: "Turns pairs of micro-CT scans of rock into super-resolution datasets.",
        version: toolVersion,
        subcommands: [
            Build.self, Status.self, Verify.self, Report.self, Export.self, CatalogCommand.self,
            Info.self, Convert.self, Register.self, Segment.self, Measure.self, Simulate.self,
            DecodeWorker.self,
        ])
}

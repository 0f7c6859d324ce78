import ArgumentParser

@main
struct Tomopair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tomopair",
        abstract: "Turns pairs of micro-CT scans of rock into super-resolution datasets.",
        version: "0.1.0",
        subcommands: [Info.self, Convert.self, DecodeWorker.self])
}

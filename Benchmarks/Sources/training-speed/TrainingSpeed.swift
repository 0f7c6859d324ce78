import ArgumentParser

/// Times the trainer's parts in turns that Benchmarks/training.py gives to it and to its peers.
@main
struct TrainingSpeed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training-speed",
        abstract: "Times the trainer's parts, one line of JSON for each line it reads.",
        subcommands: [TimeSteps.self, TimeDegradations.self, TimePatches.self])
}

import Console
import ArgumentParser
import Dataset
import Foundation
import Manifest
import Pipeline
import SystemPackage

struct Build: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes scans through all stages to a catalog, as a manifest says.",
        discussion: """
            Does only what is not done yet: run it again after an interruption or a change and it goes \
            on from there.
            """)

    @Argument(help: "The manifest (YAML); manifests/example.yaml explains every key.")
    var manifest: String

    @Option(help: "The folder of the workspace; made if it is not there.")
    var output: String

    @Option(
        help: ArgumentHelp(
            "The last stage to run: \(Stage.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "stage"))
    var until: Stage = .catalog

    @Option(
        name: .customLong("sample"),
        help: ArgumentHelp("Build this sample only; can be given several times.", valueName: "id"))
    var samples: [String] = []

    @Option(help: "Samples worked on at once; each stage already uses all cores.")
    var jobs = 1

    @Option(
        help: ArgumentHelp(
            "Memory a stage may take, as in 500M or 8G; by default three quarters of the machine's.",
            valueName: "size"))
    var memory: ByteCount = .threeQuartersOfTheMachine

    @Option(
        help: ArgumentHelp(
            "A folder the manifest's scans may lie in, besides the manifest's own.",
            valueName: "folder"))
    var root: String?

    @Flag(help: "List what would run and why, and do nothing.")
    var dryRun = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Flag(help: "Show failures only.")
    var quiet = false

    func validate() throws {
        guard jobs >= 1 else { throw ValidationError("--jobs takes a whole number from 1.") }
    }

    func run() async throws {
        try await reportingErrors {
            let manifest = try Manifest(
                contentsOf: FilePath(manifest), root: root.map { FilePath($0) })
            let options = BuildOptions(
                last: until, samples: try chosen(in: manifest), jobs: jobs, memory: memory.bytes)
            if dryRun {
                try printPlan(planBuild(manifest, in: FilePath(output), options: options))
                return
            }
            let display = BuildDisplay(isQuiet: quiet)
            let output = FilePath(output)
            let summary = try await Interruption.guarding {
                try await build(manifest, in: output, options: options, observer: display)
            }
            if json { try printJSON(summary) } else { printSummary(summary) }
            let built = options.samples ?? Set(summary.samples.map(\.sample))
            if summary.failed.contains(where: { built.contains($0.sample) }) {
                throw ExitCode(ExitStatus.someFailed.rawValue)
            }
        }
    }

    private func chosen(in manifest: Manifest) throws -> Set<SampleID>? {
        guard !samples.isEmpty else { return nil }
        let known = manifest.samples.map(\.id)
        return Set(
            try samples.map { name in
                guard let id = SampleID(name), known.contains(id) else {
                    throw ValidationError(
                        "The manifest has no sample '\(name)'; it has "
                            + known.map(\.name).joined(separator: ", ") + ".")
                }
                return id
            })
    }

    private func printPlan(_ stages: [PlannedStage]) throws {
        if json { return try printJSON(stages) }
        printTable(
            [["sample", "stage", "would", "because"]]
                + stages.map {
                    [$0.sample.name, $0.stage.rawValue, $0.runs ? "run" : "keep", $0.reason]
                })
    }
}

import ArgumentParser
import Catalog
import Console
import Dataset
import Foundation
import RunLog
import SystemPackage
import Torch
import Training
import TrainingRecipe
import Workspace

struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains a network on a catalog's pairs, as a recipe says.",
        discussion: """
            The run lies in runs/NAME beside the catalog. It can be stopped at any moment and goes on \
            with --resume.
            """)

    @Argument(help: "The catalog, or the workspace that holds it.")
    var catalog: String

    @Option(help: "The recipe (YAML); manifests/training/example.yaml explains every key.")
    var recipe: String

    @Option(help: "The run's name; the recipe's by default.")
    var name: String?

    @Flag(help: "Go on from the run's last checkpoint.")
    var resume = false

    @Option(help: "Where to compute: auto, cpu, cuda or cuda:1.")
    var device = "auto"

    @Option(
        help: "Threads of an operation on the processor; all cores but the reader's by default.")
    var threads: Int?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        try checkThreads(threads)
    }

    func run() async throws {
        try await reportingErrors {
            try await Interruption.guarding { try train() }
        }
    }

    private func train() throws {
        let device = try chosenDevice(self.device)
        let file = catalogFile(catalog)
        let workspace = file.removingLastComponent()
        let recipeFile = FilePath(recipe)
        let recipe = try TrainingRecipe(contentsOf: recipeFile)
        let pairs = try CatalogDatabase(readingAt: file).trainingPairs()
        guard let name = SampleID(name ?? recipe.name.name) else {
            throw WrongOption(
                description: "--name takes 1 to 64 letters, digits, '.', '_' and '-'.")
        }
        let folder = WorkspaceLayout(root: workspace).runs.appending(name.name)
        try AtomicFile.createFolder(folder)
        let lock = try WorkspaceLock(folder.appending(Self.lockName), .exclusive)
        defer { withExtendedLifetime(lock) {} }
        Library.keepFreedMemory()
        // libtorch's threads spin while they wait, and would take the core that reads patches.
        let cores = ProcessInfo.processInfo.activeProcessorCount
        try Library.setThreads(threads ?? max(1, cores - 1))
        let status = StatusLine()
        let run: TrainingRun
        do {
            run = try TrainingRun(
                recipe, pairs: pairs, workspace: workspace, folder: folder,
                recipeFolder: recipeFile.removingLastComponent(), device: device, resumes: resume,
                // A GPU leaves the processor to those that make patches ready.
                feedThreads: device == .cpu ? 1 : max(1, min(cores - 1, 16))
            ) { show($0, on: status) }
        } catch {
            Self.removeUnused(folder)
            throw error
        }
        let receipt = try RunReceipt(of: run, named: name, workspace: workspace)
        try receipt.write(nil)
        let outcome: TrainingRun.Outcome
        do {
            outcome = try run.run(report: { show($0, on: status) }) { Task.isCancelled }
        } catch  where !(error is CancellationError) {
            // The first error is the one to tell, also where not even this can be written.
            try? receipt.write(.failed, message: "\(error)")
            throw error
        }
        status.clear()
        try receipt.write(outcome.wasStopped ? nil : .done)
        if outcome.wasStopped { throw CancellationError() }
        try printResult(outcome, folder: folder)
    }

    /// Takes away the folder of a run that was refused before it wrote anything.
    private static func removeUnused(_ folder: FilePath) {
        let files = FileManager.default
        guard (try? files.contentsOfDirectory(atPath: folder.string)) == [lockName] else { return }
        try? files.removeItem(atPath: folder.string)
    }

    private static let lockName = ".lock"

    private func show(_ event: TrainingRun.Event, on status: StatusLine) {
        switch event {
        case .staging(let done, let total):
            status.show("reading pairs: \(total > 0 ? done * 100 / total : 100) %")
        case .begunWith(let path, let taken, let total):
            status.note("begins with \(path): \(taken) of \(total) tensors")
        case .fittingDegradation(let pairs):
            status.show("fitting the degradation to \(pairs) pairs")
        case .trainingFeatures(let done, let total):
            status.show("training a network of features: step \(done) of \(total)")
        case .leftOut(let reason): status.note("left out: \(reason)")
        case .step(let progress): status.show(progress.line)
        case .validated(let step, let values):
            status.note("step \(step): \(Self.text(of: values))")
        case .skipped(let step, let patches):
            status.note(
                "step \(step): the loss or its gradient was no number, nothing learnt from "
                    + patches.joined(separator: ", "))
        case .saved: break
        case .endedEarly(let phase, let step):
            status.note("\(phase) got no better and ends at step \(step)")
        }
    }

    /// Figures as people read them: `PSNR 31.20 dB, SSIM 0.9012, porosity off by 0.0123`.
    private static func text(of values: [String: Double]) -> String {
        JudgedBy.allCases.compactMap { figure in
            values[figure.rawValue].map { value in
                switch figure {
                case .psnr: String(format: "PSNR %.2f dB", value)
                case .ssim: String(format: "SSIM %.4f", value)
                case .porosity: String(format: "porosity off by %.4f", value)
                }
            }
        }.joined(separator: ", ")
    }

    /// What `--json` prints.
    private struct Result: Encodable {
        let run: String
        let steps: Int
        let checkpoint: String?
        let validation: [String: Double]
        let bicubic: [String: Double]

        init(_ outcome: TrainingRun.Outcome, folder: FilePath) {
            run = folder.string
            steps = outcome.steps
            checkpoint = outcome.checkpoint?.string
            validation = outcome.validation.filter { $0.value.isFinite }
            bicubic = outcome.bicubic.filter { $0.value.isFinite }
        }
    }

    private func printResult(_ outcome: TrainingRun.Outcome, folder: FilePath) throws {
        if json {
            try writeToStandardOutput(CanonicalJSON.page(Result(outcome, folder: folder)))
            return
        }
        print("run: \(folder), \(outcome.steps) steps")
        if !outcome.validation.isEmpty {
            print("validation: \(Self.text(of: outcome.validation))")
            print("bicubic:    \(Self.text(of: outcome.bicubic))")
        }
        if let checkpoint = outcome.checkpoint { print("checkpoint: \(checkpoint)") }
    }
}

import ArgumentParser
import Catalog
import Console
import Dataset
import Evaluation
import Foundation
import RunLog
import Segmentation
import SystemPackage
import Torch
import Training
import Upscaling
import Workspace

struct Evaluate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judges a network by samples it has not learnt from.",
        discussion: """
            LOW, enlarged by the network and by interpolation, is compared with HIGH on the same voxels, \
            as images and by what is measured in the pore spaces that seven thresholds make. Tables and \
            pictures lie in evaluation/ in the folder of the run.
            """)

    @Argument(help: "The catalog, or the workspace that holds it.")
    var catalog: String

    @Option(help: "The folder of a run, of which the best checkpoint is taken, or of a checkpoint.")
    var checkpoint: String

    @Option(help: "The part of the split: test, validation or train.")
    var part = SplitPart.test

    @Flag(help: "Take the mean over the eight turned and mirrored forms of every slice.")
    var ensemble = false

    @Option(help: "Where to compute: auto, cpu, cuda or cuda:1.")
    var device = "auto"

    @Option(help: "Threads of an operation on the processor; all cores by default.")
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Memory for voxels and the network's features, as in 500M or 8G; 4G by default.",
            valueName: "size"))
    var memory: ByteCount?

    @Option(help: "The folder of the results; evaluation/ in that of the run by default.")
    var output: String?

    @Flag(help: "Print the record as JSON.")
    var json = false

    func validate() throws {
        try checkThreads(threads)
    }

    func run() async throws {
        try await reportingErrors {
            try await Interruption.guarding { try evaluate() }
        }
    }

    private func evaluate() throws {
        let device = try chosenDevice(self.device)
        let file = catalogFile(catalog)
        let database = try CatalogDatabase(readingAt: file)
        if let threads { try Library.setThreads(threads) }
        let trained = try TrainedNetwork(at: absolute(checkpoint), on: device)
        let samples = try JudgedSamples(database, part: part, scale: trained.description.scale)
        if let learnt = trained.trainingSamples, part != .train {
            let mixed = samples.pairs.map(\.sample).filter(learnt.contains)
            guard mixed.isEmpty else { throw EvaluationError.trainedOn(mixed, by: trained.file) }
        }
        let status = StatusLine()
        for reason in samples.leftOut { status.note("left out: \(reason)") }
        let workspace = file.removingLastComponent()
        let folder = try output.map { FilePath($0) } ?? defaultFolder(trained, workspace)
        // Before the work, which may take hours.
        try AtomicFile.createFolder(folder)
        let result = try judge(
            samples, trained, device, workspace: workspace, status)
        let record = try write(result, trained, samples, to: folder, file)
        status.clear()
        if json { return try writeToStandardOutput(CanonicalJSON.page(record)) }
        try writeToStandardOutput(try text(result, trained, folder) + "\n")
    }

    private func absolute(_ path: String) -> FilePath {
        FilePath(URL(fileURLWithPath: path).standardizedFileURL.path)
    }

    /// Beside the run's checkpoints, or beside weights that lie elsewhere.
    ///
    /// The next build takes a run's evaluation into the catalog, so it has to be of that catalog.
    private func defaultFolder(
        _ trained: TrainedNetwork, _ workspace: FilePath
    ) throws -> FilePath {
        func place(_ path: FilePath) -> String {
            URL(fileURLWithPath: path.string).resolvingSymlinksInPath().path
        }
        let runs = WorkspaceLayout(root: workspace).runs
        if let run = trained.run, place(run.removingLastComponent()) != place(runs) {
            throw WrongOption(
                description: "The run \(run) is not of this catalog; say with --output where its "
                    + "evaluation is to be kept.")
        }
        let folder = trained.run ?? trained.file.removingLastComponent()
        let names =
            ["evaluation"] + (part == .test ? [] : [part.rawValue])
            + (ensemble ? ["ensemble"] : [])
        return folder.appending(names.joined(separator: "-"))
    }

    /// What judging came to.
    private struct Result {
        var judgements: [SampleJudgement] = []
        /// The weights, taken before the work: a training that goes on may remove its checkpoint.
        let network: FileRecord
        let settings: EvaluationSettings
        let border: Int
        var inputs: [FileRecord] = []
    }

    private func judge(
        _ samples: JudgedSamples, _ trained: TrainedNetwork, _ device: Device,
        workspace: FilePath, _ status: StatusLine
    ) throws -> Result {
        let bytes = memory?.bytes ?? Self.standardBytes
        var options = ImageUpscalingOptions()
        options.device = device
        options.isEnsemble = ensemble
        // A quarter of the memory is for features, the rest for voxels.
        options.memoryInBytes = bytes / 4
        let slices = SliceUse(of: trained)
        let upscaler = ImageUpscaler(
            trained.network, trained.description, slices: slices, options: options)
        var settings = EvaluationSettings()
        settings.memoryInBytes = bytes - bytes / 4
        settings.highSlices = trained.highSlices == .mean ? .mean : .middle
        var result = Result(
            network: FileRecord(
                name: trained.file.string, bytes: try FileFingerprint(of: trained.file).bytes,
                sha256: try Digest(ofFile: trained.file)),
            settings: settings,
            border: max(trained.description.scale, trained.network.outputMargin))
        for (index, pair) in samples.pairs.enumerated() {
            let scans = try PairScans(pair, workspace: workspace)
            var own = settings
            if let segmentation = samples.segmentation[pair.sample.name] {
                own.denoising = try scans.settled(segmentation.denoising)
                own.porePhase = segmentation.porePhase
            }
            let judge = SampleJudge(
                scale: trained.description.scale, margin: trained.network.outputMargin,
                settings: own, slices: slices
            ) { slices, spacing in
                try upscaler(slices, every: spacing) { try Task.checkCancellation() }
            }
            result.judgements.append(
                try tellingAllMemory {
                    try judge(scans, threshold: pair.mask?.thresholds.first) { part in
                        try Task.checkCancellation()
                        status.show(
                            "\(pair.sample) (\(index + 1) of \(samples.pairs.count)): "
                                + "\(Int(part * 100)) %")
                    }
                })
            let file = workspace.appending(pair.pair.file)
            result.inputs.append(
                FileRecord(
                    name: pair.pair.file, bytes: try FileFingerprint(of: file).bytes,
                    sha256: try Digest(ofFile: file)))
        }
        return result
    }

    /// Fixed, as results tell what was in memory at once.
    private static let standardBytes = 4_000_000_000

    /// Calls `body`, and turns what it says of its part of the memory into what the option takes.
    private func tellingAllMemory<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch EvaluationError.memoryTooSmall(let sample, let needed, let given) {
            throw EvaluationError.memoryTooSmall(
                sample, neededBytes: needed / 3 * 4, givenBytes: given / 3 * 4)
        } catch UpscalingError.memoryTooSmall(let needed, let given) {
            throw UpscalingError.memoryTooSmall(neededBytes: 4 * needed, givenBytes: 4 * given)
        } catch UpscalingError.imageTooLarge(let height, let width, let needed, let given) {
            throw UpscalingError.imageTooLarge(
                height: height, width: width, neededBytes: 4 * needed, givenBytes: 4 * given)
        }
    }

    private func write(
        _ result: Result, _ trained: TrainedNetwork, _ samples: JudgedSamples,
        to path: FilePath, _ catalog: FilePath
    ) throws -> EvaluationRecord {
        var folder = try EvaluationFolder(path)
        try folder.write(Array(SliceTables.slices(result.judgements).utf8), as: "slices.csv")
        try folder.write(Array(SliceTables.sweep(result.judgements).utf8), as: "sweep.csv")
        var captions: [String: String] = [:]
        for judgement in result.judgements {
            let pictures = EvaluationPictures(judgement)
            if let (png, caption) = try pictures.comparison() {
                try folder.write(png, as: "\(judgement.sample)-comparison.png")
                captions["\(judgement.sample)-comparison.png"] = caption
            }
            if let svg = pictures.porosity() {
                try folder.write(Array(svg.utf8), as: "\(judgement.sample)-porosity.svg")
            }
        }
        let record = try EvaluationRecord(
            result.judgements,
            of: EvaluationRecord.Network(
                file: result.network.name, sha256: result.network.sha256, step: trained.step,
                choice: Self.text(trained.choice), scale: trained.description.scale,
                isEnsemble: ensemble, metadata: trained.metadata),
            part: part, border: result.border, leftOut: samples.leftOut, captions: captions,
            settings: result.settings)
        try folder.write(Array(CanonicalJSON.page(record.metrics).utf8), as: "metrics.json")
        return try folder.finish(record, inputs: [result.network] + result.inputs)
    }

    private static func text(_ choice: TrainedNetwork.Choice) -> String {
        switch choice {
        case .named: "as named"
        case .best(let figure, let value):
            "the run's best by \(figure.rawValue) of validation, \(String(format: "%.4f", value))"
        case .last: "the run's last"
        }
    }

    private func text(
        _ result: Result, _ trained: TrainedNetwork, _ folder: FilePath
    ) throws -> String {
        let step = trained.step.map { "step \($0), " } ?? ""
        return """
            network: \(trained.file) (\(step)\(Self.text(trained.choice)))
            part: \(part.rawValue)\(ensemble ? ", mean over eight turned and mirrored forms" : "")
            \(try EvaluationTable(result.judgements, settings: result.settings).text())
            tables and pictures: \(folder)
            """
    }
}

/// The samples of a part that a network of some scale can be judged by.
struct JudgedSamples {
    /// In order of their names.
    let pairs: [TrainingPair]
    /// How HIGH was segmented, by sample.
    let segmentation: [String: SegmentationSettings]
    /// The others, and why.
    let leftOut: [String]

    /// - Throws: ``EvaluationError/nothingToJudge(_:reasons:)``, ``EvaluationError/otherScale(network:pairs:)``.
    init(_ catalog: CatalogDatabase, part: SplitPart, scale: Int) throws {
        let all = try catalog.trainingPairs().filter { $0.split == part }
        var leftOut = try catalog.samplesWithoutPair(in: part)
            .map { "\($0.sample): \($0.reason)" }
        guard !all.isEmpty else { throw EvaluationError.nothingToJudge(part, reasons: leftOut) }
        pairs = all.filter { $0.pair.scale == scale }
        guard !pairs.isEmpty else {
            throw EvaluationError.otherScale(
                network: scale, pairs: Array(Set(all.map(\.pair.scale))).sorted())
        }
        leftOut += all.filter { $0.pair.scale != scale }
            .map { "\($0.sample): its pair has scale \($0.pair.scale), the network \(scale)" }
        self.leftOut = leftOut
        segmentation = try catalog.segmentationSettings().compactMapValues {
            try? JSONDecoder().decode(SegmentationSettings.self, from: Data($0.utf8))
        }
    }
}

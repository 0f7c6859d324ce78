import ArgumentParser
import Foundation
import Registration
import TestSupport
import Volumes

/// Registers pairs of phantoms whose poses are known, and says how well.
@main
struct RegistrationStudy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registration-study",
        abstract: "Registers pairs of phantoms whose poses are known, and says how well.",
        subcommands: [Run.self, Export.self, Register.self, Render.self],
        defaultSubcommand: Run.self)
}

/// Which pairs.
struct Selection: ParsableArguments {
    @Option(help: "Cases, with commas between them; all if left out.") var cases: String?
    @Option(help: "Pairs of each case.") var trials = 10
    @Option(help: "The seed of the first pair; the next has the next.") var seed: UInt64 = 0
    @Option(help: "Shrinks the scans of all pairs along every edge.") var edgeFactor = 1.0

    func studies() throws -> [StudyCase] {
        guard let cases else { return StudyCase.all }
        return try cases.split(separator: ",").map { name in
            guard let study = StudyCase.all.first(where: { $0.name == name }) else {
                let names = StudyCase.all.map(\.name).joined(separator: ", ")
                throw ValidationError("There is no case '\(name)'. There are: \(names).")
            }
            return study
        }
    }

    func validate() throws {
        guard trials > 0, edgeFactor > 0.1, edgeFactor <= 8 else {
            throw ValidationError("Trials are at least 1, the edge factor is between 0.1 and 8.")
        }
    }
}

extension RegistrationStudy {
    /// The study itself.
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Registers pairs and writes trials.csv, summary.md, calibration.csv and .svg.",
            discussion: "Pairs that trials.csv holds already are not registered again.")
        @Argument(help: "The folder of the results.") var folder = "study"
        @OptionGroup var selection: Selection

        func run() throws {
            let folder = URL(filePath: folder)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            var log = try TrialLog(file: folder.appending(path: "trials.csv"))
            let studies = try selection.studies()
            // Every case gets its first pair before any gets its second.
            for trial in 0..<selection.trials {
                for study in studies {
                    let seed = selection.seed &+ UInt64(trial)
                    let edge = study.settings(seed: seed, edgeFactor: selection.edgeFactor).highEdge
                    if log.holds(study.name, seed, edge) { continue }
                    let done = Trial(study, seed: seed, edgeFactor: selection.edgeFactor)
                    try log.append(done)
                    print(
                        study.name, seed, done.accepted ? "accepted" : "refused",
                        number(done.cornerError), "\(number(done.wallSeconds)) s", done.reason)
                }
            }
            try report(log.trials, studies: studies, to: folder)
        }

        private func report(_ trials: [Trial], studies: [StudyCase], to folder: URL) throws {
            let summaries = studies.compactMap { study -> Summary? in
                let mine = trials.filter {
                    $0.name == study.name
                        && $0.highEdge
                            == study.settings(seed: $0.seed, edgeFactor: selection.edgeFactor)
                            .highEdge
                }
                return mine.isEmpty ? nil : Summary(study: study, trials: mine)
            }
            var text = Summary.header + "\n"
            for summary in summaries { text += summary.row + "\n" }
            for summary in summaries where !summary.troubles.isEmpty {
                text += "\n\(summary.study.name): \(summary.study.description)\n\n"
                for trial in summary.troubles {
                    text +=
                        "- seed \(trial.seed), corner error \(number(trial.cornerError)), "
                        + "\(trial.accepted ? "accepted" : "refused"), overlap "
                        + "\(number(trial.trueOverlap)), \(trial.reason)\n"
                }
            }
            try Data(text.utf8).write(to: folder.appending(path: "summary.md"), options: .atomic)
            print("\n" + text)
            let calibration = Calibration(trials: summaries.flatMap(\.trials))
            try Data(calibration.table.utf8).write(
                to: folder.appending(path: "calibration.csv"), options: .atomic)
            try Data(calibration.drawing.utf8).write(
                to: folder.appending(path: "calibration.svg"), options: .atomic)
        }
    }

    /// Pairs for other programs.
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes pairs as NumPy arrays with their truth, a folder each.")
        @Argument(help: "The folder of the pairs.") var folder: String
        @OptionGroup var selection: Selection

        func run() throws {
            for study in try selection.studies() {
                for trial in 0..<selection.trials {
                    let seed = selection.seed &+ UInt64(trial)
                    let pair = PhantomPair(
                        study.settings(seed: seed, edgeFactor: selection.edgeFactor),
                        seed: study.pairSeed(seed))
                    let path = URL(filePath: folder).appending(path: "\(study.name)-\(seed)")
                    try PairExport(folder: path).write(pair, of: study, seed: seed)
                    print(path.path)
                }
            }
        }
    }

    /// One exported pair, for races.
    struct Register: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Registers an exported pair; prints the matrix and seconds as JSON.")
        @Argument(help: "The folder of the pair.") var folder: String

        func run() throws {
            let (low, high) = try PairExport(folder: URL(filePath: folder)).read()
            let clock = ContinuousClock()
            let (began, processor) = (clock.now, processorTime())
            let result = try Registration.register(low: low, high: high)
            let answer = Answer(
                matrix: result.transform, accepted: result.accepted, reason: result.reason,
                wallSeconds: began.duration(to: clock.now) / .seconds(1),
                processorSeconds: processorTime() - processor)
            print(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
        }

        private struct Answer: Encodable {
            let matrix: SpatialTransform
            let accepted: Bool
            let reason: String?
            let wallSeconds: Double
            let processorSeconds: Double
        }
    }

    /// How long the phantoms themselves take.
    struct Render: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Times the making of pairs; prints wall and processor seconds.")
        @OptionGroup var selection: Selection

        func run() throws {
            for study in try selection.studies() {
                for trial in 0..<selection.trials {
                    let seed = selection.seed &+ UInt64(trial)
                    let settings = study.settings(
                        seed: seed, edgeFactor: selection.edgeFactor)
                    let clock = ContinuousClock()
                    let (began, processor) = (clock.now, processorTime())
                    let pair = PhantomPair(settings, seed: study.pairSeed(seed))
                    let wall = began.duration(to: clock.now) / .seconds(1)
                    print(
                        study.name, seed, pair.low.shape, pair.high.shape, number(wall),
                        number(processorTime() - processor))
                }
            }
        }
    }
}

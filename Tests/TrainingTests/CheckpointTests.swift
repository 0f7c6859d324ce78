import Foundation
import SystemPackage
import TestSupport
import Testing
import TrainingRecipe
import WeightFiles
import Workspace

@testable import Training

@Suite struct `A checkpoint` {
    private let scratch: ScratchFolder
    private let folder: FilePath

    init() throws {
        scratch = try ScratchFolder()
        folder = scratch.appending("checkpoints")
        try AtomicFile.createFolder(folder)
    }

    private func state(_ value: Float) -> StateDictionary {
        var state = StateDictionary()
        state["weight"] = WeightTensor([value, 2], shape: [2])
        return state
    }

    private func write(
        _ step: Int, phase: Int = 0, _ figures: [JudgedBy: Double]? = nil
    ) throws {
        var progress = RunProgress(nil)
        if phase > 0 { progress.beginPhase(phase) }
        progress.step = step
        if let figures {
            _ = progress.take(
                Dictionary(uniqueKeysWithValues: figures.map { ($0.key.rawValue, $0.value) }),
                earlyStop: nil)
        }
        _ = try Checkpoint.write(
            to: Checkpoint.folder(step, in: folder), network: state(Float(step)),
            state: state(Float(-step))
        ) { progress.checkpoint(optimiserSteps: 7, isJudged: figures != nil, files: $0) }
    }

    private func steps() throws -> [Int] { try Checkpoint.all(in: folder).map(\.checkpoint.step) }

    @Test func `comes back as it was written, in the order of steps`() throws {
        for step in [9, 120_000_000, 10] { try write(step, [.ssim: 0.5]) }
        #expect(try steps() == [9, 10, 120_000_000])
        let first = try Checkpoint.all(in: folder)[0]
        #expect(first.folder.lastComponent?.string == "step-0000009")
        #expect(
            first.checkpoint.optimiserSteps == 7 && first.checkpoint.validation == ["ssim": 0.5])
        try first.checkpoint.verify(in: first.folder)
        #expect(
            try first.checkpoint.weights(Checkpoint.stateFile, in: first.folder) == state(-9))
    }

    @Test func `that was not finished is none, and nothing of it is left when it is written`()
        throws
    {
        try write(1)
        // What a kill leaves between the files and the record.
        let half = Checkpoint.folder(2, in: folder)
        try AtomicFile.createFolder(half)
        try Safetensors.write(state(5), to: half.appending(Checkpoint.networkFile))
        try Data("torn".utf8).write(
            to: URL(fileURLWithPath: half.appending(".state.safetensors.1.part").string))
        #expect(try steps() == [1])
        try write(2)
        #expect(try steps() == [1, 2])
        let names = try FileManager.default.contentsOfDirectory(atPath: half.string).sorted()
        #expect(names == ["checkpoint.json", "network.safetensors", "state.safetensors"])
        // And of one that is never written again.
        let other = Checkpoint.folder(5, in: folder)
        try AtomicFile.createFolder(other)
        try Safetensors.write(state(5), to: other.appending(Checkpoint.networkFile))
        try Checkpoint.prune(folder, last: 9, best: [], ofPhase: nil)
        #expect(try steps() == [1, 2])
        #expect(!FileManager.default.fileExists(atPath: other.string))
    }

    @Test(arguments: ["network.safetensors", "state.safetensors", "checkpoint.json"])
    func `is refused in one line where a byte has changed`(file: String) throws {
        try write(3)
        let path = Checkpoint.folder(3, in: folder).appending(file)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path.string))
        bytes[bytes.count - 3] ^= 1
        if file == "checkpoint.json" { bytes.removeLast(20) }
        try bytes.write(to: URL(fileURLWithPath: path.string))
        let message = message {
            let last = try #require(try Checkpoint.all(in: folder).last)
            try last.checkpoint.verify(in: last.folder)
        }
        #expect(message.contains("step-0000003 is damaged: \(file) is not what was written"))
        #expect(!message.contains("\n"))
    }

    @Test func `is kept while it is among the last or the best by a figure`() throws {
        try write(1, [.psnr: 30, .ssim: 0.5, .porosity: 0.3])
        try write(2, [.psnr: 20, .ssim: 0.9, .porosity: 0.2])
        try write(3, [.psnr: 25, .ssim: 0.9, .porosity: 0.1])
        for step in 4...6 { try write(step) }
        try Checkpoint.prune(folder, last: 2, best: JudgedBy.allCases, ofPhase: nil)
        // The first of two that are as good is the best.
        #expect(try steps() == [1, 2, 3, 5, 6])
        try Checkpoint.prune(folder, last: 1, best: [.porosity], ofPhase: nil)
        #expect(try steps() == [3, 6])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
                == ["step-0000003", "step-0000006"])
    }

    @Test func `of the best of a phase is kept where the next phase begins with it`() throws {
        try write(1, [.ssim: 0.9])
        try write(2, phase: 1, [.ssim: 0.7])
        try write(3, phase: 1, [.ssim: 0.6])
        try Checkpoint.prune(folder, last: 1, best: [.ssim], ofPhase: 1)
        #expect(try steps() == [1, 2, 3])
        try Checkpoint.prune(folder, last: 1, best: [.ssim], ofPhase: nil)
        #expect(try steps() == [1, 3])
    }

    @Test func `holds no figure that is no number`() throws {
        try write(1, [.psnr: .infinity, .ssim: .nan, .porosity: 0.1])
        #expect(try Checkpoint.all(in: folder)[0].checkpoint.validation == ["porosity": 0.1])
    }
}

import Catalog
import Dataset
import Foundation
import Networks
import SystemPackage
import TestSupport
import Testing
import Torch
import VolumeFiles
import Volumes
import WeightFiles
import Workspace

@testable import Evaluation
@testable import Training

/// A workspace with a sample to learn from, one to judge by, and what cannot be judged by.
private struct JudgedWorkspace {
    let scratch: ScratchFolder
    let path: FilePath
    var run: FilePath { path.appending("runs/small") }
    var network: FilePath { run.appending("checkpoints/step-0000010/network.safetensors") }

    init() throws {
        scratch = try ScratchFolder()
        path = scratch.appending("workspace")
        try AtomicFile.createFolder(path)
        let catalog = try CatalogDatabase(at: path.appending("catalog.sqlite"))
        try catalog.replace(try sample("learnt", .train, seed: 1))
        try catalog.replace(try sample("judged", .test, seed: 2))
        try catalog.replace(try sample("coarse", .test, seed: 3, scale: 2))
        try catalog.replace(try sample("astray", .test, seed: 4, hasPair: false))
        try catalog.close()
    }

    private func sample(
        _ name: String, _ part: SplitPart, seed: UInt64, scale: Int = 4, hasPair: Bool = true
    ) throws -> SampleRecord {
        let high = SyntheticPair.rock(Shape(depth: 16, height: 40, width: 40), seed: seed)
        let pair = SyntheticPair(high: high, scale: scale)
        let file = try HDF5FileWriter(creating: path.appending("\(name).h5"))
        for (dataset, volume) in [("/low", pair.low), ("/high", pair.high)] {
            let writer = try file.addVolume(
                dataset, shape: volume.shape, elementType: .uint16, voxelSize: nil,
                description: "test")
            try writer.append(RawSlab(volume.map { UInt16((1000 + 2000 * $0).rounded()) }))
            try writer.finish()
        }
        try file.finish()
        let scans = [(ScanRole.low, pair.low.shape), (.high, pair.high.shape)].map { role, shape in
            ScanRecord(
                role: role, origin: .scanned, path: "\(name)-\(role.rawValue).tif",
                sha256: Digest(of: "\(name)-\(role.rawValue)".utf8).hexadecimal,
                file: "\(name).h5", shape: shape, elementType: .uint16, voxelSize: nil,
                voxelSizeSource: "test", intensityWindow: SyntheticPair.window)
        }
        let region = Region(all: pair.low.shape)
        let grids: [MaskRecord.Grid] = [.pair, .scan]
        return SampleRecord(
            id: try #require(SampleID(name)), material: "simulated", scale: scale,
            split: SplitRecord(part, reason: "test"), scans: scans,
            registration: RegistrationRecord(
                method: "test", transform: .identity, confidence: hasPair ? 1 : 0.1,
                accepted: hasPair, reason: hasPair ? nil : "the rocks differ"),
            pair: hasPair
                ? PairRecord(
                    file: "\(name).h5", scale: scale, region: region,
                    voxelSize: VoxelSize(micrometres: 8),
                    greyFit: GreyFit(gain: 1, offset: 0, correlation: 1)) : nil,
            masks: hasPair
                ? grids.map {
                    MaskRecord(
                        grid: $0, file: "mask.h5", shape: pair.high.shape, thresholds: [2000],
                        method: "test",
                        settings: $0 == .scan
                            ? [
                                "segmentation": """
                                {"denoising":"none","threshold":"otsu","pore_phase":"darker",\
                                "prominence_in_voxels":1}
                                """
                            ] : [:])
                } : [],
            patches: hasPair ? [PatchRecord(region: region, porosity: 0.3)] : [])
    }

    /// Leaves a network as a run does.
    func train(
        scale: Int = 4, highSlices: String = "middle", on samples: [String] = ["learnt"]
    ) throws {
        var edsr = EDSRDescription.medium(scale: scale)
        (edsr.features, edsr.blocks) = (4, 1)
        let description = NetworkDescription.edsr(edsr)
        var source = WeightSource(seed: 3)
        let weights = try StateDictionary(
            description.build(from: &source).state.map { NamedTensor($0.name, $0.tensor) },
            metadata: [
                "network": CanonicalJSON.text(description), "step": "10",
                "high_slices": highSlices, "samples": samples.joined(separator: ","),
            ])
        try AtomicFile.createFolder(network.removingLastComponent())
        try AtomicFile.write(to: network) { try Safetensors.write(weights, to: $0) }
    }

    func evaluate(_ arguments: [String] = []) throws -> ProgramRun {
        try Program.run(
            Program.buildFolder.appending("tomopair-train"),
            ["evaluate", path.string, "--checkpoint", network.string, "--device", "cpu"]
                + ["--threads", "1"] + arguments)
    }
}

@Suite(.serialized) struct `tomopair-train evaluate` {
    @Test func `judges the samples it can, and says of the others why not`() throws {
        let workspace = try JudgedWorkspace()
        try workspace.train()
        let run = try workspace.evaluate()
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("1 sample: judged"))
        #expect(
            run.errors.contains(
                "left out: astray: its registration was not accepted (the rocks differ)"))
        #expect(run.errors.contains("left out: coarse: its pair has scale 2, the network 4"))
        let folder = workspace.run.appending("evaluation")
        let record = try CanonicalJSON.read(
            EvaluationRecord.self, from: folder.appending("evaluation.json"))
        #expect(record.leftOut.count == 2)
        #expect(record.samples.map(\.sample.name) == ["judged", "judged", "judged", "judged"])
        #expect(record.network.step == 10 && record.network.choice == "as named")
        #expect(record.samples.allSatisfy { $0.denoising == .none })
        for file in record.outputs {
            #expect(try Digest(ofFile: folder.appending(file.name)) == file.sha256)
        }
        #expect(
            record.outputs.map(\.name) == [
                "slices.csv", "sweep.csv", "judged-comparison.png", "judged-porosity.svg",
                "metrics.json",
            ])
        let metrics = try CanonicalJSON.read(
            [MetricRecord].self,
            from: workspace.run.appending(TrainingRunRecord.evaluationFileName))
        let psnr = metrics.filter { $0.name == "psnr" }
        #expect(psnr.map(\.method) == ["nearest", "bicubic", "lanczos", "sr"])
        #expect(psnr.allSatisfy { $0.step == 10 && $0.part == .test })
        #expect(metrics.contains { $0.name == "porosity_total.relative_error" })
        #expect(record.inputs.map(\.name) == [workspace.network.string, "judged.h5"])
    }

    @Test func `prints the record, into a folder of one's choice, the same for any threads`() throws
    {
        let workspace = try JudgedWorkspace()
        try workspace.train()
        let output = workspace.scratch.appending("elsewhere").string
        let one = try workspace.evaluate(["--json", "--output", output])
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(one.output.utf8)) as? [String: Any])
        #expect((json["samples"] as? [Any])?.count == 4)
        #expect(FileManager.default.fileExists(atPath: output + "/evaluation.json"))
        let again = try workspace.evaluate(["--json", "--output", output, "--memory", "2G"])
        #expect(again.output == one.output)
        let eight = try workspace.evaluate(["--json", "--output", output, "--ensemble"])
        #expect(eight.status == 0 && eight.output != one.output)
        #expect(eight.output.contains("\"ensemble\" : true"))
    }

    @Test func `judges other parts, and never the samples of training in another`() throws {
        let workspace = try JudgedWorkspace()
        try workspace.train(on: ["judged", "learnt"])
        let refused = try workspace.evaluate()
        #expect(refused.status == 65)
        #expect(refused.errors.contains("The network was trained on 'judged'"))
        let learnt = try workspace.evaluate(["--part", "train"])
        #expect(learnt.status == 0, "\(learnt.errors)")
        #expect(learnt.output.contains("part: train"))
        #expect(
            FileManager.default.fileExists(
                atPath: workspace.run.appending("evaluation-train/evaluation.json").string))
        let nothing = try workspace.evaluate(["--part", "validation"])
        #expect(nothing.status == 65)
        #expect(nothing.errors.contains("No sample of 'validation' can be judged"))
    }

    @Test func `judges a network that makes all HIGH slices of a LOW slice`() throws {
        let workspace = try JudgedWorkspace()
        try workspace.train(highSlices: "all")
        let run = try workspace.evaluate()
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test func `refuses in one line what it cannot judge`() throws {
        let workspace = try JudgedWorkspace()
        let none = try workspace.evaluate()
        #expect(none.status == 66)
        try workspace.train(scale: 3)
        let scale = try workspace.evaluate()
        #expect(scale.status == 65)
        #expect(scale.errors.contains("enlarges 3 times, but the pairs have scale 2, 4"))
        #expect(try workspace.evaluate(["--part", "tset"]).status == 64)
        try workspace.train()
        let memory = try workspace.evaluate(["--memory", "1M"])
        #expect(memory.status == 64 && memory.errors.contains("has 1 MiB"))
        for run in [none, scale, memory] {
            let message = run.errors.split(separator: "\n").filter { !$0.hasPrefix("left out") }
            #expect(message.count == 1, "\(run.errors)")
        }
    }
}

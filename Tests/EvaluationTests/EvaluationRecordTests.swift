import Dataset
import Foundation
import Resizing
import SystemPackage
import TestSupport
import Testing
import Volumes
import Workspace

@testable import Evaluation

@Suite struct `The record of an evaluation` {
    private let judgement: SampleJudgement
    private let record: EvaluationRecord

    init() throws {
        let slice = SyntheticPair.rock(Shape(depth: 1, height: 48, width: 56))
        judgement = try SyntheticPair(high: slice.repeated(32)).judged {
            slice.repeated($0.shape.depth)
        }
        record = try EvaluationRecord(
            [judgement],
            of: EvaluationRecord.Network(
                file: "network.safetensors", sha256: Digest(of: "weights".utf8), step: 7,
                choice: "as named", scale: 4, isEnsemble: false, metadata: [:]),
            part: .test, border: 4, leftOut: ["plug-9: why"], settings: EvaluationSettings())
    }

    private func object(_ record: EvaluationRecord) throws -> [String: Any] {
        let data = Data(CanonicalJSON.page(record).utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func `has the keys that programs rely on`() throws {
        let samples = try #require(try object(record)["samples"] as? [[String: Any]])
        #expect(
            samples.compactMap { $0["method"] as? String }
                == ["nearest", "bicubic", "lanczos", "sr"])
        for entry in samples {
            #expect(entry["sample"] as? String == "plug-1")
            #expect(entry["ssim"] is Double)
            let parameters = try #require(entry["parameters"] as? [[String: Any]])
            #expect(parameters.count == 7 * judgement.parameters.count)
            #expect(parameters.first?["name"] as? String == "porosity_total")
            for key in ["name", "high", "low_or_sr", "threshold"] {
                #expect(parameters.allSatisfy { $0[key] != nil }, "\(key)")
            }
        }
        // Equal images have no finite ratio, and JSON no infinity.
        #expect(samples[3]["psnr"] is NSNull)
        #expect(samples[0]["psnr"] is Double)
    }

    @Test func `is read back as it was written`() throws {
        let data = Data(CanonicalJSON.page(record).utf8)
        #expect(try JSONDecoder().decode(EvaluationRecord.self, from: data) == record)
    }

    @Test func `adds up from slices and slabs to the sample`() throws {
        for method in EnlargingMethod.allCases {
            let entry = try #require(record.samples.first { $0.method == method })
            #expect(entry.slices.count == 8)
            let similarity = entry.slices.compactMap(\.ssim.value).reduce(0, +) / 8
            #expect(abs(try #require(entry.ssim.value) - similarity) < 1e-12)
            if let psnr = entry.psnr.value {
                let errors = entry.slices.compactMap(\.psnr.value).map { pow(10, -$0 / 10) }
                #expect(abs(psnr + 10 * log10(errors.reduce(0, +) / 8)) < 1e-9)
            }
            let key = try totalPorosity(judgement).key
            let pores = try #require(judgement.pores[method])
            for index in ThresholdChoice.steps.indices {
                let whole = try #require(pores.whole?[key]?.mean(at: index))
                #expect(abs(try #require(pores.slabs[key].mean(at: index)) - whole) < 1e-12)
                #expect(abs(try #require(pores.slices[key].mean(at: index)) - whole) < 1e-12)
            }
        }
    }

    @Test func `comes with a row for every slice`() throws {
        let lines = SliceTables.slices([judgement]).split(separator: "\n")
        #expect(
            lines[0]
                == "sample,method,high_slice,low_slice,psnr,ssim,ms_ssim,porosity_total_high,porosity_total"
        )
        #expect(lines.count == 1 + 4 * 32)
        let columns = lines[0].split(separator: ",").count
        #expect(
            lines.allSatisfy {
                $0.split(separator: ",", omittingEmptySubsequences: false).count == columns
            })
        #expect(lines.count { $0.contains(",sr,") && $0.contains(",inf,") } == 8)
        let sweep = SliceTables.sweep([judgement]).split(separator: "\n")
        #expect(
            sweep.allSatisfy {
                $0.split(separator: ",", omittingEmptySubsequences: false).count == 11
            })
        // Of slices a slice can tell the porosity alone.
        #expect(sweep.count { $0.contains(",slice,") } == 4 * 7 * 32)
    }

    @Test func `is written last, names what lies beside it, and replaces a former one`() throws {
        let scratch = try ScratchFolder()
        let path = scratch.appending("evaluation")
        var folder = try EvaluationFolder(path)
        try folder.write(Array("a".utf8), as: "old.csv")
        // What a record says is not believed beyond its folder.
        try folder.write(Array("a".utf8), as: "../beside.csv")
        _ = try folder.finish(record, inputs: [])
        folder = try EvaluationFolder(path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path.string).isEmpty)
        #expect(FileManager.default.fileExists(atPath: scratch.appending("beside.csv").string))
        try folder.write(Array("b".utf8), as: "new.csv")
        let input = FileRecord(name: "pair.h5", bytes: 1, sha256: Digest(of: [1]))
        let written = try folder.finish(record, inputs: [input])
        #expect(written.inputs == [input])
        #expect(
            written.outputs == [FileRecord(name: "new.csv", bytes: 1, sha256: Digest(of: "b".utf8))]
        )
        let read = try CanonicalJSON.read(
            EvaluationRecord.self, from: path.appending("evaluation.json"))
        #expect(read == written)
        #expect(read.toolVersion == toolVersion)
    }

    @Test func `has a table that people read`() throws {
        let text = try EvaluationTable([judgement], settings: EvaluationSettings()).text()
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "1 sample: plug-1")
        let network = try #require(lines.first { $0.hasPrefix("network") })
        #expect(network.split(separator: " ")[1] == "equal")
        #expect(network.contains("+0.00") && network.contains("0.0 to 0.0"))
        #expect(lines.contains { $0.hasPrefix("porosity_percolating z") })
    }

    @Test func `has pictures of what was found`() throws {
        let pictures = EvaluationPictures(judgement)
        let (png, caption) = try #require(try pictures.comparison())
        #expect(png.prefix(4) == [0x89, 0x50, 0x4E, 0x47])
        #expect(caption.hasPrefix("plug-1, slice z = 18 of HIGH, rows 0..<48, columns 0..<56."))
        let svg = try #require(pictures.porosity())
        #expect(svg.components(separatedBy: "<polyline").count - 1 == 2 * 5)
        #expect(svg.contains("Porosity of plug-1 over thresholds."))
        let image = judgement.scene.images[.sr]
        #expect(image == judgement.scene.high)
        #expect(judgement.scene.pores[.sr] == judgement.scene.highPores)
    }
}

import Catalog
import Dataset
import Foundation
import SystemPackage
import TestSupport
import Testing
import Volumes
import Workspace

@Suite struct `A training run that is killed` {
    private let plugs: Plugs
    private let recipe: FilePath

    init() throws {
        plugs = try Plugs()
        recipe = plugs.scratch.appending("tiny.yaml")
        try plugs.writeCatalog(try plugs.pairs())
    }

    private func arguments(_ name: String) -> [String] {
        [
            "train", plugs.workspace.string, "--recipe", recipe.string, "--name", name,
            "--device", "cpu", "--threads", "1",
        ]
    }

    /// Lines of metrics so far.
    private func lines(_ name: String) -> Int {
        let path = plugs.folder(name).appending("metrics.jsonl").string
        let text = (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data()
        return text.count { $0 == UInt8(ascii: "\n") }
    }

    /// Trains once to the end, and once with a kill at each of these numbers of lines.
    private func compare(_ text: String, killingAt moments: [Int]) throws {
        try text.write(toFile: recipe.string, atomically: true, encoding: .utf8)
        let program = Program.buildFolder.appending("tomopair-train")
        let whole = try Program.run(program, arguments("whole"))
        #expect(whole.status == 0, "\(whole.errors)")
        var kills = 0
        for moment in moments {
            let begun = FileManager.default.fileExists(
                atPath: plugs.folder("killed").appending("recipe.json").string)
            let running = try RunningProgram(
                "tomopair-train", arguments("killed") + (begun ? ["--resume"] : []))
            if running.waits(until: { lines("killed") >= moment }) {
                running.send(SIGKILL)
                kills += 1
            }
            _ = running.status()
        }
        #expect(kills == moments.count)
        let last = try Program.run(program, arguments("killed") + ["--resume"])
        #expect(last.status == 0, "\(last.errors)")
        #expect(try plugs.isSame("whole", "killed"))
        let receipts = try ["whole", "killed"].map {
            try CanonicalJSON.read(
                TrainingRunRecord.self,
                from: plugs.folder($0).appending(TrainingRunRecord.fileName))
        }
        #expect(receipts.allSatisfy { $0.outcome == .done && $0.finished != nil })
        #expect(receipts[0].metrics == receipts[1].metrics && !receipts[0].metrics.isEmpty)
        #expect(receipts[1].checkpoint?.hasPrefix("runs/killed/checkpoints/step-") == true)
    }

    @Test func `or refused before it began leaves no folder`() throws {
        try """
        name: tiny
        network: {architecture: edsr, blocks: 1, features: 4}
        scale: 4
        patch: 32
        batch: 2
        length: 1 step
        start: {checkpoint: none.pth}
        """.write(toFile: recipe.string, atomically: true, encoding: .utf8)
        let run = try Program.run(
            Program.buildFolder.appending("tomopair-train"), arguments("refused"))
        #expect(run.status == 66 && run.errors.contains("none.pth"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: plugs.folder("refused").string))
    }

    @Test func `of a network that diverges is told to the catalog as failed`() throws {
        try """
        name: tiny
        network: {architecture: edsr, blocks: 8, features: 16}
        scale: 4
        patch: 32
        batch: 2
        patches_per_epoch: 4
        length: 40 epochs
        loss: l1
        optimiser: {kind: adam, rate: 1}
        failed_steps: 3
        """.write(toFile: recipe.string, atomically: true, encoding: .utf8)
        let run = try Program.run(
            Program.buildFolder.appending("tomopair-train"), arguments("lost"))
        let receipt = try CanonicalJSON.read(
            TrainingRunRecord.self,
            from: plugs.folder("lost").appending(TrainingRunRecord.fileName))
        #expect(receipt.metrics.allSatisfy { $0.value.isFinite })
        #expect(run.status == 65, "\(run.errors)")
        #expect(run.errors.contains("was no number in 3 steps"))
        #expect(receipt.outcome == .failed && receipt.message?.contains("no number") == true)
    }

    @Test func `goes on to the bits of one that was not, whenever it was killed`() throws {
        try compare(
            """
            name: tiny
            network: {architecture: srresnet, blocks: 1, features: 4}
            scale: 4
            patch: 32
            batch: 2
            patches_per_epoch: 30
            length: 20 epochs
            loss: mixture
            optimiser: {kind: adamw, rate: 1e-3}
            ema: 0.9
            data: {scanned: 0.5, degradation: tomography}
            validation: {every: 11 steps}
            checkpoints: {every: 7 steps, last: 2}
            """, killingAt: [0, 31, 118, 240])
    }

    @Test func `against a discriminator goes on likewise`() throws {
        try compare(
            """
            name: tiny
            network: {architecture: edsr, blocks: 1, features: 4}
            scale: 4
            patch: 16
            batch: 1
            patches_per_epoch: 6
            phases:
              - {name: psnr, length: 6 steps}
              - name: gan
                length: 18 steps
                loss: {l1: 1, gan: {weight: 0.1, kind: ragan, discriminator: unet}}
            validation: {every: 6 steps}
            checkpoints: {every: 5 steps, last: 1, best: [ssim]}
            """, killingAt: [9, 17])
    }
}

extension Plugs {
    /// Writes the catalog of these pairs.
    func writeCatalog(_ pairs: [TrainingPair]) throws {
        let catalog = try CatalogDatabase(at: workspace.appending("catalog.sqlite"))
        for pair in pairs {
            let sample = pair.sample.name
            let scans = ScanRole.allCases.map { role in
                ScanRecord(
                    role: role, origin: .scanned, path: "\(sample)-\(role.rawValue).tif",
                    sha256: Digest(of: "\(sample)-\(role.rawValue)".utf8).hexadecimal,
                    file: "\(sample)-\(role.rawValue).h5",
                    shape: role == .low ? pair.lowScanShape : pair.highShape, elementType: .uint16,
                    voxelSize: nil, voxelSizeSource: "test",
                    intensityWindow: role == .low ? pair.lowWindow : pair.highWindow)
            }
            try catalog.replace(
                SampleRecord(
                    id: pair.sample, material: pair.material, scale: pair.pair.scale,
                    split: SplitRecord(pair.split, reason: "test"), scans: scans, pair: pair.pair,
                    masks: pair.mask.map { [$0] } ?? [], patches: pair.patches))
        }
        try catalog.close()
    }
}

import Foundation
import Manifest
import SystemPackage
import TestSupport
import Testing
import Workspace

@testable import Pipeline

@Suite struct `A build` {
    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    @Test func `takes scans to a catalog, and does nothing when run again`() async throws {
        let manifest = try laboratory.manifest(
            laboratory.pair("a", seed: 1), laboratory.single("b", seed: 2))
        let first = try await laboratory.run(manifest)
        #expect(first.failed.isEmpty, "\(first.failed)")
        let stages = ["ingest", "register", "segment", "measure", "patch"]
        #expect(
            Set(first.ran)
                == Set(stages.map { "a/\($0)" } + ["b/ingest", "b/segment", "b/measure"]))
        let before = try FileTree(laboratory.output)
        #expect(before.contents.keys.contains("catalog.sqlite"))
        #expect(before.contents.keys.contains("report/index.html"))

        let second = try await laboratory.run(manifest)
        #expect(second.ran.isEmpty)
        #expect(Set(second.reused) == Set(first.ran))
        let after = try FileTree(laboratory.output)
        #expect(after.differences(from: before).isEmpty)
        let rewritten = after.stamps.filter { before.stamps[$0.key] != $0.value }.keys.sorted()
        #expect(rewritten.isEmpty)
    }

    @Test func `finds where HIGH lies in LOW`() async throws {
        try await laboratory.run(laboratory.manifest(laboratory.pair("a", seed: 1)))
        let row = try #require(laboratory.rows("registration").first)
        for (axis, voxels) in zip(["z", "y", "x"], [13.0, 10, 14]) {
            let shift = try #require(row["translation_\(axis)_um"] as? Double)
            // A tenth of a HIGH voxel of 2 um.
            #expect(abs(shift - 2 * voxels) < 0.2, "\(axis)")
        }
        #expect(row["accepted"] as? Int == 1)
    }

    @Test(arguments: [
        ("segmentation: {threshold: 9000}", ["segment", "measure", "patch"]),
        ("segmentation: {denoise: none}", ["segment", "measure", "patch"]),
        ("measurement: {only: [porosity]}", ["measure"]),
        ("measurement: {solve: {edge: 8}}", ["measure"]),
        // What is asked for is what is found unasked.
        ("measurement: {only: all, solve: false}", []),
        ("patches: {size: 6}", ["patch"]),
        ("split: {train: 0.8, validation: 0.1, test: 0.1}", []),
        // The answer is the same, so that nothing follows.
        ("registration: {minimum_overlap: 0.3}", ["register"]),
    ])
    func `redoes what a changed setting changes, and what follows`(
        settings: String, stages: [String]
    ) async throws {
        let pair = try laboratory.pair("a", seed: 1)
        try await laboratory.run(laboratory.manifest(pair))
        let isPatch = settings.hasPrefix("patches")
        let text = "dataset:\n  name: phantoms\n  scale: 3\n"
        let patches = isPatch ? "" : "  patches: {size: 5, stride: 5}\n"
        let changed = try Manifest(
            yaml: text + patches + "  \(settings)\nsamples:\n\(pair)",
            path: laboratory.scratch.appending("manifest.yaml"))
        let notes = try await laboratory.run(changed)
        #expect(notes.ran == stages.map { "a/\($0)" })
        #expect(notes.failed.isEmpty)
        // What was replaced is swept away.
        for stage in stages { _ = try laboratory.folder("a", try #require(Stage(rawValue: stage))) }
        #expect(try verify(laboratory.output).isEmpty)
    }

    @Test func `with another alignment registers again and keeps the mask`() async throws {
        try await laboratory.run(laboratory.manifest(laboratory.pair("a", seed: 1)))
        let hint = "alignment: {translation: [25 um, 21 um, 27 um]}"
        let notes = try await laboratory.run(
            laboratory.manifest(laboratory.pair("a", seed: 1, more: hint)))
        // The patches follow only where the answer differs in some bit.
        #expect(notes.ran.first == "a/register")
        #expect(!notes.ran.contains("a/segment"))
    }

    @Test func `redoes only the sample whose scan changed`() async throws {
        let manifest = try laboratory.manifest(
            laboratory.single("a", seed: 1), laboratory.single("b", seed: 2))
        try await laboratory.run(manifest)
        _ = try laboratory.single("b", seed: 3)
        let notes = try await laboratory.run(manifest)
        #expect(notes.ran == ["b/ingest", "b/segment", "b/measure"])
    }

    @Test func `of a scan written again with the same voxels does nothing`() async throws {
        let manifest = try laboratory.manifest(laboratory.single("a", seed: 1))
        try await laboratory.run(manifest)
        _ = try laboratory.single("a", seed: 1)
        #expect(try await laboratory.run(manifest).ran.isEmpty)
    }

    @Test func `makes lost outputs anew, the same to the byte`() async throws {
        let manifest = try laboratory.manifest(laboratory.pair("a", seed: 1))
        try await laboratory.run(manifest)
        let outputs = { (name: String) in name.hasSuffix(".h5") }
        let before = try FileTree(laboratory.output, leavingOut: { !outputs($0) })

        let losses: [(Stage, String, UInt64?)] = [
            (.ingest, "low.h5", nil), (.register, "pair.h5", 100), (.segment, "mask.h5", 0),
            (.measure, "parameters.json", nil), (.patch, "receipt.json", nil),
            (.segment, "receipt.json", 10),
        ]
        for (stage, name, length) in losses {
            let path = try laboratory.folder("a", stage).appending(name)
            if let length {
                try cut(path, to: length)
            } else {
                try FileManager.default.removeItem(atPath: path.string)
            }
            let notes = try await laboratory.run(manifest)
            #expect(notes.ran == ["a/\(stage)"], "\(name) of \(stage)")
            #expect(try verify(laboratory.output).isEmpty)
        }
        let after = try FileTree(laboratory.output, leavingOut: { !outputs($0) })
        #expect(after.differences(from: before).isEmpty)
    }

    @Test func `gives the same bytes for one job and for two`() async throws {
        let other = try Laboratory()
        for (laboratory, jobs) in [(laboratory, 1), (other, 2)] {
            try await laboratory.run(
                laboratory.manifest(
                    laboratory.pair("a", seed: 1), laboratory.pair("b", seed: 2),
                    laboratory.single("c", seed: 3)), jobs: jobs)
        }
        let isTimed = { (name: String) in
            name.hasSuffix(".lock") || name.hasSuffix("receipt.json")
                || name.hasSuffix("sample.json") || name.hasSuffix(".sqlite")
                || name.hasPrefix("report/")
        }
        let one = try FileTree(laboratory.output, leavingOut: isTimed)
        #expect(one.contents.keys.count { $0.hasSuffix(".h5") } == 12)
        #expect(
            try one.differences(from: FileTree(other.output, leavingOut: isTimed)).isEmpty)
        #expect(try withoutTimes(laboratory.dump()) == withoutTimes(other.dump()))
    }

    @Test func `by a cluster's jobs ends as a whole one`() async throws {
        let other = try Laboratory()
        let samples = { (laboratory: Laboratory) throws in
            try laboratory.manifest(laboratory.pair("a", seed: 1), laboratory.single("b", seed: 3))
        }
        try await other.run(samples(other))
        let manifest = try samples(laboratory)
        for entry in manifest.samples {
            try await laboratory.run(manifest, last: .patch, samples: [entry.id])
            #expect(!exists(laboratory.layout.catalog))
        }
        #expect(try await laboratory.run(manifest).ran.isEmpty)
        #expect(try withoutTimes(laboratory.dump()) == withoutTimes(other.dump()))
    }

    @Test(arguments: Stage.allCases.filter { $0 < .split || $0 == .patch })
    func `that is cancelled goes on where it was`(stage: Stage) async throws {
        let other = try Laboratory()
        try await other.run(other.manifest(other.pair("a", seed: 1)))
        let manifest = try laboratory.manifest(laboratory.pair("a", seed: 1))
        await #expect(throws: CancellationError.self) {
            _ = try await build(
                manifest, in: laboratory.output, options: BuildOptions(memory: 4_000_000_000),
                observer: Cancelling(at: stage))
        }
        #expect(!exists(laboratory.layout.catalog))
        let notes = try await laboratory.run(manifest)
        #expect(notes.failed.isEmpty)
        let earlier = Stage.allCases.filter { $0 < stage && $0 != .split }
        for done in earlier { #expect(notes.reused.contains("a/\(done)")) }
        #expect(try verify(laboratory.output).isEmpty)
        #expect(try withoutTimes(laboratory.dump()) == withoutTimes(other.dump()))
    }

    @Test func `is refused while another holds the workspace`() async throws {
        let manifest = try laboratory.manifest(laboratory.single("a", seed: 1))
        try AtomicFile.createFolder(laboratory.layout.samples)
        let lock = try WorkspaceLock(laboratory.layout.lock, .shared)
        await #expect {
            try await laboratory.run(manifest)
        } throws: { error in
            guard case WorkspaceError.held(_, let holder) = error else { return false }
            return holder.contains("process \(ProcessInfo.processInfo.processIdentifier)")
        }
        withExtendedLifetime(lock) {}
    }
}

/// Cancels the build when a stage begins.
private struct Cancelling: BuildObserver {
    let stage: Stage

    init(at stage: Stage) { self.stage = stage }

    func note(_ event: BuildEvent) {
        guard case .started(_, stage, _) = event else { return }
        unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
    }
}

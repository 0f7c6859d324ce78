import Dataset
import Foundation
import PatchFeed
import SystemPackage
import Testing
import TrainingRecipe
import Volumes
import Workspace

@testable import Degradation
@testable import Training

@Suite struct `A run with the degradation of its own pairs` {
    private let plugs: Plugs

    init() throws { plugs = try Plugs() }

    private let lines = """
        length: 1 epoch
        data: {scanned: 0.25, degradation: fitted}
        checkpoints: {every: 1 step, last: 100}
        """

    private func kept(_ name: String) throws -> KeptFit {
        try CanonicalJSON.read(
            KeptFit.self, from: plugs.folder(name).appending("degradation.json"))
    }

    private func pairs(_ held: SplitPart = .validation) throws -> [TrainingPair] {
        let wide = Shape(depth: 8, height: 40, width: 40)
        return [
            try plugs.pair("plug-a", shape: wide, gain: 0.8, noise: 250),
            try plugs.pair("plug-b", phase: 1.7, shape: wide, gain: 0.8, noise: 250),
            // What is held back was scanned by another scanner.
            try plugs.pair("plug-c", phase: 3.1, part: held, shape: wide, gain: 0.5, noise: 900),
        ]
    }

    @Test func `fits gain, blur and noise of the training samples, and of no others`() throws {
        let pairs = try pairs()
        _ = try plugs.run(makeRecipe(lines), pairs, named: "one")
        let one = try kept("one")
        #expect(one.boxes.keys.sorted() == ["plug-a", "plug-b"])
        #expect(one.fit.scale == 4)
        #expect(abs(one.fit.gain.value - 0.8) < 0.02)
        // Means over cubes are LOW's own voxels, and no blur beside them.
        #expect(one.fit.sigmaInSlice.value < 0.15 && one.fit.sigmaAcrossSlices.value < 0.15)
        #expect(abs(one.fit.noise.variance.squareRoot() - 250) < 40)
        _ = try plugs.run(makeRecipe(lines), Array(pairs.prefix(2)), named: "two")
        #expect(try kept("two") == one)
    }

    @Test func `keeps the fit for when it goes on`() throws {
        let (recipe, pairs) = (try makeRecipe(lines), try pairs())
        var fitted = 0
        func go(_ name: String, resumes: Bool, stoppingAt: Int = .max) throws {
            var done = 0
            let run = try plugs.run(recipe, pairs, named: name, resumes: resumes) {
                if case .fittingDegradation(let count) = $0 { fitted += count }
            }
            _ = try run.run {
                if case .step = $0 { done += 1 }
            } isStopped: {
                done >= stoppingAt
            }
        }
        try go("whole", resumes: false)
        #expect(fitted == 2)
        for resumes in [false, true, true, true] {
            try go("parts", resumes: resumes, stoppingAt: 1)
        }
        #expect(fitted == 4)
        try go("parts", resumes: true)
        #expect(try plugs.isSame("whole", "parts"))
    }

    @Test func `makes LOW like the scanner's, in each sample's own window`() throws {
        let wide = Shape(depth: 8, height: 40, width: 40)
        let pairs = [
            try plugs.pair("plug-a", shape: wide, gain: 0.8, noise: 250),
            try plugs.pair(
                "plug-b", phase: 1.7, shape: wide, gain: 0.8, noise: 250, lowWindow: 500...16_000),
        ]
        let run = try plugs.run(makeRecipe(lines), pairs, named: "one")
        /// Mean and deviation of the LOW side of the same samples, sample by sample.
        func low(scanned: Double) throws -> [(sample: String, mean: Double, deviation: Double)] {
            var settings = FeedSettings(seed: 5, batch: 1, epochs: 2)
            settings.scannedShare = scanned
            let feed = try PatchFeed(
                run.plan, volumes: run.volumes, preparation: run.preparation, settings: settings)
            var found: [(String, Double, Double)] = []
            while let batch = try feed.next() {
                let (mean, deviation) = batch.withVoxels { low, _ in
                    let values = low.indices.map { Double(low[$0]) }
                    let mean = values.reduce(0, +) / Double(values.count)
                    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                    return (mean, (squares / Double(values.count)).squareRoot())
                }
                found.append((batch.places[0].sample.name, mean, deviation))
                batch.release()
            }
            return found
        }
        let (made, scanned) = (try low(scanned: 0), try low(scanned: 1))
        #expect(made.count > 20 && Set(made.map(\.sample)).count == 2)
        for (one, other) in zip(made, scanned) {
            #expect(one.sample == other.sample)
            #expect(abs(one.mean - other.mean) < 0.02, "\(one), scanned \(other)")
            #expect(abs(one.deviation / other.deviation - 1) < 0.15, "\(one), scanned \(other)")
        }
    }

    @Test func `is refused where there is nothing to fit to`() throws {
        let small = [try plugs.pair("plug-s", shape: Shape(depth: 8, height: 12, width: 12))]
        let image = [try plugs.pair("plug-i", shape: Shape(depth: 1, height: 24, width: 24))]
        for (pairs, reason) in [
            (small, "no box of 16 x 16 LOW voxels"), (image, "plug-i is an image"),
        ] {
            let text = message { _ = try plugs.run(makeRecipe(lines), pairs, named: "refused") }
            #expect(text.contains(reason) && !text.contains("\n"))
            #expect(!FileManager.default.fileExists(atPath: plugs.folder("refused").string))
        }
    }
}

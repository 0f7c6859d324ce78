import Dataset
import Foundation
import Networks
import SystemPackage
import Testing
import Torch
import TrainingRecipe
import WeightFiles

@testable import Training

@Suite struct `A run that begins with the weights of another` {
    private let plugs: Plugs
    private let pairs: [TrainingPair]

    init() throws {
        plugs = try Plugs()
        pairs = try plugs.pairs()
    }

    /// A step that hardly moves anything, so that what it began with is seen.
    private func begun(
        _ lines: String, named name: String
    ) throws -> (state: StateDictionary, taken: Int, of: Int) {
        let recipe = try makeRecipe(
            """
            length: 1 step
            ema: none
            optimiser: {kind: adam, rate: 1e-9}
            \(lines)
            """)
        var begun = (0, 0)
        let outcome = try plugs.run(recipe, pairs, named: name).run {
            if case .begunWith(_, let taken, let total) = $0 { begun = (taken, total) }
        }
        let file = try #require(outcome.checkpoint).appending(Checkpoint.networkFile)
        return (try Safetensors.read(file), begun.0, begun.1)
    }

    private func areAlike(_ a: WeightTensor?, _ b: WeightTensor?) -> Bool {
        guard let a, let b, a.shape == b.shape else { return false }
        if a.scalar == .int64 { return true }
        return zip(a.floats() ?? [], b.floats() ?? [.nan]).allSatisfy { abs($0 - $1) < 1e-6 }
    }

    /// The weights of a network as drawn, times two, so that nobody else has them.
    private func foreign(_ description: NetworkDescription) throws -> StateDictionary {
        var source = WeightSource(seed: 77)
        var state = StateDictionary()
        for entry in try description.build(from: &source).state {
            state[entry.name] =
                entry.isParameter
                ? WeightTensor(
                    try entry.tensor.floats().map { 2 * $0 }, shape: entry.tensor.shape)
                : WeightTensor(
                    scalar: entry.tensor.elementType == .int64 ? .int64 : .float32,
                    shape: entry.tensor.shape, bytes: try entry.tensor.bytes())
        }
        return state
    }

    private func edsr(scale: Int, channels: Int = 1) -> NetworkDescription {
        var description = EDSRDescription.medium(scale: scale, channels: channels)
        (description.blocks, description.features) = (1, 4)
        return .edsr(description)
    }

    @Test func `takes all of a checkpoint's folder`() throws {
        let first = try plugs.run(makeRecipe("length: 3 steps"), pairs, named: "first").run { _ in }
        let folder = try #require(first.checkpoint)
        let found = try begun(
            "start: {checkpoint: workspace/runs/first/checkpoints/step-0000003}", named: "second")
        let file = try Safetensors.read(folder.appending(Checkpoint.networkFile))
        #expect(found.taken == found.of && found.of == file.count)
        for (name, tensor) in file.entries { #expect(areAlike(found.state[name], tensor)) }
    }

    @Test func `takes the checkpoint of a run that its validation likes best`() throws {
        _ = try plugs.run(
            makeRecipe("length: 4 steps\nvalidation: {every: 2 steps}"), pairs, named: "first"
        )
        .run { _ in }
        let best = try TrainedNetwork(at: plugs.folder("first"))
        guard case .best = best.choice else {
            Issue.record("no checkpoint was judged: \(best.choice)")
            return
        }
        let found = try begun("start: {checkpoint: workspace/runs/first}", named: "second")
        for (name, tensor) in try Safetensors.read(best.file).entries {
            #expect(areAlike(found.state[name], tensor))
        }
    }

    @Test func `of scale 2 goes on at scale 4 with what fits, and the rest is fresh`() throws {
        let two = try foreign(edsr(scale: 2))
        try Safetensors.write(two, to: plugs.scratch.appending("x2.safetensors"))
        let start = "start: {checkpoint: x2.safetensors, load: matching}"
        let found = try begun(start, named: "four")
        let fresh = try begun("", named: "fresh")
        #expect(found.taken == two.count && found.of == two.count + 2)
        for (name, tensor) in found.state.entries {
            let isNew = name.hasPrefix("upsample.2.")
            #expect(areAlike(tensor, isNew ? fresh.state[name] : two[name]), "\(name)")
            #expect(isNew || name.hasSuffix("bias") || !areAlike(tensor, fresh.state[name]))
        }
        let all = message { _ = try begun("start: {checkpoint: x2.safetensors}", named: "all") }
        #expect(all.contains("it has no 'upsample.2.bias'") && all.contains("'load: matching'"))
        #expect(!FileManager.default.fileExists(atPath: plugs.folder("all").string))
    }

    @Test func `takes a .pth of BasicSR for colour images`() throws {
        let colour = try foreign(edsr(scale: 4, channels: 3))
        try PyTorchFile.write(colour, to: plugs.scratch.appending("edsr.pth"), key: "params_ema")
        let found = try begun("start: {checkpoint: edsr.pth}", named: "grey")
        #expect(found.taken == found.of)
        let three = try #require(colour["conv_first.weight"]?.floats())
        let one = try #require(found.state["conv_first.weight"]?.floats())
        #expect(one.count == 4 * 9)
        for (index, value) in one.enumerated() {
            let (feature, tap) = index.quotientAndRemainder(dividingBy: 9)
            let sum = (0..<3).reduce(Float(0)) { $0 + three[(feature * 3 + $1) * 9 + tap] }
            #expect(abs(value - sum) < 1e-5)
        }
    }

    @Test func `takes weights of RRDB networks under their older names`() throws {
        var description = RRDBDescription(scale: 4)
        (description.blocks, description.features, description.growth) = (1, 4, 2)
        let new = try foreign(.rrdb(description))
        let outer = [
            "conv_body": "trunk_conv", "conv_up1": "upconv1", "conv_up2": "upconv2",
            "conv_hr": "HRconv",
        ]
        let old = try new.renamed { name in
            let parts = name.split(separator: ".").map(String.init)
            if parts[0] == "body" {
                return (["RRDB_trunk", parts[1], parts[2].uppercased()] + parts[3...])
                    .joined(separator: ".")
            }
            return ([outer[parts[0]] ?? parts[0]] + parts[1...]).joined(separator: ".")
        }
        try PyTorchFile.write(old, to: plugs.scratch.appending("old.pth"))
        let found = try begun(
            """
            network: {architecture: rrdb, blocks: 1, features: 4, growth: 2}
            start: {checkpoint: old.pth}
            """, named: "rrdb")
        #expect(found.taken == new.count)
        for (name, tensor) in new.entries { #expect(areAlike(found.state[name], tensor)) }
    }

    @Test func `takes running means, and half precision`() throws {
        var description = SRResNetDescription()
        (description.blocks, description.features) = (1, 4)
        let whole = try foreign(.srresnet(description))
        var half = StateDictionary()
        for (name, tensor) in whole.entries where !name.hasSuffix("num_batches_tracked") {
            half[name] = WeightTensor(
                (tensor.floats() ?? []).map { $0 + 0.25 }, shape: tensor.shape, scalar: .float16)
        }
        try Safetensors.write(half, to: plugs.scratch.appending("half.safetensors"))
        let network = "network: {architecture: srresnet, blocks: 1, features: 4}"
        let found = try begun(network + "\nstart: {checkpoint: half.safetensors}", named: "half")
        #expect(found.taken == half.count && found.of == whole.count)
        // A step moves the running means by a tenth of the way.
        for (name, tensor) in half.entries where !name.contains("running") {
            #expect(areAlike(found.state[name], tensor), "\(name)")
        }
    }

    @Test func `says in one line what does not fit`() throws {
        func refusal(_ start: String) -> String {
            let text = message { _ = try begun("start: \(start)", named: "refused") }
            #expect(!text.contains("\n"))
            #expect(!FileManager.default.fileExists(atPath: plugs.folder("refused").string))
            return text
        }
        #expect(refusal("{checkpoint: none.pth}").contains("none.pth: no such file"))
        var more = try foreign(edsr(scale: 4))
        more["more.weight"] = WeightTensor([1], shape: [1])
        try Safetensors.write(more, to: plugs.scratch.appending("more.safetensors"))
        #expect(
            refusal("{checkpoint: more.safetensors}")
                .contains("it has 'more.weight', which the network has not"))
        var other = StateDictionary()
        other["fc.weight"] = WeightTensor([1], shape: [1])
        try Safetensors.write(other, to: plugs.scratch.appending("other.safetensors"))
        #expect(
            refusal("{checkpoint: other.safetensors, load: matching}")
                .contains("it has no weights of a name and shape that the network has"))
        var wide = EDSRDescription.medium(scale: 4)
        (wide.blocks, wide.features) = (1, 8)
        try Safetensors.write(
            foreign(.edsr(wide)), to: plugs.scratch.appending("wide.safetensors"))
        #expect(
            refusal("{checkpoint: wide.safetensors}").contains("its 'body.0.conv1.bias' is [8]"))
    }

    @Test func `refuses weights that have learnt from what this catalog tests by`() throws {
        _ = try plugs.run(makeRecipe("length: 1 step"), pairs, named: "first").run { _ in }
        let start = "workspace/runs/first/checkpoints/step-0000001"
        // The split is dealt anew: a sample of the first run is now there to test by.
        let dealt = pairs.map { pair in
            TrainingPair(
                sample: pair.sample, material: pair.material,
                split: pair.sample.name == "plug-b" ? .test : pair.split, pair: pair.pair,
                lowOrigin: pair.lowOrigin, lowScanShape: pair.lowScanShape,
                lowWindow: pair.lowWindow, highWindow: pair.highWindow, mask: pair.mask,
                patches: pair.patches)
        }
        let recipe = try makeRecipe("length: 1 step\nstart: {checkpoint: \(start)}")
        let text = message { _ = try plugs.run(recipe, dealt, named: "mixed") }
        #expect(text.contains("has learnt from plug-b, which this catalog keeps for 'test'"))
        #expect(!FileManager.default.fileExists(atPath: plugs.folder("mixed").string))
        // What a run began with is remembered by those that begin with it.
        _ = try plugs.run(recipe, [pairs[0], pairs[2]], named: "second").run { _ in }
        let third = try makeRecipe(
            "length: 1 step\nstart: {checkpoint: workspace/runs/second/checkpoints/step-0000001}")
        #expect(
            message { _ = try plugs.run(third, dealt, named: "mixed") }
                .contains("has learnt from plug-b"))
    }

    @Test func `goes on without them once it has begun, and only with the same before`() throws {
        try Safetensors.write(
            foreign(edsr(scale: 4)), to: plugs.scratch.appending("start.safetensors"))
        let recipe = try makeRecipe("length: 2 steps\nstart: {checkpoint: start.safetensors}")
        _ = try plugs.run(recipe, pairs, named: "whole").run { _ in }
        var done = 0
        _ = try plugs.run(recipe, pairs, named: "parts").run {
            if case .step = $0 { done += 1 }
        } isStopped: {
            done >= 1
        }
        _ = try plugs.run(recipe, pairs, named: "unbegun")
        let path = plugs.scratch.appending("start.safetensors")
        try FileManager.default.removeItem(atPath: path.string)
        _ = try plugs.run(recipe, pairs, named: "parts", resumes: true).run { _ in }
        let last = { (name: String) in
            try Checkpoint.all(in: plugs.folder(name).appending("checkpoints")).last?.checkpoint
        }
        #expect(try last("parts") == last("whole"))
        try Safetensors.write(foreign(edsr(scale: 4)).renamed { $0 }, to: path)
        _ = try plugs.run(recipe, pairs, named: "unbegun", resumes: true)
        try FileManager.default.removeItem(atPath: path.string)
        var other = EDSRDescription.medium(scale: 4)
        (other.blocks, other.features, other.range) = (1, 4, 1)
        var source = WeightSource(seed: 3)
        try Safetensors.write(
            StateDictionary(
                EDSR(other, from: &source).state.map { NamedTensor($0.name, $0.tensor) }), to: path)
        #expect(
            message { _ = try plugs.run(recipe, pairs, named: "unbegun", resumes: true) }
                .contains("was begun with other weights"))
    }
}

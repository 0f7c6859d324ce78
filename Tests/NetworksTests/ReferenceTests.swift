import Foundation
import SystemPackage
import TestSupport
import Testing
import Torch

@testable import Networks

/// The Python environment that libtorch came with, unless TORCH_ROOT named another.
let libtorchFolder = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent().appending(".libtorch")

/// What PyTorch makes of the same weights and images, in networks written for this test alone.
@Suite(
    .enabled(
        if: FileManager.default.fileExists(atPath: libtorchFolder.appending("installed").string)))
struct `PyTorch` {
    /// A case: its name in the Python script, a network, and the shape of its input.
    struct Case {
        let name: String
        let layer: any Layer
        let shape: [Int]
        let training: Bool
    }

    static func cases() throws -> [Case] {
        var source = WeightSource(seed: 11)
        var cases: [Case] = []
        func add(_ name: String, _ layer: any Layer, _ shape: [Int], training: Bool = false) {
            cases.append(Case(name: name, layer: layer, shape: shape, training: training))
        }
        var srcnn = SRCNNDescription()
        (srcnn.border, srcnn.scale) = (.replicateTwo, 2)
        add("srcnn", try SRCNN(srcnn, from: &source), [2, 1, 12, 10])
        for training in [false, true] {
            var srresnet = SRResNetDescription()
            (srresnet.features, srresnet.blocks, srresnet.channels) = (8, 2, 3)
            add(
                "srresnet", try SRResNet(srresnet, from: &source), [2, 3, 12, 10],
                training: training)
        }
        for scale in [2, 3, 4, 5] {
            var edsr = EDSRDescription.medium(scale: scale, channels: 3)
            (edsr.features, edsr.blocks, edsr.residualScale) = (8, 2, 0.1)
            add("edsr", try EDSR(edsr, from: &source), [2, 3, 9, 10])
        }
        for scale in [1, 2, 4, 5] {
            var rrdb = RRDBDescription(scale: scale, blocks: 2)
            (rrdb.features, rrdb.growth) = (8, 4)
            add("rrdb\(scale)", try RRDBNet(rrdb, from: &source), [2, 1, 12, 8])
        }
        for training in [false, true] {
            var discriminator = UNetDiscriminatorDescription()
            discriminator.features = 4
            add(
                "unet_discriminator", try UNetDiscriminator(discriminator, from: &source),
                [2, 1, 16, 24], training: training)
            var srgan = SRGANDiscriminatorDescription()
            (srgan.features, srgan.size, srgan.dense) = (4, 32, 16)
            add(
                "srgan_discriminator", try SRGANDiscriminator(srgan, from: &source),
                [3, 1, 32, 32], training: training)
        }
        add("vgg19", try VGG19(features: 4, from: &source), [2, 1, 32, 48])
        for (normalisation, attention, isResidual) in [
            (Normalisation.none, Attention.none, false), (.group, .squeezeExcitation, true),
            (.instance, .concurrentSqueezeExcitation, false), (.batch, .convolutionalBlock, true),
        ] {
            var unet = UNetDescription()
            (unet.depth, unet.base, unet.normalisation) = (3, 16, normalisation)
            (unet.attention, unet.isResidual) = (attention, isResidual)
            let name = "unet_\(normalisation.rawValue)_\(attention.rawValue)_\(isResidual)"
            add(name, try UNet(unet, from: &source), [2, 1, 8, 12])
        }
        return cases
    }

    @Test func `gives the same results by the same names`() throws {
        let scratch = try ScratchFolder()
        var list: [[String: Any]] = []
        var expected: [(String, [Float], [Float])] = []
        for (index, one) in try Self.cases().enumerated() {
            let stem = scratch.appending("\(index)").string
            var entries: [[String: Any]] = []
            var bytes: [UInt8] = []
            for entry in one.layer.state {
                entries.append(["name": entry.name, "shape": entry.tensor.shape])
                bytes += try entry.tensor.to(type: .float32).bytes()
            }
            let input = try Tensor(numbers(one.shape.reduce(1, *)), shape: one.shape)
            bytes += try input.bytes()
            try Data(bytes).write(to: URL(fileURLWithPath: stem + ".in"))
            list.append([
                "name": one.name, "stem": stem, "state": entries, "shape": one.shape,
                "training": one.training,
            ])
            let output = try Scope.withoutGradients { try one.layer(input, training: one.training) }
            // What the forward pass did to running means and spectral vectors counts, too.
            let buffers = try one.layer.state.filter { !$0.isParameter }
                .flatMap { try $0.tensor.floats() }
            expected.append(("\(one.name) \(one.training)", try output.floats(), buffers))
        }
        let plan = scratch.appending("plan.json").string
        try JSONSerialization.data(withJSONObject: list).write(to: URL(fileURLWithPath: plan))
        let script = FilePath(#filePath).removingLastComponent().appending("reference.py").string
        let run = try Program.run(libtorchFolder.appending("bin/python"), [script, plan])
        try #require(run.status == 0, "\(run.errors)")
        for (index, (name, output, buffers)) in expected.enumerated() {
            let found = try Data(
                contentsOf: URL(fileURLWithPath: scratch.appending("\(index).out").string))
            let floats = stride(from: 0, to: found.count, by: 4).map { offset in
                Float(
                    bitPattern: (0..<4).reduce(0) {
                        $0 | UInt32(found[found.startIndex + offset + $1]) << UInt32(8 * $1)
                    })
            }
            try #require(floats.count == output.count + buffers.count, "\(name)")
            let worst = zip(floats, output + buffers).map { Swift.abs($0 - $1) }.max() ?? 0
            #expect(worst <= 1e-5, "\(name)")
        }
    }
}

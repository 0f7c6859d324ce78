import Foundation
import Testing
import Torch

@testable import Networks

@Suite struct `A description of a network` {
    @Test(arguments: `The halo of a network`.small)
    func `survives being written and read`(description: NetworkDescription) throws {
        let data = try JSONEncoder().encode(description)
        #expect(try JSONDecoder().decode(NetworkDescription.self, from: data) == description)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains("\"architecture\":\"\(description.architecture)\""))
    }

    @Test func `of an unknown architecture is refused by name`() {
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(
                NetworkDescription.self, from: Data(#"{"architecture":"abacus"}"#.utf8))
        }
        #expect(String(describing: error).contains("abacus"))
    }

    @Test func `takes what is left out as published`() throws {
        func read(_ text: String) throws -> NetworkDescription {
            try JSONDecoder().decode(NetworkDescription.self, from: Data(text.utf8))
        }
        #expect(
            try read(#"{"architecture":"edsr","scale":5}"#) == .edsr(.medium(scale: 5)))
        #expect(
            try read(#"{"architecture":"edsr","scale":2,"channels":3}"#)
                == .edsr(.medium(scale: 2, channels: 3)))
        #expect(try read(#"{"architecture":"rrdb"}"#) == .rrdb(RRDBDescription()))
    }

    @Test(arguments: [
        (#"{"architecture":"edsr","block":3}"#, "block"),
        (#"{"architecture":"edsr","scale":9}"#, "scale is 1 to 8"),
        (#"{"architecture":"edsr","mean":[0.1,0.2]}"#, "one finite mean"),
        (#"{"architecture":"srcnn","kernels":[9,2,5]}"#, "three odd numbers"),
        (#"{"architecture":"unet","depth":1}"#, "depth is 2 to 8"),
        (#"{"architecture":"rrdb","growth":0}"#, "features are 1 to"),
        (#"{"architecture":"srresnet","blocks":-1}"#, "blocks are 1 to"),
    ])
    func `that cannot be built is refused with the reason`(text: String, reason: String) {
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(NetworkDescription.self, from: Data(text.utf8))
        }
        #expect(String(describing: error).contains(reason))
    }

    @Test func `and a seed make the same bits, another seed others`() throws {
        func bits(_ seed: UInt64) throws -> [[UInt8]] {
            var source = WeightSource(seed: seed)
            var description = EDSRDescription()
            (description.features, description.blocks) = (8, 1)
            return try EDSR(description, from: &source).state.map { try $0.tensor.bytes() }
        }
        #expect(try bits(5) == bits(5))
        #expect(try bits(5) != bits(6))
        // Layers of one shape differ, too.
        #expect(try bits(5)[2] != bits(5)[4])
    }

    @Test func `draws weights as spread as PyTorch's`() throws {
        var source = WeightSource(seed: 9)
        let dense = try Dense(400, 300, from: &source)
        let weights = try dense.weight.doubles()
        // Uniform within 1 / sqrt(400).
        #expect(weights.allSatisfy { abs($0) <= 0.05 })
        let variance = weights.reduce(0) { $0 + $1 * $1 } / Double(weights.count)
        #expect(abs(variance - 0.05 * 0.05 / 3) < 0.02 * 0.05 * 0.05 / 3)
        let kaiming = try source.weight([200, 100, 3, 3], .kaiming(scale: 0.1, slope: 0)).doubles()
        let spread = (kaiming.reduce(0) { $0 + $1 * $1 } / Double(kaiming.count)).squareRoot()
        #expect(abs(spread / (0.1 * (2.0 / 900).squareRoot()) - 1) < 0.02)
    }

    @Test func `loads a whole state or nothing`() throws {
        var source = WeightSource(seed: 1)
        let network = try SRCNN(SRCNNDescription(), from: &source)
        let other = try SRCNN(SRCNNDescription(), from: &source)
        var state = Dictionary(uniqueKeysWithValues: other.state.map { ($0.name, $0.tensor) })
        state["conv3.bias"] = try Tensor.zeros([2])
        let before = try network.state.map { try $0.tensor.bytes() }
        let error = #expect(throws: TorchError.self) { try network.load(state) }
        #expect(String(describing: error).contains("conv3.bias"))
        #expect(try network.state.map { try $0.tensor.bytes() } == before)
        state["conv3.bias"] = try Tensor.zeros([1])
        try network.load(state)
        #expect(
            try network.state.map { try $0.tensor.bytes() }
                == other.state.map { try $0.tensor.bytes() })
    }
}

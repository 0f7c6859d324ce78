import Randomness
import Testing

@testable import WeightFiles

/// The names and shapes of an RRDB x4 network in the spelling `name` gives its parts.
private func rrdb(
    blocks: Int, channels: Int = 3, features: Int = 4,
    outer: (String) -> String = { $0 }, inner: (Int, Int, Int) -> String
) -> StateDictionary {
    var generator = SplitMix64(seed: 1)
    var weights = StateDictionary()
    func add(_ name: String, _ outputs: Int, _ inputs: Int) {
        let numbers = (0..<(outputs * inputs * 9)).map { _ in
            Float.random(in: -1...1, using: &generator)
        }
        weights["\(name).weight"] = WeightTensor(numbers, shape: [outputs, inputs, 3, 3])
        weights["\(name).bias"] = WeightTensor(
            (0..<outputs).map { _ in Float.random(in: -1...1, using: &generator) },
            shape: [outputs])
    }
    add(outer("conv_first"), features, channels)
    for block in 0..<blocks {
        for dense in 1...3 {
            for convolution in 1...5 { add(inner(block, dense, convolution), features, features) }
        }
    }
    for name in ["conv_body", "conv_up1", "conv_up2", "conv_hr"] {
        add(outer(name), features, features)
    }
    add(outer("conv_last"), channels, features)
    return weights
}

@Suite struct `Adapted weights` {
    @Test(arguments: [1, 2, 23])
    func `of ESRGAN come under BasicSR's names from both old spellings`(blocks: Int) throws {
        let new = rrdb(blocks: blocks) { "body.\($0).rdb\($1).conv\($2)" }
        let middle = rrdb(
            blocks: blocks,
            outer: {
                [
                    "conv_body": "trunk_conv", "conv_up1": "upconv1", "conv_up2": "upconv2",
                    "conv_hr": "HRconv",
                ][$0] ?? $0
            }, inner: { "RRDB_trunk.\($0).RDB\($1).conv\($2)" })
        let old = rrdb(
            blocks: blocks,
            outer: {
                [
                    "conv_first": "model.0", "conv_body": "model.1.sub.\(blocks)",
                    "conv_up1": "model.3", "conv_up2": "model.6", "conv_hr": "model.8",
                    "conv_last": "model.10",
                ][$0] ?? $0
            }, inner: { "model.1.sub.\($0).RDB\($1).conv\($2).0" })
        for weights in [new, middle, old] { #expect(try weights.withBasicSRNames() == new) }
    }

    @Test func `of another network are refused, not half renamed`() throws {
        var other = rrdb(blocks: 1) { "body.\($0).rdb\($1).conv\($2)" }
        other["head.0.weight"] = WeightTensor([1], shape: [1])
        #expect(throws: WeightFileError.self) { try other.withBasicSRNames() }
        // A x2 network of the oldest spelling, where model.5 is what model.8 is at x4.
        var twice = StateDictionary()
        for name in ["model.0", "model.1.sub.1", "model.3", "model.5", "model.7"] {
            twice["\(name).weight"] = WeightTensor([1], shape: [1])
        }
        #expect(throws: WeightFileError.self) { try twice.withBasicSRNames() }
    }

    @Test func `for grey sum the first convolution and average the last`() throws {
        var weights = StateDictionary(metadata: ["arch": "x"])
        weights["first.weight"] = WeightTensor(
            (0..<12).map(Float.init), shape: [2, 3, 1, 2])
        weights["last.weight"] = WeightTensor((0..<6).map(Float.init), shape: [3, 2, 1, 1])
        weights["last.bias"] = WeightTensor([1, 2, 6], shape: [3])
        let grey = try weights.withOneChannel(first: "first", last: "last")
        #expect(grey["first.weight"] == WeightTensor([6, 9, 24, 27], shape: [2, 1, 1, 2]))
        #expect(grey["last.weight"] == WeightTensor([2, 3], shape: [1, 2, 1, 1]))
        #expect(grey["last.bias"] == WeightTensor([3], shape: [1]))
        #expect(grey.names == weights.names && grey.metadata == weights.metadata)
    }

    /// With pixels folded into channels, as PixelUnshuffle(2) orders them: colour before fold.
    @Test func `for grey keep the folds of a colour apart`() throws {
        var weights = StateDictionary()
        weights["first.weight"] = WeightTensor((0..<12).map(Float.init), shape: [1, 12, 1, 1])
        weights["last.weight"] = WeightTensor((0..<3).map(Float.init), shape: [3, 1])
        let grey = try weights.withOneChannel(first: "first", last: "last")
        #expect(
            grey["first.weight"]
                == WeightTensor(
                    [0 + 4 + 8, 1 + 5 + 9, 2 + 6 + 10, 3 + 7 + 11], shape: [1, 4, 1, 1])
        )
    }

    @Test(arguments: [WeightScalar.float16, .bfloat16, .float32, .float64])
    func `for grey and for colour undo each other`(scalar: WeightScalar) throws {
        var generator = SplitMix64(seed: 9)
        var weights = StateDictionary()
        let numbers = (0..<72).map { _ in Float.random(in: -1...1, using: &generator) }
        weights["a.weight"] = WeightTensor(numbers, shape: [2, 4, 3, 3], scalar: scalar)
        weights["z.weight"] = WeightTensor(numbers, shape: [4, 2, 3, 3], scalar: scalar)
        weights["z.bias"] = WeightTensor(Array(numbers[..<4]), shape: [4], scalar: scalar)
        let back = try weights.withThreeChannels(first: "a", last: "z")
            .withOneChannel(first: "a", last: "z")
        #expect(back.names == weights.names)
        // Half a step of the scalar in each third.
        let tolerance: Float = scalar == .bfloat16 ? 8e-3 : scalar == .float16 ? 1e-3 : 1e-6
        for (name, tensor) in weights.entries {
            #expect(back[name]?.shape == tensor.shape && back[name]?.scalar == scalar)
            for (a, b) in zip(try #require(back[name]?.floats()), try #require(tensor.floats())) {
                #expect(abs(a - b) <= tolerance)
            }
        }
    }

    @Test func `that are missing or no convolution are named`() throws {
        var weights = StateDictionary()
        weights["a.weight"] = WeightTensor([1, 2], shape: [1, 2])
        for (first, words) in [("b", "there is no \"b.weight\""), ("a", "2 channels")] {
            let error = try #require(throws: WeightFileError.self) {
                try weights.withOneChannel(first: first, last: "a")
            }
            #expect(error.description.contains(words), "\(error)")
        }
    }
}

@Suite struct `Numbers of tensors` {
    @Test func `round to half and bfloat16 to the nearest even, and back exactly`() {
        let numbers: [Float] = [0, -0.0, 1, 1.0039062, 1.01171875, 3.0e38, .infinity, -2.5]
        let brain = WeightTensor(numbers, shape: [8], scalar: .bfloat16).floats()
        // 1 + 1/256 lies midway and goes down to even; 1 + 3/256 midway too, and goes up.
        #expect(brain == [0, -0.0, 1, 1, 1.015625, 3.0040553e+38, .infinity, -2.5])
        let half = WeightTensor([65504, 1e-7, 0.1, -70000], shape: [4], scalar: .float16).floats()
        #expect(half == [65504, 1.1920929e-7, 0.099975586, -.infinity])
        let no = WeightTensor([.nan], shape: [1], scalar: .bfloat16).floats()
        #expect(no?.first?.isNaN == true)
    }
}

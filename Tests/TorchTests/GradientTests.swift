import Foundation
import Testing

@testable import Torch

/// An operation in double precision, so that finite differences tell something.
struct Differentiable: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let shapes: [[Int]]
    let result: @Sendable ([Tensor]) throws -> Tensor

    init(
        _ name: String, _ shapes: [[Int]], _ result: @escaping @Sendable ([Tensor]) throws -> Tensor
    ) {
        testDescription = name
        self.shapes = shapes
        self.result = result
    }

    /// Images of 2 x 4 x 6 x 6 and what else is named.
    static func image(
        _ name: String, _ others: [[Int]] = [],
        _ result: @escaping @Sendable ([Tensor]) throws -> Tensor
    ) -> Differentiable {
        Differentiable(name, [[2, 4, 6, 6]] + others, result)
    }

    static let all: [Differentiable] = [
        image("convolution, replicate", [[3, 4, 3, 3], [3]]) {
            try $0[0].convolved($0[1], bias: $0[2], margin: 2, padding: .replicate)
        },
        image("convolution, stride and groups", [[4, 2, 4, 4]]) {
            try $0[0].convolved($0[1], stride: 2, margin: 1, groups: 2)
        },
        image("convolution, dilation", [[2, 4, 3, 3]]) {
            try $0[0].convolved($0[1], margin: 2, padding: .reflect, dilation: 2)
        },
        image("prelu", [[1]]) { try $0[0].prelu(slope: $0[1]) },
        image("leaky relu") { try $0[0].leakyRelu(slope: 0.2) },
        image("leaky relu in place") { try ($0[0] * 3).leakyReluInPlace(slope: 0.2) },
        image("pixel shuffle") { try $0[0].pixelShuffled(2) },
        image("pixel unshuffle") { try $0[0].pixelUnshuffled(3) },
        image("bicubic") { try $0[0].enlarged(3, by: .bicubic) },
        image("bilinear") { try $0[0].enlarged(2, by: .bilinear) },
        image("bicubic, antialiased") {
            try $0[0].resized(height: 4, width: 3, by: .bicubic, antialias: true)
        },
        image("area") { try $0[0].resized(height: 4, width: 3, by: .area) },
        image("group norm", [[4], [4]]) {
            try $0[0].groupNormalized(groups: 2, weight: $0[1], bias: $0[2])
        },
        image("instance norm", [[4], [4]]) {
            try $0[0].instanceNormalized(weight: $0[1], bias: $0[2])
        },
        image("batch norm", [[4], [4]]) {
            try $0[0].batchNormalized(
                weight: $0[1], bias: $0[2], runningMean: nil, runningVariance: nil, training: true)
        },
        image("pad, reflect") {
            try $0[0].padded(top: 1, bottom: 2, left: 3, right: 4, with: .reflect)
        },
        image("average and max pool") {
            try $0[0].averagePooled(2) + $0[0].maxPooled(2) + $0[0].maxPooled(toSize: 3)
                + $0[0].averagePooled(toSize: 3)
        },
        image("reductions") {
            try $0[0].largest(over: [1], keeping: true) + $0[0].variance(over: [1], keeping: true)
                + $0[0].norm(over: [1], keeping: true)
        },
        image("softplus and powers") {
            try $0[0].softplus().power(1.5) + ($0[0].squared() + 1e-3).squareRoot()
        },
        image("flip, slice, concatenate") {
            try Tensor.concatenated(
                [
                    $0[0].flipped([2, 3]), $0[0].shaved(1).padded(1, with: .zeros),
                    $0[0].sliced(dimension: 1, from: 0, to: 3, by: 2),
                ], dimension: 1)
        },
        Differentiable("cross-entropy", [[3, 4], [3, 4]]) {
            try $0[0].loss(.binaryCrossEntropyWithLogits, to: $0[1].sigmoid().detached())
        },
        Differentiable("linear", [[3, 4], [5, 4], [5]]) { try $0[0].linear($0[1], bias: $0[2]) },
        Differentiable("spectral norm", [[4, 3, 2, 2]]) {
            let u = try Tensor(numbers(4), shape: [4]).to(type: .float64)
            let v = try Tensor(numbers(12, phase: 2), shape: [12]).to(type: .float64)
            return try $0[0].spectrallyNormalized(u: u, v: v, iterations: 0)
        },
    ]
}

@Suite struct `Gradients` {
    @Test(arguments: Differentiable.all)
    func `are those of finite differences`(operation: Differentiable) throws {
        let values = operation.shapes.enumerated().map { index, shape in
            numbers(shape.reduce(1, *), phase: Double(index + 1)).map { Double($0) }
        }
        func tensors(_ values: [[Double]]) throws -> [Tensor] {
            try zip(values, operation.shapes).map { numbers, shape in
                let span = numbers.span
                return try Tensor(span, shape: shape)
            }
        }
        // Every element of the result has a weight of its own.
        func objective(_ inputs: [Tensor]) throws -> Tensor {
            let result = try operation.result(inputs)
            let weights = try Tensor(numbers(result.count, phase: 9), shape: result.shape)
            return try (result * weights.to(type: .float64)).sum()
        }
        let inputs = try tensors(values)
        for input in inputs { try input.setRequiresGradient(true) }
        try objective(inputs).backward()
        let step = 1e-6
        for (index, input) in inputs.enumerated() {
            guard let gradient = try input.gradient()?.doubles() else {
                // Only the target of a loss has none.
                #expect(operation.testDescription == "cross-entropy" && index == 1)
                continue
            }
            for element in stride(from: 0, to: gradient.count, by: max(1, gradient.count / 7)) {
                var (above, below) = (values, values)
                above[index][element] += step
                below[index][element] -= step
                let slope = try Scope.withoutGradients {
                    try (objective(tensors(above)).item() - objective(tensors(below)).item())
                        / (2 * step)
                }
                #expect(
                    abs(slope - gradient[element]) <= 1e-6 * max(1, abs(slope)),
                    "input \(index), element \(element)")
            }
        }
    }

    @Test func `add up until they are cleared`() throws {
        let x = try Tensor([1, 2, 3], shape: [3])
        try x.setRequiresGradient(true)
        #expect(try x.gradient() == nil)
        try x.squared().sum().backward()
        try x.squared().sum().backward()
        #expect(try x.gradient()?.floats() == [4, 8, 12])
        try Parameters.clearGradients([x])
        #expect(try x.gradient() == nil)
    }

    @Test func `are measured, unscaled and clipped together`() throws {
        let (a, b) = (try Tensor.zeros([2]), try Tensor.zeros([1]))
        let without = try Tensor.zeros([5])
        try a.setGradient(Tensor([20, 30], shape: [2]))
        try b.setGradient(Tensor([60], shape: [1]))
        let summary = try Parameters.finishGradients([a, b, without], scale: 0.1, largestNorm: 3.5)
        #expect(abs(summary.norm - 7) < 1e-6)
        #expect(summary.isFinite)
        let clipped = try #require(try a.gradient()).floats()
        #expect(abs(clipped[0] - 1) < 1e-6 && abs(clipped[1] - 1.5) < 1e-6)
        try b.setGradient(Tensor([.nan], shape: [1]))
        #expect(try !Parameters.finishGradients([a, b], largestNorm: 1).isFinite)
        try b.setGradient(Tensor([-.infinity], shape: [1]))
        #expect(try !Parameters.finishGradients([a, b], largestNorm: 1).isFinite)
    }

    @Test func `are not recorded where they are not wanted`() throws {
        let x = try Tensor.ones([2])
        try x.setRequiresGradient(true)
        #expect(try (x * 2).requiresGradient)
        #expect(try Scope.withoutGradients { try x * 2 }.requiresGradient == false)
        #expect(try Scope.inference { try x * 2 }.requiresGradient == false)
        let inner = try Scope.withoutGradients { try Scope.withGradients { try x * 2 } }
        #expect(inner.requiresGradient)
        #expect(throws: TorchError.self) {
            try Scope.withoutGradients { try x.reshaped([3]) }
        }
        #expect(try (x * 2).requiresGradient, "an error ends the scope, too")
    }

    @Test(arguments: [ElementType.bfloat16, .float16])
    func `in half precision reach weights in single`(type: ElementType) throws {
        let image = try Tensor(numbers(1 * 2 * 8 * 8), shape: [1, 2, 8, 8])
        let weight = try Tensor(numbers(3 * 2 * 3 * 3, phase: 1), shape: [3, 2, 3, 3])
        try weight.setRequiresGradient(true)
        let loss = try Scope.autocast(to: type, on: .cpu) {
            let result = try image.convolved(weight)
            #expect(result.elementType == type)
            let single = try Scope.autocast(to: nil, on: .cpu) { try image.convolved(weight) }
            #expect(single.elementType == .float32)
            return try result.to(type: .float32).squared().mean()
        }
        #expect(try image.convolved(weight).elementType == .float32)
        try loss.backward()
        let gradient = try #require(try weight.gradient())
        #expect(gradient.elementType == .float32)
        #expect(try gradient.floats().contains { $0 != 0 })
    }
}

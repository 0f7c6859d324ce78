import Foundation
import Testing

@testable import Torch

/// Numbers that look random and are the same everywhere, between -1 and 1.
func numbers(_ count: Int, phase: Double = 0) -> [Float] {
    (0..<count).map { Float(sin(Double($0) * 12.9898 + phase * 78.233)) }
}

@Suite struct `A tensor` {
    @Test func `holds the numbers it was given, in their order`() throws {
        let given = numbers(24)
        let tensor = try Tensor(given, shape: [2, 3, 4])
        #expect(tensor.shape == [2, 3, 4])
        #expect(tensor.count == 24)
        #expect(tensor.elementType == .float32)
        #expect(tensor.device == .cpu)
        #expect(try tensor.floats() == given)
        #expect(try tensor.permuted([2, 0, 1]).floats()[1] == given[4])
        var copied = [Float](repeating: 0, count: 24)
        var span = copied.mutableSpan
        try tensor.copy(into: &span)
        #expect(copied == given)
    }

    @Test(arguments: ElementType.allCases)
    func `gives its bytes and takes them back`(type: ElementType) throws {
        let tensor = try Tensor([0, 1, 1, 0, 1, 1], shape: [2, 3]).to(type: type)
        let bytes = try tensor.bytes()
        #expect(bytes.count == 6 * type.byteCount)
        let again = try Tensor(bytes: bytes.span, of: type, shape: [2, 3])
        #expect(again.elementType == type)
        #expect(try again.floats() == [0, 1, 1, 0, 1, 1])
    }

    @Test func `of no elements is a tensor`() throws {
        #expect(try Tensor([Float](), shape: [0, 3]).floats().isEmpty)
        #expect(try Tensor([7], shape: []).item() == 7)
    }

    @Test func `shares memory with its views, and assigning changes both`() throws {
        let tensor = try Tensor.zeros([2, 4])
        let row = try tensor.narrowed(dimension: 0, from: 1, count: 1)
        try row.assign(Tensor([1, 2, 3, 4], shape: [1, 4]))
        #expect(try tensor.floats() == [0, 0, 0, 0, 1, 2, 3, 4])
    }

    @Test func `is overwritten by a leaky relu in place, which has the gradient of the other`()
        throws
    {
        let numbers = try Tensor([-2, -0.5, 0, 1, 3], shape: [5])
        try numbers.setRequiresGradient(true)
        let doubled = try numbers * 2
        let made = try doubled.leakyReluInPlace(slope: 0.25)
        #expect(try made.floats() == [-1, -0.25, 0, 2, 6])
        #expect(try doubled.floats() == made.floats())
        try made.sum().backward()
        #expect(try numbers.gradient()?.floats() == [0.5, 0.5, 0.5, 2, 2])
    }

    @Test func `keeps channels side by side where asked`() throws {
        let given = numbers(2 * 3 * 4 * 5)
        let tensor = try Tensor(given, shape: [2, 3, 4, 5])
        let last = try tensor.to(channelsLast: true)
        #expect(!tensor.isChannelsLast)
        #expect(last.isChannelsLast)
        #expect(try last.floats() == given)
    }

    @Test func `is freed with its last reference`() throws {
        let before = residentBytes()
        for _ in 0..<400 {
            let tensor = try Tensor.full(1, shape: [1 << 20])
            let sum = try (tensor + tensor).sum()
            #expect(try sum.item() == Double(2 << 20))
        }
        // Each round takes 8 MiB; 400 rounds that were kept would be 3 GiB.
        #expect(residentBytes() - before < 512 << 20)
    }

    @Test func `that holds a graph frees the graph with it`() throws {
        let weight = try Tensor(numbers(64 * 64), shape: [64, 64])
        try weight.setRequiresGradient(true)
        for round in 0..<2 {
            let before = residentBytes()
            for _ in 0..<300 {
                var x = try Tensor.full(0.5, shape: [1024, 64])
                for _ in 0..<4 { x = try x.matrixProduct(weight).tanh() }
                _ = try x.sum()
            }
            // A round makes 600 MiB of intermediate results; the first fills the allocator's pools.
            if round == 1 { #expect(residentBytes() - before < 300 << 20) }
        }
    }
}

@Suite struct `Errors of libtorch` {
    @Test func `name the operation and say why`() throws {
        let a = try Tensor.ones([2, 3])
        let b = try Tensor.ones([4, 5])
        let error = #expect(throws: TorchError.self) { _ = try a + b }
        guard case .failed(let operation, let reason) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(operation == "add")
        #expect(reason.contains("must match the size of tensor b"))
        #expect(String(describing: error).contains("'add' failed"))
        // No stack of C++ functions in it.
        #expect(!reason.contains("frame #"))
    }

    @Test func `come for shapes that do not fit`() throws {
        let image = try Tensor.ones([1, 3, 8, 8])
        let weight = try Tensor.ones([4, 2, 3, 3])
        #expect(throws: TorchError.self) { try image.convolved(weight) }
        #expect(throws: TorchError.self) { try image.sliced(dimension: 2, from: 4, to: 9) }
        #expect(throws: TorchError.self) { try image.pixelShuffled(2) }
        #expect(throws: TorchError.self) { try image.loss(.l1, to: weight) }
        #expect(throws: TorchError.countDoesNotFillShape(count: 3, shape: [2, 2])) {
            try Tensor([1, 2, 3], shape: [2, 2])
        }
        #expect(throws: TorchError.self) { try image.item() }
        #expect(throws: TorchError.self) { try image.backward() }
    }

    @Test func `tell when memory does not suffice`() {
        let error = #expect(throws: TorchError.self) {
            try Tensor.zeros([1 << 20, 1 << 20, 1 << 10])
        }
        guard case .outOfMemory = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
    }

    @Test func `tell of a device that is not there`() throws {
        let index = Device.cudaDevices
        #expect(throws: TorchError.noSuchDevice(.cuda(index), available: index)) {
            try Device.named("cuda:\(index)")
        }
        #expect(try Device.named("cpu") == .cpu)
        #expect(try Device.named("abacus") == nil)
    }
}

@Suite struct `The memory of tensors` {
    @Test func `is counted at its peak, and from what was there before`() throws {
        let before = try Tensor.zeros([1000])
        // Two of 40,000 bytes at once, and never three; allocators round up.
        let peak = try Scope.peakBytes(on: .cpu) {
            do {
                let first = try Tensor.zeros([100, 100])
                _ = try first + 1
            }
            _ = try before.reshaped([10, 100]) + 1
        }
        #expect((80_000..<81_000).contains(peak), "\(peak)")
        #expect(try Scope.peakBytes(on: .cpu) { _ = try before.reshaped([10, 100]) } == 0)
        _ = try before + 1
    }
}

/// The memory of this process that is in RAM.
func residentBytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * 4096
}

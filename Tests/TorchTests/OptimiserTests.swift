import Foundation
import Testing

@testable import Torch

@Suite struct `An optimiser` {
    /// Three parameters and, for each step, gradients that depend on them.
    func parameters() throws -> [NamedTensor] {
        try [("a", [3, 4]), ("b", [5]), ("c", [2, 2, 2])].enumerated().map { index, entry in
            NamedTensor(
                entry.0,
                try Tensor(
                    numbers(entry.1.reduce(1, *), phase: Double(index)), shape: entry.1))
        }
    }

    func setGradients(_ parameters: [NamedTensor], step: Int) throws {
        for (index, parameter) in parameters.enumerated() {
            let drawn = numbers(
                parameter.tensor.count, phase: Double(100 + 10 * step + index))
            try parameter.tensor.setGradient(
                Tensor(drawn, shape: parameter.tensor.shape) + parameter.tensor * 0.5)
        }
    }

    /// Adam as its paper has it, in double precision.
    func paperAdam(_ settings: AdamSettings, steps: Int, rate: Double) throws -> [Double] {
        var values = try parameters().map { try $0.tensor.doubles() }
        var means = values.map { $0.map { _ in 0.0 } }
        var squares = means
        for step in 0..<steps {
            for p in values.indices {
                let drawn = numbers(values[p].count, phase: Double(100 + 10 * step + p))
                for i in values[p].indices {
                    var gradient = Double(drawn[i]) + 0.5 * values[p][i]
                    if settings.isDecoupled {
                        values[p][i] -= rate * settings.weightDecay * values[p][i]
                    } else {
                        gradient += settings.weightDecay * values[p][i]
                    }
                    let (b1, b2) = (settings.beta1, settings.beta2)
                    means[p][i] = b1 * means[p][i] + (1 - b1) * gradient
                    squares[p][i] = b2 * squares[p][i] + (1 - b2) * gradient * gradient
                    let mean = means[p][i] / (1 - pow(b1, Double(step + 1)))
                    let square = squares[p][i] / (1 - pow(b2, Double(step + 1)))
                    values[p][i] -= rate * mean / (square.squareRoot() + settings.epsilon)
                }
            }
        }
        return values.flatMap { $0 }
    }

    @Test(arguments: [(0.0, false), (0.1, false), (0.1, true)])
    func `Adam moves as its paper says`(decay: Double, decoupled: Bool) throws {
        var settings = AdamSettings()
        (settings.weightDecay, settings.isDecoupled, settings.beta2) = (decay, decoupled, 0.99)
        let parameters = try parameters()
        let adam = try Adam(parameters, settings: settings)
        for step in 0..<20 {
            try setGradients(parameters, step: step)
            try adam.step(learningRate: 0.01)
        }
        #expect(adam.steps == 20)
        let found = try parameters.flatMap { try $0.tensor.doubles() }
        let expected = try paperAdam(settings, steps: 20, rate: 0.01)
        // Twenty steps of single precision on numbers up to one.
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 3e-6 })
    }

    @Test func `goes on with the same bits after its state was saved and loaded`() throws {
        func bits(_ parameters: [NamedTensor]) throws -> [[UInt8]] {
            try parameters.map { try $0.tensor.bytes() }
        }
        let through = try parameters()
        let adam = try Adam(through, settings: AdamSettings())
        var saved: [String: Tensor] = [:]
        var savedValues: [String: Tensor] = [:]
        for step in 0..<10 {
            if step == 5 {
                for entry in adam.state { saved[entry.name] = try entry.tensor.clone() }
                for entry in through { savedValues[entry.name] = try entry.tensor.clone() }
            }
            try setGradients(through, step: step)
            try adam.step(learningRate: 0.01)
        }
        let resumed = try parameters()
        try resumed.load(savedValues)
        let again = try Adam(resumed, settings: AdamSettings())
        try again.load(saved, steps: 5)
        for step in 5..<10 {
            try setGradients(resumed, step: step)
            try again.step(learningRate: 0.01)
        }
        #expect(try bits(resumed) == bits(through))
        #expect(try bits(again.state) == bits(adam.state))
        #expect(again.state.map(\.name).prefix(2) == ["exp_avg.a", "exp_avg.b"])
        saved["exp_avg_sq.c"] = nil
        let error = #expect(throws: TorchError.self) { try again.load(saved, steps: 5) }
        #expect(String(describing: error).contains("exp_avg_sq.c"))
    }

    @Test func `leaves parameters without a gradient alone`() throws {
        let parameters = try parameters()
        var settings = AdamSettings()
        settings.weightDecay = 0.1
        let adam = try Adam(parameters, settings: settings)
        let before = try parameters[1].tensor.bytes()
        try parameters[0].tensor.setGradient(Tensor.ones([3, 4]))
        try adam.step(learningRate: 0.1)
        #expect(try parameters[1].tensor.bytes() == before)
    }

    @Test func `with momentum rolls on`() throws {
        let x = try Tensor([1], shape: [1])
        let descent = try MomentumDescent([NamedTensor("x", x)], momentum: 0.9)
        // Velocities 1, 1.9 and 2.71.
        for expected in [0.9, 0.71, 0.439] {
            try x.setGradient(Tensor([1], shape: [1]))
            try descent.step(learningRate: 0.1)
            #expect(abs(try x.item() - expected) < 1e-6)
        }
        #expect(descent.state.map(\.name) == ["momentum_buffer.x"])
    }

    @Test func `has averages that follow`() throws {
        let (average, value) = (try Tensor.zeros([3]), try Tensor([1, 2, 3], shape: [3]))
        try Parameters.average([average], towards: [value], decay: 0.9)
        try Parameters.average([average], towards: [value], decay: 0.9)
        let found = try average.floats()
        #expect(zip(found, [0.19, 0.38, 0.57]).allSatisfy { abs($0 - $1) < 1e-6 })
    }
}

@Suite(.serialized) struct `The library` {
    @Test func `draws the same numbers from one seed`() throws {
        // Values of PyTorch 2.13 on the processor: torch.manual_seed(7); torch.randn(4).
        try Library.seed(7)
        let drawn = try Tensor.random([4], gaussian: true).floats()
        try Library.seed(7)
        #expect(try Tensor.random([4], gaussian: true).floats() == drawn)
        let expected: [Float] = [-0.1468, 0.7861, 0.9468, -1.1143]
        #expect(zip(drawn, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test func `says its version and takes a number of threads`() throws {
        #expect(Library.version.first == "2")
        let before = Library.threads
        try Library.setThreads(1)
        #expect(Library.threads == 1)
        try Library.setThreads(before)
    }

    @Test func `takes no new memory for tensors like those that were freed, where asked`() throws {
        try #require(Library.keepFreedMemory())
        // Others may take what was freed between two rounds, so the best of some counts.
        let faults = try (0..<8).map { _ in
            let before = pageFaultsOfThread()
            _ = try (0..<3).map { _ in try Tensor.full(1, shape: [3_500_000]) }
            return pageFaultsOfThread() - before
        }
        // 42 MB are 10,000 pages, and come from the system anew each time by default.
        #expect((faults.dropFirst().min() ?? .max) < 64)
    }

    @Test func `refuses kernels whose results vary, where asked`() throws {
        try Library.setDeterministic(true)
        #expect(try Tensor.ones([1, 1, 4, 4]).enlarged(2, by: .bicubic).count == 64)
        try Library.setDeterministic(false)
    }
}

/// How often the system had to find a page of memory for the calling thread.
private func pageFaultsOfThread() -> Int {
    var usage = rusage()
    let status = unsafe getrusage(__rusage_who_t(1), &usage)  // RUSAGE_THREAD
    precondition(status == 0, "a thread's usage can be asked for")
    return usage.ru_minflt
}

import ArgumentParser
import Losses
import Networks
import Torch
import TurnTaking

/// Steps of Adam on one batch: forward, L1, backward, update.
struct TimeSteps: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step", abstract: "Times training steps of a network on random numbers.")

    @Argument(help: "edsr (16 blocks, 64 features) or rrdb (6 blocks).")
    var network: NetworkName

    @Option(help: "Images of a batch.")
    var batch = 4

    @Option(help: "Rows and columns of a LOW image; HIGH has four times as many.")
    var edge = 48

    @Option(help: "libtorch's threads.")
    var threads = 1

    @Flag(help: "Lay the channels of a pixel side by side.")
    var channelsLast = false

    enum NetworkName: String, ExpressibleByArgument, CaseIterable {
        case edsr
        case rrdb

        var description: NetworkDescription {
            switch self {
            case .edsr: .edsr(.medium(scale: 4))
            case .rrdb: .rrdb(RRDBDescription(scale: 4, blocks: 6))
            }
        }
    }

    func run() throws {
        Library.keepFreedMemory()
        try Library.setThreads(threads)
        try Library.seed(1)
        var source = WeightSource(seed: 1, channelsLast: channelsLast)
        let network = try network.description.build(from: &source)
        let optimiser = try Adam(network.parameters, settings: AdamSettings())
        let parameters = network.parameters.map(\.tensor)
        let low = try Tensor.random([batch, 1, edge, edge]).to(channelsLast: channelsLast)
        let high = try Tensor.random([batch, 1, 4 * edge, 4 * edge]).to(channelsLast: channelsLast)
        try Turns.take(["parameters": network.parameterCount]) {
            try Parameters.clearGradients(parameters)
            let loss = try ImageLoss.l1(network(low, training: true), high)
            try loss.backward()
            try optimiser.step(learningRate: 1e-4)
            guard try loss.item().isFinite else { throw LossIsNoNumber() }
            return 1
        }
    }
}

/// A network that got lost does not compute what it should be timed on.
struct LossIsNoNumber: Error {}

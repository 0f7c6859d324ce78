import Networks
import Torch

/// How much memory a network's features take.
enum ActivationMemory {
    /// The bytes for one LOW pixel of a tile, by letting one of `edge` x `edge` pixels through the network
    /// and counting, a twentieth added.
    static func bytesPerPixel(
        on device: Device, edge: Int, run: (_ edge: Int) throws -> Void
    ) throws -> Int {
        let bytes = try Scope.peakBytes(on: device) { try run(edge) }
        return bytes * 21 / 20 / (edge * edge) + 1
    }

    /// The same, estimated from above: twice the features before and behind the widest convolution, in
    /// single precision at HIGH's size.
    static func estimate(of network: any SuperResolutionNetwork) -> Int {
        let widest = network.state.lazy.map { $0.tensor.shape }.filter { $0.count == 4 }
            .map { $0[0] + $0[1] }.max()
        return 2 * (widest ?? 2) * network.scale * network.scale * MemoryLayout<Float>.size
    }
}

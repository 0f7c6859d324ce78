public import Torch

/// How images go through a network.
public struct ImageUpscalingOptions: Hashable, Sendable {
    /// Where the network lies.
    public var device = Device.cpu
    /// Whether the channels of a pixel lie side by side, as in the network's weights.
    public var isChannelsLast = false
    /// Half precision for convolutions; nil for single precision, in which alone tiles equal the whole
    /// to the last bits.
    public var autocast: Torch.ElementType?
    /// Whether the result is the mean over the eight ways to turn and mirror the image (Timofte et al.
    /// 2016, doi:10.1109/CVPR.2016.206): eight times the work.
    public var isEnsemble = false
    /// What a tile's features may take, in bytes.
    public var memoryInBytes = 1 << 30
    /// The edge of a tile without its halo, in LOW pixels; nil to choose it by the memory.
    public var tile: Int?
    /// How many tiles of one size go through the network at once; nil to choose: one on the processor,
    /// which is busy with it, and as many as the memory takes, at most 16, on a GPU.
    public var batch: Int?

    /// Single precision on the processor, in 1 GiB.
    public init() {}
}

/// How images are cut up.
public struct TileChoice: Hashable, Sendable, Codable {
    /// The edge of a tile without its halo, in LOW pixels; the whole image where that is smaller.
    public let edge: Int
    /// How many tiles go through the network at once.
    public let batch: Int

    /// Tiles of an edge, several at once.
    public init(edge: Int, batch: Int = 1) {
        precondition(edge > 0 && batch > 0, "tiles have pixels")
        self.edge = edge
        self.batch = batch
    }
}

public import Networks
import Torch
public import Volumes
import Workspace

/// Images through a super-resolution network, tile by tile.
///
/// Each tile is given with as much around it as the network's result depends on, so that the result
/// is that of the whole image: to 1e-5 of the grey window in single precision, what libtorch's order of
/// summation and its single-precision coordinates of a bicubic enlargement leave open. Networks that
/// look at the whole image are given all of it.
///
/// Threads are those set for the process; see `Library.setThreads`.
public final class ImageUpscaler {
    /// The network, in its place.
    public let network: any SuperResolutionNetwork
    /// Channels of the network's images. Those of colour are all given the grey image, and their mean is
    /// the result; else they are slices.
    public let channels: Int
    /// Which slices go through it together.
    public let slices: SliceUse
    /// What the network is beside its weights, such as its description.
    public let identity: String
    /// How images go through it.
    public let options: ImageUpscalingOptions
    private var bytesPerPixel: Int?

    /// Takes a network that lies on the options' device.
    public init(
        _ network: any SuperResolutionNetwork, channels: Int = 1, slices: SliceUse = .one,
        identity: String = "", options: ImageUpscalingOptions = .init()
    ) {
        precondition(channels > 0, "images have channels")
        precondition(slices.seen == 1 || slices.seen == channels, "slices are channels")
        self.network = network
        self.channels = channels
        self.slices = slices
        self.identity = identity
        self.options = options
    }

    /// Takes a network by what it was built from.
    public convenience init(
        _ network: any SuperResolutionNetwork, _ description: NetworkDescription,
        slices: SliceUse = .one, options: ImageUpscalingOptions = .init()
    ) {
        self.init(
            network, channels: description.channels, slices: slices,
            identity: CanonicalJSON.text(description),
            options: options)
    }

    /// Each slice, enlarged by the network's scale along y and x; along z it becomes as many as the
    /// network makes of one.
    ///
    /// - Parameters:
    ///   - slices: Images of normalised grey values, 0 and 1 being the ends of the LOW window, with the
    ///     neighbours that the network sees before the first and after the last.
    ///   - spacing: How many slices are as thick as one that the network has learnt from; it sees every
    ///     so manieth.
    ///   - tiles: How they are cut up, as ``tiles(height:width:slices:)`` says unless told.
    ///   - check: Called before every batch of tiles; what it throws ends the work.
    /// - Returns: Normalised grey values, 0 and 1 being the ends of the HIGH window; not clipped.
    /// - Throws: ``UpscalingError``, `TorchError`, and what `check` throws.
    public func callAsFunction(
        _ slices: Volume<Float>, every spacing: Int = 1, tiles: TileChoice? = nil,
        check: () throws -> Void = {}
    ) throws -> Volume<Float> {
        let choice = try tiles ?? choose(for: slices.shape)
        guard options.isEnsemble else {
            return try enlarged(slices, every: spacing, choice, check)
        }
        return try ensemble(slices, every: spacing, tiles: choice, check: check).mean
    }

    /// The mean over the eight ways to turn and mirror each slice, and the standard deviation among
    /// them, which says where the network is unsure; parameters as above.
    public func ensemble(
        _ slices: Volume<Float>, every spacing: Int = 1, tiles: TileChoice? = nil,
        check: () throws -> Void = {}
    ) throws -> (mean: Volume<Float>, deviation: Volume<Float>) {
        let choice = try tiles ?? choose(for: slices.shape)
        var moments: RunningMoments?
        for orientation in Orientation.all {
            let result = try enlarged(orientation(slices), every: spacing, choice, check)
            let turned = orientation.inverse(result)
            if moments == nil { moments = RunningMoments(shape: turned.shape) }
            moments?.add(turned)
        }
        guard let moments else { preconditionFailure("there are eight orientations") }
        return (moments.mean, moments.deviation)
    }

    /// How images of that size are cut up: in as few tiles as the memory takes.
    ///
    /// Where an estimate from above does not fit, the first call lets a small tile through the network
    /// to see how much memory it needs.
    ///
    /// - Throws: ``UpscalingError/imageTooLarge(height:width:neededBytes:givenBytes:)``,
    ///   ``UpscalingError/memoryTooSmall(neededBytes:givenBytes:)``, ``UpscalingError/cannotBeTiled``.
    public func tiles(height: Int, width: Int, slices: Int = 1) throws -> TileChoice {
        let halo = network.halo
        if let tile = options.tile {
            precondition(tile > 0, "a tile has pixels")
            guard halo != nil || tile >= max(height, width) else {
                throw UpscalingError.cannotBeTiled
            }
            return TileChoice(edge: tile, batch: options.batch ?? 1)
        }
        let given = options.memoryInBytes
        func pixels(_ edge: Int) -> Int {
            axis(height, edge: edge).widest * axis(width, edge: edge).widest
        }
        let whole = max(height, width)
        var edge = whole
        var bytes = ActivationMemory.estimate(of: network)
        if pixels(whole) * bytes > given { bytes = try measuredBytesPerPixel() }
        if pixels(whole) * bytes > given {
            guard halo != nil else {
                throw UpscalingError.imageTooLarge(
                    height: height, width: width, neededBytes: pixels(whole) * bytes,
                    givenBytes: given)
            }
            let multiple = network.inputMultiple
            var number = 1
            while edge > multiple, pixels(edge) * bytes > given {
                number += 1
                edge = ((whole + number - 1) / number).rounded(upTo: multiple)
            }
            let needed = pixels(edge) * bytes
            guard needed <= given else {
                throw UpscalingError.memoryTooSmall(neededBytes: needed, givenBytes: given)
            }
        }
        let count = axis(height, edge: edge).tiles.count * axis(width, edge: edge).tiles.count
        let fitting = options.device == .cpu ? 1 : min(given / (pixels(edge) * bytes), 16)
        return TileChoice(edge: edge, batch: options.batch ?? min(fitting, count * slices))
    }

    private func choose(for shape: Shape) throws -> TileChoice {
        try tiles(height: shape.height, width: shape.width, slices: shape.depth)
    }

    /// How an axis of an image is cut up.
    func axis(_ count: Int, edge: Int) -> TiledAxis {
        TiledAxis(
            count: count, scale: network.scale, multiple: network.inputMultiple,
            margin: network.outputMargin, halo: network.halo, edge: edge)
    }

    private func measuredBytesPerPixel() throws -> Int {
        if let bytesPerPixel { return bytesPerPixel }
        let multiple = network.inputMultiple
        let lost = max(network.outputMargin, 0) * 2 / network.scale + 1
        let bytes = try ActivationMemory.bytesPerPixel(
            on: options.device, edge: (96 + lost).rounded(upTo: multiple)
        ) { edge in
            let zeros = [Float](repeating: 0, count: slices.seen * edge * edge)
            try results(of: zeros, 1, edge, edge) { _ in }
        }
        bytesPerPixel = bytes
        return bytes
    }
}

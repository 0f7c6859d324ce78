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
    /// Channels of the network's images; a grey image is given in each, and their mean is the result.
    public let channels: Int
    /// What the network is beside its weights, such as its description.
    public let identity: String
    /// How images go through it.
    public let options: ImageUpscalingOptions
    private var bytesPerPixel: Int?

    /// Takes a network that lies on the options' device.
    public init(
        _ network: any SuperResolutionNetwork, channels: Int = 1, identity: String = "",
        options: ImageUpscalingOptions = .init()
    ) {
        precondition(channels > 0, "images have channels")
        self.network = network
        self.channels = channels
        self.identity = identity
        self.options = options
    }

    /// Takes a network by what it was built from.
    public convenience init(
        _ network: any SuperResolutionNetwork, _ description: NetworkDescription,
        options: ImageUpscalingOptions = .init()
    ) {
        self.init(
            network, channels: description.channels, identity: CanonicalJSON.text(description),
            options: options)
    }

    /// Each slice, enlarged by the network's scale along y and x; z stays.
    ///
    /// - Parameters:
    ///   - slices: Images of normalised grey values, 0 and 1 being the ends of the LOW window.
    ///   - tiles: How they are cut up, as ``tiles(height:width:slices:)`` says unless told.
    ///   - check: Called before every batch of tiles; what it throws ends the work.
    /// - Returns: Normalised grey values, 0 and 1 being the ends of the HIGH window; not clipped.
    /// - Throws: ``UpscalingError``, `TorchError`, and what `check` throws.
    public func callAsFunction(
        _ slices: Volume<Float>, tiles: TileChoice? = nil, check: () throws -> Void = {}
    ) throws -> Volume<Float> {
        let choice = try tiles ?? choose(for: slices.shape)
        guard options.isEnsemble else { return try enlarged(slices, choice, check) }
        return try ensemble(slices, tiles: choice, check: check).mean
    }

    /// The mean over the eight ways to turn and mirror each slice, and the standard deviation among
    /// them, which says where the network is unsure; parameters as above.
    public func ensemble(
        _ slices: Volume<Float>, tiles: TileChoice? = nil, check: () throws -> Void = {}
    ) throws -> (mean: Volume<Float>, deviation: Volume<Float>) {
        let choice = try tiles ?? choose(for: slices.shape)
        var moments: RunningMoments?
        for orientation in Orientation.all {
            let result = try enlarged(orientation(slices), choice, check)
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

    private func axis(_ count: Int, edge: Int) -> TiledAxis {
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
            let zeros = [Float](repeating: 0, count: edge * edge)
            try results(of: zeros, 1, edge, edge) { _ in }
        }
        bytesPerPixel = bytes
        return bytes
    }

    // MARK: - The network

    /// A tile of one of the slices.
    private struct Piece {
        let slice: Int
        let rows: TiledAxis.Tile
        let columns: TiledAxis.Tile
    }

    private func enlarged(
        _ slices: Volume<Float>, _ choice: TileChoice, _ check: () throws -> Void
    ) throws -> Volume<Float> {
        let shape = slices.shape
        guard
            let enlarged = Shape(
                checkingDepth: shape.depth, height: shape.height * network.scale,
                width: shape.width * network.scale)
        else { throw UpscalingError.outputTooLarge(scale: network.scale) }
        let rows = axis(shape.height, edge: choice.edge)
        let columns = axis(shape.width, edge: choice.edge)
        var result = Volume<Float>(shape: enlarged, repeating: 0)
        for pieces in batches(rows, columns, slices: shape.depth, of: choice.batch) {
            try check()
            let height = pieces[0].rows.input.count
            let width = pieces[0].columns.input.count
            var input = [Float](repeating: 0, count: pieces.count * height * width)
            for (index, piece) in pieces.enumerated() {
                gather(piece, rows, columns, from: slices, into: &input, at: index)
            }
            let numbers = try results(of: input, pieces.count, height, width) { output in
                try pieces.enumerated().map { index, piece in
                    try output.narrowed(dimension: 0, from: index, count: 1)
                        .sliced(
                            dimension: 2, from: piece.rows.kept.lowerBound,
                            to: piece.rows.kept.upperBound
                        )
                        .sliced(
                            dimension: 3, from: piece.columns.kept.lowerBound,
                            to: piece.columns.kept.upperBound
                        )
                        .contiguous().floats()
                }
            }
            for (piece, kept) in zip(pieces, numbers) { scatter(kept, piece, into: &result) }
        }
        return result
    }

    /// Tiles of one size together, at most so many, in an order that only the shapes decide.
    private func batches(
        _ rows: TiledAxis, _ columns: TiledAxis, slices: Int, of count: Int
    ) -> [[Piece]] {
        struct Size: Hashable {
            let height: Int
            let width: Int
        }
        var sizes: [Size] = []
        var groups: [Size: [Piece]] = [:]
        for slice in 0..<slices {
            for row in rows.tiles {
                for column in columns.tiles {
                    let size = Size(height: row.input.count, width: column.input.count)
                    if groups[size] == nil { sizes.append(size) }
                    groups[size, default: []].append(
                        Piece(slice: slice, rows: row, columns: column))
                }
            }
        }
        return sizes.flatMap { size in
            let group = groups[size] ?? []
            return stride(from: 0, to: group.count, by: count).map {
                Array(group[$0..<min($0 + count, group.count)])
            }
        }
    }

    /// What `body` makes of the network's result for a batch of grey tiles, in one channel.
    private func results<Result>(
        of numbers: [Float], _ count: Int, _ height: Int, _ width: Int,
        _ body: (Tensor) throws -> Result
    ) throws -> Result {
        try Scope.inference {
            let grey = try Tensor(numbers, shape: [count, 1, height, width])
                .to(options.device, channelsLast: options.isChannelsLast)
            let input =
                channels == 1
                ? grey
                : try Tensor.concatenated(
                    [Tensor](repeating: grey, count: channels), dimension: 1)
            let output =
                if let type = options.autocast {
                    try Scope.autocast(to: type, on: options.device) {
                        try network(input, training: false)
                    }
                } else {
                    try network(input, training: false)
                }
            let lost = 2 * network.outputMargin
            let expected = [
                count, channels, height * network.scale - lost, width * network.scale - lost,
            ]
            guard output.shape == expected else {
                throw UpscalingError.wrongSize(expected: expected, found: output.shape)
            }
            let single = try output.to(type: .float32)
            return try body(
                channels == 1 ? single : single.mean(over: [1], keeping: true))
        }
    }

    private func gather(
        _ piece: Piece, _ rows: TiledAxis, _ columns: TiledAxis, from slices: Volume<Float>,
        into batch: inout [Float], at index: Int
    ) {
        let (height, width) = (piece.rows.input.count, piece.columns.input.count)
        let shape = slices.shape
        let sources = piece.columns.input.map { columns.source($0) }
        var target = batch.mutableSpan
        slices.withVoxels { voxels in
            for y in 0..<height {
                let line =
                    piece.slice * shape.height + rows.source(piece.rows.input.lowerBound + y)
                let row = voxels.extracting((line * shape.width)..<((line + 1) * shape.width))
                let start = (index * height + y) * width
                var out = target._mutatingExtracting(start..<(start + width))
                for x in 0..<width { out[x] = row[sources[x]] }
            }
        }
    }

    private func scatter(_ kept: [Float], _ piece: Piece, into result: inout Volume<Float>) {
        let (height, width) = (piece.rows.kept.count, piece.columns.kept.count)
        let shape = result.shape
        let source = kept.span
        result.withMutableVoxels { voxels in
            for y in 0..<height {
                let line = piece.slice * shape.height + piece.rows.target + y
                let start = line * shape.width + piece.columns.target
                let row = source.extracting((y * width)..<((y + 1) * width))
                var out = voxels._mutatingExtracting(start..<(start + width))
                for x in 0..<width { out[x] = row[x] }
            }
        }
    }
}

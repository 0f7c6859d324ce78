import Networks
import Torch
import Volumes

extension ImageUpscaler {
    /// A tile of one of the slices.
    private struct Piece {
        /// Counted without the neighbours at the ends.
        let slice: Int
        let rows: TiledAxis.Tile
        let columns: TiledAxis.Tile
    }

    /// Every slice through the network, in tiles.
    func enlarged(
        _ volume: Volume<Float>, every spacing: Int, _ choice: TileChoice,
        _ check: () throws -> Void
    ) throws -> Volume<Float> {
        let shape = volume.shape
        let depth = shape.depth - 2 * slices.reach * spacing
        precondition(depth > 0, "slices come with their neighbours")
        guard
            let enlarged = Shape(
                checkingDepth: depth * slices.made, height: shape.height * network.scale,
                width: shape.width * network.scale)
        else { throw UpscalingError.outputTooLarge(scale: network.scale) }
        let rows = axis(shape.height, edge: choice.edge)
        let columns = axis(shape.width, edge: choice.edge)
        var result = Volume<Float>(shape: enlarged, repeating: 0)
        for pieces in batches(rows, columns, slices: depth, of: choice.batch) {
            try check()
            let height = pieces[0].rows.input.count
            let width = pieces[0].columns.input.count
            let seen = slices.seen
            var input = [Float](repeating: 0, count: pieces.count * seen * height * width)
            for (index, piece) in pieces.enumerated() {
                for neighbour in 0..<seen {
                    gather(
                        piece, rows, columns, from: volume,
                        slice: piece.slice + neighbour * spacing, into: &input,
                        at: index * seen + neighbour)
                }
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
            for (piece, kept) in zip(pieces, numbers) {
                for made in 0..<slices.made { scatter(kept, made, piece, into: &result) }
            }
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

    /// What `body` makes of the network's result for a batch of grey tiles: the slices it makes as
    /// channels.
    ///
    /// - Parameter numbers: Of `count` tiles, the slices seen of each one after the other.
    func results<Result>(
        of numbers: [Float], _ count: Int, _ height: Int, _ width: Int,
        _ body: (Tensor) throws -> Result
    ) throws -> Result {
        try Scope.inference {
            let grey = try Tensor(numbers, shape: [count, slices.seen, height, width])
                .to(options.device, channelsLast: options.isChannelsLast)
            let isColour = channels != slices.seen
            let input =
                !isColour
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
                count, isColour ? channels : slices.made, height * network.scale - lost,
                width * network.scale - lost,
            ]
            guard output.shape == expected else {
                throw UpscalingError.wrongSize(expected: expected, found: output.shape)
            }
            let single = try output.to(type: .float32)
            return try body(isColour ? single.mean(over: [1], keeping: true) : single)
        }
    }

    private func gather(
        _ piece: Piece, _ rows: TiledAxis, _ columns: TiledAxis, from slices: Volume<Float>,
        slice: Int, into batch: inout [Float], at index: Int
    ) {
        let (height, width) = (piece.rows.input.count, piece.columns.input.count)
        let shape = slices.shape
        let sources = piece.columns.input.map { columns.source($0) }
        var target = batch.mutableSpan
        slices.withVoxels { voxels in
            for y in 0..<height {
                let line =
                    slice * shape.height + rows.source(piece.rows.input.lowerBound + y)
                let row = voxels.extracting((line * shape.width)..<((line + 1) * shape.width))
                let start = (index * height + y) * width
                var out = target._mutatingExtracting(start..<(start + width))
                for x in 0..<width { out[x] = row[sources[x]] }
            }
        }
    }

    private func scatter(
        _ kept: [Float], _ made: Int, _ piece: Piece, into result: inout Volume<Float>
    ) {
        let (height, width) = (piece.rows.kept.count, piece.columns.kept.count)
        let shape = result.shape
        let source = kept.span
        result.withMutableVoxels { voxels in
            for y in 0..<height {
                let line =
                    (piece.slice * slices.made + made) * shape.height + piece.rows.target + y
                let start = line * shape.width + piece.columns.target
                let first = (made * height + y) * width
                let row = source.extracting(first..<(first + width))
                var out = voxels._mutatingExtracting(start..<(start + width))
                for x in 0..<width { out[x] = row[x] }
            }
        }
    }
}

/// One axis of an image, cut into tiles that overlap by a halo.
///
/// The image lies in a frame: extended by repeated pixels to a multiple of what the network takes, and
/// by what the network leaves off its result's sides. Tiles begin and end on such multiples and are
/// clipped to the frame, so that the network's own padding acts at the frame's border, as it does for
/// the whole frame, and nowhere else inside a tile's core.
struct TiledAxis: Hashable, Sendable {
    /// A stretch of the frame that goes through the network.
    struct Tile: Hashable, Sendable {
        /// The frame's pixels that the network sees.
        let input: Range<Int>
        /// Which HIGH pixels of the network's result are kept.
        let kept: Range<Int>
        /// Where the first of them goes, in HIGH pixels of the image.
        let target: Int
    }

    /// Pixels of the image.
    let count: Int
    /// Pixels of the frame before the image.
    let before: Int
    /// Pixels of the frame.
    let size: Int
    /// The tiles, in order; together they give every HIGH pixel of the image once.
    let tiles: [Tile]

    /// Cuts an axis.
    ///
    /// - Parameters:
    ///   - count: LOW pixels of the image.
    ///   - scale: HIGH pixels for each of them.
    ///   - multiple: What the network's inputs are multiples of.
    ///   - margin: HIGH pixels that the network leaves off each side; negative if it adds some.
    ///   - halo: LOW pixels, a multiple of `multiple`, that a core needs around it; nil for one tile.
    ///   - edge: LOW pixels of a core at the most, rounded up to a multiple.
    init(count: Int, scale: Int, multiple: Int, margin: Int, halo: Int?, edge: Int) {
        let lost = margin > 0 ? (margin + scale - 1) / scale : 0
        before = lost.rounded(upTo: multiple)
        size = (before + count + lost).rounded(upTo: multiple)
        self.count = count
        let end = (before + count).rounded(upTo: multiple)
        // Cores of one size, rather than full ones and a rest, so that more tiles fit a batch.
        let number = halo == nil ? 1 : (end - before + edge - 1) / edge
        let core = ((end - before + number - 1) / number).rounded(upTo: multiple)
        var tiles: [Tile] = []
        for start in stride(from: before, to: end, by: core) {
            let stop = min(start + core, before + count)
            let input =
                if let halo {
                    max(start - halo, 0)..<min(stop.rounded(upTo: multiple) + halo, size)
                } else {
                    0..<size
                }
            let origin = input.lowerBound * scale + margin
            tiles.append(
                Tile(
                    input: input, kept: (start * scale - origin)..<(stop * scale - origin),
                    target: (start - before) * scale))
        }
        self.tiles = tiles
    }

    /// The image's pixel that a pixel of the frame shows.
    func source(_ position: Int) -> Int { min(max(position - before, 0), count - 1) }

    /// The pixels of the widest tile.
    var widest: Int { tiles.reduce(0) { max($0, $1.input.count) } }
}

extension Int {
    /// The next multiple of `step` from here on.
    func rounded(upTo step: Int) -> Int { (self + step - 1) / step * step }
}

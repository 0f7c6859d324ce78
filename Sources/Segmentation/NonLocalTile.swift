import Volumes

/// The scratch memory in which a tile of a slab is filtered by non-local means.
struct NonLocalTile {
    private let scan: Shape
    /// Patch and search radius along z, and along y and x; an image has none along z.
    private let patch: (z: Int, y: Int)
    private let search: (z: Int, y: Int)
    /// What a sum of squared differences is multiplied by, and what is then taken off.
    private let factor: Float
    private let offset: Float
    /// The tile with everything around that has a say in it.
    private var source: Grid
    /// 1 where a column of `source` lies in the scan, else 0.
    private var inside: Grid
    /// Squared differences of a row, then their sums along x, then along y too.
    private var squares: Grid
    private var alongX: Grid
    private var alongY: Grid
    /// The weights of one offset.
    private var weights: Grid
    /// In turn the weights of eight voxels, and the eight sums of values by their weights.
    private var sums: Grid

    /// Scratch memory for tiles of up to `shape`.
    init(_ settings: NonLocalMeans, of slab: Volume<Float>, sigma: Double, shape: Shape) {
        scan = slab.shape
        let isImage = slab.shape.depth == 1
        patch = (isImage ? 0 : settings.patchRadius, settings.patchRadius)
        search = (isImage ? 0 : settings.searchRadius, settings.searchRadius)
        let edge = 2 * settings.patchRadius + 1
        let squaredWidth = settings.strength * settings.strength * sigma * sigma
        factor = Float(1 / (Double(isImage ? edge * edge : edge * edge * edge) * squaredWidth))
        offset = Float(2 / (settings.strength * settings.strength))
        let width = (shape.width + 7) / 8 * 8
        let reach = patch.y + search.y
        source = Grid(
            shape.depth + 2 * (patch.z + search.z), shape.height + 2 * reach,
            width + 2 * reach + 8)
        inside = Grid(1, 1, source.width)
        // Sums and weights are found beyond the tile too, as far as voxels are searched on one side.
        let depth = shape.depth + search.z
        let height = shape.height + search.y
        let wider = width + (search.y + 7) / 8 * 8
        squares = Grid(1, 1, wider + 2 * patch.y + 8)
        alongX = Grid(depth + 2 * patch.z, height + 2 * patch.y, wider)
        alongY = Grid(depth + 2 * patch.z, height, wider)
        weights = Grid(depth, height, wider + 8)
        sums = Grid(shape.depth, shape.height, 2 * width)
    }

    /// Filters a tile, which lies inside the slab.
    mutating func filter(_ tile: Region, of slab: Volume<Float>) {
        load(tile, slab)
        beginSums(tile.shape)
        // Half of all offsets: the others are their opposites.
        for dz in 0...search.z {
            for dy in (dz == 0 ? 0 : -search.y)...search.y {
                for dx in -search.y...search.y where dz > 0 || dy > 0 || dx > 0 {
                    add(tile, (dz, dy, dx))
                }
            }
        }
    }

    /// Writes a filtered tile into a band that begins at a slice and row of the slab.
    func write(
        _ tile: Region, from start: (z: Int, y: Int), into band: inout MutableSpan<Float>
    ) {
        for z in 0..<tile.shape.depth {
            for y in 0..<tile.shape.height {
                let row = (tile.z + z - start.z) * scan.height + tile.y + y - start.y
                let first = row * scan.width + tile.x
                for x in 0..<tile.shape.width {
                    let weight = sums.place(z, y, 0) + x / 8 * 16 + x % 8
                    band[first + x] = sums.numbers[weight + 8] / sums.numbers[weight]
                }
            }
        }
    }

    /// Fills `source` and `inside`; beyond the slab it goes on mirrored.
    private mutating func load(_ tile: Region, _ slab: Volume<Float>) {
        func mirrored(_ place: Int, _ extent: Int) -> Int {
            let place = ((place % (2 * extent)) + 2 * extent) % (2 * extent)
            return place < extent ? place : 2 * extent - 1 - place
        }
        let (above, around) = (patch.z + search.z, patch.y + search.y)
        let first = tile.x - around
        slab.withVoxels { voxels in
            for z in 0..<(tile.shape.depth + 2 * above) {
                for y in 0..<(tile.shape.height + 2 * around) {
                    let from = mirrored(tile.z + z - above, scan.depth) * scan.height
                    let start = (from + mirrored(tile.y + y - around, scan.height)) * scan.width
                    let row = voxels.extracting(start..<(start + scan.width))
                    for x in 0..<source.width {
                        let column = first + x
                        source.numbers[source.place(z, y, x)] =
                            row[
                                column >= 0 && column < scan.width
                                    ? column : mirrored(column, scan.width)]
                    }
                }
            }
        }
        for x in 0..<source.width {
            inside.numbers[x] = first + x >= 0 && first + x < scan.width ? 1 : 0
        }
    }

    /// Every voxel begins with itself, at weight 1.
    private mutating func beginSums(_ shape: Shape) {
        let (above, around) = (patch.z + search.z, patch.y + search.y)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                let row = source.place(z + above, y + around, around)
                for x in 0..<(sums.width / 2) {
                    let place = sums.place(z, y, 0) + x / 8 * 16 + x % 8
                    sums.numbers[place] = 1
                    sums.numbers[place + 8] = source.numbers[row + x]
                }
            }
        }
    }

    /// Adds the voxels at one offset and at its opposite, by their weights.
    private mutating func add(_ tile: Region, _ offset: (z: Int, y: Int, x: Int)) {
        // Voxels that lie at the offset from one another have one weight. So weights are found from
        // where the opposite offset leads out of the tile on, relative to which they are placed.
        let begin = (z: -offset.z, y: -max(offset.y, 0), x: -max(offset.x, 0))
        let height = tile.shape.height + abs(offset.y)
        let width = tile.shape.width + abs(offset.x)
        for z in 0..<(tile.shape.depth + offset.z + 2 * patch.z) {
            for y in 0..<(height + 2 * patch.y) {
                let (slice, row) = (z + search.z + begin.z, y + search.y + begin.y)
                let place = source.place(slice, row, search.y + begin.x)
                let other = source.place(
                    slice + offset.z, row + offset.y, search.y + begin.x + offset.x)
                squareDifferences(
                    source.numbers, place, other, count: width + 2 * patch.y,
                    into: &squares.numbers)
                addRows(
                    squares.numbers, 0, count: 2 * patch.y + 1, apart: 1, width: width,
                    into: &alongX.numbers, alongX.place(z, y, 0))
            }
            for y in 0..<height {
                addRows(
                    alongX.numbers, alongX.place(z, y, 0), count: 2 * patch.y + 1,
                    apart: alongX.width, width: width, into: &alongY.numbers,
                    alongY.place(z, y, 0))
            }
        }
        for z in 0..<(tile.shape.depth + offset.z) {
            for y in 0..<height {
                addRows(
                    alongY.numbers, alongY.place(z, y, 0), count: 2 * patch.z + 1,
                    apart: alongY.width * alongY.height, width: width, into: &squares.numbers, 0)
                findWeights(
                    squares.numbers, factor: factor, less: self.offset, width: width,
                    into: &weights.numbers, weights.place(z, y, 0))
            }
        }
        for z in 0..<tile.shape.depth {
            for y in 0..<tile.shape.height {
                let place = weights.place(z - begin.z, y - begin.y, -begin.x)
                let opposite = weights.place(
                    z - begin.z - offset.z, y - begin.y - offset.y, -begin.x - offset.x)
                addRow(tile, z, y, offset, place)
                addRow(tile, z, y, (-offset.z, -offset.y, -offset.x), opposite)
            }
        }
    }

    /// Adds the voxels at an offset from a row of the tile, by the weights from a place on.
    private mutating func addRow(
        _ tile: Region, _ z: Int, _ y: Int, _ offset: (z: Int, y: Int, x: Int), _ place: Int
    ) {
        guard (0..<scan.depth).contains(tile.z + z + offset.z),
            (0..<scan.height).contains(tile.y + y + offset.y)
        else { return }
        let (above, around) = (patch.z + search.z, patch.y + search.y)
        let other = source.place(z + above + offset.z, y + around + offset.y, around + offset.x)
        addWeighted(
            weights.numbers, place, source.numbers, other, inside.numbers, around + offset.x,
            width: tile.shape.width, into: &sums.numbers, sums.place(z, y, 0))
    }
}

/// Numbers in rows.
private struct Grid {
    let height: Int
    let width: Int
    var numbers: [Float]

    init(_ depth: Int, _ height: Int, _ width: Int) {
        self.height = height
        self.width = width
        numbers = Array(repeating: 0, count: depth * height * width)
    }

    func place(_ z: Int, _ y: Int, _ x: Int) -> Int { (z * height + y) * width + x }
}

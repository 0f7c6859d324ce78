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
        squares = Grid(1, 1, width + 2 * patch.y + 8)
        alongX = Grid(shape.depth + 2 * patch.z, shape.height + 2 * patch.y, width)
        alongY = Grid(shape.depth + 2 * patch.z, shape.height, width)
        sums = Grid(shape.depth, shape.height, 2 * width)
    }

    /// Filters a tile, which lies inside the slab.
    mutating func filter(_ tile: Region, of slab: Volume<Float>) {
        load(tile, slab)
        for place in sums.numbers.indices { sums.numbers[place] = 0 }
        for dz in -search.z...search.z {
            for dy in -search.y...search.y {
                for dx in -search.y...search.y { add(tile, (dz, dy, dx)) }
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

    /// Adds the voxels at one offset, by their weights.
    private mutating func add(_ tile: Region, _ offset: (z: Int, y: Int, x: Int)) {
        let shape = tile.shape
        for z in 0..<(shape.depth + 2 * patch.z) {
            for y in 0..<(shape.height + 2 * patch.y) {
                let place = source.place(z + search.z, y + search.y, search.y)
                let other = source.place(
                    z + search.z + offset.z, y + search.y + offset.y, search.y + offset.x)
                squareDifferences(
                    source.numbers, place, other, count: shape.width + 2 * patch.y,
                    into: &squares.numbers)
                addRows(
                    squares.numbers, 0, count: 2 * patch.y + 1, apart: 1, width: shape.width,
                    into: &alongX.numbers, alongX.place(z, y, 0))
            }
            for y in 0..<shape.height {
                addRows(
                    alongX.numbers, alongX.place(z, y, 0), count: 2 * patch.y + 1,
                    apart: alongX.width, width: shape.width, into: &alongY.numbers,
                    alongY.place(z, y, 0))
            }
        }
        let (slices, rows) = (0..<scan.depth, 0..<scan.height)
        let reach = patch.y + search.y
        for z in 0..<shape.depth where slices.contains(tile.z + z + offset.z) {
            for y in 0..<shape.height where rows.contains(tile.y + y + offset.y) {
                addRows(
                    alongY.numbers, alongY.place(z, y, 0), count: 2 * patch.z + 1,
                    apart: alongY.width * alongY.height, width: shape.width,
                    into: &squares.numbers, 0)
                let other = source.place(
                    z + patch.z + search.z + offset.z, y + reach + offset.y, reach + offset.x)
                weigh(
                    squares.numbers, factor: factor, less: self.offset, source.numbers, other,
                    inside.numbers, reach + offset.x, width: shape.width, into: &sums.numbers,
                    sums.place(z, y, 0))
            }
        }
    }
}

/// Squares the differences of two rows that begin at two places.
private func squareDifferences(
    _ numbers: [Float], _ place: Int, _ other: Int, count: Int, into squares: inout [Float]
) {
    let numbers = unsafe numbers.span.bytes
    var span = squares.mutableSpan
    var squares = unsafe span.mutableBytes
    for x in stride(from: 0, to: 4 * count, by: 32) {
        let difference =
            unsafe numbers.unsafeLoadUnaligned(fromByteOffset: 4 * place + x, as: Block.self)
            - numbers.unsafeLoadUnaligned(fromByteOffset: 4 * other + x, as: Block.self)
        squares.storeBytes(of: difference * difference, toByteOffset: x, as: Block.self)
    }
}

/// Adds up rows, the first of which begins at a place and the others each so many numbers farther.
private func addRows(
    _ numbers: [Float], _ place: Int, count: Int, apart: Int, width: Int,
    into sums: inout [Float], _ target: Int
) {
    let numbers = unsafe numbers.span.bytes
    var span = sums.mutableSpan
    var sums = unsafe span.mutableBytes
    if count == 3 {
        // The usual patch, without a loop over its voxels.
        for x in stride(from: 0, to: 4 * width, by: 32) {
            let first = 4 * place + x
            let pair =
                unsafe numbers.unsafeLoadUnaligned(fromByteOffset: first, as: Block.self)
                + numbers.unsafeLoadUnaligned(fromByteOffset: first + 4 * apart, as: Block.self)
            let sum =
                unsafe pair
                + numbers.unsafeLoadUnaligned(fromByteOffset: first + 8 * apart, as: Block.self)
            sums.storeBytes(of: sum, toByteOffset: 4 * target + x, as: Block.self)
        }
        return
    }
    for x in stride(from: 0, to: 4 * width, by: 32) {
        var next = 4 * place + x
        var sum = unsafe numbers.unsafeLoadUnaligned(fromByteOffset: next, as: Block.self)
        for _ in 1..<count {
            next += 4 * apart
            sum += unsafe numbers.unsafeLoadUnaligned(fromByteOffset: next, as: Block.self)
        }
        sums.storeBytes(of: sum, toByteOffset: 4 * target + x, as: Block.self)
    }
}

/// Adds a row of voxels at an offset by the weights that follow from their distances.
private func weigh(
    _ squares: [Float], factor: Float, less offset: Float, _ source: [Float], _ other: Int,
    _ inside: [Float], _ column: Int, width: Int, into sums: inout [Float], _ target: Int
) {
    let squares = unsafe squares.span.bytes
    let source = unsafe source.span.bytes
    let inside = unsafe inside.span.bytes
    var span = sums.mutableSpan
    var sums = unsafe span.mutableBytes
    let zero = Block(repeating: 0)
    let most = Block(repeating: 24)
    for x in stride(from: 0, to: 4 * width, by: 32) {
        let sum = unsafe squares.unsafeLoadUnaligned(fromByteOffset: x, as: Block.self)
        let distance = sum * factor - offset
        let isFar = distance .> most
        if all(isFar) { continue }
        let near = distance.replacing(with: zero, where: distance .< zero)
            .replacing(with: most, where: isFar)
        let weight =
            exponential(ofMinus: near).replacing(with: zero, where: isFar)
            * (unsafe inside.unsafeLoadUnaligned(fromByteOffset: 4 * column + x, as: Block.self))
        let value = unsafe source.unsafeLoadUnaligned(
            fromByteOffset: 4 * other + x, as: Block.self)
        let place = 4 * target + 2 * x
        let weights = unsafe sums.bytes.unsafeLoadUnaligned(fromByteOffset: place, as: Block.self)
        let values = unsafe sums.bytes.unsafeLoadUnaligned(
            fromByteOffset: place + 32, as: Block.self)
        sums.storeBytes(of: weights + weight, toByteOffset: place, as: Block.self)
        sums.storeBytes(of: values + weight * value, toByteOffset: place + 32, as: Block.self)
    }
}

private typealias Block = SIMD8<Float>

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

import Volumes

/// How often each pattern of pore and solid occurs, by block: all that surface, curvature and Euler
/// number are made of.
struct InterfaceCounts: Sendable {
    /// Cells of eight voxels in view, by block and pattern; in an image those of four, in the upper
    /// half of the pattern.
    var cells = [Int](repeating: 0, count: BlockGrid.count * 256)
    /// Cells of which a part is out of view, which counts as solid, by pattern.
    var border = [Int](repeating: 0, count: 256)
    /// Pairs of voxels two steps apart of which one is pore, by direction and block.
    var second = [Int](repeating: 0, count: LatticeDirections.steps.count * BlockGrid.count)

    mutating func add(_ part: Part) {
        let cells = part.blocks * 256
        for index in part.cells.indices { self.cells[cells + index] += Int(part.cells[index]) }
        for index in border.indices { border[index] += Int(part.border[index]) }
        let inPlane = BlockGrid.edge * BlockGrid.edge
        for direction in LatticeDirections.steps.indices {
            for block in 0..<inPlane {
                second[direction * BlockGrid.count + part.blocks + block] +=
                    Int(part.second[direction * inPlane + block])
            }
        }
    }

    /// The counts of some slices of one layer of blocks.
    struct Part: Sendable {
        /// The first block of the layer.
        let blocks: Int
        var cells = [UInt32](repeating: 0, count: BlockGrid.edge * BlockGrid.edge * 256)
        var border = [UInt32](repeating: 0, count: 256)
        var second = [UInt32](
            repeating: 0, count: LatticeDirections.steps.count * BlockGrid.edge * BlockGrid.edge)

        init(layer: Int) { blocks = layer * BlockGrid.edge * BlockGrid.edge }
    }
}

/// Counts patterns in packed slices.
struct InterfaceCounter: Sendable {
    private let window: PackedWindow
    private let isImage: Bool
    /// The row of blocks of every row, the block of every bit, and which bits of a row are whose.
    private let blockOfRow: [Int]
    private let blockOfBit: [UInt8]
    private let parts: [(word: Int, bits: UInt64, block: Int)]
    private let partsOfWord: [Range<Int>]
    /// The cells in view of every row of cells, by their first bit.
    private let cellsInView: [UInt64]
    private let nothing: [UInt64]

    init(_ window: PackedWindow, _ grid: BlockGrid) {
        self.window = window
        let words = window.wordsPerRow
        isImage = window.bounds.shape.depth == 1
        blockOfRow = grid.blocksOfRows
        // A bit of a row is the voxel before it, so that a cell has the block of its last column.
        let ofBit = (0..<(words * 64)).map { bit in
            grid.blockOfColumn(min(max(bit - 1, 0), window.bounds.shape.width - 1))
        }
        blockOfBit = ofBit.map(UInt8.init)
        parts = (0..<words).flatMap { word in
            (0..<BlockGrid.edge).compactMap { block in
                let bits = (0..<64).reduce(0 as UInt64) {
                    $0 | (ofBit[word * 64 + $1] == block ? 1 << UInt64($1) : 0)
                }
                return bits == 0 ? nil : (word, bits, block)
            }
        }
        let wordOfPart = parts.map(\.word)
        partsOfWord = (0..<words).map { word in
            let first = wordOfPart.firstIndex(of: word) ?? 0
            return first..<first + wordOfPart.count { $0 == word }
        }
        var inView = [UInt64](repeating: 0, count: (window.height + 1) * words)
        for y in 1..<max(window.height, 1) {
            for word in 0..<words {
                let rows = (0..<words).map {
                    window.view[(y - 1) * words + $0] & window.view[y * words + $0]
                }
                let next = word + 1 < words ? rows[word + 1] : 0
                inView[y * words + word] = rows[word] & (rows[word] >> 1 | next << 63)
            }
        }
        cellsInView = inView
        nothing = Array(repeating: 0, count: window.view.count)
    }

    /// Adds the cells between a slice and the one before it, if there are such.
    ///
    /// - Parameter isInside: Both slices are in view; in an image, there is only the second.
    func countCells(
        _ before: [UInt64]?, _ slice: [UInt64]?, isInside: Bool,
        to counts: inout InterfaceCounts.Part
    ) {
        let words = window.wordsPerRow
        let lower = before ?? nothing
        let upper = slice ?? nothing
        for y in 0...window.height {
            let back = max(y - 1, 0) * words..<max(y - 1, 0) * words + words
            let here = min(y, window.height - 1) * words..<min(y, window.height - 1) * words + words
            let none = nothing.span.extracting(0..<words)
            let a = y > 0 ? lower.span.extracting(back) : none
            let b = y < window.height ? lower.span.extracting(here) : none
            let c = y > 0 ? upper.span.extracting(back) : none
            let d = y < window.height ? upper.span.extracting(here) : none
            let inView = cellsInView.span.extracting(y * words..<(y + 1) * words)
            let row = blockOfRow[min(y, window.height - 1)] * BlockGrid.edge
            for word in 0..<words {
                let (a0, b0, c0, d0) = (a[word], b[word], c[word], d[word])
                let last = word + 1 == words
                let a1 = a0 >> 1 | (last ? 0 : a[word + 1]) << 63
                let b1 = b0 >> 1 | (last ? 0 : b[word + 1]) << 63
                let c1 = c0 >> 1 | (last ? 0 : c[word + 1]) << 63
                let d1 = d0 >> 1 | (last ? 0 : d[word + 1]) << 63
                let some = a0 | b0 | c0 | d0 | a1 | b1 | c1 | d1
                let whole = a0 & b0 & c0 & d0 & a1 & b1 & c1 & d1
                var mixed = some & ~whole
                let inside = isInside ? inView[word] : 0
                let wholeInside = whole & inside
                if wholeInside != 0 {
                    for part in partsOfWord[word] {
                        let index = (row + parts[part].block) * 256 + 255
                        counts.cells[index] += UInt32(
                            truncatingIfNeeded: (wholeInside & parts[part].bits).nonzeroBitCount)
                    }
                }
                while mixed != 0 {
                    let bit = UInt64(mixed.trailingZeroBitCount)
                    mixed &= mixed &- 1
                    let lowerHalf =
                        a0 >> bit & 1 | (a1 >> bit & 1) << 1 | (b0 >> bit & 1) << 2
                        | (b1 >> bit & 1) << 3
                    let upperHalf =
                        c0 >> bit & 1 | (c1 >> bit & 1) << 1 | (d0 >> bit & 1) << 2
                        | (d1 >> bit & 1) << 3
                    let pattern = Int(lowerHalf | upperHalf << 4)
                    if inside >> bit & 1 == 1 {
                        let block = row + Int(blockOfBit[word * 64 + Int(bit)])
                        counts.cells[block * 256 + pattern] += 1
                    } else {
                        counts.border[pattern] += 1
                    }
                }
            }
        }
    }

    /// Adds the pairs two steps apart of which the later voxel lies in `slice`; `before` is the second
    /// slice before it.
    func countSecond(
        _ before: [UInt64]?, _ slice: [UInt64], to counts: inout InterfaceCounts.Part
    ) {
        let words = window.wordsPerRow
        for y in 0..<window.height {
            let here = y * words..<(y + 1) * words
            let row = blockOfRow[y] * BlockGrid.edge
            for (direction, step) in LatticeDirections.steps.enumerated() {
                let other = y - 2 * step.y
                guard other >= 0, other < window.height else { continue }
                guard let partner = step.x == 0 ? slice : before else { continue }
                let there = other * words..<(other + 1) * words
                let at = direction * BlockGrid.edge * BlockGrid.edge + row
                let (a, va) = (partner.span.extracting(there), window.view.span.extracting(there))
                let (b, vb) = (slice.span.extracting(here), window.view.span.extracting(here))
                var current = -1
                var differing: UInt64 = 0
                for part in parts {
                    if part.word != current {
                        current = part.word
                        differing =
                            (b[current] ^ shifted(a, current, by: 2 * step.z)) & vb[current]
                            & shifted(va, current, by: 2 * step.z)
                    }
                    counts.second[at + part.block] += UInt32(
                        truncatingIfNeeded: (differing & part.bits).nonzeroBitCount)
                }
            }
        }
    }

    /// A word of a row moved by two bits or none to where later (2) or earlier (-2) columns are.
    @inline(__always)
    private func shifted(_ row: Span<UInt64>, _ word: Int, by bits: Int) -> UInt64 {
        switch bits {
        case 0: row[word]
        case 2: row[word] << 2 | (word > 0 ? row[word - 1] >> 62 : 0)
        default: row[word] >> 2 | (word + 1 < row.count ? row[word + 1] << 62 : 0)
        }
    }

    /// The cells of every block that are in view.
    func cells(_ grid: BlockGrid) -> [Int] {
        grid.counts { z, y in
            let columns = self.window.columns
            if y == 0 || (z == 0 && !isImage) { return 0..<0 }
            let both = columns[y].clamped(to: columns[y - 1])
            // The last column of a cell stands for it.
            return both.isEmpty ? both : both.lowerBound + 1..<both.upperBound
        }
    }

    /// The pairs of a direction in view, by the block of the later voxel.
    func pairs(_ grid: BlockGrid, direction: Int) -> [Int] {
        let step = LatticeDirections.steps[direction]
        return grid.counts { z, y in
            let other = y - 2 * step.y
            guard z >= 2 * step.x, other >= 0, other < window.height else { return 0..<0 }
            let (here, there) = (window.columns[y], window.columns[other])
            return here.clamped(
                to: there.lowerBound + 2 * step.z..<there.upperBound + 2 * step.z)
        }
    }
}

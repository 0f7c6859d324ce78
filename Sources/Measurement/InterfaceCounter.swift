import Volumes

/// Counts patterns in packed slices.
struct InterfaceCounter: Sendable {
    private let window: PackedWindow
    private let scanner: CellScanner
    private let isImage: Bool
    /// The row of blocks of every row, the block of every bit, and which bits of a row are whose.
    private let blockOfRow: [Int]
    private let blockOfBit: [UInt8]
    private let parts: [(word: Int, bits: UInt64, block: Int)]
    private let partsOfWord: [Range<Int>]

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
        scanner = CellScanner(window)
    }

    /// Adds the cells between a slice and the one before it, if there are such.
    ///
    /// - Parameter isInside: Both slices are in view; in an image, there is only the second.
    func countCells(
        _ before: [UInt64]?, _ slice: [UInt64]?, isInside: Bool,
        to counts: inout InterfaceCounts.Part
    ) {
        scanner.scan(
            before, slice, isInside: isInside,
            mixed: { row, bit, pattern, isInside in
                if isInside {
                    let block = blockOfRow[row] * BlockGrid.edge + Int(blockOfBit[bit])
                    counts.cells[block * 256 + pattern] += 1
                } else {
                    counts.border[pattern] += 1
                }
            },
            whole: { row, word, bits in
                for part in partsOfWord[word] {
                    let block = blockOfRow[row] * BlockGrid.edge + parts[part].block
                    counts.cells[block * 256 + 255] += UInt32(
                        truncatingIfNeeded: (bits & parts[part].bits).nonzeroBitCount)
                }
            })
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

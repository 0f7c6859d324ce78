/// Finds the 2x2x2 cells of packed slices in which pore and solid meet.
struct CellScanner: Sendable {
    private let words: Int
    private let height: Int
    /// The cells in view of every row of cells, by their first bit.
    private let inView: [UInt64]
    private let nothing: [UInt64]

    init(_ window: PackedWindow) {
        let words = window.wordsPerRow
        self.words = words
        height = window.height
        var inView = [UInt64](repeating: 0, count: (height + 1) * words)
        for y in 1..<max(height, 1) {
            let rows = (0..<words).map {
                window.view[(y - 1) * words + $0] & window.view[y * words + $0]
            }
            for word in 0..<words {
                let next = word + 1 < words ? rows[word + 1] : 0
                inView[y * words + word] = rows[word] & (rows[word] >> 1 | next << 63)
            }
        }
        self.inView = inView
        nothing = Array(repeating: 0, count: window.view.count)
    }

    /// Goes through the cells between a slice and the one before it, where there are such.
    ///
    /// A cell is known by its last row and by its first bit, which is its last column, counted from 0.
    ///
    /// - Parameters:
    ///   - isInside: Both slices are in view; in an image, there is only the second.
    ///   - mixed: Called with the row, the bit and the pattern of every cell of both phases, and whether
    ///     all of it is in view. The row after the last is called as the last.
    ///   - whole: Called with the cells of a word that are in view and all pore.
    @inline(__always)
    func scan(
        _ before: [UInt64]?, _ slice: [UInt64]?, isInside: Bool,
        mixed: (_ row: Int, _ bit: Int, _ pattern: Int, _ isInside: Bool) -> Void,
        whole: (_ row: Int, _ word: Int, _ bits: UInt64) -> Void
    ) {
        let lower = before ?? nothing
        let upper = slice ?? nothing
        for y in 0...height {
            let row = min(y, height - 1)
            let back = max(y - 1, 0) * words..<max(y - 1, 0) * words + words
            let here = row * words..<row * words + words
            let none = nothing.span.extracting(0..<words)
            let a = y > 0 ? lower.span.extracting(back) : none
            let b = y < height ? lower.span.extracting(here) : none
            let c = y > 0 ? upper.span.extracting(back) : none
            let d = y < height ? upper.span.extracting(here) : none
            let view = inView.span.extracting(y * words..<(y + 1) * words)
            for word in 0..<words {
                let (a0, b0, c0, d0) = (a[word], b[word], c[word], d[word])
                let last = word + 1 == words
                let a1 = a0 >> 1 | (last ? 0 : a[word + 1]) << 63
                let b1 = b0 >> 1 | (last ? 0 : b[word + 1]) << 63
                let c1 = c0 >> 1 | (last ? 0 : c[word + 1]) << 63
                let d1 = d0 >> 1 | (last ? 0 : d[word + 1]) << 63
                let some = a0 | b0 | c0 | d0 | a1 | b1 | c1 | d1
                let all = a0 & b0 & c0 & d0 & a1 & b1 & c1 & d1
                var both = some & ~all
                let inside = isInside ? view[word] : 0
                if all & inside != 0 { whole(row, word, all & inside) }
                while both != 0 {
                    let bit = UInt64(both.trailingZeroBitCount)
                    both &= both &- 1
                    let lowerHalf =
                        a0 >> bit & 1 | (a1 >> bit & 1) << 1 | (b0 >> bit & 1) << 2
                        | (b1 >> bit & 1) << 3
                    let upperHalf =
                        c0 >> bit & 1 | (c1 >> bit & 1) << 1 | (d0 >> bit & 1) << 2
                        | (d1 >> bit & 1) << 3
                    mixed(
                        row, word * 64 + Int(bit), Int(lowerHalf | upperHalf << 4),
                        inside >> bit & 1 == 1)
                }
            }
        }
    }
}

import Volumes

// Long loops are cut into blocks of one fixed size, whose results are put together in order: what
// comes out does not depend on how many threads ran them.

/// Rows that one call handles.
private let rowsPerBlock = 1 << 13

/// The blocks of a range.
private func block(_ index: Int, of rows: Range<Int>) -> Range<Int> {
    let start = rows.lowerBound + index * rowsPerBlock
    return start..<min(start + rowsPerBlock, rows.upperBound)
}

private func blockCount(_ rows: Range<Int>) -> Int {
    (rows.count + rowsPerBlock - 1) / rowsPerBlock
}

/// Adds up what `body` gives for every block of `rows`, on all cores, in the order of the blocks.
func sumOverBlocks(_ rows: Range<Int>, _ body: @Sendable (Range<Int>) -> Double) -> Double {
    let count = blockCount(rows)
    if count <= 1 { return rows.isEmpty ? 0 : body(rows) }
    return concurrentMap(count: count) { body(block($0, of: rows)) }.reduce(0, +)
}

extension Array where Element: BitwiseCopyable & Sendable {
    /// Changes the elements of `rows` in place on all cores.
    ///
    /// Each call has a block of its own to write, counted from 0, and may read every element that
    /// no call writes; a place that is both, its own block included, it reads through the block.
    mutating func updateRows(
        _ rows: Range<Int>,
        _ body:
            @Sendable (
                _ rows: Range<Int>, _ all: Span<Element>, _ block: inout MutableSpan<Element>
            )
            -> Void
    ) {
        let count = blockCount(rows)
        if count == 0 { return }
        precondition(rows.lowerBound >= 0 && rows.upperBound <= self.count, "rows lie in the array")
        unsafe withUnsafeMutableBufferPointer { buffer in
            // Blocks are disjoint, and what is read through `all` is written by none of them.
            nonisolated(unsafe) let base = unsafe buffer
            @Sendable func run(_ index: Int) {
                let own = block(index, of: rows)
                let all = unsafe Span(_unsafeElements: UnsafeBufferPointer(base))
                var span = unsafe MutableSpan(
                    _unsafeElements: UnsafeMutableBufferPointer(rebasing: base[own]))
                body(own, all, &span)
            }
            if count == 1 { return run(0) }
            _ = concurrentMap(count: count) { run($0) }
        }
    }
}

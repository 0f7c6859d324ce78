// Sums of weighted rows: the inner loops of resizing and of small convolutions. Each row is a span of
// its own, indexed from zero, so that the loop's bounds are checked once and it becomes vector code.

/// Adds `weight` times a row to another of the same length.
func addWeighted(_ a: Span<Float>, _ weight: Float, to sum: inout MutableSpan<Float>) {
    precondition(a.count == sum.count, "rows of one length are added")
    for x in 0..<sum.count { sum[x] += weight * a[x] }
}

/// Adds four weighted rows to another of the same length, which reads and writes the sum once.
func addWeighted(
    _ a: Span<Float>, _ b: Span<Float>, _ c: Span<Float>, _ d: Span<Float>,
    _ weights: SIMD4<Float>, to sum: inout MutableSpan<Float>
) {
    let count = sum.count
    precondition(
        a.count == count && b.count == count && c.count == count && d.count == count,
        "rows of one length are added")
    let (wa, wb, wc, wd) = (weights[0], weights[1], weights[2], weights[3])
    for x in 0..<count {
        sum[x] += (wa * a[x] + wb * b[x]) + (wc * c[x] + wd * d[x])
    }
}

/// Adds eight weighted rows, which start at `first`, `first + stride`, ... of `source`.
func addWeighted(
    rowsOf source: Span<Float>, startingAt first: Int, every stride: Int,
    _ weights: SIMD8<Float>, to sum: inout MutableSpan<Float>
) {
    let count = sum.count
    let a = source.extracting(first..<(first + count))
    let b = source.extracting((first + stride)..<(first + stride + count))
    let c = source.extracting((first + 2 * stride)..<(first + 2 * stride + count))
    let d = source.extracting((first + 3 * stride)..<(first + 3 * stride + count))
    let e = source.extracting((first + 4 * stride)..<(first + 4 * stride + count))
    let f = source.extracting((first + 5 * stride)..<(first + 5 * stride + count))
    let g = source.extracting((first + 6 * stride)..<(first + 6 * stride + count))
    let h = source.extracting((first + 7 * stride)..<(first + 7 * stride + count))
    let (wa, wb, wc, wd) = (weights[0], weights[1], weights[2], weights[3])
    let (we, wf, wg, wh) = (weights[4], weights[5], weights[6], weights[7])
    for x in 0..<count {
        let left = (wa * a[x] + wb * b[x]) + (wc * c[x] + wd * d[x])
        let right = (we * e[x] + wf * f[x]) + (wg * g[x] + wh * h[x])
        sum[x] += left + right
    }
}

/// Adds the rows of `source` that start at `first`, `first + stride`, ... times their weights.
///
/// With a `stride` of a whole row this is the vertical half of a separable filter, with a `stride` of
/// one the horizontal half.
public func addWeightedRows(
    of source: Span<Float>, startingAt first: Int, every stride: Int, weights: Span<Float>,
    to sum: inout MutableSpan<Float>
) {
    let count = sum.count
    var tap = 0
    while tap + 8 <= weights.count {
        let eight = SIMD8(
            weights[tap], weights[tap + 1], weights[tap + 2], weights[tap + 3], weights[tap + 4],
            weights[tap + 5], weights[tap + 6], weights[tap + 7])
        addWeighted(
            rowsOf: source, startingAt: first + tap * stride, every: stride, eight, to: &sum)
        tap += 8
    }
    while tap + 4 <= weights.count {
        let start = first + tap * stride
        addWeighted(
            source.extracting(start..<(start + count)),
            source.extracting((start + stride)..<(start + stride + count)),
            source.extracting((start + 2 * stride)..<(start + 2 * stride + count)),
            source.extracting((start + 3 * stride)..<(start + 3 * stride + count)),
            SIMD4(weights[tap], weights[tap + 1], weights[tap + 2], weights[tap + 3]), to: &sum)
        tap += 4
    }
    while tap < weights.count {
        let start = first + tap * stride
        addWeighted(source.extracting(start..<(start + count)), weights[tap], to: &sum)
        tap += 1
    }
}

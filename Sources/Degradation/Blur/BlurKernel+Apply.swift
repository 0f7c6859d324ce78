import Resizing
public import Volumes

extension BlurKernel {
    /// Correlates every slice with the kernel. Beyond the border a slice is mirrored, the outermost
    /// pixel once.
    public func apply(to volume: Volume<Float>) -> Volume<Float> {
        let terms = KernelTerms(self)
        let (height, width, radius) = (volume.shape.height, volume.shape.width, terms.radius)
        if radius == 0 {
            let weight = terms.direct[0]
            return weight == 1 ? volume : volume.map { $0 * weight }
        }
        var blurred = [Float](repeating: 0, count: volume.shape.count)
        var output = blurred.mutableSpan
        let size = 2 * radius + 1
        let stride = width + 2 * radius
        var padded = [Float](repeating: 0, count: (height + 2 * radius) * stride)
        var line = [Float](repeating: 0, count: stride)
        for z in 0..<volume.shape.depth {
            volume.withVoxels { voxels in
                fillMirrored(&padded, from: voxels, slice: z, shape: volume.shape, radius: radius)
            }
            let source = padded.span
            for y in 0..<height {
                let start = (z * height + y) * width
                var row = output._mutatingExtracting(start..<(start + width))
                for (column, weights) in terms.terms {
                    var sum = line.mutableSpan
                    for x in 0..<stride { sum[x] = 0 }
                    addWeightedRows(
                        of: source, startingAt: y * stride, every: stride, weights: column.span,
                        to: &sum)
                    addWeightedRows(
                        of: sum.span, startingAt: 0, every: 1, weights: weights.span, to: &row)
                }
                if terms.terms.isEmpty {
                    let direct = terms.direct.span
                    for tap in 0..<size {
                        addWeightedRows(
                            of: source, startingAt: (y + tap) * stride, every: 1,
                            weights: direct.extracting((tap * size)..<((tap + 1) * size)),
                            to: &row)
                    }
                }
            }
        }
        return Volume(shape: volume.shape, voxelSize: volume.voxelSize, voxels: blurred)
    }
}

/// Copies a slice into a larger one and mirrors it into the margin.
private func fillMirrored(
    _ padded: inout [Float], from voxels: Span<Float>, slice: Int, shape: Shape, radius: Int
) {
    func mirrored(_ index: Int, _ count: Int) -> Int {
        if count == 1 { return 0 }
        let period = 2 * (count - 1)
        let folded = ((index % period) + period) % period
        return folded < count ? folded : period - folded
    }
    let (height, width) = (shape.height, shape.width)
    let stride = width + 2 * radius
    let left = (0..<radius).map { mirrored($0 - radius, width) }
    let right = (0..<radius).map { mirrored(width + $0, width) }
    var target = padded.mutableSpan
    for y in 0..<(height + 2 * radius) {
        let start = (slice * height + mirrored(y - radius, height)) * width
        let row = voxels.extracting(start..<(start + width))
        var into = target._mutatingExtracting((y * stride)..<((y + 1) * stride))
        for x in 0..<radius {
            into[x] = row[left[x]]
            into[radius + width + x] = row[right[x]]
        }
        for x in 0..<width { into[radius + x] = row[x] }
    }
}

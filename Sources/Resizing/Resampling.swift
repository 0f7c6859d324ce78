public import Volumes

/// A separable resizing of the rows and columns of slices, and of the slices themselves if wanted.
public struct Resampling: Hashable, Sendable {
    /// The weights along z; `nil` leaves slices as they are, each resized alone.
    public let depth: AxisWeights?
    /// The weights along y.
    public let height: AxisWeights
    /// The weights along x.
    public let width: AxisWeights

    /// Combines the weights of each axis.
    public init(depth: AxisWeights? = nil, height: AxisWeights, width: AxisWeights) {
        self.depth = depth
        self.height = height
        self.width = width
    }

    /// Resizes a volume whose extents are those the weights are for. Its voxel size follows.
    ///
    /// - Complexity: O(*n* taps) for *n* voxels after each axis; the axis that shrinks goes first.
    public func apply(to volume: Volume<Float>) -> Volume<Float> {
        let shape = volume.shape
        precondition(
            shape.height == height.inputCount && shape.width == width.inputCount
                && (depth == nil || depth?.inputCount == shape.depth),
            "a resampling is made for the extents it meets")
        let resizedDepth = depth?.outputCount ?? shape.depth
        var voxels = volume.array
        if let depth {
            voxels = alongLines(voxels, by: depth, blocks: 1, line: shape.sliceCount)
        }
        if height.outputCount <= height.inputCount {
            voxels = alongLines(voxels, by: height, blocks: resizedDepth, line: shape.width)
            voxels = alongRows(voxels, by: width)
        } else {
            voxels = alongRows(voxels, by: width)
            voxels = alongLines(voxels, by: height, blocks: resizedDepth, line: width.outputCount)
        }
        let resized = Shape(
            depth: resizedDepth, height: height.outputCount, width: width.outputCount)
        return Volume(
            shape: resized, voxelSize: volume.voxelSize.flatMap { resizedVoxel($0) },
            voxels: voxels)
    }

    private func resizedVoxel(_ size: VoxelSize) -> VoxelSize? {
        func ratio(_ axis: AxisWeights?) -> Double {
            axis.map { Double($0.inputCount) / Double($0.outputCount) } ?? 1
        }
        return VoxelSize(
            depthInMicrometres: size.depthInMicrometres * ratio(depth),
            heightInMicrometres: size.heightInMicrometres * ratio(height),
            widthInMicrometres: size.widthInMicrometres * ratio(width))
    }
}

/// Resizes `blocks` stacks of lines, each line as a whole: along y for rows, along z for slices.
private func alongLines(
    _ input: [Float], by weights: AxisWeights, blocks: Int, line: Int
) -> [Float] {
    if weights.isIdentity { return input }
    let (taps, count) = (weights.taps, weights.outputCount)
    var output = [Float](repeating: 0, count: blocks * count * line)
    var target = output.mutableSpan
    let source = input.span
    let table = weights.weights.span
    for block in 0..<blocks {
        for index in 0..<count {
            let start = (block * count + index) * line
            var row = target._mutatingExtracting(start..<(start + line))
            addWeightedRows(
                of: source,
                startingAt: (block * weights.inputCount + weights.firsts[index]) * line,
                every: line, weights: table.extracting((index * taps)..<((index + 1) * taps)),
                to: &row)
        }
    }
    return output
}

/// Resizes every row.
private func alongRows(_ input: [Float], by weights: AxisWeights) -> [Float] {
    if weights.isIdentity { return input }
    let rows = input.count / weights.inputCount
    var output = [Float](repeating: 0, count: rows * weights.outputCount)
    var target = output.mutableSpan
    let source = input.span
    let firsts = weights.firsts.span
    let table = weights.weights.span
    let (taps, width) = (weights.taps, weights.outputCount)
    for y in 0..<rows {
        let row = source.extracting((y * weights.inputCount)..<((y + 1) * weights.inputCount))
        var out = target._mutatingExtracting((y * width)..<((y + 1) * width))
        switch taps {
        case 1:
            for x in 0..<width { out[x] = table[x] * row[firsts[x]] }
        case 2:
            for x in 0..<width {
                let first = firsts[x]
                out[x] = table[2 * x] * row[first] + table[2 * x + 1] * row[first + 1]
            }
        case 4:
            for x in 0..<width {
                let first = firsts[x]
                let left = table[4 * x] * row[first] + table[4 * x + 1] * row[first + 1]
                let right = table[4 * x + 2] * row[first + 2] + table[4 * x + 3] * row[first + 3]
                out[x] = left + right
            }
        default:
            for x in 0..<width {
                let first = firsts[x]
                var sum: Float = 0
                for tap in 0..<taps { sum += table[x * taps + tap] * row[first + tap] }
                out[x] = sum
            }
        }
    }
    return output
}

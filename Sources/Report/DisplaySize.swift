/// How large a slice is drawn: small slices by whole factors, so that voxels can be seen as
/// squares; large ones shrunk, so that a page stays light.
struct DisplaySize: Hashable {
    /// Rows and columns of the slice, in voxels.
    let sourceHeight: Int
    let sourceWidth: Int
    /// Rows and columns of the picture, in pixels.
    let height: Int
    let width: Int

    /// The longest side of a picture of one slice, in pixels.
    static let longestSide = 900
    /// The most pixels along a voxel: more only makes files larger.
    static let largestFactor = 6

    /// Fits a slice of `height` x `width` voxels into a square of `limit` pixels.
    init(height: Int, width: Int, limit: Int = longestSide) {
        sourceHeight = height
        sourceWidth = width
        let longest = max(height, width)
        if longest > limit {
            let shrink = Double(limit) / Double(longest)
            self.height = max(1, Int((Double(height) * shrink).rounded()))
            self.width = max(1, Int((Double(width) * shrink).rounded()))
        } else {
            let factor = min(DisplaySize.largestFactor, limit / longest)
            self.height = height * factor
            self.width = width * factor
        }
    }

    /// Pixels along a voxel, in x.
    var pixelsPerVoxel: Double { Double(width) / Double(sourceWidth) }

    private var shrinks: Bool { width < sourceWidth || height < sourceHeight }

    /// The slice at this size: each pixel is its voxel, or the mean of the voxels below it, each
    /// weighted by the area it shares with the pixel. NaN counts for nothing; a pixel over nothing
    /// else is NaN.
    func averaging(_ plane: Plane<Float>) -> Plane<Float> {
        guard shrinks else { return sampling(plane) }
        let columns = DisplaySize.overlaps(from: sourceWidth, to: width)
        let rows = DisplaySize.overlaps(from: sourceHeight, to: height)
        var values: [Float] = []
        values.reserveCapacity(width * height)
        for row in rows {
            for column in columns {
                var sum = 0.0
                var weight = 0.0
                for (rowOffset, rowWeight) in row.weights.enumerated() {
                    let first = (row.first + rowOffset) * sourceWidth + column.first
                    for (offset, columnWeight) in column.weights.enumerated() {
                        let value = plane.values[first + offset]
                        if value.isNaN { continue }
                        sum += Double(value) * rowWeight * columnWeight
                        weight += rowWeight * columnWeight
                    }
                }
                values.append(weight > 0 ? Float(sum / weight) : .nan)
            }
        }
        return Plane(height: height, width: width, values: values)
    }

    /// The slice at this size: each pixel is the voxel under its centre.
    func sampling<Value>(_ plane: Plane<Value>) -> Plane<Value> {
        let columns = (0..<width).map { (2 * $0 + 1) * sourceWidth / (2 * width) }
        var values: [Value] = []
        values.reserveCapacity(width * height)
        for y in 0..<height {
            let row = (2 * y + 1) * sourceHeight / (2 * height) * sourceWidth
            for column in columns { values.append(plane.values[row + column]) }
        }
        return Plane(height: height, width: width, values: values)
    }

    /// The voxels under each pixel along one axis, with the length each shares with it.
    private static func overlaps(from source: Int, to target: Int) -> [Overlap] {
        let step = Double(source) / Double(target)
        return (0..<target).map { pixel in
            let begin = Double(pixel) * step
            let end = min(Double(pixel + 1) * step, Double(source))
            let first = Int(begin)
            let last = max(first, min(source, Int(end.rounded(.up))) - 1)
            return Overlap(
                first: first,
                weights: (first...last).map { voxel in
                    min(end, Double(voxel + 1)) - max(begin, Double(voxel))
                })
        }
    }

    private struct Overlap {
        let first: Int
        let weights: [Double]
    }
}

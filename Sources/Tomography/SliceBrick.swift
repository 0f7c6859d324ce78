/// Eight slices side by side, one in each lane, so that one ray's weights serve all of them.
public struct SliceBrick: Sendable {
    /// Slices in a brick.
    public static let laneCount = 8
    /// Rows of a slice.
    public let height: Int
    /// Columns of a slice.
    public let width: Int
    /// The edge of a pixel, in micrometres.
    public let pixelSizeInMicrometres: Double
    /// The corner (y, x) of the first pixel seen from the rotation axis, in micrometres.
    public let corner: SIMD2<Double>
    var pixels: [SIMD8<Float>]

    /// Empty slices.
    public init(height: Int, width: Int, pixelSizeInMicrometres: Double, corner: SIMD2<Double>) {
        precondition(height > 0 && width > 0, "a slice has pixels")
        precondition(pixelSizeInMicrometres > 0, "a pixel has a positive size")
        self.height = height
        self.width = width
        self.pixelSizeInMicrometres = pixelSizeInMicrometres
        self.corner = corner
        pixels = Array(repeating: SIMD8(repeating: 0), count: height * width)
    }

    /// One pixel of one slice.
    public subscript(lane: Int, y: Int, x: Int) -> Float {
        get { pixels[y * width + x][lane] }
        set { pixels[y * width + x][lane] = newValue }
    }

    /// Adds `weight` times a slice in storage order to one lane.
    mutating func add(_ slice: [Float], weight: Float, lane: Int) {
        precondition(slice.count == pixels.count, "a slice has as many pixels as its brick")
        for index in slice.indices { pixels[index][lane] += weight * slice[index] }
    }

    /// The columns of each row that hold anything: rays through air need no work.
    var filledColumns: [Range<Int>] {
        let zero = SIMD8<Float>(repeating: 0)
        return (0..<height).map { y in
            let row = pixels[(y * width)..<((y + 1) * width)]
            guard let first = row.firstIndex(where: { $0 != zero }),
                let last = row.lastIndex(where: { $0 != zero })
            else { return 0..<0 }
            return (first - row.startIndex)..<(last - row.startIndex + 1)
        }
    }
}

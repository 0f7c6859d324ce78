import Volumes

/// One slice of a volume, row by row.
struct Plane<Value: BitwiseCopyable & Sendable>: Sendable {
    let height: Int
    let width: Int
    var values: [Value]

    init(height: Int, width: Int, values: [Value]) {
        precondition(values.count == height * width, "a slice has as many voxels as its shape")
        self.height = height
        self.width = width
        self.values = values
    }

    /// Slice `index` of `volume`, or the part of it in `rows` and `columns`.
    init(
        _ volume: Volume<Value>, slice index: Int, rows: Range<Int>? = nil,
        columns: Range<Int>? = nil
    ) {
        let shape = volume.shape
        precondition((0..<shape.depth).contains(index), "a drawn slice lies inside its volume")
        let rows = rows ?? 0..<shape.height
        let columns = columns ?? 0..<shape.width
        let crop = Region(
            z: index, y: rows.lowerBound, x: columns.lowerBound,
            shape: Shape(depth: 1, height: rows.count, width: columns.count))
        self.init(
            height: rows.count, width: columns.count, values: volume.cropped(to: crop).array)
    }

    subscript(x: Int, y: Int) -> Value { values[y * width + x] }

    /// Every value repeated `factor` times along both axes.
    func enlarged(by factor: Int) -> Plane {
        var enlarged: [Value] = []
        enlarged.reserveCapacity(values.count * factor * factor)
        for y in 0..<height {
            var row: [Value] = []
            row.reserveCapacity(width * factor)
            for x in 0..<width {
                for _ in 0..<factor { row.append(self[x, y]) }
            }
            for _ in 0..<factor { enlarged.append(contentsOf: row) }
        }
        return Plane(height: height * factor, width: width * factor, values: enlarged)
    }
}

extension Plane where Value == Float {
    /// The slice in grey levels; voxels without a value get a colour that no grey has.
    func image(_ window: GreyWindow) -> RGBImage {
        RGBImage(width: width, height: height) { x, y in
            window.grey(of: self[x, y]).map(RGB.grey) ?? .missing
        }
    }
}

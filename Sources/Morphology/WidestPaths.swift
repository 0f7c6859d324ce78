import Volumes

/// How wide a way there is to the voxels of a pore space from faces of its volume.
///
/// A way goes across faces of voxels, and is as wide as the least squared distance on it. The flood goes
/// on from the widest voxel it has reached, so the first way to a voxel is the widest.
struct WidestPaths {
    private let squaredDistances: Volume<UInt32>
    private let bounds: Region

    /// Ways between the faces of `bounds`, through voxels whose squared distance is above 0.
    init(squaredDistances: Volume<UInt32>, bounds: Region) {
        precondition(
            squaredDistances.shape.count < UInt32.max, "the voxels can be numbered in 32 bits")
        self.squaredDistances = squaredDistances
        self.bounds = bounds
    }

    /// The width of the widest way from `faces` to each voxel; 0 where there is none.
    func widths(from faces: Faces) -> Volume<UInt32> {
        var widths = Volume<UInt32>(shape: squaredDistances.shape, repeating: 0)
        widths.withMutableVoxels { _ = flood(from: faces, to: [], &$0) }
        return widths
    }

    /// The width of the widest way from one face to another; `nil` if there is none.
    func width(from start: Faces, to end: Faces) -> UInt32? {
        var widths = Volume<UInt32>(shape: squaredDistances.shape, repeating: 0)
        return widths.withMutableVoxels { flood(from: start, to: end, &$0) }
    }

    /// Floods until a voxel on `end` has been reached, and returns its width.
    private func flood(
        from start: Faces, to end: Faces, _ widths: inout MutableSpan<UInt32>
    ) -> UInt32? {
        let shape = squaredDistances.shape
        let (height, width, sliceCount) = (shape.height, shape.width, shape.sliceCount)
        return squaredDistances.withVoxels { distances in
            var queue = FallingQueue()
            forEachPlace(on: start) { place in
                if distances[place] > 0, widths[place] == 0 {
                    widths[place] = queue.add(UInt32(place), at: distances[place])
                }
            }
            @inline(__always)
            func reach(
                _ place: Int, _ widths: inout MutableSpan<UInt32>, _ queue: inout FallingQueue
            ) {
                let distance = distances[place]
                if distance == 0 || widths[place] != 0 { return }
                widths[place] = queue.add(UInt32(truncatingIfNeeded: place), at: distance)
            }
            while let number = queue.next() {
                let place = Int(number)
                let (row, x) = place.quotientAndRemainder(dividingBy: width)
                let (z, y) = row.quotientAndRemainder(dividingBy: height)
                if !end.isEmpty, !end.isDisjoint(with: faces(z, y, x)) { return queue.level }
                if x > 0 { reach(place - 1, &widths, &queue) }
                if x + 1 < width { reach(place + 1, &widths, &queue) }
                if y > 0 { reach(place - width, &widths, &queue) }
                if y + 1 < height { reach(place + width, &widths, &queue) }
                if z > 0 { reach(place - sliceCount, &widths, &queue) }
                if z + 1 < shape.depth { reach(place + sliceCount, &widths, &queue) }
            }
            return nil
        }
    }

    /// The faces of the bounds a voxel lies on; an axis one voxel long has none.
    private func faces(_ z: Int, _ y: Int, _ x: Int) -> Faces {
        var faces: Faces = []
        func look(_ place: Int, _ range: Range<Int>, _ low: Faces, _ high: Faces) {
            if range.count == 1 { return }
            if place == range.lowerBound { faces.insert(low) }
            if place == range.upperBound - 1 { faces.insert(high) }
        }
        look(z, bounds.slices, .zLow, .zHigh)
        look(y, bounds.rows, .yLow, .yHigh)
        look(x, bounds.columns, .xLow, .xHigh)
        return faces
    }

    /// Calls `body` with the places on `faces`; on edges more than once.
    private func forEachPlace(on faces: Faces, _ body: (Int) -> Void) {
        let shape = squaredDistances.shape
        func visit(_ slices: Range<Int>, _ rows: Range<Int>, _ columns: Range<Int>) {
            for z in slices {
                for y in rows {
                    for x in columns { body((z * shape.height + y) * shape.width + x) }
                }
            }
        }
        let (z, y, x) = (bounds.slices, bounds.rows, bounds.columns)
        func sides(_ range: Range<Int>, _ low: Faces, _ high: Faces) -> [Range<Int>] {
            if range.count == 1 { return [] }
            return (faces.isSuperset(of: low) ? [range.prefix(1)] : [])
                + (faces.isSuperset(of: high) ? [range.suffix(1)] : [])
        }
        for side in sides(z, .zLow, .zHigh) { visit(side, y, x) }
        for side in sides(y, .yLow, .yHigh) { visit(z, side, x) }
        for side in sides(x, .xLow, .xHigh) { visit(z, y, side) }
    }
}

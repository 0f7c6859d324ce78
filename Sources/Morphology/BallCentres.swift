import Volumes

/// A ball of voxels that is to be painted.
struct Ball: Sendable {
    /// The place of its centre in a slice.
    let place: UInt32
    /// Its voxels are at squared distances below this from the centre.
    let squaredRadius: UInt32
    /// What its voxels are painted with; where balls overlap, the greatest counts.
    let value: UInt32
}

/// The largest balls in a pore space: those around voxels of it that do not lie within the ball of a
/// neighbouring centre with at least the same value.
///
/// A ball left out lies in one that is not, or in a chain of ever larger ones that ends in one. Balls of
/// one voxel are left out too.
struct BallCentres {
    private let squaredDistances: Volume<UInt32>
    private let values: Volume<UInt32>?
    private let containment: BallContainment

    /// Looks at balls as large as the distances, valued by them or by `values`; where those are 0,
    /// there is no ball. No distance is unbounded.
    init(squaredDistances: Volume<UInt32>, longest: UInt32, values: Volume<UInt32>? = nil) {
        self.squaredDistances = squaredDistances
        self.values = values
        containment = BallContainment(longest: longest, in: squaredDistances.shape)
    }

    /// The balls of every slice, in storage order, on all cores.
    func inSlices() -> [[Ball]] {
        concurrentMap(count: squaredDistances.shape.depth) { z in
            squaredDistances.withVoxels { distances in
                guard let values else { return balls(z, distances, distances) }
                return values.withVoxels { balls(z, distances, $0) }
            }
        }
    }

    private func balls(
        _ z: Int, _ distances: Span<UInt32>, _ values: Span<UInt32>
    ) -> [Ball] {
        let shape = squaredDistances.shape
        let neighbours = Neighbours(in: shape)
        var balls: [Ball] = []
        for y in 0..<shape.height {
            let start = (z * shape.height + y) * shape.width
            let row = distances.extracting(start..<(start + shape.width))
            let valueRow = values.extracting(start..<(start + shape.width))
            for x in 0..<shape.width where row[x] > 1 && valueRow[x] > 0 {
                let (radius, value) = (row[x], valueRow[x])
                let inside = neighbours.areInside(z, y, x)
                let place = start + x
                var isContained = false
                // Across faces first, where the ball of a slope is contained most often.
                search: for way in 0..<3 {
                    let needed = containment.least(containing: radius, across: way)
                    for index in Neighbours.ways[way] {
                        if !inside, !neighbours.isInside(index, z, y, x) { continue }
                        let neighbour = place &+ neighbours.offsets[index]
                        if distances[neighbour] >= needed, values[neighbour] >= value {
                            isContained = true
                            break search
                        }
                    }
                }
                if isContained { continue }
                balls.append(
                    Ball(
                        place: UInt32(y * shape.width + x), squaredRadius: radius, value: value))
            }
        }
        return balls
    }
}

/// The 26 neighbours of a voxel: those across a face, then an edge, then a corner.
private struct Neighbours {
    /// Which of them lie across a face, an edge and a corner.
    static let ways = [0..<6, 6..<18, 18..<26]
    private static let steps: [SIMD3<Int>] = {
        let all: [SIMD3<Int>] = (0..<27).map { SIMD3($0 / 9 - 1, $0 / 3 % 3 - 1, $0 % 3 - 1) }
        return ways.indices.flatMap { way in
            all.filter { ($0 &* $0).wrappedSum() == way + 1 }
        }
    }()

    private let shape: Shape
    /// How much further in storage each is.
    let offsets: [Int]

    init(in shape: Shape) {
        self.shape = shape
        offsets = Neighbours.steps.map { ($0.x * shape.height + $0.y) * shape.width + $0.z }
    }

    /// Whether a voxel has all of them.
    @inline(__always)
    func areInside(_ z: Int, _ y: Int, _ x: Int) -> Bool {
        z > 0 && z + 1 < shape.depth && y > 0 && y + 1 < shape.height && x > 0
            && x + 1 < shape.width
    }

    /// Whether a voxel has one of them.
    func isInside(_ index: Int, _ z: Int, _ y: Int, _ x: Int) -> Bool {
        let step = Neighbours.steps[index]
        let (c, b, a) = (z + step.x, y + step.y, x + step.z)
        return c >= 0 && c < shape.depth && b >= 0 && b < shape.height && a >= 0
            && a < shape.width
    }
}

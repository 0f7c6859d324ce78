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
        var balls: [Ball] = []
        for y in 0..<shape.height {
            let start = (z * shape.height + y) * shape.width
            let row = distances.extracting(start..<(start + shape.width))
            let valueRow = values.extracting(start..<(start + shape.width))
            for x in 0..<shape.width where row[x] > 1 && valueRow[x] > 0 {
                let (radius, value) = (row[x], valueRow[x])
                if isContained(z, y, x, radius, value, distances, values) { continue }
                balls.append(
                    Ball(
                        place: UInt32(y * shape.width + x), squaredRadius: radius, value: value))
            }
        }
        return balls
    }

    @inline(__always)
    private func isContained(
        _ z: Int, _ y: Int, _ x: Int, _ radius: UInt32, _ value: UInt32,
        _ distances: Span<UInt32>, _ values: Span<UInt32>
    ) -> Bool {
        let shape = squaredDistances.shape
        // Across faces first, where the ball of a slope is contained most often.
        for way in 0..<3 {
            let needed = containment.least(containing: radius, across: way)
            for step in Neighbours.across[way] {
                let (c, b, a) = (z + step.x, y + step.y, x + step.z)
                guard c >= 0, c < shape.depth, b >= 0, b < shape.height, a >= 0, a < shape.width
                else { continue }
                let place = (c * shape.height + b) * shape.width + a
                if distances[place] >= needed && values[place] >= value { return true }
            }
        }
        return false
    }
}

/// The steps to the 26 neighbours of a voxel.
enum Neighbours {
    /// Steps (z, y, x) to those across a face, an edge and a corner.
    static let across: [[SIMD3<Int>]] = (1...3).map { square in
        (0..<27).map { SIMD3($0 / 9 - 1, $0 / 3 % 3 - 1, $0 % 3 - 1) }
            .filter { ($0 &* $0).wrappedSum() == square }
    }
}

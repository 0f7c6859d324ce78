import Morphology
import Volumes

/// The peaks of the distance to solid that SNOW takes for pores, as groups of voxels that touch.
///
/// In the steps and numbers of PoreSpy 2.4: peaks of the smoothed distance, then saddle points and
/// peaks near greater ones given up by the distance itself. Of neighbours equally near to a peak the
/// first in storage order counts, where PoreSpy takes what its search tree meets first.
struct SnowPeaks {
    /// The voxels of peaks, in storage order.
    private(set) var places: [UInt32]
    private let shape: Shape
    private let squaredDistances: Volume<UInt32>

    /// Finds the peaks, `squaredDistances` being 0 in solid and positive in pore.
    init(_ squaredDistances: Volume<UInt32>, settings: SnowSettings) {
        shape = squaredDistances.shape
        self.squaredDistances = squaredDistances
        places = localMaxima(of: squaredDistances, settings)
        dropSaddlePoints()
        dropPeaksNearGreaterOnes()
    }

    /// Every voxel of the peaks, in storage order, labelled by its peak: a group that shares faces, edges
    /// or corners, numbered from 1 by first voxels.
    @inline(never)  // Nothing holds on to the distances when it returns.
    static func markers(_ squaredDistances: Volume<UInt32>, settings: SnowSettings) -> [Marker] {
        SnowPeaks(squaredDistances, settings: settings).groups().enumerated()
            .flatMap { index, places in
                places.map { Marker(place: $0, label: UInt32(index + 1)) }
            }
            .sorted { $0.place < $1.place }
    }

    /// The groups that share faces, edges or corners, numbered by their first voxels.
    private func groups() -> [[UInt32]] { groups(by: .facesEdgesAndCorners) }

    private func groups(by connectivity: Connectivity) -> [[UInt32]] {
        var sets = DisjointSets(count: places.count)
        let before = Neighbourhood(connectivity).filter { $0.isBefore }
        for (index, place) in places.enumerated() {
            let position = shape.position(of: place)
            for offset in before {
                guard let other = shape.place(position &+ offset),
                    let found = places.index(ofSorted: other)
                else { continue }
                sets.join(UInt32(index), UInt32(found))
            }
        }
        var numbers: [UInt32: Int] = [:]
        var groups: [[UInt32]] = []
        for (index, place) in places.enumerated() {
            let root = sets.root(of: UInt32(index))
            if let number = numbers[root] {
                groups[number].append(place)
            } else {
                numbers[root] = groups.count
                groups.append([place])
            }
        }
        return groups
    }

    /// Keeps the peaks from which no step of a voxel leads to a greater distance, plateaus included.
    private mutating func dropSaddlePoints() {
        let peaks = Set(places)
        var kept: Set<UInt32> = []
        for group in groups(by: .faces) {
            if let plateau = summit(of: Set(group)) { kept.formUnion(plateau) }
        }
        places = kept.intersection(peaks).sorted()
    }

    /// Where a group of voxels comes to rest when it moves, twenty times at most, to the greatest
    /// distances a step around it; `nil` if it leaves itself behind or does not rest.
    private func summit(of group: Set<UInt32>) -> Set<UInt32>? {
        var group = group
        let around = Neighbourhood(.facesEdgesAndCorners)
        for _ in 0..<20 {
            var reached = group
            for place in group {
                let position = shape.position(of: place)
                for offset in around {
                    if let other = shape.place(position &+ offset) { reached.insert(other) }
                }
            }
            let greatest = reached.reduce(0) { max($0, squaredDistance($1)) }
            let next = reached.filter { squaredDistance($0) == greatest }
            if next == group { return group }
            if next.isDisjoint(with: group) { return nil }
            group = next
        }
        return nil
    }

    /// Of two peaks nearer to each other than one of them is to solid, the one nearer to solid goes.
    private mutating func dropPeaksNearGreaterOnes() {
        let groups = groups()
        let middles = groups.map { group in
            group.reduce(SIMD3<Int>.zero) { $0 &+ shape.position(of: $1) } / group.count
        }
        // Equal distances are told apart by order.
        let distances = middles.indices.map { index in
            let distance =
                shape.place(middles[index]).map { Float(squaredDistance($0)).squareRoot() } ?? 0
            return Double(distance) + Double(index) * 1e-6
        }
        var bySlice = [[Int]](repeating: [], count: shape.depth)
        for index in middles.indices { bySlice[middles[index][0]].append(index) }
        var dropped: Set<Int> = []
        for (index, middle) in middles.enumerated() {
            let reach = Int(distances[index])
            var nearest: (squared: Int, index: Int)?
            for z in max(0, middle[0] - reach)...min(shape.depth - 1, middle[0] + reach) {
                for other in bySlice[z] where other != index {
                    let apart = middles[other] &- middle
                    let squared = (apart &* apart).wrappedSum()
                    if nearest.map({ (squared, other) < ($0.squared, $0.index) }) ?? true {
                        nearest = (squared, other)
                    }
                }
            }
            guard let nearest, Double(nearest.squared).squareRoot() <= distances[index] else {
                continue
            }
            dropped.insert(
                distances[index] < distances[nearest.index] ? index : nearest.index)
        }
        places = groups.indices.filter { !dropped.contains($0) }.flatMap { groups[$0] }.sorted()
    }

    private func squaredDistance(_ place: UInt32) -> UInt32 {
        squaredDistances.withVoxels { $0[Int(place)] }
    }
}

/// The voxels whose smoothed distance no voxel nearer than a radius exceeds; solid counts as a distance
/// of two voxels, which keeps peaks away from walls.
private func localMaxima(of squaredDistances: Volume<UInt32>, _ settings: SnowSettings) -> [UInt32]
{
    let depth = squaredDistances.shape.depth
    let reach = max(settings.peakRadiusInVoxels - 1, 0)
    // Smoothed distances of a part of the volume at a time take less memory.
    return stride(from: 0, to: depth, by: 64).flatMap { first in
        let slices = first..<min(first + 64, depth)
        let seen = max(first - reach, 0)..<min(slices.upperBound + reach, depth)
        let smoothed = smoothedDistances(
            squaredDistances, slices: seen, sigma: settings.sigmaInVoxels)
        return localMaxima(
            in: slices, of: smoothed, from: seen.lowerBound, squaredDistances,
            radius: settings.peakRadiusInVoxels)
    }
}

/// Those of some slices; the smoothed distances begin with slice `offset`.
private func localMaxima(
    in slices: Range<Int>, of smoothed: Volume<Float>, from offset: Int,
    _ squaredDistances: Volume<UInt32>, radius: Int
) -> [UInt32] {
    let shape = squaredDistances.shape
    let before = offset * shape.sliceCount
    // Near neighbours first, as they rule out most.
    let ball = Neighbourhood.ball(radius: radius, in: shape)
    return concurrentMap(count: slices.count) { index in
        let z = slices.lowerBound + index
        return smoothed.withVoxels { smoothed in
            squaredDistances.withVoxels { squared in
                var maxima: [UInt32] = []
                for y in 0..<shape.height {
                    let row = (z * shape.height + y) * shape.width
                    for x in 0..<shape.width where squared[row + x] > 0 {
                        let height = smoothed[row + x - before]
                        if x > 0, squared[row + x - 1] > 0,
                            smoothed[row + x - 1 - before] > height
                        {
                            continue
                        }
                        let isMaximum = ball.allSatisfy { offset in
                            let (k, j, i) = (z + offset[0], y + offset[1], x + offset[2])
                            guard k >= 0, k < shape.depth, j >= 0, j < shape.height, i >= 0,
                                i < shape.width
                            else { return true }
                            let other = (k * shape.height + j) * shape.width + i
                            return height >= (squared[other] > 0 ? smoothed[other - before] : 2)
                        }
                        if isMaximum { maxima.append(UInt32(row + x)) }
                    }
                }
                return maxima
            }
        }
    }.flatMap { $0 }
}

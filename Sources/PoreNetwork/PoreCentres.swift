public import Volumes

/// The voxels from which the pores of a mask are flooded, one for each pore.
///
/// Every local maximum of the distance to solid claims the voxels around it, from the widest place of
/// the pore space down. Where two claims first meet, the lesser maximum is given up if it stands out
/// from that meeting place by less than `prominence` voxels (the h-maxima rule), or if it lies inside
/// the largest ball around the greater one, which is pore throughout (the rule of SNOW, Gostick 2017,
/// doi:10.1103/PhysRevE.96.023307, as 6-connected claims see it). The greatest maximum of a connected
/// part is never given up, so every part keeps a centre.
///
/// - Parameters:
///   - pore: The pore space.
///   - squaredDistances: The squared distance to solid, positive in `pore`.
///   - prominence: In voxels, not negative.
/// - Returns: Places in storage order, ascending.
/// - Complexity: Linear in voxels but for the inverse Ackermann function; four bytes a voxel, four a
///   pore voxel, and eight for each level of squared distance.
public func poreCentres(
    of pore: Mask, squaredDistances: Volume<UInt32>, prominence: Double
) -> [UInt32] {
    var claims = Claims(squaredDistances, prominence: prominence)
    for place in descending(pore, squaredDistances) { claims.settle(place) }
    return claims.centres()
}

/// The places of the pore voxels from the greatest distance to the least, in storage order among
/// equals, by counting.
private func descending(_ pore: Mask, _ squaredDistances: Volume<UInt32>) -> [UInt32] {
    pore.withVoxels { pore in
        squaredDistances.withVoxels { distances in
            var greatest: UInt32 = 0
            for place in 0..<pore.count where pore[place] {
                greatest = max(greatest, distances[place])
            }
            var starts = [Int](repeating: 0, count: Int(greatest) + 1)
            for place in 0..<pore.count where pore[place] { starts[Int(distances[place])] += 1 }
            var total = 0
            for level in starts.indices.reversed() {
                (starts[level], total) = (total, total + starts[level])
            }
            var places = [UInt32](repeating: 0, count: total)
            for place in 0..<pore.count where pore[place] {
                let level = Int(distances[place])
                places[starts[level]] = UInt32(place)
                starts[level] += 1
            }
            return places
        }
    }
}

/// Who claims each voxel: a forest whose roots are maxima.
private struct Claims {
    private static var unclaimed: UInt32 { .max }

    private let squaredDistances: Volume<UInt32>
    private let neighbours: FaceNeighbours
    private let prominence: Double
    private var parents: [UInt32]
    /// The maxima around the voxel in hand, greatest first.
    private var maxima: [Maximum] = []

    init(_ squaredDistances: Volume<UInt32>, prominence: Double) {
        self.squaredDistances = squaredDistances
        self.prominence = prominence
        neighbours = FaceNeighbours(in: squaredDistances.shape)
        parents = Array(repeating: Claims.unclaimed, count: squaredDistances.shape.count)
    }

    func centres() -> [UInt32] {
        parents.indices.lazy.filter { parents[$0] == UInt32($0) }.map { UInt32($0) }
    }

    /// Gives the next lower voxel to the greatest maximum beside it, or makes it one.
    mutating func settle(_ place: UInt32) {
        maxima.removeAll(keepingCapacity: true)
        let around = neighbours.around(Int(place))
        for face in 0..<6 {
            let neighbour = around[face]
            if neighbour < 0 || parents[neighbour] == Claims.unclaimed { continue }
            let root = root(of: UInt32(neighbour))
            if maxima.contains(where: { $0.place == root }) { continue }
            maxima.append(Maximum(place: root, squaredDistance: distance(root)))
        }
        if maxima.count > 1 {
            maxima.sort()
            let level = distance(place)
            for lesser in 1..<maxima.count {
                for greater in 0..<lesser
                where parents[Int(maxima[greater].place)] == maxima[greater].place
                    && yields(maxima[lesser], to: maxima[greater], meetingAt: level)
                {
                    parents[Int(maxima[lesser].place)] = maxima[greater].place
                    break
                }
            }
        }
        parents[Int(place)] = maxima.first?.place ?? place
    }

    private mutating func root(of place: UInt32) -> UInt32 {
        var place = place
        while true {
            let parent = parents[Int(place)]
            if parent == place { return place }
            let grandparent = parents[Int(parent)]
            parents[Int(place)] = grandparent
            place = grandparent
        }
    }

    private func distance(_ place: UInt32) -> UInt32 {
        squaredDistances.withVoxels { $0[Int(place)] }
    }

    private func yields(
        _ lesser: Maximum, to greater: Maximum, meetingAt level: UInt32
    ) -> Bool {
        let height = Double(lesser.squaredDistance).squareRoot()
        if height - Double(level).squareRoot() < prominence { return true }
        let apart =
            neighbours.position(of: Int(lesser.place))
            &- neighbours.position(of: Int(greater.place))
        return (apart &* apart).wrappedSum() < Int(greater.squaredDistance)
    }
}

/// A maximum of the distance to solid.
private struct Maximum: Comparable {
    let place: UInt32
    let squaredDistance: UInt32

    /// The greater distance first, then storage order.
    static func < (a: Maximum, b: Maximum) -> Bool {
        a.squaredDistance == b.squaredDistance
            ? a.place < b.place : a.squaredDistance > b.squaredDistance
    }
}

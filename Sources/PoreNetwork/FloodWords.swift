import Volumes

/// A pore space as one word a voxel, so that a flood looks at one place a neighbour: a pore voxel
/// holds its level until it is settled and a label from then on; solid counts as settled, label 0.
struct FloodWords: Sendable {
    /// Set once a voxel is settled.
    static var settled: UInt32 { 1 << 31 }
    /// Set where a neighbour lies beyond the volume.
    static var atBorder: UInt32 { 1 << 30 }
    /// The bits of a level or label.
    static var number: UInt32 { atBorder - 1 }

    /// The words.
    var volume: Volume<UInt32>
    let neighbours: FaceNeighbours

    /// The unsettled words of `pore`, made on all cores.
    init(of pore: Mask, squaredDistances: Volume<UInt32>, levels: DistanceLevels) {
        let shape = pore.shape
        let fill = WordFill(pore: pore, levels: levels, solid: FloodWords.settled)
        neighbours = FaceNeighbours(in: shape)
        volume = Volume(shape: shape, voxelSize: pore.voxelSize) { z, slice in
            squaredDistances.withVoxels { distances in
                let distances = distances.extracting(
                    (z * slice.count)..<((z + 1) * slice.count))
                for place in 0..<slice.count { slice[place] = distances[place] }
            }
            fill.fill(&slice, z: z)
        }
    }

    /// The unsettled words of `pore` in the memory of its squared distances, of which none are left,
    /// made on all cores.
    ///
    /// - Parameter solid: The word of solid.
    init(
        of pore: Mask, replacing squaredDistances: inout Volume<UInt32>, levels: DistanceLevels,
        solid: UInt32 = FloodWords.settled
    ) {
        let fill = WordFill(pore: pore, levels: levels, solid: solid)
        neighbours = FaceNeighbours(in: pore.shape)
        volume = Volume(shape: Shape(edge: 1), repeating: 0)
        swap(&volume, &squaredDistances)
        volume.forEachSliceConcurrently { z, slice in fill.fill(&slice, z: z) }
    }

    /// How many voxels of every level are not settled.
    func unsettledCounts(levelCount: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: levelCount)
        volume.withVoxels { words in
            for place in 0..<words.count where words[place] < FloodWords.settled {
                counts[Int(words[place] & FloodWords.number)] += 1
            }
        }
        return counts
    }

    /// Gives every voxel of `order` its level again.
    mutating func unsettle(_ order: DescendingPlaces, _ levels: DistanceLevels) {
        volume.withMutableVoxels { words in
            for level in 0..<levels.count {
                let number = UInt32(levels.count - 1 - level)
                for index in order.range(ofLevelFromTop: level) {
                    let place = Int(order.places[index])
                    words[place] = number | (words[place] & FloodWords.atBorder)
                }
            }
        }
    }
}

extension MutableSpan<UInt32> {
    /// Gives the word at `place` the label of a settled one; returns the level it had, `nil` if it was
    /// settled before.
    @inline(__always)
    mutating func settle(_ place: Int, as other: UInt32) -> Int? {
        let word = self[place]
        if word >= FloodWords.settled { return nil }
        self[place] = (other & ~FloodWords.atBorder) | (word & FloodWords.atBorder)
        return Int(word & FloodWords.number)
    }
}

/// From squared distances to words.
private struct WordFill: Sendable {
    let pore: Mask
    let levels: DistanceLevels
    let solid: UInt32

    init(pore: Mask, levels: DistanceLevels, solid: UInt32) {
        precondition(
            pore.shape.count < UInt32.max, "the voxels of a pore space are numbered in 32 bits")
        (self.pore, self.levels, self.solid) = (pore, levels, solid)
    }

    /// Makes words of the squared distances of slice `z`.
    func fill(_ slice: inout MutableSpan<UInt32>, z: Int) {
        let shape = pore.shape
        pore.withVoxels { pore in
            for y in 0..<shape.height {
                let first = y * shape.width
                let row = (z * shape.height + y) * shape.width
                levels.replace(
                    &slice, at: first, pore.extracting(row..<(row + shape.width)),
                    flags: shape.isEdge(z: z, y: y) ? FloodWords.atBorder : 0, solid: solid)
                slice[first] |= FloodWords.atBorder
                slice[first + shape.width - 1] |= FloodWords.atBorder
            }
        }
    }
}

extension Shape {
    /// Whether a neighbour along z or y of row (z, y) lies beyond the volume; along z only in a volume
    /// of more than one slice.
    fileprivate func isEdge(z: Int, y: Int) -> Bool {
        y == 0 || y == height - 1 || (depth > 1 && (z == 0 || z == depth - 1))
    }
}

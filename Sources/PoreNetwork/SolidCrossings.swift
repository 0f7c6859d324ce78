import Morphology
import Volumes

extension FloodWords {
    /// Set in solid that a flood of SNOW's regions does not go through.
    static var closed: UInt32 { 1 << 29 }

    /// Opens all solid.
    fileprivate mutating func openAll() {
        volume.forEachSliceConcurrently { _, slice in
            for place in 0..<slice.count { slice[place] &= ~FloodWords.closed }
        }
    }
}

/// Opens the solid, closed all over, that a flood from markers has to cross to reach the parts of the
/// pore space without one as it would through all of the solid: at level 0, below every pore.
///
/// As solid comes last, a flood fills all parts with markers first, and then goes on through solid in
/// steps, from voxels beside those parts, in the order in which these were met. A part without a marker
/// is filled at once when the first voxel beside it is served, and takes its label: of those fewest
/// steps away, the first. All solid on ways of so many steps is therefore all that matters. Let a part
/// be `n` steps, across whatever lies between, from the nearest voxel of a part with a marker. No way to
/// it from there, or from another part on the way, is through more than `n - 1` voxels of solid, so those
/// within as many steps from it, through solid, are opened.
///
/// - Parameter markers: In storage order; in the pore space.
/// - Complexity: Linear in voxels; two bytes a voxel beside the runs of ``ConnectedComponents``.
@inline(never)  // What it takes is gone when it returns.
func openCrossings(in words: inout FloodWords, of pore: Mask, from markers: [Marker]) {
    if markers.isEmpty { return }
    let parts = ConnectedComponents(of: pore)
    let hasMarker = parts.holding(markers)
    if !hasMarker.contains(false) { return }
    var shells = parts.shells(around: pore, hasMarker)
    if mayOpen(shells) > pore.shape.count / 4 { return words.openAll() }
    let neighbours = words.neighbours
    words.volume.withMutableVoxels { words in
        for steps in stride(from: shells.count - 1, to: 1, by: -1) {
            let shell = shells[steps]
            shells[steps] = []
            for place in shell {
                let around = neighbours.around(Int(place))
                for face in 0..<6 where around[face] >= 0 {
                    let other = around[face]
                    if words[other] & FloodWords.closed == 0 { continue }
                    words[other] &= ~FloodWords.closed
                    shells[steps - 1].append(UInt32(other))
                }
            }
        }
    }
}

/// How many voxels there are at most within reach of shells. Where specks are many their surroundings
/// overlap, and step by step takes longer than all at once.
private func mayOpen(_ shells: [[UInt32]]) -> Int {
    shells.enumerated().reduce(0) { sum, shell in
        // A ball of steps; a larger one would not matter.
        let reach = min(max(shell.offset - 1, 0), 1000)
        return sum + shell.element.count * (2 * reach + 1) * (2 * reach * (reach + 1) + 3) / 3
    }
}

extension ConnectedComponents {
    /// Whether each part holds one of `markers`.
    fileprivate func holding(_ markers: [Marker]) -> [Bool] {
        var holds = [Bool](repeating: false, count: count)
        var next = 0
        forEachRun { z, y, columns, part in
            let end = (z * shape.height + y) * shape.width + columns.upperBound
            while next < markers.count, Int(markers[next].place) < end {
                holds[part] = true
                next += 1
            }
        }
        return holds
    }

    /// The voxels of parts without a marker, by how many steps the nearest voxel of a part with one is
    /// from the part.
    fileprivate func shells(around pore: Mask, _ hasMarker: [Bool]) -> [[UInt32]] {
        var reached = pore
        reached.withMutableVoxels { reached in
            forEachRun { z, y, columns, part in
                if hasMarker[part] { return }
                let row = (z * shape.height + y) * shape.width
                for x in columns { reached[row + x] = false }
            }
        }
        // No way is longer than this one.
        let longest = shape.depth + shape.height + shape.width
        var steps = [Int](repeating: longest, count: count)
        cityBlockDistances(to: reached).withVoxels { distances in
            forEachRun { z, y, columns, part in
                if hasMarker[part] { return }
                let row = (z * shape.height + y) * shape.width
                for x in columns where distances[row + x] < .max {
                    steps[part] = min(steps[part], Int(distances[row + x]))
                }
            }
        }
        let most = zip(steps, hasMarker).reduce(0) { $1.1 ? $0 : max($0, $1.0) }
        var shells = [[UInt32]](repeating: [], count: most + 1)
        forEachRun { z, y, columns, part in
            if hasMarker[part] { return }
            let row = (z * shape.height + y) * shape.width
            for x in columns { shells[steps[part]].append(UInt32(row + x)) }
        }
        return shells
    }
}

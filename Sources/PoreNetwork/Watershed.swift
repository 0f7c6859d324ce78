import Morphology
public import Volumes

/// Floods the pores of a mask from their centres, the widest places first, until they meet.
///
/// A voxel takes the label of the neighbour, across a face, that reaches it first: levels of squared
/// distance from the greatest down, first come first served within a level, and a voxel above the
/// level it is reached from counts as at that level. Centres come first within their levels, in
/// storage order. So `skimage.segmentation.watershed` (0.26) floods the negated squared distances,
/// where it leaves the order of markers of one level open. Solid is never entered, so no label leaks
/// through it (Meyer 1994, doi:10.1016/0165-1684(94)90060-4).
///
/// - Parameters:
///   - pore: The pore space, of fewer than 2^32 - 1 voxels; a connected part without a centre stays 0.
///   - squaredDistances: The squared distance to solid.
///   - centres: Places in storage order, ascending.
/// - Returns: Labels 1... numbered by their first voxels in storage order; 0 outside the pores.
/// - Complexity: Linear in voxels; four bytes a voxel, and four for each voxel of the front.
public func watershed(
    of pore: Mask, squaredDistances: Volume<UInt32>, from centres: [UInt32]
) -> Volume<UInt32> {
    let levels = DistanceLevels(of: pore, squaredDistances: squaredDistances)
    var words = FloodWords(of: pore, squaredDistances: squaredDistances, levels: levels)
    return watershed(&words, levelCount: levels.count, from: centres)
}

/// A voxel from which a flood begins, and the label it spreads.
struct Marker {
    let place: UInt32
    let label: UInt32
}

/// Floods unsettled words from `centres`, in storage order, and turns them into labels; none are left.
func watershed(_ words: inout FloodWords, levelCount: Int, from centres: [UInt32])
    -> Volume<UInt32>
{
    let markers = centres.enumerated().map { index, place in
        Marker(place: place, label: UInt32(index + 1))
    }
    var firsts = [UInt32](repeating: .max, count: centres.count + 1)
    flood(&words, levelCount: levelCount, from: markers, firsts: &firsts)
    return takeLabels(of: &words, firsts: firsts)
}

/// Floods unsettled words from `markers`, in storage order, and keeps the first voxel of every label.
func flood(
    _ words: inout FloodWords, levelCount: Int, from markers: [Marker], firsts: inout [UInt32]
) {
    precondition(firsts.count <= FloodWords.number, "pores are numbered in 30 bits")
    let neighbours = words.neighbours
    let shape = words.volume.shape
    let (sliceCount, width, isImage) = (shape.sliceCount, shape.width, shape.isImage)
    words.volume.withMutableVoxels { words in
        let coming = ComingWords(&words, in: shape)
        var firsts = firsts.mutableSpan
        var queue = LevelQueue(levelCount: levelCount)
        for marker in markers {
            let word = words[Int(marker.place)]
            queue.append(marker.place, at: Int(word & FloodWords.number))
            words[Int(marker.place)] =
                marker.label | FloodWords.settled | (word & FloodWords.atBorder)
        }
        for level in (0..<levelCount).reversed() {
            while let place = queue.next(at: level) {
                coming.fetch(around: queue.later(at: level))
                let word = words[place]
                let label = Int(word & FloodWords.number)
                firsts[label] = min(firsts[label], UInt32(place))
                if word & FloodWords.atBorder != 0 {
                    let around = neighbours.around(place)
                    for face in 0..<6 where around[face] >= 0 {
                        words.flood(around[face], from: word, level, &queue)
                    }
                } else {
                    if !isImage { words.flood(place - sliceCount, from: word, level, &queue) }
                    words.flood(place - width, from: word, level, &queue)
                    words.flood(place - 1, from: word, level, &queue)
                    words.flood(place + 1, from: word, level, &queue)
                    words.flood(place + width, from: word, level, &queue)
                    if !isImage { words.flood(place + sliceCount, from: word, level, &queue) }
                }
            }
        }
    }
}

/// Turns words into labels numbered by the first voxels of each, on all cores, and leaves none.
func takeLabels(of words: inout FloodWords, firsts: [UInt32]) -> Volume<UInt32> {
    var labels = words.volume
    words.volume = Volume(shape: Shape(edge: 1), repeating: FloodWords.settled)
    var numbers = [UInt32](repeating: 0, count: firsts.count)
    let order = (1..<max(firsts.count, 1)).sorted { firsts[$0] < firsts[$1] }
    for (index, label) in order.enumerated() { numbers[label] = UInt32(index + 1) }
    let table = numbers
    labels.forEachSliceConcurrently { _, slice in
        let numbers = table.span
        for place in 0..<slice.count {
            // Pore that no centre reaches has not been settled.
            let word = slice[place]
            slice[place] =
                word < FloodWords.settled ? 0 : numbers[Int(word & FloodWords.number)]
        }
    }
    return labels
}

extension MutableSpan<UInt32> {
    /// Settles the word at `place` if it is not yet and puts it in wait, at `level` at most.
    @inline(__always)
    fileprivate mutating func flood(
        _ place: Int, from word: UInt32, _ level: Int, _ queue: inout LevelQueue
    ) {
        guard let own = settle(place, as: word) else { return }
        queue.append(UInt32(place), at: Swift.min(own, level))
    }
}

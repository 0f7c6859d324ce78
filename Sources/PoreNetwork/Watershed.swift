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
///   - pore: The pore space; each connected part holds a centre.
///   - squaredDistances: The squared distance to solid.
///   - centres: Places in storage order, ascending.
/// - Returns: Labels 1... numbered by their first voxels in storage order; 0 outside the pores.
/// - Complexity: Linear in voxels; four bytes a voxel and up to eight a pore voxel.
public func watershed(
    of pore: Mask, squaredDistances: Volume<UInt32>, from centres: [UInt32]
) -> Volume<UInt32> {
    var labels = Volume<UInt32>(
        shape: pore.shape, voxelSize: pore.voxelSize, repeating: 0)
    let neighbours = FaceNeighbours(in: pore.shape)
    pore.withVoxels { pore in
        squaredDistances.withVoxels { distances in
            labels.withMutableVoxels { labels in
                var greatest: UInt32 = 0
                for place in 0..<pore.count where pore[place] {
                    greatest = max(greatest, distances[place])
                }
                var queues = [[UInt32]](repeating: [], count: Int(greatest) + 1)
                for (index, centre) in centres.enumerated() {
                    labels[Int(centre)] = UInt32(index + 1)
                    queues[Int(distances[Int(centre)])].append(centre)
                }
                for level in queues.indices.reversed() {
                    var next = 0
                    while next < queues[level].count {
                        let place = Int(queues[level][next])
                        next += 1
                        let label = labels[place]
                        let around = neighbours.around(place)
                        for face in 0..<6 {
                            let neighbour = around[face]
                            if neighbour < 0 || !pore[neighbour] || labels[neighbour] != 0 {
                                continue
                            }
                            labels[neighbour] = label
                            queues[min(Int(distances[neighbour]), level)].append(
                                UInt32(neighbour))
                        }
                    }
                    queues[level] = []
                }
                renumber(&labels, count: centres.count)
            }
        }
    }
    return labels
}

/// Numbers labels by their first voxels.
private func renumber(_ labels: inout MutableSpan<UInt32>, count: Int) {
    var numbers = [UInt32](repeating: 0, count: count + 1)
    var last: UInt32 = 0
    for place in 0..<labels.count where labels[place] != 0 {
        let label = Int(labels[place])
        if numbers[label] == 0 {
            last += 1
            numbers[label] = last
        }
        labels[place] = numbers[label]
    }
}

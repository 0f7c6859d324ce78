import Volumes

/// The flood of `skimage.segmentation.watershed` (0.26) as its definition reads, slowly: of the
/// voxels in wait the greatest squared distance goes first, the one that waits longest among equals.
func plainFlood(
    of pore: Mask, squaredDistances: Volume<UInt32>, from centres: [UInt32]
) -> Volume<UInt32> {
    let shape = pore.shape
    var labels = Volume<UInt32>(shape: shape, repeating: 0)
    var waiting: [(level: UInt32, z: Int, y: Int, x: Int)] = []
    for (index, centre) in centres.enumerated() {
        let (z, rest) = Int(centre).quotientAndRemainder(dividingBy: shape.sliceCount)
        let (y, x) = rest.quotientAndRemainder(dividingBy: shape.width)
        labels[z, y, x] = UInt32(index + 1)
        waiting.append((squaredDistances[z, y, x], z, y, x))
    }
    while let greatest = waiting.map(\.level).max(),
        let index = waiting.firstIndex(where: { $0.level == greatest })
    {
        let voxel = waiting.remove(at: index)
        let label = labels[voxel.z, voxel.y, voxel.x]
        for (dz, dy, dx) in [(-1, 0, 0), (0, -1, 0), (0, 0, -1), (0, 0, 1), (0, 1, 0), (1, 0, 0)] {
            let (z, y, x) = (voxel.z + dz, voxel.y + dy, voxel.x + dx)
            guard (0..<shape.depth).contains(z), (0..<shape.height).contains(y),
                (0..<shape.width).contains(x), pore[z, y, x], labels[z, y, x] == 0
            else { continue }
            labels[z, y, x] = label
            waiting.append((min(squaredDistances[z, y, x], voxel.level), z, y, x))
        }
    }
    var numbers: [UInt32: UInt32] = [0: 0]
    return labels.map { label in
        if let number = numbers[label] { return number }
        numbers[label] = UInt32(numbers.count)
        return UInt32(numbers.count - 1)
    }
}

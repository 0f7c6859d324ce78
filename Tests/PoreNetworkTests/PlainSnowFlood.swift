@testable import PoreNetwork
import Volumes

/// The flood of `skimage.segmentation.watershed` before 0.25 as its source reads, from markers through
/// everything: one binary heap for all that waits, a voxel of the greatest level first, the oldest among
/// equals, of which markers, all of age 0, come as the heap has them.
func plainSnowFlood(_ levels: Volume<UInt32>, from markers: [Marker]) -> Volume<UInt32> {
    let shape = levels.shape
    var labels = Volume<UInt32>(shape: shape, repeating: 0)
    var heap: [(level: UInt32, age: Int, z: Int, y: Int, x: Int)] = []
    func isBefore(_ a: Int, _ b: Int) -> Bool {
        heap[a].level == heap[b].level
            ? heap[a].age < heap[b].age : heap[a].level > heap[b].level
    }
    func push(_ z: Int, _ y: Int, _ x: Int, age: Int) {
        heap.append((levels[z, y, x], age, z, y, x))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child + 1) / 2 - 1
            if !isBefore(child, parent) { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }
    for marker in markers {
        let (z, rest) = Int(marker.place).quotientAndRemainder(dividingBy: shape.sliceCount)
        let (y, x) = rest.quotientAndRemainder(dividingBy: shape.width)
        labels[z, y, x] = marker.label
        push(z, y, x, age: 0)
    }
    var age = 0
    while let voxel = heap.first {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && isBefore(child, least) {
                least = child
            }
            if least == parent { break }
            heap.swapAt(least, parent)
            parent = least
        }
        for (dz, dy, dx) in [(-1, 0, 0), (0, -1, 0), (0, 0, -1), (0, 0, 1), (0, 1, 0), (1, 0, 0)] {
            let (z, y, x) = (voxel.z + dz, voxel.y + dy, voxel.x + dx)
            guard (0..<shape.depth).contains(z), (0..<shape.height).contains(y),
                (0..<shape.width).contains(x), labels[z, y, x] == 0
            else { continue }
            labels[z, y, x] = labels[voxel.z, voxel.y, voxel.x]
            age += 1
            push(z, y, x, age: age)
        }
    }
    return labels
}

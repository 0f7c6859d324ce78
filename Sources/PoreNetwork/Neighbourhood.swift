import Morphology
import Volumes

/// Steps from a voxel to others around it.
struct Neighbourhood: RandomAccessCollection, Sendable {
    private let offsets: [SIMD3<Int>]

    var startIndex: Int { 0 }
    var endIndex: Int { offsets.count }
    subscript(index: Int) -> SIMD3<Int> { offsets[index] }

    /// The steps to the neighbours that count as connected, in storage order.
    init(_ connectivity: Connectivity) {
        var offsets: [SIMD3<Int>] = []
        for z in -1...1 {
            for y in -1...1 {
                for x in -1...1 {
                    let steps = abs(z) + abs(y) + abs(x)
                    if steps > 0 && (connectivity == .facesEdgesAndCorners || steps == 1) {
                        offsets.append(SIMD3(z, y, x))
                    }
                }
            }
        }
        self.offsets = offsets
    }

    private init(offsets: [SIMD3<Int>]) { self.offsets = offsets }

    /// The steps shorter than `radius`, the shortest first; along z none in an image.
    static func ball(radius: Int, in shape: Shape) -> Neighbourhood {
        var offsets: [SIMD3<Int>] = []
        let reach = -radius...radius
        for z in shape.isImage ? 0...0 : reach {
            for y in reach {
                for x in reach {
                    let squared = z * z + y * y + x * x
                    if squared > 0 && squared < radius * radius { offsets.append(SIMD3(z, y, x)) }
                }
            }
        }
        let lengths = offsets.map { ($0 &* $0).wrappedSum() }
        return Neighbourhood(
            offsets: offsets.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
                .map { offsets[$0] })
    }
}

extension SIMD3<Int> {
    /// Whether a step leads back in storage order.
    var isBefore: Bool { self[0] != 0 ? self[0] < 0 : self[1] != 0 ? self[1] < 0 : self[2] < 0 }
}

extension Shape {
    /// The slice, row and column of a place in storage order.
    func position(of place: UInt32) -> SIMD3<Int> {
        let (z, inSlice) = Int(place).quotientAndRemainder(dividingBy: sliceCount)
        let (y, x) = inSlice.quotientAndRemainder(dividingBy: width)
        return SIMD3(z, y, x)
    }

    /// The place of a position; `nil` beyond the volume.
    func place(_ position: SIMD3<Int>) -> UInt32? {
        guard (0..<depth).contains(position[0]), (0..<height).contains(position[1]),
            (0..<width).contains(position[2])
        else { return nil }
        return UInt32((position[0] * height + position[1]) * width + position[2])
    }
}

extension Array<UInt32> {
    /// Where an element lies in this ascending array.
    func index(ofSorted element: UInt32) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == element ? low : nil
    }
}

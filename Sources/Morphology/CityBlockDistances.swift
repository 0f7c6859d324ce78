public import Volumes

/// The steps across faces from every voxel to the nearest true one, whatever lies between; 0 at true
/// voxels, 255 for 255 steps and more, and where no voxel is true.
///
/// Exact, axis by axis (Rosenfeld and Pfaltz 1968, doi:10.1016/0031-3203(68)90013-7); the same on any
/// number of cores.
///
/// - Complexity: Linear in voxels; one byte a voxel, the result's own.
public func cityBlockDistances(to mask: Mask) -> Volume<UInt8> {
    let shape = mask.shape
    return Volume(shape: shape, voxelSize: mask.voxelSize) { (rows: ConcurrentRows<UInt8>) in
        _ = concurrentMap(count: shape.depth) { z in
            mask.withVoxels { voxels in
                for y in 0..<shape.height {
                    let start = (z * shape.height + y) * shape.width
                    let row = voxels.extracting(start..<(start + shape.width))
                    rows.withRow(at: start, count: shape.width) { stepsInRow(row, &$0) }
                }
            }
            rows.relax(
                first: z * shape.sliceCount, stride: shape.width, count: shape.height,
                width: shape.width)
        }
        _ = concurrentMap(count: shape.height) { y in
            rows.relax(
                first: y * shape.width, stride: shape.sliceCount, count: shape.depth,
                width: shape.width)
        }
    }
}

/// The steps along x to the nearest true voxel of the row.
private func stepsInRow(_ row: Span<Bool>, _ steps: inout MutableSpan<UInt8>) {
    var last = UInt8.max
    for x in 0..<row.count {
        last = row[x] ? 0 : oneMore(last)
        steps[x] = last
    }
    last = .max
    for x in (0..<row.count).reversed() {
        last = min(steps[x], oneMore(last))
        steps[x] = last
    }
}

@inline(__always)
private func oneMore(_ steps: UInt8) -> UInt8 { min(steps, .max - 1) &+ 1 }

extension ConcurrentRows<UInt8> {
    /// Takes into account, at each of `count` rows of a plane, the steps from all the others.
    fileprivate func relax(first: Int, stride: Int, count: Int, width: Int) {
        for index in 1..<max(count, 1) {
            relax(at: first + index * stride, from: first + (index - 1) * stride, width: width)
        }
        for index in (1..<max(count, 1)).reversed() {
            relax(at: first + (index - 1) * stride, from: first + index * stride, width: width)
        }
    }

    @inline(__always)
    private func relax(at start: Int, from other: Int, width: Int) {
        withRow(at: start, count: width) { row in
            withRow(at: other, count: width) { near in
                for x in 0..<width { row[x] = min(row[x], oneMore(near[x])) }
            }
        }
    }
}

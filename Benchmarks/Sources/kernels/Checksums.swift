import Volumes

extension Volume<UInt32> {
    /// The sum of all voxels.
    var sum: Double {
        withVoxels { voxels in
            var sum = 0
            for i in voxels.indices { sum += Int(voxels[i]) }
            return Double(sum)
        }
    }

    /// The sum of the squares of the regions' sizes, which does not ask how they are numbered.
    var sumOfSquaredSizes: Double {
        withVoxels { voxels in
            var sizes: [Int] = []
            for i in voxels.indices where voxels[i] != 0 {
                let label = Int(voxels[i])
                if label >= sizes.count {
                    sizes += Array(repeating: 0, count: label + 1 - sizes.count)
                }
                sizes[label] += 1
            }
            return Double(sizes.reduce(0) { $0 + $1 * $1 })
        }
    }

    /// The mean root of the voxels that are not 0.
    var meanRoot: Double {
        withVoxels { voxels in
            var (sum, count) = (0.0, 0)
            for i in voxels.indices where voxels[i] != 0 {
                sum += Double(voxels[i]).squareRoot()
                count += 1
            }
            return sum / Double(max(count, 1))
        }
    }
}

extension RawSlab {
    /// The sum of all voxels of 16 bits.
    var sumOf16Bits: Double {
        withVoxels(as: UInt16.self) { voxels in
            var sum = 0
            for i in voxels.indices { sum += Int(voxels[i]) }
            return Double(sum)
        }
    }
}

import Volumes

extension Volume where Element == Float {
    /// The mean and the standard deviation of all voxels; sums of slices are added in order, whoever
    /// made them.
    var moments: (mean: Double, deviation: Double) {
        let first = withVoxels { Double($0[0]) }
        let sums = concurrentMap(count: shape.depth) { z in
            withVoxels { voxels in
                let slice = voxels.extracting((z * shape.sliceCount)..<((z + 1) * shape.sliceCount))
                var sums = SIMD2<Double>()
                for i in 0..<slice.count {
                    // Numbers near zero lose no digits to their squares.
                    let value = Double(slice[i]) - first
                    sums += SIMD2(value, value * value)
                }
                return sums
            }
        }
        let means = sums.reduce(SIMD2(), +) / Double(shape.count)
        return (first + means[0], max(0, means[1] - means[0] * means[0]).squareRoot())
    }
}

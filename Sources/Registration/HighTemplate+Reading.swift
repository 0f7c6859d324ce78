import Volumes

extension HighTemplate {
    /// Reads HIGH once, some slices at a time, onto a lattice about twice as fine as `cell`.
    ///
    /// - Parameter cell: The edges of the cells that HIGH will be compared with, in um.
    convenience init(
        reading high: some ScanSource, edge: SIMD3<Double>, cell: SIMD3<Double>,
        check: inout ScanCheck
    ) throws {
        let shape = high.shape
        var factors = SIMD3<Int>(repeating: 1)
        for axis in (shape.isImage ? 1 : 0)..<3 {
            factors[axis] = max(1, Int((cell[axis] / (2 * edge[axis]) + 1e-6).rounded(.down)))
        }
        let extents = SIMD3(shape)
        func weights(_ axis: Int, _ extent: Int) -> AxisWeights {
            let factor = factors[axis]
            if factor == 1 { return .unchanged(count: extent) }
            return .gaussian(
                count: extent / factor, sampleCount: extent,
                sigma: HighTemplate.guardSigma(factor: factor),
                position: { (Double($0) + 0.5) * Double(factor) })
        }
        let sampler = SeparableSampler(
            z: weights(0, shape.depth), y: weights(1, shape.height), x: weights(2, shape.width))
        var samples: [Float] = []
        samples.reserveCapacity(sampler.shape.count)
        let chunk = max(1, 32 / factors[0])
        var checked = 0
        for first in stride(from: 0, to: sampler.shape.depth, by: chunk) {
            let outputs = first..<min(first + chunk, sampler.shape.depth)
            let part = sampler.z.extracting(outputs)
            let slices = part.support
            let region = Region(
                z: slices.lowerBound, y: 0, x: 0, shape: shape.withDepth(slices.count))
            let read = try high.floats(in: region)
            // Neighbouring parts share slices, which are looked at once.
            check.add(read, from: max(0, checked - slices.lowerBound))
            checked = slices.upperBound
            samples +=
                SeparableSampler(
                    z: part.counted(from: slices.lowerBound), y: sampler.y, x: sampler.x
                ).sample(read).array
        }
        self.init(
            samples: Volume(shape: sampler.shape, voxels: samples), factors: factors, edge: edge,
            extent: extents * edge)
    }
}

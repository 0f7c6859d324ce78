import Volumes

extension Volume where Element == Float {
    /// Each voxel's deviation from the mean about it, in units of the deviation about it.
    ///
    /// This takes away cupping and evens out strong edges, such as the plug's border and the holder,
    /// which would otherwise correlate by themselves. Where there is little contrast, the overall
    /// contrast bounds the gain, so that air is not all noise.
    ///
    /// - Parameter radius: Voxels on either side that count as "about".
    func localContrast(radius: Int) -> Volume<Float> {
        let overall = Float(moments.mean)
        let centred = mapConcurrently { $0 - overall }
        func weights(_ extent: Int) -> AxisWeights {
            .mean(
                count: extent, sampleCount: extent, width: Double(2 * radius + 1),
                position: { Double($0) + 0.5 })
        }
        let window = SeparableSampler(
            z: shape.isImage ? .single : weights(shape.depth), y: weights(shape.height),
            x: weights(shape.width))
        let means = window.sample(centred)
        var result = window.sample(centred.mapConcurrently { $0 * $0 })
        // A tenth of the overall variance leaves pores and grains alone and quietens noise.
        let floor = max(0.1 * Float(result.moments.mean), .leastNormalMagnitude)
        result.forEachSliceConcurrently { [shape] z, slice in
            let range = (z * shape.sliceCount)..<((z + 1) * shape.sliceCount)
            centred.withVoxels { values in
                means.withVoxels { means in
                    let (values, means) = (values.extracting(range), means.extracting(range))
                    for i in 0..<values.count {
                        let variance = max(0, slice[i] - means[i] * means[i])
                        slice[i] = (values[i] - means[i]) / (variance + floor).squareRoot()
                    }
                }
            }
        }
        return result
    }

    @inline(__always)
    private func mapConcurrently(_ transform: @Sendable (Float) -> Float) -> Volume<Float> {
        Volume<Float>(shape: shape, voxelSize: voxelSize) { z, slice in
            withVoxels { voxels in
                let source = voxels.extracting(
                    (z * shape.sliceCount)..<((z + 1) * shape.sliceCount))
                for i in 0..<source.count { slice[i] = transform(source[i]) }
            }
        }
    }
}

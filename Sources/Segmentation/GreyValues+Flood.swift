import Volumes

extension GreyValues {
    /// The pore space that a watershed of the gradient finds between markers.
    ///
    /// Levels are steps of the range that holds all grey values in view but a thousandth at either
    /// end, in 32,768 parts; steeper than two such ranges a voxel is no steeper.
    func flooded(
        from limits: (darker: Double, brighter: Double), _ histogram: GreyHistogram,
        poreIsDarker: Bool
    ) throws(SegmentationError) -> (Mask, GradientWatershed.Report) {
        let shape = volume.shape
        var codes = openCodes(shape, within: fieldOfView)
        codes.forEachSliceConcurrently { z, slice in
            volume.withVoxels { voxels in
                for y in 0..<shape.height {
                    let start = (z * shape.height + y) * shape.width
                    let row = voxels.extracting(start..<(start + shape.width))
                    for x in fieldOfView.columns(z: z, y: y, in: shape) {
                        let value = row[x].doubleValue
                        if value <= limits.darker {
                            slice[y * shape.width + x] |= FloodCode.darker
                        } else if value > limits.brighter {
                            slice[y * shape.width + x] |= FloodCode.brighter
                        }
                    }
                }
            }
        }
        let counts = codes.phaseCounts()
        guard counts[Int(FloodCode.darker)] + counts[Int(FloodCode.brighter)] > 0 else {
            throw .noMarkers(darker: limits.darker, brighter: limits.brighter)
        }
        let levels = gradientLevels(
            of: volume, codes, levelsPerGrey: 32_768 / histogram.usualRange)
        floodPhases(&codes, by: levels)
        let pore = poreIsDarker ? FloodCode.darker : FloodCode.brighter
        var mask = Mask(shape: shape, voxelSize: volume.voxelSize, repeating: false)
        let flooded = codes
        mask.forEachSliceConcurrently { z, slice in
            flooded.withVoxels { codes in
                let codes = codes.extracting(
                    (z * shape.sliceCount)..<((z + 1) * shape.sliceCount))
                for place in 0..<slice.count {
                    slice[place] = codes[place] & FloodCode.phase == pore
                }
            }
        }
        return (
            mask,
            GradientWatershed.Report(
                darkerUpTo: limits.darker, brighterAbove: limits.brighter,
                floodedVoxels: counts[Int(FloodCode.open)])
        )
    }
}

extension Volume<UInt8> {
    /// How many voxels are of every ``FloodCode`` phase.
    fileprivate func phaseCounts() -> [Int] {
        let slices = concurrentMap(count: shape.depth) { z in
            var counts = [0, 0, 0, 0]
            withVoxels { voxels in
                let slice = voxels.extracting(
                    (z * shape.sliceCount)..<((z + 1) * shape.sliceCount))
                for place in 0..<slice.count { counts[Int(slice[place] & FloodCode.phase)] += 1 }
            }
            return counts
        }
        return (0..<4).map { phase in slices.reduce(0) { $0 + $1[phase] } }
    }
}

extension GreyHistogram {
    /// The grey values between a thousandth of the voxels at either end, one step at least.
    fileprivate var usualRange: Double {
        let tail = counts.reduce(0, +) / 1000
        var (below, above) = (0, 0)
        let low = counts.indices.first { bin in
            below += counts[bin]
            return below > tail
        }
        let high = counts.indices.last { bin in
            above += counts[bin]
            return above > tail
        }
        // A flat scan has no gradient; any range does.
        return max(Double((high ?? 0) - (low ?? 0)), 1) * (step > 0 ? step : 1)
    }
}

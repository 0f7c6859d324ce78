import Resizing
public import Volumes

/// LOW slices at the places of HIGH slices: the z step of upscaling with a network of two dimensions.
///
/// Slice `k` of a volume `scale` times as fine has its centre at (k + 1/2) / scale - 1/2 in LOW slices,
/// the origin being the volume's corner. Values there come from Keys' cubic through four slices
/// (1981, doi:10.1109/TASSP.1981.1163711) with a = -1/2, which keeps ramps and parabolas exactly; beyond
/// the ends the outermost slice goes on.
public struct SliceInterpolation: Hashable, Sendable {
    /// Slices of the LOW volume.
    public let depth: Int
    /// HIGH slices for each of them.
    public let scale: Int

    /// The step for a volume of `depth` slices; an image has one and keeps it.
    public init(depth: Int, scale: Int) {
        precondition(depth > 0 && scale > 0, "a volume has slices")
        self.depth = depth
        self.scale = depth == 1 ? 1 : scale
    }

    /// Slices of the HIGH volume.
    public var outputDepth: Int { depth * scale }

    /// Where the centre of a HIGH slice lies, in LOW slices.
    public func position(of slice: Int) -> Double {
        (Double(slice) + 0.5) / Double(scale) - 0.5
    }

    /// The first LOW slice that a HIGH slice is made of, and the weights of it and those that follow.
    func weights(of slice: Int) -> (first: Int, weights: [Float]) {
        let position = position(of: slice)
        let base = position.rounded(.down)
        var weights: [Float] = []
        var first = 0
        for tap in -1...2 {
            let index = min(max(Int(base) + tap, 0), depth - 1)
            let weight = Float(keysCubic(position - base - Double(tap), a: -0.5))
            if weights.isEmpty { first = index }
            if index - first < weights.count {
                weights[index - first] += weight
            } else {
                weights.append(weight)
            }
        }
        return (first, weights)
    }

    /// The LOW slices that some HIGH slices are made of.
    public func slicesNeeded(for slices: Range<Int>) -> Range<Int> {
        let last = weights(of: slices.upperBound - 1)
        return weights(of: slices.lowerBound).first..<(last.first + last.weights.count)
    }

    /// HIGH slices, still of LOW's height and width.
    ///
    /// - Parameters:
    ///   - slices: Which, among those of the whole HIGH volume.
    ///   - low: The slices ``slicesNeeded(for:)`` names.
    public func callAsFunction(_ slices: Range<Int>, from low: Volume<Float>) -> Volume<Float> {
        let needed = slicesNeeded(for: slices)
        precondition(low.shape.depth == needed.count, "the slices that are needed are given")
        let sliceCount = low.shape.sliceCount
        return low.withVoxels { source in
            Volume(
                shape: low.shape.withDepth(slices.count),
                fillingSlicesConcurrently: { z, slice in
                    let (first, weights) = weights(of: slices.lowerBound + z)
                    let table = weights.span
                    addWeightedRows(
                        of: source, startingAt: (first - needed.lowerBound) * sliceCount,
                        every: sliceCount, weights: table, to: &slice)
                })
        }
    }
}

import Foundation
public import Randomness
public import Volumes

/// Noise as photographs have it, in grey values of 0...1.
///
/// The reference draws colour and grey noise apart; with one channel they are the same.
public enum PictureNoise: Hashable, Sendable, Codable {
    /// A Gaussian of the same standard deviation everywhere.
    case gaussian(sigma: Double)
    /// Counts of as many photons as a picture has grey levels, rounded up to a power of two and
    /// counted at eight bits; their deviation from the mean is multiplied by `strength`.
    case poisson(strength: Double)
    /// A Gaussian in proportion to the grey value.
    case speckle(sigma: Double)
    /// Counts of `peak` photons where the picture is white, at eight bits.
    case photons(peak: Double)

    /// Adds the noise to every slice, from one slice to the next, and clamps to 0...1.
    public func apply(to volume: inout Volume<Float>, using generator: inout Philox4x32) {
        switch self {
        case .gaussian(let sigma):
            addGaussian(sigma, inProportion: false, &volume, &generator)
        case .speckle(let sigma):
            addGaussian(sigma, inProportion: true, &volume, &generator)
        case .poisson(let strength):
            let count = volume.shape.sliceCount
            for z in 0..<volume.shape.depth {
                volume.withMutableVoxels { voxels in
                    var slice = voxels._mutatingExtracting((z * count)..<((z + 1) * count))
                    addCounts(peak: nil, strength: Float(strength), &slice, &generator)
                }
            }
        case .photons(let peak):
            volume.withMutableVoxels { voxels in
                addCounts(peak: peak, strength: nil, &voxels, &generator)
            }
        }
    }

    private func addGaussian(
        _ sigma: Double, inProportion: Bool, _ volume: inout Volume<Float>,
        _ generator: inout Philox4x32
    ) {
        let width = volume.shape.width
        let normal = NormalDistribution(standardDeviation: sigma)
        var noise = [Float](repeating: 0, count: width)
        volume.withMutableVoxels { voxels in
            for row in 0..<(voxels.count / width) {
                var numbers = noise.mutableSpan
                normal.fill(&numbers, using: &generator)
                var greys = voxels._mutatingExtracting((row * width)..<((row + 1) * width))
                for x in 0..<width {
                    let change = inProportion ? greys[x] * numbers[x] : numbers[x]
                    greys[x] = min(max(greys[x] + change, 0), 1)
                }
            }
        }
    }

    /// Counts photons for grey values rounded to eight bits. With a `strength` the deviation is added
    /// to the picture as it is, without one the counts take its place.
    private func addCounts(
        peak: Double?, strength: Float?, _ greys: inout MutableSpan<Float>,
        _ generator: inout Philox4x32
    ) {
        var levels = [UInt8](repeating: 0, count: greys.count)
        var isUsed = [Bool](repeating: false, count: 256)
        for index in 0..<greys.count {
            levels[index] = UInt8(min(max(greys[index], 0), 1) * 255 + 0.5)
            isUsed[Int(levels[index])] = true
        }
        var photons = 1.0
        if let peak {
            photons = peak
        } else {
            let used = isUsed.count { $0 }
            while photons < Double(used) { photons *= 2 }
        }
        let table = PoissonTable(
            means: (0..<256).map { isUsed[$0] ? Double($0) / 255 * photons : 0 })
        var counts = [Float](repeating: 0, count: greys.count)
        var span = counts.mutableSpan
        table.draw(levels.span, into: &span, using: &generator)
        let scale = Float(1 / photons)
        for index in 0..<greys.count {
            let counted = span[index] * scale
            let value =
                strength.map { greys[index] + $0 * (counted - Float(levels[index]) / 255) }
                ?? counted
            greys[index] = min(max(value, 0), 1)
        }
    }
}

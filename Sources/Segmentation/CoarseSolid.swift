import Volumes

/// A coarser image, of sums over squares of `factor` voxels.
struct CoarseSolid: Sendable {
    let height: Int
    let width: Int
    private let sums: [Double]
    private let sizes: [Double]

    init(_ image: SolidImage, factor: Int) {
        height = (image.height + factor - 1) / factor
        width = (image.width + factor - 1) / factor
        var sums = [Double](repeating: 0, count: height * width)
        var sizes = sums
        for y in 0..<image.height {
            for x in 0..<image.width {
                let cell = y / factor * width + x / factor
                sums[cell] += Double(image.counts[y * image.width + x])
                sizes[cell] += 1
            }
        }
        self.sums = sums
        self.sizes = sizes
    }

    /// The best disc about any of some middles, in cells, to half a cell.
    func best(of middles: [(Double, Double)]) -> Disc? {
        let total = sizes.reduce(0, +)
        let all = sums.reduce(0, +)
        // Reach beyond the far corner from a middle a few cells off the image.
        let reach = 2 * Int(Double(height * height + width * width).squareRoot()) + 16
        let found = concurrentMap(count: middles.count) { index in
            self.best(about: middles[index], reach: reach, total: total, all: all)
        }
        var best: (score: Double, disc: Disc)?
        for candidate in found where candidate.score > best?.score ?? 0 { best = candidate }
        return best?.disc
    }

    private func best(
        about middle: (Double, Double), reach: Int, total: Double, all: Double
    ) -> (score: Double, disc: Disc) {
        var inside = [Double](repeating: 0, count: reach)
        var within = inside
        for y in 0..<height {
            let dy = Double(y) + 0.5 - middle.0
            for x in 0..<width {
                let dx = Double(x) + 0.5 - middle.1
                let ring = Int(2 * (dy * dy + dx * dx).squareRoot())
                let cell = y * width + x
                inside[ring] += sums[cell]
                within[ring] += sizes[cell]
            }
        }
        var best = (score: 0.0, disc: Disc(y: middle.0, x: middle.1, radius: 0))
        var (sum, size) = (0.0, 0.0)
        for ring in 0..<reach {
            sum += inside[ring]
            size += within[ring]
            if size == 0 || size >= total { continue }
            let score = betweenClasses(inside: sum, of: size, all: all, of: total)
            if score > best.score {
                best.score = score
                best.disc.radius = Double(ring + 1) / 2
            }
        }
        return best
    }
}

/// The variance between a disc and the rest, up to a factor; 0 where the disc is the emptier.
@inline(__always)
func betweenClasses(inside: Double, of within: Double, all: Double, of total: Double)
    -> Double
{
    let difference = inside * total - all * within
    return difference > 0 ? difference * difference / (within * (total - within)) : 0
}

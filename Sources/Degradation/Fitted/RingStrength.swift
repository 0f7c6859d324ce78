import Foundation
import Randomness
import Volumes

/// How strong the rings about the rotation axis are, from what LOW shows beyond blurred HIGH.
///
/// Along a ring the residual has a common part; so it has, by chance, along circles about any other
/// place. The difference between the two is what rings add.
enum RingStrength {
    /// The variance of ring errors, in squared grey values; zero where other circles show as much.
    ///
    /// - Parameter residuals: LOW minus its model, and where the axis lies.
    static func variance(of residuals: [(Volume<Float>, ScanPlace)]) -> Double {
        var generator = SplitMix64(seed: 1)
        let real = circleVariance(residuals) { $0 }
        var others = 0.0
        let trials = 8
        for _ in 0..<trials {
            // As far from the patch, in another direction.
            let angle = 2 * Double.pi * generator.nextUnit()
            others += circleVariance(residuals) { place in
                let (height, width) = (place.height / 2, place.width / 2)
                let distance = hypot(place.row - height, place.column - width)
                return (
                    row: height + distance * sin(angle), column: width + distance * cos(angle),
                    height: place.height, width: place.width
                )
            }
        }
        return max(real - others / Double(trials), 0)
    }

    private typealias Axis = (row: Double, column: Double, height: Double, width: Double)

    private static func circleVariance(
        _ residuals: [(Volume<Float>, ScanPlace)], _ axis: (Axis) -> Axis
    ) -> Double {
        var (sum, count) = (0.0, 0.0)
        for (volume, place) in residuals {
            let shape = volume.shape
            let moved = axis(
                (place.axisRow, place.axisColumn, Double(shape.height), Double(shape.width)))
            let centre = ScanPlace(
                axisRow: moved.row, axisColumn: moved.column, fieldRadius: place.fieldRadius)
            let radii = (0..<shape.sliceCount).map {
                Int(centre.radius(y: $0 / shape.width, x: $0 % shape.width))
            }
            let first = radii.min() ?? 0
            let reach = (radii.max() ?? 0) - first + 1
            // Half circles on either side of the axis may be drawn by different detector pixels.
            let circles = (0..<shape.sliceCount).map {
                Double($0 / shape.width) + 0.5 < moved.row ? radii[$0] : radii[$0] + reach + 1
            }
            let number = 2 * reach + 1
            volume.withVoxels { voxels in
                for z in 0..<shape.depth {
                    var sums = [Double](repeating: 0, count: number)
                    var squares = sums
                    var counts = sums
                    for index in 0..<shape.sliceCount {
                        let value = Double(voxels[z * shape.sliceCount + index])
                        let circle = circles[index] - first
                        sums[circle] += value
                        squares[circle] += value * value
                        counts[circle] += 1
                    }
                    // Against the neighbours, as slow changes are not rings; short arcs tell little.
                    for circle in 1..<max(number - 1, 1)
                    where counts[(circle - 1)...(circle + 1)].allSatisfy({ $0 >= 8 }) {
                        let means = (-1...1).map { sums[circle + $0] / counts[circle + $0] }
                        let kink = means[1] - (means[0] + means[2]) / 2
                        let errors = (-1...1).map { step in
                            let n = counts[circle + step]
                            let mean = sums[circle + step] / n
                            return max(squares[circle + step] / n - mean * mean, 0) / n
                        }
                        let noise = errors[1] + (errors[0] + errors[2]) / 4
                        // A circle shows the mean of two pixels' errors, so that the kink of
                        // independent errors has a quarter of an error's variance.
                        sum += (kink * kink - noise) / 0.25 * counts[circle]
                        count += counts[circle]
                    }
                }
            }
        }
        return count > 0 ? sum / count : 0
    }
}

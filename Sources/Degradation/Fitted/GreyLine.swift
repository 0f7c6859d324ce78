import Foundation
import Volumes

/// The line between the grey values of blurred HIGH and LOW, free of what few voxels do.
struct GreyLine {
    let gain: Double
    let offset: Double
    /// The mean square of LOW minus the line, over the voxels that it was fitted to.
    let residual: Double

    /// Fits by least squares, and twice again without voxels more than three deviations off.
    init(_ model: [Float], _ low: [Float], trims: Int = 2) {
        var (gain, offset, residual, limit) = (1.0, 0.0, 0.0, Double.infinity)
        for _ in 0...trims {
            var (n, sx, sy, sxx, sxy, syy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
            for index in model.indices {
                let (x, y) = (Double(model[index]), Double(low[index]))
                if limit < .infinity, abs(y - gain * x - offset) > limit { continue }
                n += 1
                sx += x
                sy += y
                sxx += x * x
                sxy += x * y
                syy += y * y
            }
            let variance = sxx - sx * sx / n
            gain = variance > 0 ? (sxy - sx * sy / n) / variance : 0
            offset = (sy - gain * sx) / n
            residual = max((syy - sy * sy / n) - gain * (sxy - sx * sy / n), 0) / n
            limit = 3 * residual.squareRoot()
        }
        (self.gain, self.offset, self.residual) = (gain, offset, residual)
    }
}

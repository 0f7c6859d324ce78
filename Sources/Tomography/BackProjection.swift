/// Spreads filtered projections back over slices: the second half of filtered back-projection
/// (Kak & Slaney 1988, doi:10.1137/1.9780898719277, chapter 3).
///
/// - Parameters:
///   - sinogram: Filtered line integrals, per micrometre; see ``RampFilter``.
///   - brick: Where to put them. All its pixel centres lie within the bins, half a bin inside.
func backProject(_ sinogram: SinogramBrick, onto brick: inout SliceBrick) {
    let step = brick.pixelSizeInMicrometres / sinogram.binSizeInMicrometres
    let (height, width) = (brick.height, brick.width)
    let corner = brick.corner / sinogram.binSizeInMicrometres
    let weight = Float(Double.pi / Double(sinogram.views))
    var output = brick.pixels.mutableSpan
    let source = sinogram.values.span
    for view in 0..<sinogram.views {
        let (cosine, sine) = SinogramBrick.direction(ofView: view, of: sinogram.views)
        let line = source.extracting((view * sinogram.bins)..<((view + 1) * sinogram.bins))
        let start =
            (corner[1] + step / 2) * cosine + (corner[0] + step / 2) * sine
            + Double(sinogram.bins) / 2 - 0.5
        for y in 0..<height {
            let rowStart = start + Double(y) * sine * step
            let row = y * width
            for x in 0..<width {
                let position = rowStart + Double(x) * cosine * step
                let bin = Int(position)
                let fraction = Float(position - Double(bin))
                let left = line[bin]
                output[row + x] += weight * (left + (line[bin + 1] - left) * fraction)
            }
        }
    }
}

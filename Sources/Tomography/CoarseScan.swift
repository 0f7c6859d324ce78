import Foundation
public import Volumes

/// Makes a coarse scan of what a fine one shows: its grey values are projected, detected, counted
/// and reconstructed on voxels `scale` times larger.
///
/// The fine scan is a box cut out of a rock, so it is continued by its mirror images up to a round
/// plug; no edge of the box then shows in the coarse scan. Greys become attenuation by a straight
/// line: the darkest thousandth absorbs nothing, and the mean absorbs `opticalDepth` along the plug's
/// diameter. The result is turned back by the same line, so both scans share their greys. The coarse
/// grid begins at the fine one's corner; extents `scale` does not divide lose their last voxels.
///
/// An image (depth 1) is coarsened along y and x only.
///
/// - Parameters:
///   - high: Grey values on square pixels, all finite.
///   - scale: How many times larger the voxels of the coarse scan are; at least 1.
///   - settings: The scanner, with lengths in pixels of the coarse scan. `raysPerPixel` is best
///     `scale`.
///   - opticalDepth: What the plug absorbs: the mean line integral along its diameter.
///   - seed: The noise and the detector's errors.
/// - Returns: Grey values in the units of `high`.
/// - Throws: ``TomographyError/tooSmall(extent:scale:)``,
///   ``TomographyError/noContrast(darkest:mean:)`` for a blank scan or one that holds NaN or
///   infinity, ``TomographyError/pixelsNotSquare(heightInMicrometres:widthInMicrometres:)``.
public func simulateCoarseScan(
    of high: Volume<Float>, scale: Int, settings: ScannerSettings, opticalDepth: Double = 2,
    seed: UInt64
) throws(TomographyError) -> Volume<Float> {
    guard scale >= 1 else {
        throw .invalidSetting(name: "scale", value: Double(scale), allowed: "at least 1")
    }
    guard opticalDepth >= 0.01, opticalDepth <= 10 else {
        throw .invalidSetting(
            name: "optical depth", value: opticalDepth, allowed: "from 0.01 to 10")
    }
    let binsDepth = !high.shape.isImage
    guard
        let coarse = Shape(
            checkingDepth: binsDepth ? high.shape.depth / scale : 1,
            height: high.shape.height / scale, width: high.shape.width / scale)
    else { throw .tooSmall(extent: "\(high.shape)", scale: scale) }
    // A scan without a known voxel size is simulated in its own voxels, as one micrometre each.
    guard
        let fineSize = high.voxelSize ?? VoxelSize(micrometres: 1),
        let coarseSize = VoxelSize(
            depthInMicrometres: fineSize.depthInMicrometres * (binsDepth ? Double(scale) : 1),
            heightInMicrometres: fineSize.heightInMicrometres * Double(scale),
            widthInMicrometres: fineSize.widthInMicrometres * Double(scale))
    else { preconditionFailure("positive lengths stay positive when multiplied") }
    let plug = MirroredPlug(
        scan: high.shape, fieldHeight: coarse.height * scale, fieldWidth: coarse.width * scale)
    let greys = try GreyLine(
        of: high,
        attenuationOfMean: opticalDepth / (2 * plug.radius * fineSize.widthInMicrometres))
    let object = try ScanObject(shape: plug.shape, voxelSize: fineSize) { z in
        plug.slice(z, of: high, greys: greys)
    }
    let grid = try ReconstructionGrid(
        shape: coarse, voxelSize: coarseSize,
        corner: SIMD3(
            0, Double(plug.rowMargin) * fineSize.heightInMicrometres,
            Double(plug.columnMargin) * fineSize.widthInMicrometres))
    let scan = try simulateScan(of: object, onto: grid, settings: settings, seed: seed)
    return scan.map(greys.grey).withVoxelSize(high.voxelSize == nil ? nil : coarseSize)
}

/// A round plug made of a box and its mirror images.
private struct MirroredPlug: Sendable {
    /// The grid that holds the plug.
    let shape: Shape
    /// Half the plug's diameter, in pixels: a little more than the field's corners need.
    let radius: Double
    /// Rows before the field.
    let rowMargin: Int
    /// Columns before the field.
    let columnMargin: Int
    private let rows: [Int]
    private let columns: [Int]

    init(scan: Shape, fieldHeight: Int, fieldWidth: Int) {
        radius = 1.05 * hypot(Double(fieldHeight), Double(fieldWidth)) / 2 + 2
        rowMargin = Int((radius - Double(fieldHeight) / 2).rounded(.up)) + 1
        columnMargin = Int((radius - Double(fieldWidth) / 2).rounded(.up)) + 1
        shape = Shape(
            depth: scan.depth, height: fieldHeight + 2 * rowMargin,
            width: fieldWidth + 2 * columnMargin)
        func mirrored(_ index: Int, _ count: Int) -> Int {
            let folded = ((index % (2 * count)) + 2 * count) % (2 * count)
            return folded < count ? folded : 2 * count - 1 - folded
        }
        let (rowMargin, columnMargin) = (rowMargin, columnMargin)
        rows = (0..<shape.height).map { mirrored($0 - rowMargin, scan.height) }
        columns = (0..<shape.width).map { mirrored($0 - columnMargin, scan.width) }
    }

    /// One slice of the plug, in attenuation per micrometre, with a rim one pixel soft.
    func slice(_ z: Int, of scan: Volume<Float>, greys: GreyLine) -> [Float] {
        let middle = (Double(shape.height) / 2, Double(shape.width) / 2)
        return scan.withVoxels { voxels in
            var slice: [Float] = []
            slice.reserveCapacity(shape.sliceCount)
            for y in 0..<shape.height {
                let start = (z * scan.shape.height + rows[y]) * scan.shape.width
                let row = voxels.extracting(start..<(start + scan.shape.width))
                for x in 0..<shape.width {
                    let distance = hypot(Double(y) + 0.5 - middle.0, Double(x) + 0.5 - middle.1)
                    let share = min(max(radius - distance + 0.5, 0), 1)
                    slice.append(
                        share > 0 ? Float(share) * greys.attenuation(row[columns[x]]) : 0)
                }
            }
            return slice
        }
    }
}

/// A straight line between grey values and attenuation.
private struct GreyLine: Sendable {
    private let darkest: Float
    private let attenuationPerGrey: Float

    /// The line on which the darkest thousandth absorbs nothing and the mean `attenuationOfMean`.
    init(of scan: Volume<Float>, attenuationOfMean: Double) throws(TomographyError) {
        let (lowest, highest, sum) = scan.withVoxels { voxels in
            var (lowest, highest, sum) = (Float.infinity, -Float.infinity, 0.0)
            for index in 0..<voxels.count {
                lowest = min(lowest, voxels[index])
                highest = max(highest, voxels[index])
                sum += Double(voxels[index])
            }
            return (lowest, highest, sum)
        }
        let mean = Float(sum / Double(scan.shape.count))
        // The sum of NaN or infinity is never finite.
        guard mean.isFinite, lowest < highest else {
            throw .noContrast(darkest: lowest, mean: mean)
        }
        let bins = 65_536
        let perBin = (highest - lowest) / Float(bins - 1)
        let counts = scan.withVoxels { voxels in
            var counts = [Int](repeating: 0, count: bins)
            for index in 0..<voxels.count {
                counts[min(Int((voxels[index] - lowest) / perBin), bins - 1)] += 1
            }
            return counts
        }
        var below = 0
        let bin =
            counts.firstIndex { count in
                below += count
                return below * 1000 >= scan.shape.count
            } ?? 0
        darkest = lowest + Float(bin) * perBin
        guard mean > darkest else { throw .noContrast(darkest: darkest, mean: mean) }
        attenuationPerGrey = Float(attenuationOfMean) / (mean - darkest)
    }

    /// The attenuation of a grey value.
    func attenuation(_ grey: Float) -> Float { (grey - darkest) * attenuationPerGrey }
    /// The grey value of an attenuation.
    func grey(_ attenuation: Float) -> Float { attenuation / attenuationPerGrey + darkest }
}

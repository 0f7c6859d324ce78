import Foundation
public import Volumes

/// Finds how the HIGH scan lies in the LOW scan, from nothing but the two and their voxel sizes.
///
/// HIGH may be a part of LOW, as large as it, or stick out of it, turned about any axis by any angle;
/// voxel sizes may be off by a tenth. Images of one slice are registered in their plane. Grey values may
/// differ by a map that bends a little, and by a field that varies slowly, but not be inverted.
///
/// Places that look alike in both scans vote for poses; the best are refined on coarse cells, the one
/// that explains LOW best then by Gauss-Newton steps on cells as fine as memory and time allow, with
/// LOW's blur and the map of grey values. Whether it is to be trusted is judged by the correlation at
/// every other shift, and block by block. The bits of the result do not depend on the number of threads.
///
/// - Parameters:
///   - low: The coarse scan; it is read twice, a few slices at a time.
///   - high: The fine scan; it is read once.
///   - options: What is known beforehand, and what is wanted.
/// - Returns: The best pose, accepted or not; see ``RegistrationResult/reason``.
/// - Throws: ``RegistrationError`` for scans that cannot be compared at all, and what reading throws.
/// - Complexity: Linear in both scans' voxels; the search takes less than a second for LOW scans of a
///   hundred voxels along each axis, and works on coarser cells for larger ones.
public func register(
    low: some ScanSource, high: some ScanSource, options: RegistrationOptions = RegistrationOptions()
) throws -> RegistrationResult {
    let grids = try GridPair(
        low: low.shape, lowVoxelSize: low.voxelSize, high: high.shape, highVoxelSize: high.voxelSize
    )
    try checkExtents(grids)
    let levels = Levels(grids, memory: options.memoryInBytes)

    var checks = (low: ScanCheck(), high: ScanCheck())
    let template = try HighTemplate(
        reading: high, edge: grids.highVoxel, cell: levels.cell(bin: levels.fine),
        check: &checks.high)
    let whole = try LowCells(
        reading: low, edge: grids.lowVoxel, bin: levels.search, check: &checks.low)
    try checks.low.confirm(.low)
    try checks.high.confirm(.high)

    let limits = PoseLimits(options, grids: grids, corners: template.corners)
    let capture = Capture(template: template, low: whole, limits: limits)
    let found = capture.run()
    guard let best = found.first else { throw RegistrationError.noOverlap }
    let standing = Standing(
        found, search: capture.search(around: best.pose, limitsShift: true), limits: limits)

    let cells =
        levels.fine < levels.search
        ? try LowCells(
            reading: low, edge: grids.lowVoxel, bin: levels.fine,
            region: levels.region(of: best.pose, template), check: &checks.low) : whole
    // A thousandth of a HIGH voxel is below what noise allows in any scan.
    let tolerance = 1e-3 * grids.highVoxel.min()
    func refined(_ model: RegistrationOptions.Model, from pose: SpatialTransform, blur: Double)
        -> Refined
    {
        var fit = PoseFit(template: template, low: cells, pose: pose, blur: blur, model: model)
        // A pose that chance explains need not be known to the noise limit.
        fit.run(
            tolerance: standing.isChance ? 100 * tolerance : tolerance,
            steps: standing.isChance ? 4 : 20, fitsBlur: true)
        return Refined(fit: fit, quality: FitQuality(fit, fitsBlur: true))
    }
    var result = refined(
        options.model ?? .similarity, from: best.pose,
        blur: Capture.typicalBlur * cells.cell.max())
    if options.model == nil, !standing.isChance, let shift = result.shift {
        result = refined(.shift, from: shift, blur: result.fit.blur)
    }
    return Verdict(
        fit: result.fit, quality: result.quality, standing: standing, grids: grids, options: options
    ).result
}

/// A fit at the noise limit, and how good it is.
private struct Refined {
    let fit: PoseFit
    let quality: FitQuality

    /// The shift that the scans do not tell from this similarity: its turn and growth are no larger than
    /// what noise alone makes in 99 of 100 fits (Wald's test); `nil` if they are.
    ///
    /// Where a sample was not moved between its scans, a shift is known several times better at the
    /// corners.
    var shift: SpatialTransform? {
        guard fit.model == .similarity, fit.converged, !fit.pose.isMirror else { return nil }
        let turn = fit.pose.rotationInDegrees * (.pi / 180)
        let isImage = fit.isImage
        let amounts = (isImage ? [turn[0]] : [turn[0], turn[1], turn[2]]) + [fit.pose.scale - 1]
        let first = isImage ? 2 : 3
        let covariance = quality.covariance.dropFirst(first).map { Array($0.dropFirst(first)) }
        let eigen = SymmetricEigen(covariance)
        guard let least = eigen.values.first, least > 0 else { return nil }
        let statistic = zip(eigen.values, eigen.vectors).reduce(0.0) { sum, axis in
            let along = zip(axis.1, amounts).reduce(0) { $0 + $1.0 * $1.1 * fit.reach }
            return sum + along * along / axis.0
        }
        // The 99th percentiles of chi-square with two and four degrees of freedom.
        guard statistic < (isImage ? 9.21 : 13.28) else { return nil }
        return SpatialTransform(
            translation: fit.middle - fit.pose.inverse(fit.middle))
    }
}

/// Cells along an axis below which a place cannot be told from another.
private let fewestCells = 8

private func checkExtents(_ grids: GridPair) throws(RegistrationError) {
    for (scan, extents) in [
        (RegistrationError.Scan.low, grids.lowExtents), (.high, grids.highExtents / grids.ratio),
    ] {
        for axis in (grids.isImage ? 1 : 0)..<3 where extents[axis] < Double(fewestCells) - 1e-6 {
            throw .tooSmall(scan, extents: extents, required: fewestCells)
        }
    }
}

extension ScanCheck {
    /// Throws for a scan in which nothing can be found.
    fileprivate func confirm(_ scan: RegistrationError.Scan) throws(RegistrationError) {
        guard isFinite else { throw .notFinite(scan) }
        guard varies else { throw .constant(scan) }
    }
}

/// How coarse the cells are on which the scans are compared, in LOW voxels along every axis (one along z
/// for images).
private struct Levels {
    let grids: GridPair
    /// For the search over all of LOW.
    let search: Int
    /// For the refinement over what the scans share.
    let fine: Int

    init(_ grids: GridPair, memory: Int) {
        self.grids = grids
        let high = grids.highExtents / grids.ratio
        let axes = grids.isImage ? 1..<3 : 0..<3
        let power = Double(axes.count)
        let highCells = axes.reduce(1.0) { $0 * high[$1] }
        let lowCells = axes.reduce(1.0) { $0 * grids.lowExtents[$1] }
        // A cell compared costs about 150 bytes beside the scans, most of them for HIGH's spectrum on
        // its finer lattice; two million take some seconds.
        let most = min(2.5e6, Double(memory) / 300)
        fine = max(1, Int(pow(highCells / most, 1 / power).rounded(.up)))
        // The search wants about a million cells of LOW, but fifty along each axis of HIGH, as far as
        // eight million go.
        let shortest = axes.map { high[$0] }.min() ?? 1
        let quick = pow(lowCells / 1.2e6, 1 / power)
        let needed = pow(lowCells / min(8e6, Double(memory) / 60), 1 / power)
        let wanted = max(needed, min(quick, shortest / 50))
        search = max(fine, Int(wanted.rounded(.up)))
    }

    func cell(bin: Int) -> SIMD3<Double> {
        var bins = SIMD3(repeating: Double(bin))
        if grids.isImage { bins[0] = 1 }
        return grids.lowVoxel * bins
    }

    /// The LOW voxels about HIGH, in whole cells.
    func region(of pose: SpatialTransform, _ template: HighTemplate) -> Region {
        let shape = [grids.lowShape.depth, grids.lowShape.height, grids.lowShape.width]
        let ranges = (0..<3).map { axis -> Range<Int> in
            if axis == 0, grids.isImage { return 0..<1 }
            let ends = template.corners.map { pose($0)[axis] / grids.lowVoxel[axis] }
            let (low, high) = (ends.min() ?? 0, ends.max() ?? 0)
            // Two cells more on either side let the pose move.
            let first = max(0, Int((low / Double(fine)).rounded(.down)) - 2) * fine
            let last = min(shape[axis], (Int((high / Double(fine)).rounded(.up)) + 2) * fine)
            return min(first, shape[axis] - fine)..<max(last, min(first, shape[axis] - fine) + fine)
        }
        guard let region = Region(z: ranges[0], y: ranges[1], x: ranges[2]) else {
            preconditionFailure("a range of cells is not empty")
        }
        return region
    }
}

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
    low: some ScanSource, high: some ScanSource,
    options: RegistrationOptions = RegistrationOptions()
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
    var found = capture.run()
    if found.isEmpty {
        // Where nothing may lie as the user says, what the user says is refused.
        let start = options.initialAlignment?.transform ?? .identity
        found = [Capture.Found(pose: start, score: 0)]
    }
    let best = found[0]
    var standing = Standing(
        found, search: capture.search(around: best.pose, limitsShift: true), limits: limits)

    let cells =
        levels.fine < levels.search
        ? try LowCells(
            reading: low, edge: grids.lowVoxel, bin: levels.fine,
            region: levels.region(of: best.pose, template), check: &checks.low) : whole
    let refinement = Refinement(
        template: template, cells: cells,
        // A thousandth of a HIGH voxel is below what noise allows in any scan.
        tolerance: 1e-3 * grids.highVoxel.min(), isQuick: standing.isChance)
    var refined = refinement(
        options.model ?? .similarity, from: best.pose,
        blur: Capture.typicalBlur * cells.cell.max())
    if options.model == nil, !standing.isChance, let shift = refined.shift {
        refined = refinement(.shift, from: shift, blur: refined.fit.blur)
    }
    if !standing.isChance {
        // Where the pose lies now, its peak is highest.
        let better = Capture.Found(pose: refined.fit.pose, score: best.score)
        standing = Standing(
            [better] + found.dropFirst(),
            search: capture.search(around: better.pose, limitsShift: true), limits: limits)
    }
    return Verdict(
        fit: refined.fit, quality: refined.quality, standing: standing, grids: grids,
        options: options
    ).result
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

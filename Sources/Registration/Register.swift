import Foundation
public import Volumes

/// Finds where the HIGH scan lies in the LOW scan, as a shift, to a small part of a HIGH voxel.
///
/// HIGH may be a part of LOW, as large as it, or stick out of it; its voxels are smaller than LOW's
/// by any factor of at least one. Both come with their voxel sizes; images of one slice are
/// registered in their plane. Grey values may differ by gain and offset, which may vary slowly, but
/// not be inverted.
///
/// First HIGH, seen through LOW's voxels, is correlated with LOW at every shift by Fourier transforms;
/// then the few best shifts are compared where they overlap, and the best is refined by
/// Gauss-Newton steps. The bits of the result do not depend on the number of threads.
///
/// - Returns: The best shift, accepted or not; see ``RegistrationResult/reason``.
/// - Throws: ``RegistrationError`` for scans that cannot be compared at all.
/// - Complexity: The search takes two transforms of at most eight million samples; the refinement
///   reads HIGH about ten times. Beside the scans it holds about 100 MB, and a copy of LOW binned by
///   two or more if LOW has more than about 150^3 voxels.
public func register(
    low: Volume<Float>, high: Volume<Float>, options: RegistrationOptions = RegistrationOptions()
) throws(RegistrationError) -> RegistrationResult {
    let grids = try GridPair(
        low: low.shape, lowVoxelSize: low.voxelSize, high: high.shape, highVoxelSize: high.voxelSize
    )
    try checkContrast(low, .low)
    try checkContrast(high, .high)
    if let initial = options.initialAlignment, !initial.transform.isShift {
        throw .notAShift(initial.transform)
    }
    try checkExtents(grids)

    let bin = searchBin(grids)
    var level = ScanLevel(low: low, high: high, grids: grids, bin: bin)
    let (search, best) = try capture(level, options: options)
    var fit = ShiftRefinement(
        level: level, shift: best.position * level.cell, blur: typicalBlur)
    fit.run(tolerance: 0.02 * level.cell.max())
    while level.bin > 1 {
        level = ScanLevel(low: low, high: high, grids: grids, bin: level.bin / 2)
        fit = ShiftRefinement(level: level, shift: fit.shift, blur: typicalBlur)
        fit.run(tolerance: 0.02 * level.cell.max())
    }
    fit.fitBlur()
    // A thousandth of a HIGH voxel is below what noise allows in any scan.
    fit.run(tolerance: 1e-3)
    if fit.converged { fit.runField(tolerance: 1e-3) }
    return Verdict(
        fit: fit, search: search, best: best, searchCell: level.cell * Double(bin), options: options
    ).result
}

/// The Gaussian beside the voxel's box, in LOW voxels, that reconstructed scans typically show.
private let typicalBlur = 0.35

/// Cells along an axis below which a place cannot be told from another.
private let fewestCells = 8

private func checkContrast(
    _ volume: Volume<Float>, _ scan: RegistrationError.Scan
) throws(RegistrationError) {
    let sliceCount = volume.shape.sliceCount
    let ranges = concurrentMap(count: volume.shape.depth) { z -> (Float, Float, Bool) in
        volume.withVoxels { voxels in
            let slice = voxels.extracting((z * sliceCount)..<((z + 1) * sliceCount))
            var (low, high, finite) = (slice[0], slice[0], true)
            for i in 0..<slice.count {
                low = min(low, slice[i])
                high = max(high, slice[i])
                // Only numbers that are not finite differ from themselves after such a product.
                finite = finite && slice[i] * 0 == 0
            }
            return (low, high, finite)
        }
    }
    guard ranges.allSatisfy(\.2) else { throw .notFinite(scan) }
    guard let first = ranges.first, ranges.contains(where: { $0.0 != first.0 || $0.1 != first.0 })
    else { throw .constant(scan) }
}

private func checkExtents(_ grids: GridPair) throws(RegistrationError) {
    for (scan, extents) in [
        (RegistrationError.Scan.low, grids.lowExtents), (.high, grids.highExtents / grids.ratio),
    ] {
        for axis in (grids.isImage ? 1 : 0)..<3 where extents[axis] < Double(fewestCells) - 1e-6 {
            throw .tooSmall(scan, extents: extents, required: fewestCells)
        }
    }
}

/// LOW voxels per cell of the search: a power of two, so that its transforms stay below eight million
/// samples while HIGH keeps enough cells.
private func searchBin(_ grids: GridPair) -> Int {
    let high = grids.highExtents / grids.ratio
    var bin = 1
    while true {
        let cells = (grids.lowExtents + high) / Double(bin)
        let depth = grids.isImage ? 1 : cells[0]
        let smallest = grids.isImage ? min(high[1], high[2]) : high.min()
        guard depth * cells[1] * cells[2] > 8e6,
            smallest / Double(2 * bin) >= Double(2 * fewestCells),
            grids.lowExtents[1] / Double(2 * bin) >= Double(2 * fewestCells)
        else { return bin }
        bin *= 2
    }
}

/// Searches all shifts, and takes of the few best the one that correlates most where it overlaps,
/// seen at its position between cells.
private func capture(
    _ level: ScanLevel, options: RegistrationOptions
) throws(RegistrationError) -> (CorrelationSearch, Candidate) {
    // A window of eleven cells keeps grains and pores and takes away what is slower.
    let radius = 5
    let cells = level.grids.highExtents / level.cell + 1e-6
    let shape = Shape(depth: max(1, Int(cells[0])), height: Int(cells[1]), width: Int(cells[2]))
    let template = level.sampler(
        first: SIMD3(0, 0, 0), shape: shape, shift: SIMD3(0, 0, 0), blur: typicalBlur
    ).sample(level.high)
    // Shifts are tried down to a tenth of the smaller scan, so that too little overlap can be named.
    let smaller = Double(min(shape.count, level.low.shape.count))
    let initial = options.initialAlignment
    let cellInMicrometres = level.cell * level.grids.highVoxel
    guard
        let search = CorrelationSearch(
            low: level.low.localContrast(radius: radius),
            high: template.localContrast(radius: radius),
            limits: .init(
                overlapCells: max(64, Int(smaller * min(0.1, options.minimumOverlap))),
                centre: initial.map { $0.transform.translation / cellInMicrometres },
                radius: SIMD3(repeating: initial?.uncertaintyInMicrometres ?? 0)
                    / cellInMicrometres))
    else { throw .noOverlap }
    let best = search.candidates[0]
    let close = search.candidates.filter { $0.score > 0.7 * best.score }
    if close.count == 1 { return (search, best) }
    var (winner, winningScore) = (best, -Double.infinity)
    for candidate in close {
        let position = candidate.position * level.cell
        let r = ShiftRefinement(level: level, shift: position, blur: typicalBlur).correlation()
        let overlap = level.grids.overlap(shift: position).ofSmaller
        let score = atanh(min(r, 0.999)) * overlap.squareRoot()
        if score > winningScore { (winner, winningScore) = (candidate, score) }
    }
    return (search, winner)
}

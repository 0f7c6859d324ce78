import Foundation
import Volumes

/// How coarse the cells are on which the scans are compared, in LOW voxels along every axis (one along z
/// for images).
struct Levels {
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
        // A cell compared costs about 300 bytes beside the scans, most of them for HIGH's spectrum on
        // its finer lattice; two million take some seconds.
        let most = min(2.5e6, Double(memory) / 300)
        fine = max(1, Int(pow(highCells / most, 1 / power).rounded(.up)))
        // The search wants about a million cells of LOW, but fifty along each axis of HIGH, as far as
        // eight million go.
        let shortest = axes.map { high[$0] }.min() ?? 1
        let quick = pow(lowCells / 1.2e6, 1 / power).rounded(.up)
        let needed = pow(lowCells / min(8e6, Double(memory) / 60), 1 / power).rounded(.up)
        search = max(fine, Int(max(needed, min(quick, (shortest / 50).rounded(.down)))))
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

import Fourier
import Volumes

/// The correlation of HIGH, turned, with LOW at every shift, on cells coarse enough to be quick.
struct TurnedSearch: Sendable {
    let correlation: CorrelationSearch
    private let pose: SpatialTransform
    /// From LOW's corner to that of HIGH's box, at the pose, in um.
    private let corner: SIMD3<Double>
    let cell: SIMD3<Double>

    /// Samples of a transform that take about a tenth of a second.
    private static let samples = 1.5e6

    /// `nil` if no shift leaves enough overlap.
    init?(
        template: HighTemplate, low: LowCells, pose: SpatialTransform, minimumOverlap: Double,
        uncertainty: Double?
    ) {
        let images = template.corners.map { pose($0) }
        var (lower, upper) = (images[0], images[0])
        for image in images {
            lower = lower.replacing(with: image, where: image .< lower)
            upper = upper.replacing(with: image, where: image .> upper)
        }
        let isImage = low.shape.isImage
        let extents = SIMD3(low.shape)
        func extent(_ bin: Int) -> SIMD3<Double> {
            var sum = (extents + (upper - lower) / low.cell) / Double(bin)
            if isImage { sum[0] = 1 }
            return sum
        }
        let shortest = ((isImage ? 1 : 0)..<3).map { (upper - lower)[$0] / low.cell[$0] }.min() ?? 0
        var bin = 1
        while extent(bin)[0] * extent(bin)[1] * extent(bin)[2] > Self.samples,
            shortest / Double(bin + 1) >= 12
        { bin += 1 }
        let coarse = low.binned(by: bin)
        cell = coarse.cell
        // A window of eleven cells keeps grains and pores and takes away what is slower.
        let radius = 5
        let shape = Shape(
            depth: isImage ? 1 : max(1, Int(((upper - lower) / cell)[0].rounded(.up))),
            height: Int(((upper - lower) / cell)[1].rounded(.up)),
            width: Int(((upper - lower) / cell)[2].rounded(.up)))
        let view = template.masked(pose: pose, cell: cell, corner: lower, shape: shape)
        let smaller = min(
            Double(coarse.shape.count), view.mask.moments.mean * Double(view.mask.shape.count))
        let expected = (lower - coarse.origin) / cell
        guard
            let correlation = CorrelationSearch(
                low: coarse.values.localContrast(radius: radius),
                high: MaskedCells(
                    values: view.values.localContrast(radius: radius), mask: view.mask),
                expected: expected,
                limits: .init(
                    overlapCells: max(isImage ? 64 : 200, Int(smaller * minimumOverlap)),
                    centre: uncertainty == nil ? nil : expected,
                    radius: SIMD3(repeating: uncertainty ?? 0) / cell))
        else { return nil }
        self.correlation = correlation
        self.pose = pose
        corner = lower - coarse.origin
    }

    /// The shifts that stand out most, best first.
    var candidates: [Candidate] { correlation.candidates }

    /// HIGH's pose at a candidate.
    func pose(at candidate: Candidate) -> SpatialTransform {
        SpatialTransform(translation: candidate.position * cell - corner).after(pose)
    }
}

import Foundation
import Fourier
import Volumes

/// Where HIGH may lie, from nothing but the two scans: the poses that places which look alike vote for,
/// and the shifts at which the scans correlate as they stand.
struct Capture: Sendable {
    let template: HighTemplate
    /// All of LOW.
    let low: LowCells
    let limits: PoseLimits
    /// HIGH as LOW's cells would see it, were it not turned.
    private let high: LowCells
    /// Both scans on cells twice as wide, where HIGH has enough of them.
    private let coarse: (template: HighTemplate, low: LowCells)

    private var options: RegistrationOptions { limits.options }
    private var isImage: Bool { low.shape.isImage }

    /// The Gaussian beside the voxel's box, in cells, that reconstructed scans typically show.
    static let typicalBlur = 0.35

    /// A pose that was refined on coarse cells.
    struct Found: Sendable {
        let pose: SpatialTransform
        /// How much the scans correlate there: `atanh(r) * sqrt(n)` over the cells compared.
        let score: Double
    }

    init(template: HighTemplate, low: LowCells, limits: PoseLimits) {
        self.template = template
        self.low = low
        self.limits = limits
        high = template.cells(cell: low.cell, blur: Self.typicalBlur * low.cell.max())
        let shape = high.shape
        if min(shape.isImage ? .max : shape.depth, shape.height, shape.width) < 24 {
            coarse = (template, low)
        } else {
            let wide = HighTemplate(
                samples: high.values, factors: SIMD3(1, 1, 1), edge: high.cell,
                extent: SIMD3(shape) * high.cell)
            coarse = (wide, low.binned(by: 2))
        }
    }

    /// The poses found, best first.
    func run() -> [Found] {
        var poses: [SpatialTransform] = []
        let ballots = options.model == .shift ? [] : vote()
        poses = ballots.map(\.pose)
        // Votes that agree so well need no second opinion.
        let rival = ballots.dropFirst().first?.votes ?? 0
        let isClear = ballots.first.map { $0.votes >= 24 && $0.votes >= 2 * rival } ?? false
        if isClear { poses = [poses[0]] } else { poses += shifts() }
        let found = poses.compactMap(refined)
        return found.enumerated().sorted {
            ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
        }.map(\.element)
    }

    /// The poses that places which look alike agree on.
    private func vote() -> [PoseVote.Ballot] {
        var matches: [KeypointMatch] = []
        // Narrow places are many, and lie near the border too, which is most of a small HIGH; wide ones
        // bear noise.
        let shape = high.shape
        let isSmall = min(shape.height, shape.width, isImage ? .max : shape.depth) < 48
        for sigma in isImage ? [1.2, 1.9, 3] : (isSmall ? [0.85, 1.2, 1.9] : [1.2, 1.9]) {
            let density = isImage ? 0.03 / (sigma * sigma) : 0.006 / (sigma * sigma * sigma)
            let mine = Keypoints(
                high.values, cell: high.cell, origin: high.origin, sigma: sigma, density: density)
            let theirs = Keypoints(
                low.values, cell: low.cell, origin: low.origin, sigma: sigma, density: density)
            matches += mine.matches(in: theirs, partners: isImage || isSmall ? 2 : 1)
        }
        let vote = PoseVote(
            matches, isImage: isImage, tolerance: 1.5 * low.cell.max(), scales: limits.scales)
        return vote.best(kept: 32) { limits.allows($0, isMirrored: $1) }
    }

    /// The shifts that correlate best with HIGH as it stands, or as it is known to be turned.
    private func shifts() -> [SpatialTransform] {
        let start = options.initialAlignment?.transform ?? .identity
        guard let search = search(around: start, limitsShift: true) else { return [] }
        return search.candidates.prefix(4).map { search.pose(at: $0) }
    }

    /// The pose refined on coarse cells; `nil` if it leaves what the user allows.
    private func refined(_ pose: SpatialTransform) -> Found? {
        let cell = coarse.low.cell.max()
        var fit = PoseFit(
            template: coarse.template, low: coarse.low, pose: pose, blur: 0.6 * cell,
            model: options.model == .shift ? .shift : .similarity)
        fit.run(tolerance: 0.05 * cell, steps: 10)
        // What looks promising is still on its way.
        if !fit.converged, fit.correlation > 0.5 { fit.run(tolerance: 0.05 * cell, steps: 20) }
        if !fit.converged { fit.measure() }
        guard fit.cells > 0, limits.scales.contains(abs(fit.pose.scale)),
            limits.allows(fit.pose, isMirrored: fit.pose.isMirror)
        else { return nil }
        return Found(pose: fit.pose, score: fit.score)
    }

    /// The correlation of HIGH, turned as `pose` has it, with LOW at every shift.
    ///
    /// - Parameter limitsShift: Whether only shifts near a given alignment are tried.
    func search(around pose: SpatialTransform, limitsShift: Bool) -> TurnedSearch? {
        TurnedSearch(
            template: template, low: low, pose: pose,
            minimumOverlap: min(0.1, options.minimumOverlap),
            uncertainty: limitsShift ? options.initialAlignment?.uncertaintyInMicrometres : nil)
    }
}

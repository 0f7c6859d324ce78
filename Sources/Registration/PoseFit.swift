import Foundation
import Volumes

/// A pose refined until HIGH, seen through LOW's cells, explains LOW best: Gauss-Newton over the pose,
/// the grey values' map, a slow field, and on request the blur, all together.
///
/// What LOW's cells see is made anew from HIGH at every step's pose, so nothing is interpolated twice.
/// Cells far from the model (rings, dust, what moved between the scans) weigh less (Huber 1964,
/// doi:10.1214/aoms/1177703732).
struct PoseFit: Sendable {
    let template: HighTemplate
    private(set) var low: LowCells
    let model: RegistrationOptions.Model
    /// Takes HIGH to LOW.
    private(set) var pose: SpatialTransform
    /// The standard deviation of the Gaussian beside the cell, in um of LOW.
    private(set) var blur: Double
    /// Whether the last step was too small to matter.
    private(set) var converged = false
    private(set) var grey: GreyModel
    private var knowsGrey = false
    /// The rings of LOW's scanner, where the residuals show any.
    private var rings: RingProfile?
    /// The cells compared: in every row of LOW one range.
    private(set) var rows: [Range<Int>] = []
    /// The middle of the cells compared, in um of LOW, and half their extent.
    private(set) var middle = SIMD3<Double>()
    private(set) var reach = 1.0
    /// LOW's mean and deviation, by which its grey values are normalised.
    let lowMean: Float
    let lowDeviation: Float

    var isImage: Bool { low.shape.isImage }
    var motions: [Motion] { Motion.all(of: model, isImage: isImage) }
    /// Cells compared.
    var cells: Int { rows.reduce(0) { $0 + $1.count } }

    init(
        template: HighTemplate, low: LowCells, pose: SpatialTransform, blur: Double,
        model: RegistrationOptions.Model
    ) {
        self.template = template
        self.low = low
        self.pose = pose
        self.blur = blur
        self.model = model
        grey = GreyModel(
            middle: template.mean, spread: template.deviation, isImage: low.shape.isImage)
        let moments = low.values.moments
        (lowMean, lowDeviation) = (Float(moments.mean), Float(moments.deviation))
    }

    /// The same fit, to go on with other cells of the same place.
    func going(on cells: LowCells) -> PoseFit {
        var next = self
        next.low = cells
        return next
    }

    /// How well HIGH explains LOW, less the slow field: a correlation, outliers apart.
    var correlation: Double {
        // LOW's normalised grey values are the map's plus what is left.
        let explained = Double(grey.gain * grey.gain)
        let left = Double(grey.deviation * grey.deviation)
        let size = explained > 0 ? (explained / (explained + left)).squareRoot() : 0
        return grey.gain < 0 ? -size : size
    }

    /// The correlation in units that make chance alike at every overlap (Fisher's transformation).
    var score: Double { atanh(min(max(correlation, 0), 0.999)) * Double(cells).squareRoot() }

    /// Steps until one moves no corner of HIGH by more than `tolerance` um.
    mutating func run(tolerance: Double, steps: Int, fitsBlur: Bool = false) {
        converged = false
        chooseCells()
        guard cells > 8 * (grey.field.count + motions.count) else { return }
        var origin = pose
        var previous = Double.infinity
        let longest = 0.7 * low.cell.max()
        var view = look(fitsBlur: fitsBlur)
        if !knowsGrey { fitGrey(view) }
        knowsGrey = true
        for _ in 0..<steps {
            let sums = sums(view, motions: motions)
            let solution = sums.solve()
            let count = grey.field.count + 2
            var amounts = Array(solution.values[count..<(count + motions.count)])
            var step = transform(amounts)
            var moved = largestMove(from: pose, to: step.after(pose))
            // Far from the solution the linear model promises too much; a step that does not shrink
            // swings about the solution.
            let factor =
                moved > longest ? longest / moved : (moved > 0.7 * previous ? 0.5 : 1)
            // What a shortened step leaves is no sign of swinging.
            previous = factor < 1 ? .infinity : moved
            if factor < 1 {
                amounts = amounts.map { $0 * factor }
                step = transform(amounts)
                moved *= factor
            }
            grey.add(solution.values.map { $0 * factor })
            let left = max(0, sums.squares - factor * (2 - factor) * solution.explained)
            grey.deviation = Float((left / Double(max(1, cells))).squareRoot())
            pose = step.after(pose)
            var blurChange = 0.0
            if fitsBlur, let change = solution.values.last {
                let bounds = (0.02 * low.cell.max(), 2 * low.cell.max())
                let next = min(max(blur + factor * change, bounds.0), bounds.1)
                blurChange = abs(next - blur)
                blur = next
            }
            if moved < tolerance, blurChange < 0.002 * low.cell.max() {
                converged = true
                return
            }
            // One set of cells while the pose stays near: with noise, each exchange of cells at the
            // border moves the solution a little, to and fro.
            if largestMove(from: origin, to: pose) > 0.4 * low.cell.max() {
                chooseCells()
                guard cells > 8 * (grey.field.count + motions.count) else { return }
                origin = pose
            }
            if !view.serves(self) { view = look(fitsBlur: fitsBlur) }
        }
    }

    /// What LOW's cells see of HIGH at one pose and blur, to be looked up at poses near it.
    struct View: Sendable {
        let image: TemplateView
        /// Its derivative by the blur, where that is fitted.
        let blurDerivative: TemplateView?
        fileprivate let pose: SpatialTransform
        fileprivate let blur: Double

        /// Whether a fit's pose and blur are still near: the cells are turned by less than a
        /// thousandth against HIGH, and the blur is told to first order.
        fileprivate func serves(_ fit: PoseFit) -> Bool {
            let turn = zip(pose.linear, fit.pose.linear).map { ($0 - $1).length }.max() ?? 0
            return turn < 1e-3 && abs(fit.blur - blur) < 0.01 * fit.low.cell.max()
        }
    }

    /// What LOW's cells see at the present pose.
    func look(fitsBlur: Bool) -> View {
        func seen(_ part: TemplateView.Part) -> TemplateView {
            template.seen(pose: pose, cell: low.cell, blur: blur, part: part)
        }
        return View(
            image: seen(.image), blurDerivative: fitsBlur ? seen(.blurDerivative) : nil, pose: pose,
            blur: blur)
    }

    private func transform(_ amounts: [Double]) -> SpatialTransform {
        Motion.transform(amounts, of: model, isImage: isImage, about: middle, reach: reach)
    }

    /// The farthest that a corner of HIGH goes from one pose to another, in um of LOW.
    func largestMove(from: SpatialTransform, to: SpatialTransform) -> Double {
        template.corners.map { (to($0) - from($0)).length }.max() ?? 0
    }

    private mutating func chooseCells() {
        rows = low.rowsInside(
            pose: pose, extent: template.extent, blur: blur, reserve: isImage ? 0.2 : 0.25)
        var (lower, upper) = (SIMD3(repeating: Double.infinity), SIMD3(repeating: -Double.infinity))
        for (index, row) in rows.enumerated() where !row.isEmpty {
            let (z, y) = (index / low.shape.height, index % low.shape.height)
            for x in [row.lowerBound, row.upperBound - 1] {
                let centre = low.centre(z, y, x)
                lower = lower.replacing(with: centre, where: centre .< lower)
                upper = upper.replacing(with: centre, where: centre .> upper)
            }
        }
        guard lower[0].isFinite else { return }
        middle = (lower + upper) / 2
        reach = max((upper - lower).max() / 2, low.cell.max())
    }

    /// Measures how well HIGH explains LOW where the pose is now: what the last step foresaw need not
    /// have come.
    mutating func measure() {
        guard cells > 8 * (grey.field.count + motions.count) else { return }
        grey.deviation = .infinity
        fitGrey(look(fitsBlur: false))
    }

    /// Fits the grey values' map and the field at the present pose.
    private mutating func fitGrey(_ view: View) {
        // The first round has no bound for outliers, the second has.
        for _ in 0..<2 {
            let sums = sums(view, motions: [])
            let solution = sums.solve()
            grey.add(solution.values)
            let left = max(0, sums.squares - solution.explained)
            grey.deviation = Float((left / Double(max(1, cells))).squareRoot())
        }
    }

    /// The root of a cell's weight, by its distance from the model.
    @inline(__always)
    private func rootOfWeight(_ residual: Float) -> Float {
        let distance = abs(residual)
        // Where HIGH explains LOW to the last digit, what rounds is no outlier.
        let bound = max(1.5 * grey.deviation, 1e-3)
        return distance <= bound ? 1 : (bound / distance).squareRoot()
    }

    /// How many unknowns a step solves for.
    func unknowns(_ view: View, motions: [Motion]) -> Int {
        let hasBlur = view.blurDerivative != nil && !motions.isEmpty
        return grey.field.count + 2 + motions.count + (hasBlur ? 1 : 0)
    }

    /// The sums of all cells' products: the field, gain and bend, the motions, the blur, and what the
    /// model leaves of LOW. Slices are added in order, whoever summed them.
    func sums(_ view: View, motions: [Motion]) -> NormalSums {
        let hasBlur = view.blurDerivative != nil && !motions.isEmpty
        let count = unknowns(view, motions: motions)
        let slices = concurrentMap(count: low.shape.depth) { z in
            var sums = NormalSums(count: count)
            forEachCell(slice: z, view, slopes: !motions.isEmpty) { cell in
                sums.add { columns, lane in
                    fill(&columns, lane: lane, cell, motions: motions.span, hasBlur: hasBlur)
                }
            }
            sums.flush()
            return sums
        }
        return slices.dropFirst().reduce(into: slices[0]) { $0 += $1 }
    }

    /// A cell of LOW and what it sees of HIGH.
    struct Cell {
        let z: Int
        let y: Int
        let x: Int
        /// From the middle, in units of the reach.
        let point: SIMD3<Float>
        /// LOW's normalised grey value.
        let low: Float
        /// HIGH's normalised grey value.
        let high: Float
        /// Its slope (z, y, x) in LOW, per um.
        let slope: SIMD3<Float>
        /// Its change with the blur, per um.
        let blurSlope: Float
    }

    /// Visits the cells compared in one slice of LOW, row by row.
    @inline(__always)
    func forEachCell(
        slice z: Int, _ view: View, slopes: Bool, _ body: (Cell) -> Void
    ) {
        let back = pose.inverse
        let linear = back.linear.map { SIMD3<Float>($0) }
        let step = SIMD3(back.linear[0][2], back.linear[1][2], back.linear[2][2]) * low.cell[2]
        let width = low.shape.width
        let blurChange = Float(blur - view.blur)
        var blurSlopes = [Float](repeating: 0, count: width)
        low.values.withVoxels { voxels in
            for y in 0..<low.shape.height {
                let row = rows[z * low.shape.height + y]
                if row.isEmpty { continue }
                let centre = low.centre(z, y, row.lowerBound)
                let start = back(centre)
                view.blurDerivative?.forEach(
                    count: row.count, start: start, step: step, slopes: false
                ) { blurSlopes[$0] = $1.value / grey.spread }
                let point = SIMD3<Float>((centre - middle) / reach)
                let pointStep = Float(low.cell[2] / reach)
                let begin = (z * low.shape.height + y) * width + row.lowerBound
                let values = voxels.extracting(begin..<(begin + row.count))
                view.image.forEach(
                    count: row.count, start: start, step: step, slopes: slopes
                ) { i, sample in
                    var here = point
                    here[2] += Float(i) * pointStep
                    let slope =
                        (linear[0] * sample.slope[0] + linear[1] * sample.slope[1]
                            + linear[2] * sample.slope[2]) / grey.spread
                    body(
                        Cell(
                            z: z, y: y, x: row.lowerBound + i, point: here,
                            low: (values[i] - lowMean) / lowDeviation,
                            high: (sample.value - grey.middle) / grey.spread
                                + blurChange * blurSlopes[i], slope: slope,
                            blurSlope: blurSlopes[i]))
                }
            }
        }
    }

    /// What the model leaves of a cell.
    @inline(__always)
    private func residual(_ cell: Cell) -> Float {
        let ring = rings?.value(z: cell.z, y: cell.y, x: cell.x) ?? 0
        return cell.low - grey.expected(at: cell.point, high: cell.high) - ring
    }

    /// Takes the rings that the residuals show into the model.
    ///
    /// - Returns: Whether there are any that were not known.
    mutating func fitRings() -> Bool {
        let profile = rings ?? RingProfile(low)
        let view = look(fitsBlur: false)
        let slices = concurrentMap(count: low.shape.depth) { [fit = self] z in
            var sums = profile.emptySums()
            fit.forEachCell(slice: z, view, slopes: false) { cell in
                let residual = fit.residual(cell)
                let root = fit.rootOfWeight(residual)
                profile.add(residual, weight: root * root, y: cell.y, x: cell.x, to: &sums)
            }
            return sums
        }
        guard let found = RingProfile(slices, of: profile) else { return false }
        rings = found
        return true
    }

    /// Writes one cell's columns into lane `lane`, weighed, the residual last.
    ///
    /// - Returns: The root of the weight.
    @discardableResult @inline(__always)
    func fill(
        _ columns: inout MutableSpan<SIMD8<Float>>, lane: Int, _ cell: Cell, motions: Span<Motion>,
        hasBlur: Bool
    ) -> Float {
        let t = cell.high
        let residual = residual(cell)
        let weight = rootOfWeight(residual)
        grey.fill(&columns, lane: lane, point: cell.point, weight: weight)
        var next = grey.field.count
        columns[next][lane] = t * weight
        columns[next + 1][lane] = t * t * weight
        next += 2
        // LOW's change with HIGH's grey value; where HIGH moves, a cell sees what came from behind.
        let factor = (grey.gain + 2 * grey.bend * t) * weight
        let slope = cell.slope * -factor
        for index in 0..<motions.count {
            columns[next][lane] = (slope * motions[index](cell.point)).sum()
            next += 1
        }
        if hasBlur {
            columns[next][lane] = cell.blurSlope * factor
            next += 1
        }
        columns[next][lane] = residual * weight
        return weight
    }
}

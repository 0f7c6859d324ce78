import Foundation

extension SVGDrawing {
    /// A vertical mark in a histogram.
    public struct Threshold: Hashable, Sendable {
        /// Where it lies, in the histogram's intensities.
        public let value: Double
        /// What it is, in a word or two, as in `Otsu`.
        public let label: String

        /// A mark at `value`.
        public init(value: Double, label: String) {
            self.value = value
            self.label = label
        }
    }

    /// How voxels are counted along the upright axis of a histogram.
    public enum CountAxis: Hashable, Sendable {
        /// Heights in proportion to the counts.
        case linear
        /// Heights in proportion to the logarithm of one more than the count; shows rare
        /// intensities.
        case logarithmic
    }

    /// The histogram of a scan, with thresholds marked.
    ///
    /// - Parameters:
    ///   - counts: Voxels in bins of equal width, at least one bin. More than 320 bins are merged
    ///     by a whole factor, which a page cannot show apart.
    ///   - range: The intensities from the lower edge of the first bin to the upper edge of the
    ///     last.
    ///   - thresholds: Marks; those outside `range` stand at its nearer end.
    ///   - intensityLabel: What the intensities are, as in `Grey value of HIGH`.
    public static func histogram(
        counts: [Int], range: ClosedRange<Double>, thresholds: [Threshold] = [],
        countAxis: CountAxis = .linear, intensityLabel: String
    ) -> SVGDrawing {
        precondition(!counts.isEmpty, "a histogram has bins")
        precondition(
            (range.upperBound - range.lowerBound).isFinite, "a histogram has a finite range")
        let merged = merge(counts, toAtMost: 320)
        // Bins that do not divide evenly leave the last one partly beyond the range.
        let perBin = (range.upperBound - range.lowerBound) / Double(counts.count)
        let binWidth = perBin * Double(merged.binsInOne)
        let frame = Frame(
            left: 60, top: 20 + labelRow * Double(thresholds.count), right: 548, bottom: 214)
        let extent = range.upperBound - range.lowerBound
        let sorted = thresholds.sorted { $0.value < $1.value }
        func x(_ value: Double) -> Double {
            guard extent > 0 else { return (frame.left + frame.right) / 2 }
            let fraction = min(max((value - range.lowerBound) / extent, 0), 1)
            return frame.left + fraction * (frame.right - frame.left)
        }
        func height(_ count: Double) -> Double {
            countAxis == .linear ? count : log10(1 + count)
        }
        let most = max(1, Double(merged.counts.max() ?? 1))
        func y(_ count: Double) -> Double {
            frame.bottom - height(count) / height(most) * (frame.bottom - frame.top)
        }

        var elements: [String] = []
        let ticks =
            countAxis == .linear
            ? AxisTicks.values(in: 0...most, about: 4)
            : [0] + (0...18).map { pow(10, Double($0)) }.filter { $0 <= most }
        var lastLabel = Double.infinity
        for tick in ticks {
            // On a logarithmic axis of large counts, zero and one nearly meet.
            guard lastLabel - y(tick) > 13 else { continue }
            lastLabel = y(tick)
            elements.append(
                SVGElement.line(frame.left, y(tick), frame.right, y(tick), opacity: 0.12))
            elements.append(
                SVGElement.text(
                    shortCount(tick), x: frame.left - 6, y: y(tick) + 4, anchor: .end, opacity: 0.75
                ))
        }
        var path = "M\(SVGElement.number(frame.left)) \(SVGElement.number(frame.bottom))"
        for (bin, count) in merged.counts.enumerated() {
            let top = SVGElement.number(y(Double(count)))
            let left = x(range.lowerBound + Double(bin) * binWidth)
            let right = x(range.lowerBound + Double(bin + 1) * binWidth)
            path += "L\(SVGElement.number(left)) \(top)L\(SVGElement.number(right)) \(top)"
        }
        path += "L\(SVGElement.number(frame.right)) \(SVGElement.number(frame.bottom))Z"
        elements.append(
            "<path d=\"\(path)\" style=\"fill: \(SVGElement.data)\" fill-opacity=\"0.55\"/>")
        elements.append(SVGElement.line(frame.left, frame.bottom, frame.right, frame.bottom))
        for tick in AxisTicks.values(in: range, about: 8) {
            elements.append(SVGElement.line(x(tick), frame.bottom, x(tick), frame.bottom + 4))
            elements.append(
                SVGElement.text(
                    NumberText.nominal(tick), x: x(tick), y: frame.bottom + 18, anchor: .middle,
                    opacity: 0.75))
        }
        // Labels stand in rows on one side of their lines, the one that others lie behind lowest,
        // so that no line runs through a label.
        let labels = sorted.map { "\($0.label) \(NumberText.nominal($0.value))" }
        let fitsLeft = zip(sorted, labels).allSatisfy { x($0.value) > 7 * Double($1.count) }
        for (index, threshold) in sorted.enumerated() {
            let row = fitsLeft ? index : sorted.count - 1 - index
            let place = x(threshold.value)
            let baseline = frame.top - 8 - labelRow * Double(row)
            elements.append(
                SVGElement.line(
                    place, baseline - 9, place, frame.bottom, color: SVGElement.accent, width: 1.5))
            elements.append(
                SVGElement.text(
                    labels[index], x: place + (fitsLeft ? -5 : 5), y: baseline,
                    anchor: fitsLeft ? .end : .start, color: SVGElement.accent))
        }
        elements.append(
            SVGElement.text(
                intensityLabel, x: (frame.left + frame.right) / 2, y: 250, anchor: .middle))
        elements.append(
            SVGElement.text(
                countAxis == .linear ? "Voxels" : "Voxels (log)", x: 14,
                y: (frame.top + frame.bottom) / 2, anchor: .middle, turned: true))
        return SVGDrawing(
            width: 560, height: 260, title: "Histogram. \(intensityLabel).", elements: elements)
    }

    private static let labelRow = 15.0

    private struct Frame {
        let left: Double
        let top: Double
        let right: Double
        let bottom: Double
    }

    private static func merge(
        _ counts: [Int], toAtMost limit: Int
    ) -> (counts: [Int], binsInOne: Int) {
        let factor = (counts.count + limit - 1) / limit
        let merged = stride(from: 0, to: counts.count, by: factor).map { first in
            counts[first..<min(first + factor, counts.count)].reduce(0, +)
        }
        return (merged, factor)
    }

    private static func shortCount(_ count: Double) -> String {
        switch count {
        case 1e9...: NumberText.nominal(count / 1e9) + " G"
        case 1e6...: NumberText.nominal(count / 1e6) + " M"
        case 1e3...: NumberText.nominal(count / 1e3) + " k"
        default: NumberText.nominal(count)
        }
    }
}

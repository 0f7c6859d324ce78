/// A quantity over the thresholds of a sweep.
public struct SweepCurve: Sendable {
    /// How a curve is drawn.
    public enum Style: Sendable {
        /// What the others are judged by: black.
        case reference
        /// What is judged: red.
        case judged
        /// What it is compared with: the number tells them apart.
        case other(Int)
    }

    /// What it belongs to.
    public let title: String
    /// A value, or none, for each threshold.
    public let values: [Double?]
    /// How it is drawn.
    public let style: Style

    /// A curve with its title.
    public init(title: String, values: [Double?], style: Style) {
        self.title = title
        self.values = values
        self.style = style
    }
}

extension SVGDrawing {
    /// Curves over thresholds, with a mark at the one in use.
    ///
    /// - Parameters:
    ///   - title: For those who do not see it.
    ///   - axis: What the values are, with their unit.
    ///   - thresholds: Rising or falling, one for each value of a curve.
    ///   - centre: The threshold in use.
    public static func sweep(
        _ curves: [SweepCurve], title: String, axis: String, thresholds: [Double], centre: Double
    ) -> SVGDrawing {
        let (left, right, top, bottom) = (64.0, 620.0, 46.0, 330.0)
        let values = curves.flatMap { $0.values.compactMap(\.self) }
        let highest = values.max() ?? 1
        let lowest = min(values.min() ?? 0, highest)
        let room = max((highest - lowest) * 0.08, abs(highest) * 0.01, 1e-9)
        let range = max(lowest - room, lowest < 0 ? -.infinity : 0)...(highest + room)
        let (first, last) = (thresholds.min() ?? 0, thresholds.max() ?? 1)
        let extent = max(last - first, 1e-9)
        func x(_ threshold: Double) -> Double {
            left + (threshold - first) / extent * (right - left)
        }
        func y(_ value: Double) -> Double {
            bottom - (value - range.lowerBound) / (range.upperBound - range.lowerBound)
                * (bottom - top)
        }
        var elements = [
            "<rect width=\"640\" height=\"380\" fill=\"#ffffff\"/>"
        ]
        for tick in AxisTicks.values(in: range, about: 6) {
            elements.append(SVGElement.line(left, y(tick), right, y(tick), opacity: 0.12))
            elements.append(
                SVGElement.text(
                    NumberText.nominal(tick), x: left - 8, y: y(tick) + 4, anchor: .end,
                    opacity: 0.75))
        }
        for tick in AxisTicks.values(in: first...max(last, first), about: 8) {
            elements.append(SVGElement.line(x(tick), bottom, x(tick), bottom + 4, opacity: 0.5))
            elements.append(
                SVGElement.text(
                    NumberText.nominal(tick), x: x(tick), y: bottom + 18, anchor: .middle,
                    opacity: 0.75))
        }
        elements.append(SVGElement.line(left, bottom, right, bottom, opacity: 0.5))
        elements.append(
            SVGElement.line(x(centre), top, x(centre), bottom, opacity: 0.4, dashes: "2 3"))
        elements.append(
            SVGElement.text(
                "threshold, grey value of HIGH (dotted: the catalog's)", x: (left + right) / 2,
                y: bottom + 40, anchor: .middle))
        elements.append(
            SVGElement.text(
                axis, x: 16, y: (top + bottom) / 2, anchor: .middle, turned: true))
        var legend = left
        for curve in curves {
            let points = zip(thresholds, curve.values).compactMap { threshold, value in
                value.map { (x(threshold), y($0)) }
            }
            elements += line(through: points, curve.style)
            elements += line(through: [(legend, 22), (legend + 26, 22)], curve.style)
            elements.append(SVGElement.text(curve.title, x: legend + 32, y: 26))
            legend += 52 + 7 * Double(curve.title.count)
        }
        return SVGDrawing(width: 640, height: 380, title: title, elements: elements)
    }

    private static func line(
        through points: [(Double, Double)], _ style: SweepCurve.Style
    ) -> [String] {
        let (color, width, dashes) =
            switch style {
            case .reference: ("#111111", 2.5, "")
            case .judged: ("#c0392b", 2.5, "")
            case .other(let number):
                (
                    ["#7a8a99", "#2b5c8a", "#3f8f6b"][number % 3], 1.6,
                    ["6 3", "2 3", "9 3 2 3"][number % 3]
                )
            }
        let path = points.map { "\(SVGElement.number($0.0)),\(SVGElement.number($0.1))" }
            .joined(separator: " ")
        let dash = dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes)\""
        return [
            """
            <polyline points="\(path)" style="fill: none; stroke: \(color)" \
            stroke-width="\(SVGElement.number(width))"\(dash)/>
            """
        ]
            + points.map {
                """
                <circle cx="\(SVGElement.number($0.0))" cy="\(SVGElement.number($0.1))" r="2.5" \
                style="fill: \(color)"/>
                """
            }
    }
}

import Foundation

/// A diagram as SVG: lines and words that take the text colour of the page around them.
public struct SVGDrawing: Hashable, Sendable {
    /// Width and height of the drawing, in CSS pixels.
    public let width: Double
    /// Height of the drawing, in CSS pixels.
    public let height: Double
    /// The whole `svg` element; also a file of its own.
    public let markup: String

    /// Wraps elements in an `svg` with a title for those who do not see it.
    init(width: Double, height: Double, title: String, elements: [String]) {
        self.width = width
        self.height = height
        let size = "\(SVGElement.number(width)) \(SVGElement.number(height))"
        markup = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" role="img" \
            width="\(SVGElement.number(width))" height="\(SVGElement.number(height))" \
            font-family="system-ui, sans-serif" font-size="12" fill="currentColor">
            <title>\(escapedForMarkup(title))</title>
            \(elements.joined(separator: "\n"))
            </svg>
            """
    }
}

/// The few elements that the report's diagrams consist of.
enum SVGElement {
    /// The colour of thresholds and laboratory values, which follows the page's where there is one.
    static let accent = "var(--accent, #b3401a)"
    /// The colour of what was computed.
    static let data = "var(--data, #2b5c8a)"

    /// Where a text stands from its point.
    enum Anchor: String {
        case start, middle, end
    }

    static func number(_ value: Double) -> String {
        let text = String(format: "%.2f", value)
        var end = text.endIndex
        while end > text.startIndex {
            let before = text.index(before: end)
            guard text[before] == "0" else {
                if text[before] == "." { end = before }
                break
            }
            end = before
        }
        let short = String(text[..<end])
        return short == "-0" ? "0" : short
    }

    static func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String = "currentColor",
        opacity: Double = 1, width: Double = 1, dashes: String? = nil
    ) -> String {
        let dash = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
        return """
            <line x1="\(number(x1))" y1="\(number(y1))" x2="\(number(x2))" y2="\(number(y2))" \
            style="stroke: \(color)" stroke-width="\(number(width))" \
            stroke-opacity="\(number(opacity))"\(dash)/>
            """
    }

    static func text(
        _ words: String, x: Double, y: Double, anchor: Anchor = .start, color: String? = nil,
        turned: Bool = false, opacity: Double = 1
    ) -> String {
        let style = color.map { " style=\"fill: \($0)\"" } ?? ""
        let turn =
            turned ? " transform=\"rotate(-90 \(number(x)) \(number(y)))\"" : ""
        return """
            <text x="\(number(x))" y="\(number(y))" text-anchor="\(anchor.rawValue)" \
            fill-opacity="\(number(opacity))"\(style)\(turn)>\(escapedForMarkup(words))</text>
            """
    }
}

/// Round numbers along an axis.
enum AxisTicks {
    /// Values in `range` that are multiples of 1, 2 or 5 times a power of ten; about `count` of
    /// them.
    static func values(in range: ClosedRange<Double>, about count: Int) -> [Double] {
        let extent = range.upperBound - range.lowerBound
        guard extent > 0, extent.isFinite else { return [range.lowerBound] }
        let power = pow(10, log10(extent / Double(count)).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { extent / $0 <= Double(count) }
        guard let step else { return [range.lowerBound] }
        // A little room, so that a bound which is itself a tick is not lost to rounding.
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard first <= last else { return [] }
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }
}

extension SVGDrawing {
    /// The samples that one drawing of porosities can hold and still be read.
    static let mostPorosityRows = 80

    /// Porosities of samples, one row each: computed total and connected, and the laboratory's.
    /// `nil` where fewer than two samples have a porosity, as the table then says it all.
    static func porosity(
        of samples: [(name: String, porosity: SampleReport.Porosity)]
    ) -> SVGDrawing? {
        let rows = samples.filter { !$0.porosity.values.isEmpty }
        guard (2...mostPorosityRows).contains(rows.count) else { return nil }
        let rowHeight = 22.0
        let names = rows.map { shortened($0.name, to: 30) }
        let left = 20 + 7 * Double(names.map(\.count).max() ?? 0)
        let right = 700.0
        let top = 34.0
        let bottom = top + rowHeight * Double(rows.count)
        let highest = rows.flatMap(\.porosity.values).max() ?? 1
        let upper = max(0.05, (highest * 20).rounded(.up) / 20)
        func x(_ porosity: Double) -> Double { left + porosity / upper * (right - left) }

        var elements: [String] = []
        for tick in AxisTicks.values(in: 0...(upper * 100), about: 8) {
            elements.append(
                SVGElement.line(x(tick / 100), top, x(tick / 100), bottom, opacity: 0.12))
            elements.append(
                SVGElement.text(
                    NumberText.nominal(tick), x: x(tick / 100), y: bottom + 16, anchor: .middle,
                    opacity: 0.75))
        }
        for (index, row) in rows.enumerated() {
            let y = top + rowHeight * (Double(index) + 0.5)
            elements.append(SVGElement.text(names[index], x: left - 10, y: y + 4, anchor: .end))
            let values = row.porosity.values
            if let least = values.min(), let most = values.max(), least < most {
                elements.append(SVGElement.line(x(least), y, x(most), y, opacity: 0.35))
            }
            elements += marks(row.porosity, y: y, x: x)
        }
        elements.append(
            SVGElement.text(
                "Porosity (%)", x: (left + right) / 2, y: bottom + 34, anchor: .middle))
        elements += legend(left: left)
        return SVGDrawing(
            width: 720, height: bottom + 44, title: "Porosity of each sample, in percent.",
            elements: elements)
    }

    private static func marks(
        _ porosity: SampleReport.Porosity, y: Double, x: (Double) -> Double
    ) -> [String] {
        var marks: [String] = []
        if let laboratory = porosity.laboratory { marks.append(diamond(x(laboratory), y)) }
        if let total = porosity.total { marks.append(circle(x(total), y, filled: true)) }
        if let connected = porosity.connected {
            marks.append(circle(x(connected), y, filled: false))
        }
        return marks
    }

    private static func legend(left: Double) -> [String] {
        [
            circle(left + 5, 14, filled: true),
            SVGElement.text("computed, total", x: left + 15, y: 18),
            circle(left + 135, 14, filled: false),
            SVGElement.text("computed, connected", x: left + 145, y: 18),
            diamond(left + 290, 14), SVGElement.text("laboratory", x: left + 301, y: 18),
        ]
    }

    private static func circle(_ x: Double, _ y: Double, filled: Bool) -> String {
        """
        <circle cx="\(SVGElement.number(x))" cy="\(SVGElement.number(y))" r="\(filled ? 4 : 5.5)" \
        style="fill: \(filled ? SVGElement.data : "none"); stroke: \(SVGElement.data)" \
        stroke-width="1.5"/>
        """
    }

    private static func diamond(_ x: Double, _ y: Double) -> String {
        let points = [(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]
            .map { "\(SVGElement.number($0.0)),\(SVGElement.number($0.1))" }
        return """
            <polygon points="\(points.joined(separator: " "))" \
            style="fill: \(SVGElement.accent)"/>
            """
    }

    private static func shortened(_ name: String, to longest: Int) -> String {
        name.count > longest ? name.prefix(longest - 1) + "…" : name
    }
}

import Testing

@testable import Report

@Suite struct `Diagram` {
    @Test(arguments: [SVGDrawing.CountAxis.linear, .logarithmic])
    func `of a histogram is well-formed and names its axes and thresholds`(
        axis: SVGDrawing.CountAxis
    ) throws {
        let drawing = SVGDrawing.histogram(
            counts: (0..<256).map { $0 * $0 % 977 }, range: 0...256,
            thresholds: [.init(value: 116, label: "Otsu"), .init(value: 120.5, label: "clay")],
            countAxis: axis, intensityLabel: "Grey value of HIGH")
        let check = try MarkupCheck(drawing.markup)
        #expect(check.elements.first == "svg")
        #expect(check.text.contains("Otsu 116"))
        #expect(check.text.contains("clay 120.5"))
        #expect(check.text.contains("Grey value of HIGH"))
        #expect(check.text.contains("Voxels"))
    }

    @Test func `of a histogram puts the highest bin at the top and empty ones at the bottom`()
        throws
    {
        let drawing = SVGDrawing.histogram(
            counts: [0, 10, 5, 0], range: 0...4, intensityLabel: "Grey")
        // The frame is 60 to 548 wide and 20 to 214 high; bins are 122 wide.
        #expect(
            drawing.markup.contains(
                "M60 214L60 214L182 214L182 20L304 20L304 117L426 117L426 214L548 214L548 214Z"))
    }

    @Test func `of a histogram keeps all counts of 65536 bins`() throws {
        var counts = [Int](repeating: 1, count: 65536)
        counts[40_000] = 10_000
        let drawing = SVGDrawing.histogram(
            counts: counts, range: 0...65536, intensityLabel: "Grey")
        #expect(drawing.markup.utf8.count < 20_000)
        _ = try MarkupCheck(drawing.markup)
    }

    @Test(arguments: [0.0...0.0, -1e-9...1e-9, -1e300...1e300, 5...5])
    func `of a histogram holds whatever its range`(range: ClosedRange<Double>) throws {
        let drawing = SVGDrawing.histogram(
            counts: [1, 0, 3], range: range, thresholds: [.init(value: 7, label: "t")],
            intensityLabel: "Grey")
        _ = try MarkupCheck(drawing.markup)
        #expect(!drawing.markup.contains("nan") && !drawing.markup.contains("inf"))
    }

    @Test func `of porosities needs two samples to compare`() throws {
        let known = SampleReport.Porosity(total: 0.2, connected: 0.19, laboratory: 0.21)
        #expect(SVGDrawing.porosity(of: [("a", known), ("b", .init())]) == nil)
        let drawing = try #require(SVGDrawing.porosity(of: [("a", known), ("<b>", known)]))
        let check = try MarkupCheck(drawing.markup)
        #expect(check.text.contains("<b>"))
        #expect(check.elements.count { $0 == "circle" } == 2 * 2 + 2)
        #expect(check.elements.count { $0 == "polygon" } == 2 + 1)
    }

    @Test(arguments: [
        (0.0, 10.0, 5, [0.0, 2, 4, 6, 8, 10]), (0.0, 35.0, 8, [0, 5, 10, 15, 20, 25, 30, 35]),
        (-3.0, 3.0, 3, [-2, 0, 2]), (7.0, 7.0, 4, [7]),
    ])
    func `has round numbers along its axes`(
        lower: Double, upper: Double, count: Int, expected: [Double]
    ) {
        #expect(AxisTicks.values(in: lower...upper, about: count) == expected)
    }
}

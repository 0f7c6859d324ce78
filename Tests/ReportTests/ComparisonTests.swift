import Testing
import Volumes

@testable import Report

@Suite struct `A picture that compares` {
    private let shape = Shape(depth: 1, height: 40, width: 32)

    private func image(_ title: String, _ value: Float, pores: Bool = false) -> ComparedImage {
        ComparedImage(
            title: title, grey: Volume(shape: shape, repeating: value),
            pores: Mask(shape: shape, repeating: pores), note: "12.3 dB")
    }

    @Test func `shows each image above, its pores in the middle and its difference below`() {
        let picture = DrawnPicture.comparison(
            of: [image("dark", 0.2), image("right", 0.5), image("bright", 0.9)],
            with: image("HIGH", 0.5), window: GreyWindow(black: 0, white: 1))
        // 40 voxels are drawn 8 pixels wide: panels of 320x256, 8 apart, with 26 for words.
        let drawn = picture.image
        #expect(drawn.width == 8 + 4 * 264 && drawn.height == 26 + 2 * 346 + 328)
        func middle(_ column: Int, _ row: Int) -> RGB {
            drawn[8 + column * 264 + 128, 26 + row * 346 + 160]
        }
        #expect((0..<4).map { middle($0, 0) } == [51, 128, 229, 128].map(RGB.grey))
        #expect(middle(1, 2) == .white)
        #expect(middle(0, 2).blue > middle(0, 2).red && middle(2, 2).red > middle(2, 2).blue)
        // The largest difference, 0.4, is full colour.
        #expect(middle(2, 2) == RGB(178, 40, 33))
        #expect(picture.caption.contains("full colour at 0.4 and more"))
        #expect(picture.caption.contains("dark, right, bright, HIGH"))
    }

    @Test func `draws outlines in the middle row alone`() {
        var mask = Mask(shape: shape, repeating: false)
        mask[0, 20, 16] = true
        let pore = ComparedImage(
            title: "a", grey: Volume(shape: shape, repeating: 0.5), pores: mask)
        let drawn = DrawnPicture.comparison(
            of: [pore], with: image("HIGH", 0.5), window: GreyWindow(black: 0, white: 1)
        ).image
        func outlines(_ rows: Range<Int>) -> Int {
            rows.reduce(0) { sum, y in
                sum + (0..<drawn.width).count { drawn[$0, y] == .outline }
            }
        }
        // The edge of a square of 8x8 pixels.
        #expect(outlines(0..<360) == 0 && outlines(372..<692) == 28)
        #expect(outlines(692..<drawn.height) == 0)
    }

    @Test func `has words that fit, whatever they are`() {
        let odd = "ß \u{1F600} d 7 dB " + String(repeating: "very long ", count: 30)
        let drawn = DrawnPicture.comparison(
            of: [image(odd, 0.5)], with: image("HIGH", 0.5),
            window: GreyWindow(black: 0, white: 1))
        #expect(drawn.image.width == 8 + 2 * 264)
        #expect(PixelText.width("dB") == 11)
    }
}

@Suite struct `A drawing of a sweep` {
    @Test func `has a curve and a name for each method`() throws {
        let drawing = SVGDrawing.sweep(
            [
                SweepCurve(title: "HIGH", values: [10, 20, nil], style: .reference),
                SweepCurve(title: "a < b", values: [12, 18, 30], style: .judged),
                SweepCurve(title: "other", values: [nil, nil, nil], style: .other(5)),
            ], title: "Porosity & more", axis: "porosity (%)", thresholds: [100, 110, 120],
            centre: 110)
        let check = try MarkupCheck(drawing.markup)
        #expect(check.elements.count { $0 == "polyline" } == 6)
        for words in ["HIGH", "a < b", "other", "porosity (%)", "Porosity & more"] {
            #expect(check.text.contains(words), "\(words)")
        }
    }

    @Test(arguments: [[0.0, 0], [-5, -5], [1e-12, 0], [1e300, 0]])
    func `holds whatever its values`(values: [Double]) throws {
        let drawing = SVGDrawing.sweep(
            [SweepCurve(title: "a", values: values, style: .judged)], title: "t", axis: "x",
            thresholds: [7, 7], centre: 7)
        _ = try MarkupCheck(drawing.markup)
        #expect(!drawing.markup.contains("nan") && !drawing.markup.contains("inf"))
    }
}

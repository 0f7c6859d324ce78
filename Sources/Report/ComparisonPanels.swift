import Foundation
public import Volumes

/// One way to see a place, for a picture that compares several.
public struct ComparedImage: Sendable {
    /// What it is, in a few words.
    public let title: String
    /// The grey values, one slice.
    public let grey: Volume<Float>
    /// The pores found in it.
    public let pores: Mask?
    /// What is written below its grey values.
    public let note: String
    /// What is written below its pores.
    public let poresNote: String

    /// An image of one slice; a mask has its shape.
    public init(
        title: String, grey: Volume<Float>, pores: Mask?, note: String = "", poresNote: String = ""
    ) {
        precondition(
            grey.shape.isImage && (pores.map { $0.shape == grey.shape } ?? true),
            "one slice, with a mask of its shape")
        self.title = title
        self.grey = grey
        self.pores = pores
        self.note = note
        self.poresNote = poresNote
    }
}

extension DrawnPicture {
    /// One place as several images show it, in columns, the one they are judged by on the right.
    ///
    /// The first row shows grey values, the second the same with the outlines of the pores, the third
    /// how far each image lies from the last: blue where it is darker, red where it is brighter.
    public static func comparison(
        of images: [ComparedImage], with reference: ComparedImage, window: GreyWindow
    ) -> DrawnPicture {
        precondition(
            images.allSatisfy { $0.grey.shape == reference.grey.shape },
            "images of one place have one shape")
        let columns = images + [reference]
        let layout = ComparisonLayout(reference.grey.shape, columns: columns.count)
        let range = errorRange(images, reference)
        var image = RGBImage(width: layout.width, height: layout.height, filledWith: .white)
        for (index, column) in columns.enumerated() {
            let x = layout.x(index)
            layout.write(column.title, over: index, y: layout.titleY, into: &image)
            var grey = layout.panel(Plane(column.grey, slice: 0)).image(window)
            image.place(grey, x: x, y: layout.y(0))
            drawOutline(of: column.pores, layout, into: &grey)
            image.place(grey, x: x, y: layout.y(1))
            layout.write(column.note, over: index, y: layout.noteY(0), into: &image)
            layout.write(column.poresNote, over: index, y: layout.noteY(1), into: &image)
            guard index < images.count else { continue }
            image.place(
                errorMap(column.grey, reference.grey, range, layout), x: x, y: layout.y(2))
        }
        drawLegend(range, layout, into: &image)
        var caption = """
            From left to right \(columns.map(\.title).joined(separator: ", ")). Above grey values \
            (\(window.caption.lowercased().dropLast())); in the middle with the pores' outline in amber; \
            below the difference from \(reference.title), blue where an image is darker and red where it is \
            brighter, full colour at \(NumberText.nominal(range)) and more.
            """
        if let bar = ScaleBar(
            voxelSize: reference.grey.voxelSize, pixelsPerVoxel: Double(layout.factor),
            width: layout.panelWidth)
        {
            var last = layout.panel(Plane(reference.grey, slice: 0)).image(window)
            bar.draw(into: &last)
            image.place(last, x: layout.x(columns.count - 1), y: layout.y(0))
            caption += " " + bar.caption
        }
        return DrawnPicture(image: image, caption: caption)
    }

    /// What 98 of 100 voxels of all images differ by less than, rounded up.
    private static func errorRange(_ images: [ComparedImage], _ reference: ComparedImage) -> Double
    {
        var errors: [Float] = []
        for image in images {
            errors += zip(image.grey.array, reference.grey.array).map { abs($0 - $1) }
        }
        errors.sort()
        let most = Double(errors.isEmpty ? 0 : errors[errors.count * 98 / 100])
        return max(0.05, (most * 20).rounded(.up) / 20)
    }

    private static func drawOutline(
        of mask: Mask?, _ layout: ComparisonLayout, into image: inout RGBImage
    ) {
        guard let mask else { return }
        let pores = layout.panel(
            Plane(
                height: mask.shape.height, width: mask.shape.width,
                values: mask.array.map { $0 ? Float(1) : 0 }))
        for y in 0..<pores.height {
            for x in 0..<pores.width where isOutline(x, y, of: pores) { image[x, y] = .outline }
        }
    }

    private static func errorMap(
        _ image: Volume<Float>, _ reference: Volume<Float>, _ range: Double,
        _ layout: ComparisonLayout
    ) -> RGBImage {
        let errors = zip(image.array, reference.array).map { $0 - $1 }
        let plane = layout.panel(
            Plane(height: image.shape.height, width: image.shape.width, values: errors))
        return RGBImage(width: plane.width, height: plane.height) { x, y in
            differenceColor(Double(plane[x, y]) / range)
        }
    }

    /// Where the reference has no difference from itself: a bar of the colours.
    private static func drawLegend(
        _ range: Double, _ layout: ComparisonLayout, into image: inout RGBImage
    ) {
        let column = layout.columns - 1
        let (width, height) = (layout.panelWidth * 3 / 4, 12)
        let x = layout.x(column) + (layout.panelWidth - width) / 2
        let y = layout.y(2) + layout.panelHeight / 2
        let bar = RGBImage(width: width, height: height) { x, _ in
            differenceColor(2 * Double(x) / Double(max(width - 1, 1)) - 1)
        }
        image.place(bar, x: x, y: y)
        layout.write("difference", over: column, y: y - 24, into: &image)
        let text = "-\(NumberText.nominal(range))" + "   0   " + "+\(NumberText.nominal(range))"
        layout.write(text, over: column, y: y + height + 8, into: &image)
        layout.write("of grey window", over: column, y: y + height + 28, into: &image)
    }

    /// White for 0, blue towards -1 and red towards 1.
    private static func differenceColor(_ value: Double) -> RGB {
        guard value.isFinite else { return .missing }
        let strength = min(abs(value), 1)
        let (red, green, blue) = value < 0 ? (33.0, 90.0, 172.0) : (178.0, 40.0, 33.0)
        func mixed(_ end: Double) -> UInt8 { UInt8((255 + (end - 255) * strength).rounded()) }
        return RGB(mixed(red), mixed(green), mixed(blue))
    }
}

/// Where things lie in a picture of columns and three rows.
private struct ComparisonLayout {
    private static let gap = 8
    private static let textSize = 2
    private static let textBand = 26

    let columns: Int
    /// Pixels along a voxel.
    let factor: Int
    let panelHeight: Int
    let panelWidth: Int

    init(_ shape: Shape, columns: Int) {
        self.columns = columns
        factor = max(1, 320 / max(shape.height, shape.width))
        panelHeight = shape.height * factor
        panelWidth = shape.width * factor
    }

    var width: Int { columns * (panelWidth + Self.gap) + Self.gap }
    var height: Int { y(2) + panelHeight + Self.gap }
    var titleY: Int { Self.gap }

    func x(_ column: Int) -> Int { Self.gap + column * (panelWidth + Self.gap) }
    func y(_ row: Int) -> Int { Self.textBand + row * (panelHeight + Self.textBand) }
    func noteY(_ row: Int) -> Int { y(row) + panelHeight + 6 }

    /// A slice with its voxels as squares.
    func panel(_ plane: Plane<Float>) -> Plane<Float> { plane.enlarged(by: factor) }

    /// Writes words in the middle of a column, smaller where they would not fit.
    func write(_ text: String, over column: Int, y: Int, into image: inout RGBImage) {
        let size = PixelText.width(text) * Self.textSize <= panelWidth ? Self.textSize : 1
        PixelText.draw(
            text, x: x(column) + (panelWidth - PixelText.width(text) * size) / 2, y: y,
            size: size, into: &image)
    }
}

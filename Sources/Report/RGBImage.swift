import VolumeFiles

/// A colour of a picture, eight bits a channel.
struct RGB: Hashable {
    let red: UInt8
    let green: UInt8
    let blue: UInt8

    init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    static let white = RGB(255, 255, 255)
    static let black = RGB(0, 0, 0)
    /// The outline of the pores: seen on dark and on light grey, and by colour-blind readers.
    static let outline = RGB(255, 176, 0)
    /// Where a scan has no value.
    static let missing = RGB(70, 84, 120)

    static func grey(_ level: UInt8) -> RGB { RGB(level, level, level) }
}

/// A picture of red, green and blue bytes, top row first.
public struct RGBImage: Hashable, Sendable {
    /// Pixels in a row.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Three bytes a pixel, row by row: `3 * width * height` in all.
    public private(set) var bytes: [UInt8]

    init(width: Int, height: Int, filledWith color: RGB) {
        precondition(width > 0 && height > 0, "a picture has pixels")
        self.width = width
        self.height = height
        bytes = []
        bytes.reserveCapacity(3 * width * height)
        for _ in 0..<(width * height) {
            bytes.append(color.red)
            bytes.append(color.green)
            bytes.append(color.blue)
        }
    }

    init(width: Int, height: Int, color: (_ x: Int, _ y: Int) -> RGB) {
        precondition(width > 0 && height > 0, "a picture has pixels")
        self.width = width
        self.height = height
        bytes = []
        bytes.reserveCapacity(3 * width * height)
        for y in 0..<height {
            for x in 0..<width {
                let pixel = color(x, y)
                bytes.append(pixel.red)
                bytes.append(pixel.green)
                bytes.append(pixel.blue)
            }
        }
    }

    subscript(x: Int, y: Int) -> RGB {
        get {
            let first = 3 * (y * width + x)
            return RGB(bytes[first], bytes[first + 1], bytes[first + 2])
        }
        set {
            let first = 3 * (y * width + x)
            bytes[first] = newValue.red
            bytes[first + 1] = newValue.green
            bytes[first + 2] = newValue.blue
        }
    }

    /// Copies `other` into this picture with its top left corner at (`x`, `y`).
    mutating func place(_ other: RGBImage, x: Int, y: Int) {
        precondition(
            x >= 0 && y >= 0 && x + other.width <= width && y + other.height <= height,
            "a panel fits into its picture")
        for row in 0..<other.height {
            let target = 3 * ((y + row) * width + x)
            let source = 3 * row * other.width
            bytes.replaceSubrange(
                target..<(target + 3 * other.width),
                with: other.bytes[source..<(source + 3 * other.width)])
        }
    }

    /// The picture as the bytes of a PNG file; a picture without colour is stored as grey, a third
    /// of the size. The same picture gives the same bytes.
    ///
    /// - Throws: ``ReportError/cannotEncode(width:height:reason:)``.
    public func png() throws(ReportError) -> [UInt8] {
        let grey = greyBytes
        do throws(VolumeFileError) {
            return try encodePNG(
                width: width, height: height, channels: grey == nil ? 3 : 1, bytes: grey ?? bytes)
        } catch {
            throw .cannotEncode(width: width, height: height, reason: error.description)
        }
    }

    /// One byte a pixel where all three channels are equal everywhere.
    private var greyBytes: [UInt8]? {
        var grey: [UInt8] = []
        grey.reserveCapacity(width * height)
        for first in stride(from: 0, to: bytes.count, by: 3) {
            let level = bytes[first]
            guard bytes[first + 1] == level, bytes[first + 2] == level else { return nil }
            grey.append(level)
        }
        return grey
    }
}

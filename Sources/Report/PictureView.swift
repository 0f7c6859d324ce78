import Foundation

/// A picture as the page embeds it.
struct PictureView {
    let caption: String
    /// The whole PNG file, in base 64.
    let png: PNG?
    /// The `svg` element.
    let svg: String?
    /// `wide` for a picture that gets a row of its own.
    let kind: String

    /// A PNG with the size it says it has.
    struct PNG {
        let data: String
        let width: String
        let height: String
    }

    init(_ picture: ReportPicture) throws(ReportError) {
        caption = picture.caption
        switch picture.content {
        case .png(let bytes):
            guard let size = PictureView.size(ofPNG: bytes) else {
                throw .notPNG(caption: picture.caption)
            }
            png = PNG(
                data: Data(bytes).base64EncodedString(), width: String(size.width),
                height: String(size.height))
            svg = nil
            kind = size.width * 2 > size.height * 3 ? "wide" : ""
        case .drawing(let drawing):
            png = nil
            svg = drawing.markup
            kind = ""
        }
    }

    /// The width and height in the header that every PNG begins with.
    private static func size(ofPNG bytes: [UInt8]) -> (width: Int, height: Int)? {
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        guard bytes.count > 24, Array(bytes[..<8]) == signature else { return nil }
        func number(at first: Int) -> Int {
            bytes[first..<(first + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        let size = (width: number(at: 16), height: number(at: 20))
        return size.width > 0 && size.height > 0 ? size : nil
    }
}

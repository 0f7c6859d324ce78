/// The directories of a TIFF being written, little-endian, as bytes that follow the pixels.
struct TIFFTable {
    /// The tags of one page, in ascending order.
    struct Page {
        fileprivate enum Value {
            case short(Int)
            case long(Int)
            case offset(Int)
            case text(String)
            case fraction(Fraction)
        }
        fileprivate var entries: [(tag: TIFFTag, value: Value)] = []

        mutating func short(_ tag: TIFFTag, _ value: Int) { entries.append((tag, .short(value))) }
        mutating func long(_ tag: TIFFTag, _ value: Int) { entries.append((tag, .long(value))) }
        /// A position or length, of 64 bits in BigTIFF.
        mutating func offset(_ tag: TIFFTag, _ value: Int) { entries.append((tag, .offset(value))) }
        mutating func text(_ tag: TIFFTag, _ value: String) { entries.append((tag, .text(value))) }
        mutating func fraction(_ tag: TIFFTag, _ value: Fraction) {
            entries.append((tag, .fraction(value)))
        }
    }

    /// Everything from the first directory on.
    private(set) var bytes: [UInt8] = []
    private let start: Int
    private let isBig: Bool

    /// A table that will be at byte `start` of its file.
    init(start: Int, isBig: Bool) {
        self.start = start
        self.isBig = isBig
    }

    /// What the file begins with.
    var header: [UInt8] {
        isBig
            ? [0x49, 0x49] + Self.little(43, 2) + Self.little(8, 2) + Self.little(0, 2)
                + Self.little(start, 8)
            : [0x49, 0x49] + Self.little(42, 2) + Self.little(start, 4)
    }

    /// Adds a page; the next one, if any, follows at once.
    mutating func append(_ page: Page, isLast: Bool) {
        let pointer = isBig ? 8 : 4
        let directory = start + bytes.count
        let size =
            (isBig ? 8 : 2) + page.entries.count * (isBig ? 20 : 12) + pointer
        var values: [UInt8] = []
        bytes += Self.little(page.entries.count, isBig ? 8 : 2)
        for (tag, value) in page.entries {
            let (type, count, raw): (Int, Int, [UInt8]) =
                switch value {
                case .short(let number): (3, 1, Self.little(number, 2))
                case .long(let number): (4, 1, Self.little(number, 4))
                case .offset(let number): (isBig ? 16 : 4, 1, Self.little(number, pointer))
                case .text(let text): (2, text.utf8.count + 1, Array(text.utf8) + [0])
                case .fraction(let fraction):
                    (
                        5, 1,
                        Self.little(Int(fraction.numerator), 4)
                            + Self.little(Int(fraction.denominator), 4)
                    )
                }
            bytes += Self.little(Int(tag.rawValue), 2) + Self.little(type, 2)
            bytes += Self.little(count, pointer)
            if raw.count <= pointer {
                bytes += raw + [UInt8](repeating: 0, count: pointer - raw.count)
            } else {
                bytes += Self.little(directory + size + values.count, pointer)
                // Values begin at even places.
                values += raw + (raw.count % 2 == 1 ? [0] : [])
            }
        }
        bytes += Self.little(isLast ? 0 : directory + size + values.count, pointer)
        bytes += values
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}

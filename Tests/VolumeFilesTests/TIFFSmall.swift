/// A TIFF put together by hand, for what no writer of ours makes.
struct SmallTIFF {
    private(set) var bytes: [UInt8]
    private let bigEndian: Bool
    private var link = 4
    private var firstDirectory = 0

    init(bigEndian: Bool = false) {
        self.bigEndian = bigEndian
        bytes = bigEndian ? [0x4D, 0x4D, 0, 42, 0, 0, 0, 0] : [0x49, 0x49, 42, 0, 0, 0, 0, 0]
    }

    /// Appends a page of one strip: its directory, then its pixels to the end of the file.
    mutating func page(
        width: Int, height: Int, bits: Int, pixels: [UInt8], text: String? = nil, samples: Int = 1,
        photometric: Int = 1, compression: Int = 1, stripBytes: Int? = nil,
        resolution: (Int, Int)? = nil, unit: Int = 1
    ) {
        let note: [UInt8] = text.map { Array($0.utf8) + [0, 0, 0, 0] } ?? []
        let ratio: [UInt8] = resolution.map { number($0.0, 4) + number($0.1, 4) } ?? []
        // Tag, type, count, value.
        var entries: [(Int, Int, Int, Int)] = [
            (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, bits), (259, 3, 1, compression),
            (262, 3, 1, photometric), (273, 4, 1, 0), (277, 3, 1, samples), (278, 4, 1, height),
            (279, 4, 1, stripBytes ?? pixels.count), (296, 3, 1, unit),
        ]
        if text != nil { entries.append((270, 2, note.count, 0)) }
        if resolution != nil { entries += [(282, 5, 1, 0), (283, 5, 1, 0)] }
        entries.sort { $0.0 < $1.0 }
        let start = bytes.count
        if firstDirectory == 0 { firstDirectory = start }
        bytes.replaceSubrange(link..<(link + 4), with: number(start, 4))
        let values = start + 2 + entries.count * 12 + 4
        bytes += number(entries.count, 2)
        for (tag, type, count, value) in entries {
            let place =
                switch tag {
                case 270: values
                case 282, 283: values + note.count
                case 273: values + note.count + ratio.count
                default: value
                }
            let isShort = type == 3
            bytes += number(tag, 2) + number(type, 2) + number(count, 4)
            bytes += isShort ? number(place, 2) + [0, 0] : number(place, 4)
        }
        link = bytes.count
        bytes += [0, 0, 0, 0] + note + ratio + pixels
    }

    /// Makes the first page follow the last.
    mutating func endInCircle() {
        bytes.replaceSubrange(link..<(link + 4), with: number(firstDirectory, 4))
    }

    private func number(_ value: Int, _ count: Int) -> [UInt8] {
        let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        return bigEndian ? little.reversed() : little
    }
}

extension [UInt8] {
    /// Two-byte elements in the other byte order.
    var swappedPairs: [UInt8] {
        stride(from: 0, to: count, by: 2).flatMap { [self[$0 + 1], self[$0]] }
    }
}

import Foundation

/// What the description of a TIFF's first page says about the whole stack.
///
/// Understood are ImageJ's keys (`ij/io/FileSaver.java`), the attributes of OME-XML's `Pixels`
/// element (Goldberg et al. 2005, doi:10.1186/gb-2005-6-5-r47) and the shape that tifffile writes.
struct TIFFStackText {
    enum Dialect { case imageJ, ome, tifffile, plain }

    let dialect: Dialect
    /// Keys and values, as the file spells them.
    let properties: [String: String]
    /// Axes other than those of a page, slowest first, with how many pages each spans.
    let axes: [(name: String, count: Int)]
    /// How many pages there should be; `nil` if the text does not say.
    let pageCount: Int?
    /// Whether one directory may stand for all pages, whose pixels then follow each other.
    let allowsOneDirectory: Bool

    /// Reads a description; `pageSampleCount` is the number of samples of one page.
    init(_ text: String?, pageSampleCount: Int) {
        let text = text ?? ""
        if text.hasPrefix("ImageJ=") {
            self.init(imageJ: text)
        } else if text.hasPrefix("<"), let pixels = Self.attributes(ofPixelsIn: text) {
            self.init(ome: pixels)
        } else if text.hasPrefix("{"),
            let shaped = try? JSONDecoder().decode(Shaped.self, from: Data(text.utf8))
        {
            self.init(shaped: shaped, pageSampleCount: pageSampleCount)
        } else {
            self.init(.plain, [:], [], nil, allowsOneDirectory: false)
        }
    }

    private init(
        _ dialect: Dialect, _ properties: [String: String], _ axes: [(String, Int)],
        _ pageCount: Int?, allowsOneDirectory: Bool
    ) {
        self.dialect = dialect
        self.properties = properties
        self.axes = axes
        self.pageCount = pageCount
        self.allowsOneDirectory = allowsOneDirectory
    }

    private init(imageJ text: String) {
        var properties: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let mark = line.firstIndex(of: "=") else { continue }
            properties[String(line[..<mark])] = String(line[line.index(after: mark)...])
        }
        let axes = ["frames", "slices", "channels"].compactMap { name in
            properties[name].flatMap { Int($0) }.map { (name, $0) }
        }
        self.init(
            .imageJ, properties, axes, properties["images"].flatMap { Int($0) },
            allowsOneDirectory: true)
    }

    private init(ome pixels: [String: String]) {
        let axes = ["SizeT", "SizeZ", "SizeC"].map { name in
            (name, pixels[name].flatMap { Int($0) } ?? 1)
        }
        var count = 1
        for axis in axes {
            // Sizes no file can hold are as good as broken; the page count will not match.
            let (product, overflow) = count.multipliedReportingOverflow(by: max(axis.1, 0))
            count = overflow ? .max : product
        }
        self.init(.ome, pixels, axes, count, allowsOneDirectory: false)
    }

    private struct Shaped: Decodable {
        let shape: [Int]
        let truncated: Bool?
    }

    private init(shaped: Shaped, pageSampleCount: Int) {
        var rest = 1
        var split = shaped.shape.count
        // The last axes make a page; what stands before them counts pages.
        while split > 0, rest < pageSampleCount {
            split -= 1
            let (product, overflow) = rest.multipliedReportingOverflow(by: shaped.shape[split])
            rest = overflow ? .max : product
        }
        let axes = shaped.shape[..<split].enumerated().map { ("axis \($0.offset)", $0.element) }
        guard rest == pageSampleCount, axes.allSatisfy({ $0.1 > 0 && $0.1 < 1 << 32 }) else {
            self.init(.tifffile, [:], [], nil, allowsOneDirectory: false)
            return
        }
        let count = axes.reduce(1.0) { $0 * Double($1.1) }
        self.init(
            .tifffile, [:], axes, Int(min(count, 1e15)),
            allowsOneDirectory: shaped.truncated == true)
    }

    /// The attributes of the first `Pixels` element of OME-XML; `nil` if there is none.
    private static func attributes(ofPixelsIn text: String) -> [String: String]? {
        let bytes = Array(text.utf8)
        let name = Array("Pixels".utf8)
        var start = 0
        while start + name.count < bytes.count {
            let isElement =
                bytes[start] == UInt8(ascii: "<") || bytes[start] == UInt8(ascii: ":")
            if isElement, bytes[(start + 1)...].starts(with: name),
                bytes.count > start + 7, [9, 10, 13, 32].contains(bytes[start + 7])
            {
                return attributes(bytes[(start + 7)...])
            }
            start += 1
        }
        return nil
    }

    private static func attributes(_ bytes: ArraySlice<UInt8>) -> [String: String] {
        var attributes: [String: String] = [:]
        var rest = bytes.prefix { $0 != UInt8(ascii: ">") }
        while let equals = rest.firstIndex(of: UInt8(ascii: "=")) {
            let key = String(decoding: rest[..<equals], as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            rest = rest[(equals + 1)...].drop { [9, 10, 13, 32].contains($0) }
            guard let quote = rest.first, quote == 0x22 || quote == 0x27,
                let end = rest.dropFirst().firstIndex(of: quote)
            else { break }
            let value = String(decoding: rest.dropFirst()[..<end], as: UTF8.self)
            attributes[key] = ["&#181;", "&#xB5;", "&#xb5;", "&#956;"].reduce(value) {
                $0.replacingOccurrences(of: $1, with: "µ")
            }
            rest = rest[(end + 1)...]
        }
        return attributes
    }
}

import SystemPackage
import Volumes

/// NRRD: a text header followed by voxels (`.nrrd`) or beside them (`.nhdr`), raw or gzipped
/// (teem.sourceforge.net/nrrd/format.html).
struct NRRDHeader {
    private let file: PositionedFile
    private var fields: [String: String] = [:]
    private var facts: [String: String] = [:]
    /// The lines after `data file: LIST`.
    private var list: [String] = []
    /// Where voxels begin that follow the header in its own file.
    private var end = 0

    /// Whether bytes begin as an NRRD file does.
    static func recognises(_ head: [UInt8]) -> Bool { head.starts(with: Array("NRRD000".utf8)) }

    /// Opens a scan whose path is that of the header.
    static func open(_ location: ScanLocation) throws(VolumeFileError) -> RawScanReader {
        try Self(PositionedFile(location.path)).reader(root: location.root)
    }

    private init(_ file: PositionedFile) throws(VolumeFileError) {
        self.file = file
        let bytes = try file.bytes(at: 0, count: min(file.length, HeaderText.greatestByteCount))
        guard Self.recognises(bytes) else {
            throw .malformed(file.path, problem: "it does not begin as NRRD does")
        }
        var isList = false
        var isFirst = true
        end = file.length
        for line in HeaderText.lines(bytes) {
            let text = HeaderText.trim(line.text)
            if isFirst {
                isFirst = false
                continue
            }
            if text.isEmpty {
                end = line.end
                break
            }
            if isList {
                list.append(text)
                continue
            }
            if text.hasPrefix("#") { continue }
            if let mark = text.firstRange(of: ":=") {
                facts[String(text[..<mark.lowerBound])] = String(text[mark.upperBound...])
                continue
            }
            guard let colon = text.firstIndex(of: ":") else {
                throw .malformed(
                    file.path, problem: "a header line without ':': \(text.prefix(40))")
            }
            let key = Self.canonical(HeaderText.trim(text[..<colon]).lowercased())
            let value = HeaderText.trim(text[text.index(after: colon)...])
            guard fields.updateValue(value, forKey: key) == nil else {
                throw .malformed(file.path, problem: "\(key) is given twice")
            }
            isList = key == "data file" && HeaderText.words(value).first == "LIST"
        }
    }

    /// The two spellings of some fields are one.
    private static func canonical(_ key: String) -> String {
        switch key {
        case "datafile": "data file"
        case "lineskip": "line skip"
        case "byteskip": "byte skip"
        default: key
        }
    }

    private func reader(root: FilePath?) throws(VolumeFileError) -> RawScanReader {
        let shape = try shape()
        let elementType = try elementType()
        let isBigEndian: Bool
        switch fields["endian"]?.lowercased() {
        case "little": isBigEndian = false
        case "big": isBigEndian = true
        case nil where elementType.byteCount == 1: isBigEndian = false
        case let other:
            throw .malformed(file.path, problem: "its byte order is \(other ?? "not stated")")
        }
        var notes: [String] = []
        let voxelSize = try NRRDVoxelSize(
            file.path, fields, dimension: Int(fields["dimension"] ?? "") ?? 3
        ).found(&notes)
        let source = try source(shape, elementType, root: root)
        var metadata = facts
        for key in ["content", "space", "space origin", "kinds", "labels"] {
            if let value = fields[key] { metadata[key] = value }
        }
        let description = ScanDescription(
            format: .nrrd,
            files: source.files == [file.path] ? [file.path] : source.files + [file.path],
            shape: shape, elementType: elementType, voxelSize: voxelSize, metadata: metadata,
            notes: notes)
        return RawScanReader(description, source: source, isBigEndian: isBigEndian)
    }

    private func shape() throws(VolumeFileError) -> Shape {
        guard let text = fields["sizes"], let sizes = HeaderText.integers(text),
            fields["dimension"].flatMap({ Int($0) }) == sizes.count
        else {
            throw .malformed(
                file.path, problem: "dimension and sizes do not give one whole number per axis")
        }
        let kinds = HeaderText.words(fields["kinds"] ?? "").map { $0.lowercased() }
        let isSpatial = kinds.allSatisfy { ["domain", "space", "none", "???"].contains($0) }
        guard sizes.count == 2 || sizes.count == 3, isSpatial else {
            throw .unsupported(
                file.path,
                problem: "its axes are \(text)"
                    + (isSpatial ? "" : " (\(kinds.joined(separator: ", ")))"),
                advice: "export one grey value for each point of two or three spatial axes")
        }
        guard
            let shape = Shape(
                checkingDepth: sizes.count == 3 ? sizes[2] : 1, height: sizes[1], width: sizes[0])
        else { throw .malformed(file.path, problem: "sizes: \(text) is not a possible extent") }
        return shape
    }

    private func elementType() throws(VolumeFileError) -> ElementType {
        switch fields["type"]?.lowercased() {
        case "signed char", "int8", "int8_t": .int8
        case "uchar", "unsigned char", "uint8", "uint8_t": .uint8
        case "short", "short int", "signed short", "signed short int", "int16", "int16_t": .int16
        case "ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t": .uint16
        case "int", "signed int", "int32", "int32_t": .int32
        case "uint", "unsigned int", "uint32", "uint32_t": .uint32
        case "longlong", "long long", "long long int", "signed long long",
            "signed long long int", "int64", "int64_t":
            .int64
        case "ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t":
            .uint64
        case "float": .float32
        case "double": .float64
        case let other?:
            throw .unsupported(
                file.path, problem: "voxels of type \(other)",
                advice: "export numbers of 8 to 64 bits")
        case nil: throw .malformed(file.path, problem: "its header has no type")
        }
    }

    private func skip(_ key: String) throws(VolumeFileError) -> Int {
        guard let text = fields[key] else { return 0 }
        guard let count = Int(text), count >= (key == "byte skip" ? -1 : 0) else {
            throw .malformed(file.path, problem: "\(key): \(text) is not a count")
        }
        return count
    }

    private func source(
        _ shape: Shape, _ elementType: ElementType, root: FilePath?
    ) throws(VolumeFileError) -> any VoxelSource {
        let byteCount = ByteCount.of(shape, elementType)
        let lineSkip = try skip("line skip")
        let byteSkip = try skip("byte skip")
        let isPacked: Bool
        switch fields["encoding"]?.lowercased() {
        case "raw": isPacked = false
        case "gzip", "gz": isPacked = true
        case let other:
            throw .unsupported(
                file.path, problem: "encoding \(other ?? "not stated")",
                advice: "save it with encoding raw or gzip")
        }
        let reference = fields["data file"]
        let words = HeaderText.words(reference ?? "")
        if words.first == "LIST" || words.count >= 4 && reference?.contains("%") == true {
            guard !isPacked, lineSkip == 0, byteSkip >= 0 else {
                throw .unsupported(
                    file.path,
                    problem: "a list of packed slices, or of slices with unknown headers",
                    advice: "save the scan as one file")
            }
            let paths = try slices(words, shape).map { name throws(VolumeFileError) in
                try SidecarReference.resolve(name, from: file.path, root: root)
            }
            return try SliceFilesSource(
                paths, offset: byteSkip, sliceByteCount: byteCount / shape.depth)
        }
        let data: PositionedFile
        var start = 0
        if let reference {
            data = try PositionedFile(
                SidecarReference.resolve(reference, from: file.path, root: root))
        } else {
            data = file
            start = end
        }
        start = try skipLines(lineSkip, in: data, from: start)
        if isPacked {
            let (_, overflow) = max(byteSkip, 0).addingReportingOverflow(byteCount)
            guard byteSkip >= 0, !overflow else {
                throw .malformed(
                    file.path, problem: "byte skip: \(byteSkip) has no meaning for packed voxels")
            }
            return try InflateSource(
                data, packed: start..<data.length, skip: byteSkip, voxelByteCount: byteCount)
        }
        if byteSkip == -1 {
            guard data.length - start >= byteCount else {
                throw .malformed(
                    data.path,
                    problem: "\(data.length - start) bytes found, \(byteCount) expected")
            }
            start = data.length - byteCount
        } else {
            let (sum, overflow) = start.addingReportingOverflow(byteSkip)
            guard !overflow else {
                throw .malformed(file.path, problem: "byte skip: \(byteSkip) is not a count")
            }
            start = sum
        }
        try ByteCount.check(data, header: start, voxels: byteCount)
        return PlainVoxelSource(data, offset: start)
    }

    /// The offset after so many more lines.
    private func skipLines(
        _ count: Int, in data: PositionedFile, from start: Int
    ) throws(VolumeFileError) -> Int {
        guard count > 0 else { return start }
        let bytes = try data.bytes(
            at: start, count: min(data.length - start, HeaderText.greatestByteCount))
        var left = count
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            left -= 1
            if left == 0 { return start + index + 1 }
        }
        throw .malformed(data.path, problem: "it has fewer than the \(count) lines to skip")
    }

    /// The names of one file for every slice.
    private func slices(
        _ words: [String], _ shape: Shape
    ) throws(VolumeFileError) -> [String] {
        let subdimension = "\((fields["dimension"].flatMap { Int($0) } ?? 3) - 1)"
        if words.first == "LIST" {
            guard words.count == 1 || words == ["LIST", subdimension] else {
                throw .unsupported(
                    file.path, problem: "data file: \(words.joined(separator: " "))",
                    advice: "list one file for every slice")
            }
            guard list.count == shape.depth else {
                throw .malformed(
                    file.path, problem: "\(list.count) files listed for \(shape.depth) slices")
            }
            return list
        }
        let numbers = words.dropFirst().prefix(3).compactMap { Int($0) }
        guard numbers.count == 3, words.count == 4 || words.dropFirst(4) == [subdimension],
            let names = NumberedNames.expand(
                words[0], from: numbers[0], through: numbers[1], by: numbers[2],
                count: shape.depth)
        else {
            throw .malformed(
                file.path,
                problem: """
                    data file: \(words.joined(separator: " ")) does not number \
                    \(shape.depth) slices
                    """)
        }
        return names
    }
}

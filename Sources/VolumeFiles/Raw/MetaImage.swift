import SystemPackage
import Volumes

/// MetaImage: a text header (`.mhd`, voxels in other files) or header and voxels in one (`.mha`),
/// as ITK, 3D Slicer, elastix and Fiji write them.
struct MetaImageHeader {
    private let file: PositionedFile
    private var fields: [String: String] = [:]
    /// The lines after `ElementDataFile = LIST`.
    private var list: [String] = []
    /// Where voxels begin that follow the header in its own file.
    private var end = 0

    /// Whether bytes begin as a MetaImage header does.
    static func recognises(_ head: [UInt8]) -> Bool {
        guard let first = HeaderText.lines(head).first(where: { !$0.text.isEmpty }) else {
            return false
        }
        let key = HeaderText.trim(first.text.prefix { $0 != "=" })
        return first.text.contains("=")
            && ["ObjectType", "ObjectSubType", "Comment", "NDims"].contains(key)
    }

    /// Opens a scan whose path is that of the header.
    static func open(_ location: ScanLocation) throws(VolumeFileError) -> RawScanReader {
        try Self(PositionedFile(location.path)).reader(root: location.root)
    }

    private init(_ file: PositionedFile) throws(VolumeFileError) {
        self.file = file
        let bytes = try file.bytes(at: 0, count: min(file.length, HeaderText.greatestByteCount))
        var isList = false
        for line in HeaderText.lines(bytes) {
            let text = HeaderText.trim(line.text)
            if isList {
                if !text.isEmpty { list.append(text) }
                continue
            }
            if text.isEmpty { continue }
            guard let equals = text.firstIndex(of: "=") else {
                throw .malformed(
                    file.path, problem: "a header line without '=': \(text.prefix(40))")
            }
            let key = HeaderText.trim(text[..<equals])
            let value = HeaderText.trim(text[text.index(after: equals)...])
            guard fields.updateValue(value, forKey: key) == nil || key == "Comment" else {
                throw .malformed(file.path, problem: "\(key) is given twice")
            }
            guard key == "ElementDataFile" else { continue }
            end = line.end
            if HeaderText.words(value).first != "LIST" { return }
            isList = true
        }
        guard isList else {
            throw .malformed(file.path, problem: "its header does not name an ElementDataFile")
        }
    }

    private func reader(root: FilePath?) throws(VolumeFileError) -> RawScanReader {
        let shape = try shape()
        let elementType = try elementType()
        if let channels = fields["ElementNumberOfChannels"], channels != "1" {
            throw .unsupported(
                file.path, problem: "it has \(channels) channels",
                advice: "export one grey-value channel")
        }
        if isFalse("BinaryData") {
            throw .unsupported(
                file.path, problem: "its voxels are written as text",
                advice: "export it with binary voxels")
        }
        var order = try boolean("BinaryDataByteOrderMSB")
        if order == nil { order = try boolean("ElementByteOrderMSB") }
        var notes: [String] = []
        let voxelSize = try voxelSize(shape, &notes)
        let source = try source(shape, elementType, root: root)
        if order == nil, elementType.byteCount > 1 {
            try ReadingCheck.require(
                source, shape: shape, elementType: elementType, isBigEndian: false,
                path: file.path, remedy: "state BinaryDataByteOrderMSB in the header")
            notes.append("the header does not state the byte order; little endian is taken")
        }
        if let matrix = fields["TransformMatrix"],
            let numbers = HeaderText.numbers(matrix), numbers.count == 9,
            numbers != [1, 0, 0, 0, 1, 0, 0, 0, 1]
        {
            notes.append("the header turns the axes (TransformMatrix); voxels are taken as stored")
        }
        let consumed: Set = [
            "ObjectType", "NDims", "DimSize", "ElementType", "ElementDataFile", "HeaderSize",
            "BinaryData", "BinaryDataByteOrderMSB", "ElementByteOrderMSB", "ElementSpacing",
            "ElementSize", "ElementNumberOfChannels", "CompressedData", "CompressedDataSize",
        ]
        let description = ScanDescription(
            format: .metaImage,
            files: source.files == [file.path] ? [file.path] : source.files + [file.path],
            shape: shape, elementType: elementType, voxelSize: voxelSize,
            metadata: fields.filter { !consumed.contains($0.key) }, notes: notes)
        return RawScanReader(description, source: source, isBigEndian: order ?? false)
    }

    private func shape() throws(VolumeFileError) -> Shape {
        guard let text = fields["DimSize"], let sizes = HeaderText.integers(text),
            let dimensions = fields["NDims"].flatMap({ Int($0) }), sizes.count == dimensions
        else {
            throw .malformed(
                file.path, problem: "NDims and DimSize do not give one whole number per axis")
        }
        guard sizes.count == 2 || sizes.count == 3 else {
            throw .unsupported(
                file.path, problem: "it has \(sizes.count) axes",
                advice: "export a scan of two or three")
        }
        guard
            let shape = Shape(
                checkingDepth: sizes.count == 3 ? sizes[2] : 1, height: sizes[1], width: sizes[0])
        else { throw .malformed(file.path, problem: "DimSize = \(text) is not a possible extent") }
        return shape
    }

    private func elementType() throws(VolumeFileError) -> ElementType {
        switch fields["ElementType"] {
        case "MET_CHAR": .int8
        case "MET_UCHAR": .uint8
        case "MET_SHORT": .int16
        case "MET_USHORT": .uint16
        // MetaIO's long has four bytes on every machine.
        case "MET_INT", "MET_LONG": .int32
        case "MET_UINT", "MET_ULONG": .uint32
        case "MET_LONG_LONG": .int64
        case "MET_ULONG_LONG": .uint64
        case "MET_FLOAT": .float32
        case "MET_DOUBLE": .float64
        case let other?:
            throw .unsupported(
                file.path, problem: "ElementType \(other)",
                advice: "export single numbers of 8 to 64 bits, such as MET_USHORT")
        case nil: throw .malformed(file.path, problem: "its header has no ElementType")
        }
    }

    private func boolean(_ key: String) throws(VolumeFileError) -> Bool? {
        switch fields[key]?.lowercased() {
        case nil: nil
        case "true", "t", "1": true
        case "false", "f", "0": false
        case let other?:
            throw .malformed(file.path, problem: "\(key) = \(other) is neither True nor False")
        }
    }

    private func isFalse(_ key: String) -> Bool {
        ["false", "f", "0"].contains(fields[key]?.lowercased())
    }

    private func voxelSize(
        _ shape: Shape, _ notes: inout [String]
    ) throws(VolumeFileError) -> FoundVoxelSize? {
        guard let key = ["ElementSpacing", "ElementSize"].first(where: { fields[$0] != nil }),
            let text = fields[key]
        else { return nil }
        guard let edges = HeaderText.numbers(text), "\(edges.count)" == fields["NDims"] else {
            throw .malformed(file.path, problem: "\(key) = \(text) is not one length per axis")
        }
        let stated = fields["DistanceUnits"].flatMap { LengthUnit.micrometres(in: $0) }
        if stated == nil, edges.allSatisfy({ $0 == 1 }) {
            notes.append("\(key) = \(text) is what programs write for an unknown voxel size")
            return nil
        }
        let lengths = edges.map { HeaderLength.micrometres($0, per: stated ?? 1000) }
        guard
            let size = VoxelSize(
                depthInMicrometres: lengths.last ?? 0, heightInMicrometres: lengths[1],
                widthInMicrometres: lengths[0])
        else { throw .malformed(file.path, problem: "\(key) = \(text) is not a possible size") }
        let name = file.path.lastComponent?.string ?? file.path.string
        let unit = stated == nil ? "mm, as ITK takes it" : (fields["DistanceUnits"] ?? "")
        return FoundVoxelSize(size, source: "\(name): \(key)=\(text) (\(unit))")
    }

    private func source(
        _ shape: Shape, _ elementType: ElementType, root: FilePath?
    ) throws(VolumeFileError) -> any VoxelSource {
        let byteCount = ByteCount.of(shape, elementType)
        let headerSize: Int
        switch fields["HeaderSize"] {
        case nil: headerSize = 0
        case let text?:
            guard let size = Int(text), size >= -1 else {
                throw .malformed(file.path, problem: "HeaderSize = \(text) is not a size")
            }
            headerSize = size
        }
        let isCompressed = try boolean("CompressedData") ?? false
        let reference = fields["ElementDataFile"] ?? ""
        let words = HeaderText.words(reference)

        if words.first == "LIST" || words.count > 1 && reference.contains("%") {
            guard !isCompressed, headerSize >= 0 else {
                throw .unsupported(
                    file.path,
                    problem: "a list of packed slices, or of slices with unknown headers",
                    advice: "export the scan into one file")
            }
            let paths = try slices(words, shape).map { name throws(VolumeFileError) in
                try SidecarReference.resolve(name, from: file.path, root: root)
            }
            return try SliceFilesSource(
                paths, offset: headerSize, sliceByteCount: byteCount / shape.depth)
        }

        let isLocal = ["LOCAL", "local", "Local"].contains(reference)
        let data: PositionedFile
        var start = headerSize
        if isLocal {
            guard headerSize == 0 else {
                throw .malformed(file.path, problem: "HeaderSize is given for voxels that follow")
            }
            data = file
            start = end
        } else {
            data = try PositionedFile(
                SidecarReference.resolve(reference, from: file.path, root: root))
        }
        if isCompressed {
            guard start >= 0, start <= data.length else {
                throw .malformed(data.path, problem: "it ends before its packed voxels")
            }
            if let text = fields["CompressedDataSize"], Int(text) != data.length - start {
                throw .malformed(
                    data.path,
                    problem: "\(data.length - start) packed bytes found, \(text) declared")
            }
            return try InflateSource(
                data, packed: start..<data.length, voxelByteCount: byteCount)
        }
        if start == -1 {
            guard data.length >= byteCount else {
                throw .malformed(
                    data.path, problem: "\(data.length) bytes found, \(byteCount) expected")
            }
            start = data.length - byteCount
        }
        try ByteCount.check(data, header: start, voxels: byteCount)
        return PlainVoxelSource(data, offset: start)
    }

    /// The names of one file for every slice.
    private func slices(
        _ words: [String], _ shape: Shape
    ) throws(VolumeFileError) -> [String] {
        let dimensions = fields["NDims"] ?? ""
        if words.first == "LIST" {
            guard words.count == 1 || words == ["LIST", "2D"] && dimensions == "3" else {
                throw .unsupported(
                    file.path, problem: "ElementDataFile = \(words.joined(separator: " "))",
                    advice: "list one file for every slice")
            }
            guard list.count == shape.depth else {
                throw .malformed(
                    file.path, problem: "\(list.count) files listed for \(shape.depth) slices")
            }
            return list
        }
        let numbers = words.dropFirst().compactMap { Int($0) }
        guard numbers.count == words.count - 1, numbers.count == 2 || numbers.count == 3,
            let names = NumberedNames.expand(
                words[0], from: numbers[0], through: numbers[1],
                by: numbers.count == 3 ? numbers[2] : 1, count: shape.depth)
        else {
            throw .malformed(
                file.path,
                problem: """
                    ElementDataFile = \(words.joined(separator: " ")) does not number \
                    \(shape.depth) slices
                    """)
        }
        return names
    }
}

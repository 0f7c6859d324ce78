import SystemPackage
import Volumes

/// A raw file that says what it is in its name, or in a sidecar of the same stem.
///
/// Two conventions are read. The Digital Rocks Portal's, `name_500x400x300_2.25um_uint8.raw`:
/// numbers of voxels along x, y and z (width x height x depth, as ImageJ asks for them), edge of a
/// voxel, type. GeoSlicer's, `WELL_SAMPLE_STATE_TYPE_CT_NX_NY_NZ_02250nm.raw`, where the word
/// before the extents (BIN, LABELS, CT, FLOAT) gives the type. Voxels are little endian.
struct BareRaw {
    /// What a name says; anything it does not say is `nil`.
    struct Name: Equatable {
        /// Along x, y and z.
        var extents: [Int]?
        var voxelSize: VoxelSize?
        /// The part of the name that says it.
        var voxelSizeText: String?
        var elementType: ElementType?
    }

    /// The extensions of raw files.
    static let extensions: Set = ["raw", "vol", "bin", "img", "dat"]

    /// Opens the raw file at `location`.
    ///
    /// - Throws: ``VolumeFileError/unsupported(_:problem:advice:)`` with a sidecar to fill in,
    ///   where neither the name nor a sidecar says what the voxels are.
    static func open(_ location: ScanLocation) throws(VolumeFileError) -> RawScanReader {
        let path = location.path
        let file = try PositionedFile(path)
        if let sidecar = sidecar(of: path) {
            let reader = try read(sidecar, location)
            let real = path.resolved
            guard
                reader.description.files.contains(where: { $0.resolved == real })
            else {
                throw .ambiguous(
                    path, choices: [sidecar.string],
                    advice: "the header of this name describes other files; rename one of them")
            }
            return reader
        }
        let name = parse(path.stem ?? "")
        guard let extents = name.extents, let elementType = name.elementType else {
            throw .unsupported(
                path,
                problem: "a raw file that says its shape and type neither in its name nor "
                    + "in a sidecar",
                advice: advice(path, name, byteCount: file.length))
        }
        guard
            let shape = Shape(
                checkingDepth: extents[2], height: extents[1], width: extents[0])
        else {
            throw .malformed(path, problem: "the extents in its name are not possible")
        }
        try ByteCount.check(file, header: 0, voxels: ByteCount.of(shape, elementType))
        let source = PlainVoxelSource(file, offset: 0)
        try ReadingCheck.require(
            source, shape: shape, elementType: elementType, isBigEndian: false, path: path,
            remedy: "describe it in a sidecar:\n"
                + template(path, name, elementType, isBigEndian: true))
        var notes = [
            "shape and type are those of the file name, taken as width x height x depth"
        ]
        if elementType.byteCount > 1 { notes.append("little endian is taken") }
        let found = name.voxelSize.map { size in
            FoundVoxelSize(
                size, source: "\(path.lastComponent?.string ?? ""): \(name.voxelSizeText ?? "")")
        }
        let description = ScanDescription(
            format: .raw, files: [path], shape: shape, elementType: elementType,
            voxelSize: found, notes: notes)
        return RawScanReader(description, source: source, isBigEndian: false)
    }

    /// What the stem of a file name says.
    static func parse(_ stem: String) -> Name {
        if let match = stem.wholeMatch(
            of: /.*_(BIN|LABELS|CT|FLOAT)_(\d{1,9})_(\d{1,9})_(\d{1,9})_(\d{1,9})nm/)
        {
            let type: ElementType =
                switch match.1 {
                case "CT": .uint16
                case "FLOAT": .float32
                default: .uint8
                }
            return Name(
                extents: [match.2, match.3, match.4].compactMap { Int($0) },
                voxelSize: Double(match.5).flatMap {
                    VoxelSize(micrometres: HeaderLength.micrometres($0, per: 1e-3))
                },
                voxelSizeText: "\(match.5)nm", elementType: type)
        }
        var name = Name()
        let words = stem.split { "_- ".contains($0) }
        for word in words {
            if let match = word.wholeMatch(of: /(\d{1,9})[xX×](\d{1,9})[xX×](\d{1,9})/) {
                name.extents = [match.1, match.2, match.3].compactMap { Int($0) }
            } else if let match = word.wholeMatch(of: /(\d+(?:[.p]\d+)?)(\D+)/),
                let unit = LengthUnit.micrometres(in: String(match.2)),
                let value = Double(match.1.replacing("p", with: ".")),
                let size = VoxelSize(micrometres: HeaderLength.micrometres(value, per: unit))
            {
                name.voxelSize = size
                name.voxelSizeText = String(word)
            } else if let type = elementType(word.lowercased()) {
                name.elementType = type
            }
        }
        return name
    }

    private static func elementType(_ word: String) -> ElementType? {
        switch word {
        case "u8": .uint8
        case "i8": .int8
        case "u16": .uint16
        case "i16": .int16
        case "u32": .uint32
        case "i32": .int32
        case "f32", "float", "single": .float32
        case "f64", "double": .float64
        default: ElementType(rawValue: word)
        }
    }

    /// The header of the same stem, if one lies beside the file.
    private static func sidecar(of path: FilePath) -> FilePath? {
        for suffix in ["mhd", "nhdr", "vgi"] {
            var sidecar = path
            sidecar.extension = suffix
            if sidecar.resolved != nil { return sidecar }
        }
        return nil
    }

    private static func read(
        _ sidecar: FilePath, _ location: ScanLocation
    ) throws(VolumeFileError) -> RawScanReader {
        let location = ScanLocation(sidecar, root: location.root)
        switch sidecar.extension {
        case "nhdr": return try NRRDHeader.open(location)
        case "vgi": return try VolumeGraphicsHeader.open(location)
        default: return try MetaImageHeader.open(location)
        }
    }

    private static func advice(_ path: FilePath, _ name: Name, byteCount: Int) -> String {
        let name = name.guessing(from: path.stem ?? "", byteCount: byteCount)
        return """
            rename it as in name_500x400x300_2.25um_uint16.raw (x, y, z), or put this text beside it \
            as \(path.stem ?? "scan").mhd, filled in (\(byteCount) bytes are there):
            \(template(path, name, name.elementType, isBigEndian: false))
            """
    }

    /// A MetaImage header for the file, with words in capitals where something is to be filled in.
    private static func template(
        _ path: FilePath, _ name: Name, _ elementType: ElementType?, isBigEndian: Bool
    ) -> String {
        let extents =
            name.extents.map { $0.map { "\($0)" } } ?? ["WIDTH", "HEIGHT", "DEPTH"]
        let edge =
            name.voxelSize.map {
                HeaderLength.millimetreText(micrometres: $0.widthInMicrometres)
            } ?? "EDGE_IN_MM"
        let type = elementType.flatMap { MetaImageWriter.typeName($0) } ?? "MET_USHORT_OR_OTHER"
        return """
            ObjectType = Image
            NDims = 3
            DimSize = \(extents.joined(separator: " "))
            ElementSpacing = \(edge) \(edge) \(edge)
            ElementType = \(type)
            BinaryData = True
            BinaryDataByteOrderMSB = \(isBigEndian ? "True" : "False")
            ElementDataFile = \(path.lastComponent?.string ?? "")
            """
    }
}

extension BareRaw.Name {
    /// The same with what the length of the file makes likely, to propose but not to act on: three
    /// numbers in a row whose product is the number of voxels, and a byte a voxel that is unsigned.
    fileprivate func guessing(from stem: String, byteCount: Int) -> Self {
        var guess = self
        if extents == nil {
            let numbers = stem.split { "_- ".contains($0) }.map { word in
                word.wholeMatch(of: /(?:[nN][xyzXYZ])?(\d{1,9})/).flatMap { Int($0.1) }
            }
            guess.extents =
                numbers.indices.dropLast(2).lazy
                .compactMap { start -> [Int]? in
                    let three = numbers[start..<(start + 3)].compactMap { $0 }
                    guard three.count == 3,
                        let shape = Shape(
                            checkingDepth: three[2], height: three[1], width: three[0]),
                        [1, 2, 4, 8].contains(where: { shape.count * $0 == byteCount })
                    else { return nil }
                    return three
                }.first
        }
        if elementType == nil, let extents = guess.extents,
            let shape = Shape(checkingDepth: extents[2], height: extents[1], width: extents[0]),
            shape.count == byteCount
        {
            guess.elementType = .uint8
        }
        return guess
    }
}

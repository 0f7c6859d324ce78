import SystemPackage
import Volumes

/// Volume Graphics' `.vgi`: settings in text beside a raw `.vol`.
struct VolumeGraphicsHeader {
    /// Opens the raw file that the settings name, inside the folder they may refer to.
    static func open(_ location: ScanLocation) throws(VolumeFileError) -> RawScanReader {
        let path = location.path
        let settings = try SettingsText(path)
        guard let sizeText = settings["file1", "Size"] ?? settings[nil, "Size"],
            let sizes = HeaderText.integers(sizeText), sizes.count == 3,
            let shape = Shape(checkingDepth: sizes[2], height: sizes[1], width: sizes[0])
        else { throw .malformed(path, problem: "it gives no Size of three whole numbers") }
        guard let name = settings["file1", "Name"] else {
            throw .malformed(path, problem: "it names no file of voxels")
        }
        let kind = (settings["file1", "Datatype"] ?? "").lowercased()
        let bits = (settings["file1", "BitsPerElement"] ?? "")
        let elementType: ElementType
        switch (kind, bits) {
        case ("unsigned integer", "8"): elementType = .uint8
        case ("unsigned integer", "16"): elementType = .uint16
        case ("unsigned integer", "32"): elementType = .uint32
        case ("signed integer", "8"): elementType = .int8
        case ("signed integer", "16"): elementType = .int16
        case ("signed integer", "32"): elementType = .int32
        case ("float", "32"): elementType = .float32
        default:
            throw .unsupported(
                path, problem: "voxels of Datatype '\(kind)' with \(bits) bits",
                advice: "export integers or floats of up to 32 bits")
        }
        let data = try PositionedFile(
            SidecarReference.resolve(name, from: path, root: location.root))
        try ByteCount.check(data, header: 0, voxels: ByteCount.of(shape, elementType))
        let source = PlainVoxelSource(data, offset: 0)
        try ReadingCheck.require(
            source, shape: shape, elementType: elementType, isBigEndian: false, path: data.path,
            remedy: "describe it in a .mhd sidecar that states the byte order")
        let description = ScanDescription(
            format: .raw, files: [data.path, path], shape: shape, elementType: elementType,
            voxelSize: VendorVoxelSize.find(in: settings, of: .volumeGraphics),
            metadata: settings.facts, notes: ["little endian is taken"])
        return RawScanReader(description, source: source, isBigEndian: false)
    }
}

import SystemPackage
import Volumes

/// A scan being written as `NAME.mhd` and, beside it, `NAME.raw`; or in one file for `.mha`.
///
/// Lengths are millimetres, as ITK, 3D Slicer and elastix read them whatever a header may say.
final class MetaImageWriter: ScanWriter {
    private let voxels: RawVoxelOutput
    /// The text that points to the voxels, written last: no header without its voxels.
    private let header: (path: FilePath, text: String)?

    /// The names of the files written for a header at `path`, voxels first.
    static func files(at path: FilePath) -> [FilePath] {
        guard path.extension?.lowercased() != "mha" else { return [path] }
        var raw = path
        raw.extension = "raw"
        return [raw, path]
    }

    /// Creates the file of voxels at the place that belongs to a header at `path`.
    ///
    /// - Throws: ``VolumeFileError/unsupported(_:problem:advice:)`` for `float16`, which the format
    ///   does not know.
    init(
        creating path: FilePath, shape: Shape, elementType: ElementType, voxelSize: VoxelSize?
    ) throws(VolumeFileError) {
        guard let type = Self.typeName(elementType) else {
            throw .unsupported(
                path, problem: "MetaImage has no \(elementType.rawValue)",
                advice: "convert to float32")
        }
        let files = Self.files(at: path)
        let isLocal = files.count == 1
        var lines = [
            "ObjectType = Image", "NDims = 3", "BinaryData = True",
            "BinaryDataByteOrderMSB = \(ByteOrder.isBigEndianHost ? "True" : "False")",
            "CompressedData = False", "DimSize = \(shape.width) \(shape.height) \(shape.depth)",
        ]
        if let voxelSize {
            let edges = [
                voxelSize.widthInMicrometres, voxelSize.heightInMicrometres,
                voxelSize.depthInMicrometres,
            ].map { HeaderLength.millimetreText(micrometres: $0) }
            lines.append("ElementSpacing = \(edges.joined(separator: " "))")
        }
        let data = isLocal ? "LOCAL" : (files[0].lastComponent?.string ?? "")
        lines += ["ElementType = \(type)", "ElementDataFile = \(data)"]
        let text = lines.joined(separator: "\n") + "\n"
        header = isLocal ? nil : (path, text)
        voxels = try RawVoxelOutput(
            creating: files[0], header: isLocal ? text : "", shape: shape,
            elementType: elementType)
    }

    func append(_ slab: RawSlab) throws(VolumeFileError) { try voxels.append(slab) }

    func finish() throws(VolumeFileError) {
        try voxels.finish()
        guard let header else { return }
        let file = try OutputFile(creating: header.path)
        try file.write(Array(header.text.utf8))
        try file.finish()
    }

    /// MetaIO's name of a number format; `nil` where it has none.
    static func typeName(_ elementType: ElementType) -> String? {
        switch elementType {
        case .uint8: "MET_UCHAR"
        case .int8: "MET_CHAR"
        case .uint16: "MET_USHORT"
        case .int16: "MET_SHORT"
        case .uint32: "MET_UINT"
        case .int32: "MET_INT"
        case .uint64: "MET_ULONG_LONG"
        case .int64: "MET_LONG_LONG"
        case .float16: nil
        case .float32: "MET_FLOAT"
        case .float64: "MET_DOUBLE"
        }
    }
}

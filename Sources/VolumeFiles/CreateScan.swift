public import SystemPackage
public import Volumes

/// Begins to write a scan in the format that `format` or else the extension of `path` names: `.tif`,
/// `.h5` (with `.xmf` beside it), `.mhd` (with `.raw`), `.mha`, `.nrrd`, `.npy`, or `.png` for a single
/// slice.
///
/// - Parameter description: A sentence about the scan, which HDF5 keeps.
/// - Throws: ``VolumeFileError/unsupported(_:problem:advice:)`` for another extension, or for a
///   number format that the file format does not know.
public func createScan(
    at path: FilePath, format: ScanFormat? = nil, shape: Shape, elementType: ElementType,
    voxelSize: VoxelSize?, description: String = "a scan"
) throws(VolumeFileError) -> any ScanWriter {
    switch try outputFormat(at: path, format: format) {
    case .tiff:
        return try TIFFScanWriter(
            creating: path, shape: shape, elementType: elementType, voxelSize: voxelSize)
    case .png:
        return try PNGScanWriter(
            creating: path, shape: shape, elementType: elementType, voxelSize: voxelSize)
    case .hdf5:
        return try CompanionedHDF5Writer(
            creating: path, shape: shape, elementType: elementType, voxelSize: voxelSize,
            description: description)
    case .metaImage:
        return try MetaImageWriter(
            creating: path, shape: shape, elementType: elementType, voxelSize: voxelSize)
    case .nrrd:
        return try NRRDWriter(
            creating: path, shape: shape, elementType: elementType, voxelSize: voxelSize)
    case .npy:
        return try NumPyWriter(creating: path, shape: shape, elementType: elementType)
    case .raw:
        throw .unsupported(
            path, problem: "a raw file does not say what it holds",
            advice: "write .mhd, which is a raw file with a header beside it")
    }
}

/// The format in which ``createScan(at:format:shape:elementType:voxelSize:description:)`` writes at `path`.
public func outputFormat(
    at path: FilePath, format: ScanFormat? = nil
) throws(VolumeFileError) -> ScanFormat {
    if let format { return format }
    let suffix = path.extension?.lowercased() ?? ""
    guard let format = ScanFormat(fileExtension: suffix), suffix != "nhdr" else {
        throw .unsupported(
            path, problem: "no format is known by the extension '\(suffix)'",
            advice: "name the output .tif, .h5, .mhd, .mha, .nrrd, .npy or .png, or give the format"
        )
    }
    return format
}

/// The files that a scan written at `path` consists of, `path` among them.
func outputFiles(at path: FilePath, format: ScanFormat) -> [FilePath] {
    switch format {
    case .metaImage: MetaImageWriter.files(at: path)
    case .hdf5: [path, CompanionedHDF5Writer.companion(of: path)]
    default: [path]
    }
}

/// An HDF5 file with the XDMF beside it through which ParaView opens it, where the voxel size is
/// known and ParaView knows the number format.
private final class CompanionedHDF5Writer: ScanWriter {
    private let path: FilePath
    private let writer: HDF5ScanWriter
    private let volume: XDMFVolume?

    static func companion(of path: FilePath) -> FilePath {
        var companion = path
        companion.extension = "xmf"
        return companion
    }

    init(
        creating path: FilePath, shape: Shape, elementType: ElementType, voxelSize: VoxelSize?,
        description: String
    ) throws(VolumeFileError) {
        self.path = path
        writer = try HDF5ScanWriter(
            creating: path, shape: shape, elementType: elementType, voxelSize: voxelSize,
            description: description)
        volume =
            elementType == .float16
            ? nil
            : voxelSize.map {
                XDMFVolume(
                    dataset: "/exchange/data", shape: shape, elementType: elementType,
                    voxelSize: $0)
            }
    }

    func append(_ slab: RawSlab) throws(VolumeFileError) { try writer.append(slab) }

    func finish() throws(VolumeFileError) {
        try writer.finish()
        guard let volume else { return }
        try writeXDMF(beside: path, to: Self.companion(of: path), volumes: [volume])
    }
}

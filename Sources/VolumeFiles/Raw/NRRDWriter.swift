import SystemPackage
import Volumes

/// A scan being written as `.nrrd`: a text header, then the voxels.
///
/// Lengths are millimetres and say so, because ITK and 3D Slicer take them as that anyway.
final class NRRDWriter: ScanWriter {
    private let voxels: RawVoxelOutput

    /// Creates the file.
    ///
    /// - Throws: ``VolumeFileError/unsupported(_:problem:advice:)`` for `float16`, which the format
    ///   does not know.
    init(
        creating path: FilePath, shape: Shape, elementType: ElementType, voxelSize: VoxelSize?
    ) throws(VolumeFileError) {
        let type: String
        switch elementType {
        case .float16:
            throw .unsupported(
                path, problem: "NRRD has no float16", advice: "convert to float32")
        case .float32: type = "float"
        case .float64: type = "double"
        default: type = elementType.rawValue
        }
        var lines = [
            "NRRD0005", "# tomopair", "type: \(type)", "dimension: 3",
            "sizes: \(shape.width) \(shape.height) \(shape.depth)", "kinds: domain domain domain",
            "endian: \(ByteOrder.isBigEndianHost ? "big" : "little")", "encoding: raw",
        ]
        if let voxelSize {
            let x = HeaderLength.millimetreText(micrometres: voxelSize.widthInMicrometres)
            let y = HeaderLength.millimetreText(micrometres: voxelSize.heightInMicrometres)
            let z = HeaderLength.millimetreText(micrometres: voxelSize.depthInMicrometres)
            lines += [
                "space dimension: 3", #"space units: "mm" "mm" "mm""#,
                "space directions: (\(x),0,0) (0,\(y),0) (0,0,\(z))", "space origin: (0,0,0)",
            ]
        }
        voxels = try RawVoxelOutput(
            creating: path, header: lines.joined(separator: "\n") + "\n\n", shape: shape,
            elementType: elementType)
    }

    func append(_ slab: RawSlab) throws(VolumeFileError) { try voxels.append(slab) }

    func finish() throws(VolumeFileError) { try voxels.finish() }
}

import Foundation
public import SystemPackage
public import Volumes

/// A volume of an HDF5 file as ParaView is to see it.
public struct XDMFVolume: Sendable {
    /// Its path in the file, as in `/exchange/data`.
    public let dataset: String
    /// Its extent in voxels.
    public let shape: Shape
    /// Its number format; ParaView has no half precision.
    public let elementType: ElementType
    /// Its voxel size.
    public let voxelSize: VoxelSize
    /// The corner of its first voxel along z, y and x, in micrometres.
    public let originInMicrometres: SIMD3<Double>

    /// Gathers the facts.
    public init(
        dataset: String, shape: Shape, elementType: ElementType, voxelSize: VoxelSize,
        originInMicrometres: SIMD3<Double> = .zero
    ) {
        self.dataset = dataset
        self.shape = shape
        self.elementType = elementType
        self.voxelSize = voxelSize
        self.originInMicrometres = originInMicrometres
    }
}

/// Writes the XDMF 2 file that lets ParaView open volumes of `file` in micrometres.
///
/// Voxels become the nodes of a grid, at their centres. The path of `file` is written relative to
/// the folder of `target`, which is the same or a folder above it.
///
/// - Throws: ``VolumeFileError/unsupported(_:problem:advice:)`` for half precision, and
///   ``VolumeFileError/cannotWrite(_:reason:)`` where `target` exists or cannot be made.
public func writeXDMF(
    beside file: FilePath, to target: FilePath, volumes: [XDMFVolume]
) throws(VolumeFileError) {
    let folder = target.removingLastComponent().lexicallyNormalized()
    var relative = file.lexicallyNormalized()
    precondition(
        relative.removePrefix(folder) && relative.isRelative, "an XDMF file lies beside its data")
    var lines = [
        "<?xml version=\"1.0\"?>", "<Xdmf Version=\"2.0\">", "  <Domain>",
    ]
    for volume in volumes {
        guard let number = volume.elementType.xdmfName else {
            throw .unsupported(
                file, problem: "ParaView does not know \(volume.elementType.rawValue)",
                advice: "convert the volume to float32")
        }
        let edges = volume.voxelSize.vector
        let centre = volume.originInMicrometres + edges * 0.5
        let shape = volume.shape
        let dimensions = "\(shape.depth) \(shape.height) \(shape.width)"
        let name = String(volume.dataset.drop { $0 == "/" }).xmlEscaped
        lines += [
            "    <Grid Name=\"\(name)\" GridType=\"Uniform\">",
            "      <Topology TopologyType=\"3DCoRectMesh\" Dimensions=\"\(dimensions)\"/>",
            "      <Geometry GeometryType=\"ORIGIN_DXDYDZ\">",
            "        <DataItem Dimensions=\"3\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">"
                + "\(centre.x) \(centre.y) \(centre.z)</DataItem>",
            "        <DataItem Dimensions=\"3\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">"
                + "\(edges.x) \(edges.y) \(edges.z)</DataItem>",
            "      </Geometry>",
            "      <Attribute Name=\"\(name)\" AttributeType=\"Scalar\" Center=\"Node\">",
            "        <DataItem Dimensions=\"\(dimensions)\" NumberType=\"\(number)\" "
                + "Precision=\"\(volume.elementType.byteCount)\" Format=\"HDF\">"
                + "\(relative.string.xmlEscaped):\(volume.dataset.xmlEscaped)</DataItem>",
            "      </Attribute>", "    </Grid>",
        ]
    }
    lines += ["  </Domain>", "</Xdmf>", ""]
    do {
        try Data(lines.joined(separator: "\n").utf8).write(
            to: URL(fileURLWithPath: target.string), options: .withoutOverwriting)
    } catch {
        let code = (error as? CocoaError)?.code
        if code == .fileWriteOutOfSpace { throw .noSpace(target) }
        throw .cannotWrite(
            target,
            reason: code == .fileWriteFileExists ? "it exists already" : "the system refuses")
    }
}

extension ElementType {
    /// XDMF's name of the number; its precision tells the rest.
    fileprivate var xdmfName: String? {
        switch self {
        case .uint8: "UChar"
        case .int8: "Char"
        case .uint16: "UShort"
        case .uint32, .uint64: "UInt"
        case .int16: "Short"
        case .int32, .int64: "Int"
        case .float16: nil
        case .float32, .float64: "Float"
        }
    }
}

extension String {
    fileprivate var xmlEscaped: String {
        reduce(into: "") { text, character in
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.append(character)
            }
        }
    }
}

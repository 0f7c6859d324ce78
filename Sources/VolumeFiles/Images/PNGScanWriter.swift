public import SystemPackage
public import Volumes

/// Writes a scan of one slice as a grey PNG of 8 or 16 bits.
public final class PNGScanWriter: ScanWriter {
    private let file: OutputFile
    private let shape: Shape
    private let elementType: ElementType
    private let voxelSize: VoxelSize?
    private var isWritten = false

    /// Creates the file at `path`, which does not exist yet.
    ///
    /// - Parameter voxelSize: Its y and x edges are written as whole pixels in a metre, so 2.25 µm comes back
    ///   as 2.250002; `nil` leaves the image uncalibrated.
    /// - Throws: ``VolumeFileError/unsupported(_:problem:advice:)`` for more than one slice and
    ///   types other than `uint8` and `uint16`; ``VolumeFileError/cannotWrite(_:reason:)`` and
    ///   ``VolumeFileError/noSpace(_:)``.
    public init(
        creating path: FilePath, shape: Shape, elementType: ElementType, voxelSize: VoxelSize?
    ) throws(VolumeFileError) {
        guard shape.isImage, elementType == .uint8 || elementType == .uint16 else {
            throw .unsupported(
                path,
                problem: "a PNG holds one slice of uint8 or uint16, not \(shape) \(elementType)",
                advice: "write TIFF or HDF5 instead")
        }
        file = try OutputFile(creating: path)
        self.shape = shape
        self.elementType = elementType
        self.voxelSize = voxelSize
    }

    /// Writes the slice.
    public func append(_ slab: RawSlab) throws(VolumeFileError) {
        precondition(
            slab.elementType == elementType && slab.shape == shape,
            "a slab has the type and shape of its scan")
        precondition(!isWritten, "no more slices than the scan has")
        let resolution = voxelSize.map {
            (x: Self.perMetre($0.widthInMicrometres), y: Self.perMetre($0.heightInMicrometres))
        }
        try file.write(
            encodePNG(
                width: shape.width, height: shape.height, channels: 1,
                bitDepth: elementType.byteCount * 8, pixelsPerMetre: resolution,
                bytes: slab.bytes, path: file.path))
        isWritten = true
    }

    /// Brings the file to the disk and closes it.
    public func finish() throws(VolumeFileError) {
        precondition(isWritten, "the slice has been appended")
        try file.finish()
    }

    /// Whole pixels in a metre; 0, which stands for unknown, where PNG cannot say it.
    private static func perMetre(_ micrometres: Double) -> UInt32 {
        UInt32(exactly: (1e6 / micrometres).rounded()) ?? 0
    }
}

public import SystemPackage
public import Volumes

/// Writes a scan as one multi-page TIFF that ImageJ opens with its voxel size.
///
/// Pages are single strips in this machine's little-endian order, and the first carries ImageJ's description with
/// slice count, unit and spacing. Files that would pass 4 GiB become BigTIFF, which plain ImageJ
/// does not open: its Bio-Formats plugin does. ImageJ shows 8 and 16-bit integers, 32-bit integers and
/// floats; other types are written all the same, for other programs.
public final class TIFFScanWriter: ScanWriter {
    private let file: OutputFile
    private let shape: Shape
    private let elementType: ElementType
    private let voxelSize: VoxelSize?
    private let compression: TIFFCompression
    /// Offset and length of every slice written.
    private var strips: [(offset: Int, count: Int)] = []

    /// Room for either header; which it is shows only at the end.
    private static let dataStart = 16

    /// Creates the file at `path`, which does not exist yet.
    ///
    /// - Parameters:
    ///   - shape: The extent in voxels; ``append(_:)`` brings `depth` slices in all.
    ///   - voxelSize: Written as resolution, unit and spacing; `nil` leaves the scan uncalibrated.
    /// - Throws: ``VolumeFileError/cannotWrite(_:reason:)``, ``VolumeFileError/noSpace(_:)``, or
    ///   ``VolumeFileError/unsupported(_:problem:advice:)`` for extents TIFF cannot count.
    public init(
        creating path: FilePath, shape: Shape, elementType: ElementType, voxelSize: VoxelSize?,
        compression: TIFFCompression = .none
    ) throws(VolumeFileError) {
        let limit = Int(UInt32.max)
        guard shape.width <= limit, shape.height <= limit else {
            throw .unsupported(
                path, problem: "slices of \(shape.height)x\(shape.width) do not fit a TIFF",
                advice: "write HDF5 instead")
        }
        file = try OutputFile(creating: path)
        self.shape = shape
        self.elementType = elementType
        self.voxelSize = voxelSize
        self.compression = compression
        try file.write([UInt8](repeating: 0, count: Self.dataStart))
    }

    /// Appends slices of the element type, height and width the writer was made for; deflates them
    /// on all cores where asked to.
    public func append(_ slab: RawSlab) throws(VolumeFileError) {
        precondition(
            slab.elementType == elementType && slab.shape.withDepth(1) == shape.withDepth(1),
            "slabs have the type, height and width of their scan")
        precondition(
            strips.count + slab.shape.depth <= shape.depth, "no more slices than the scan has")
        let sliceBytes = shape.sliceCount * elementType.byteCount
        switch compression {
        case .none:
            for slice in 0..<slab.shape.depth {
                strips.append((file.length + slice * sliceBytes, sliceBytes))
            }
            try file.write(slab.bytes)
        case .deflate:
            // A few slices at a time bound the memory for what is compressed.
            for start in stride(from: 0, to: slab.shape.depth, by: 16) {
                let count = min(16, slab.shape.depth - start)
                let packed = concurrentMap(count: count) { [elementType, shape] index in
                    Self.deflated(
                        slab, slice: start + index, elementType: elementType, width: shape.width)
                }
                for bytes in packed {
                    strips.append((file.length, bytes.count))
                    try file.write(bytes)
                }
            }
        }
    }

    /// Writes the directories and the header, and brings the file to the disk.
    public func finish() throws(VolumeFileError) {
        precondition(strips.count == shape.depth, "every slice has been appended")
        let start = file.length + file.length % 2
        var table = TIFFTable(start: start, isBig: false)
        write(to: &table)
        if start + table.bytes.count > Int(UInt32.max) {
            table = TIFFTable(start: start, isBig: true)
            write(to: &table)
        }
        if file.length % 2 == 1 { try file.write([0]) }
        try file.write(table.bytes)
        try file.write(table.header, at: 0)
        try file.finish()
    }

    private func write(to table: inout TIFFTable) {
        for (index, strip) in strips.enumerated() {
            var page = TIFFTable.Page()
            page.long(.newSubfileType, 0)
            page.long(.imageWidth, shape.width)
            page.long(.imageLength, shape.height)
            page.short(.bitsPerSample, elementType.byteCount * 8)
            page.short(.compression, compression == .none ? 1 : 8)
            page.short(.photometricInterpretation, 1)
            if index == 0 { page.text(.imageDescription, description) }
            page.offset(.stripOffsets, strip.offset)
            page.short(.samplesPerPixel, 1)
            page.long(.rowsPerStrip, shape.height)
            page.offset(.stripByteCounts, strip.count)
            page.fraction(
                .xResolution, Fraction(nearest: 1 / (voxelSize?.widthInMicrometres ?? 1)))
            page.fraction(
                .yResolution, Fraction(nearest: 1 / (voxelSize?.heightInMicrometres ?? 1)))
            // No unit of TIFF's own: the description says micrometres.
            page.short(.resolutionUnit, 1)
            if compression == .deflate {
                page.short(.predictor, Self.predicts(elementType) ? 2 : 1)
            }
            page.short(
                .sampleFormat, elementType.isFloatingPoint ? 3 : elementType.isSigned ? 2 : 1)
            table.append(page, isLast: index == strips.count - 1)
        }
    }

    /// ImageJ's keys; the spacing also for one slice, since it is the voxel's depth.
    private var description: String {
        var lines = ["ImageJ=1.53t", "images=\(shape.depth)", "slices=\(shape.depth)"]
        if let voxelSize {
            lines += ["unit=um", "spacing=\(voxelSize.depthInMicrometres)"]
        }
        return (lines + ["loop=false"]).joined(separator: "\n") + "\n"
    }

    /// Differences along x help integers; ImageJ undoes them up to 16 bits.
    private static func predicts(_ type: ElementType) -> Bool {
        type.byteCount <= 2 && !type.isFloatingPoint
    }

    /// One slice as a zlib stream.
    private static func deflated(
        _ slab: RawSlab, slice: Int, elementType: ElementType, width: Int
    ) -> [UInt8] {
        let count = slab.shape.sliceCount * elementType.byteCount
        var plain = [UInt8](slab.bytes[(slice * count)..<((slice + 1) * count)])
        if predicts(elementType) {
            unsafe plain.withUnsafeMutableBytes { bytes in
                unsafe SampleRow.takeDifferences(
                    bytes, width: width, elementByteCount: elementType.byteCount)
            }
        }
        // Level 6 is the one that zlib and other TIFF writers use.
        return Deflate.compress(plain, level: 6)
    }
}

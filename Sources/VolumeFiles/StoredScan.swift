import Synchronization
public import SystemPackage
public import Volumes

/// A scan on disk that is read box by box, by several threads.
///
/// Of chunked HDF5 of ours only the chunks that a box touches are read and decoded, outside any
/// lock; those decoded last are kept, up to a bound. Every other scan is read in slabs of whole
/// slices, one thread at a time, and the slabs read last are kept.
public final class StoredScan: ScanSource {
    /// The extent of the scan.
    public let shape: Shape
    /// The physical edges of a voxel, where known.
    public let voxelSize: VoxelSize?
    /// The number format as stored.
    public let elementType: ElementType

    private enum Source: Sendable {
        case chunks(HDF5Chunks)
        case slabs(Slabs)
    }
    private let source: Source

    /// A slab of other formats is no larger than this, unless one slice is.
    private static let slabBytes = 32 << 20

    /// Opens a scan of any format; see ``openScan(_:)``.
    ///
    /// - Parameter keptBytes: Decoded slabs kept between boxes, in bytes.
    /// - Throws: ``VolumeFileError`` where there is nothing, nothing known, or something broken.
    public init(_ location: ScanLocation, keptBytes: Int = 256 << 20) throws(VolumeFileError) {
        let reader = try openScan(location)
        let description = reader.description
        shape = description.shape
        voxelSize = description.voxelSize?.size
        elementType = description.elementType
        source = .slabs(
            Slabs(
                reader, shape: description.shape,
                depth: description.shape.slabDepth(
                    elementType: description.elementType, byteBudget: Self.slabBytes),
                keptBytes: keptBytes))
    }

    /// Opens `dataset` of a file this program has written; see
    /// ``HDF5ScanReader/init(trusted:dataset:)``.
    ///
    /// - Parameters:
    ///   - voxelSize: The edges of a voxel; what the file says if `nil`.
    ///   - keptBytes: Decoded chunks kept between boxes, in bytes.
    /// - Throws: ``VolumeFileError`` where the file is missing or holds no such volume.
    public init(
        trusted path: FilePath, dataset: String, voxelSize: VoxelSize? = nil,
        keptBytes: Int = 256 << 20
    ) throws(VolumeFileError) {
        let chunks = try HDF5Chunks(path, dataset: dataset, keptBytes: keptBytes)
        let description: ScanDescription
        if let chunks {
            description = chunks.description
            source = .chunks(chunks)
        } else {
            let reader = try HDF5ScanReader(trusted: path, dataset: dataset)
            description = reader.description
            source = .slabs(
                Slabs(
                    reader, shape: description.shape,
                    depth: description.shape.slabDepth(
                        elementType: description.elementType, byteBudget: Self.slabBytes),
                    keptBytes: keptBytes))
        }
        shape = description.shape
        self.voxelSize = voxelSize ?? description.voxelSize?.size
        elementType = description.elementType
    }

    /// The voxels of a box as they are stored.
    ///
    /// - Throws: ``VolumeFileError/malformed(_:problem:)`` where the file is cut or corrupted.
    public func slab(in region: Region) throws(VolumeFileError) -> RawSlab {
        precondition(region.fits(in: shape), "a box lies within the scan")
        let bytes =
            switch source {
            case .chunks(let chunks): try chunks.bytes(in: region)
            case .slabs(let slabs): try slabs.bytes(in: region)
            }
        return RawSlab(elementType: elementType, shape: region.shape, bytes: bytes)
    }

    /// The voxels of a box as single-precision numbers, in the grey values of the scan.
    ///
    /// - Throws: ``VolumeFileError/malformed(_:problem:)`` where the file is cut or corrupted.
    public func floats(in region: Region) throws(VolumeFileError) -> Volume<Float> {
        try slab(in: region).floats(voxelSize: voxelSize)
    }
}

extension RawSlab {
    /// What ``convert(to:voxelSize:)`` makes, by a loop compiled for every number format: boxes are
    /// converted many times over.
    fileprivate func floats(voxelSize: VoxelSize?) -> Volume<Float> {
        let voxels: [Float] =
            switch elementType {
            case .uint8: floats(from: UInt8.self)
            case .int8: floats(from: Int8.self)
            case .uint16: floats(from: UInt16.self)
            case .int16: floats(from: Int16.self)
            case .uint32: floats(from: UInt32.self)
            case .int32: floats(from: Int32.self)
            case .uint64: floats(from: UInt64.self)
            case .int64: floats(from: Int64.self)
            case .float16: floats(from: Float16.self)
            case .float32: floats(from: Float.self)
            case .float64: floats(from: Double.self)
            }
        return Volume(shape: shape, voxelSize: voxelSize, voxels: voxels)
    }

    @inline(__always)
    private func floats<Element: VoxelElement>(from type: Element.Type) -> [Float] {
        withVoxels(as: type) { source in
            var numbers = [Float](repeating: 0, count: source.count)
            var target = numbers.mutableSpan
            for index in source.indices { target[index] = Float(source[index].doubleValue) }
            return numbers
        }
    }
}

/// A scan read in slabs of a fixed height, of which those read last are kept.
private final class Slabs: Sendable {
    private let reader: Mutex<any ScanReader>
    private let recent: RecentParts
    private let shape: Shape
    private let depth: Int
    private let elementBytes: Int

    init(_ reader: sending any ScanReader, shape: Shape, depth: Int, keptBytes: Int) {
        elementBytes = reader.description.elementType.byteCount
        self.reader = Mutex(reader)
        recent = RecentParts(byteLimit: keptBytes)
        self.shape = shape
        self.depth = depth
    }

    func bytes(in region: Region) throws(VolumeFileError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(region.shape.count * elementBytes)
        let rowBytes = region.shape.width * elementBytes
        var z = region.z
        while z < region.slices.upperBound {
            let index = z / depth
            let slices = (index * depth)..<min((index + 1) * depth, shape.depth)
            let slab = try slab(index, slices)
            let end = min(slices.upperBound, region.slices.upperBound)
            for slice in z..<end {
                for y in region.rows {
                    let voxel = ((slice - slices.lowerBound) * shape.height + y) * shape.width
                    let start = (voxel + region.x) * elementBytes
                    bytes += slab[start..<(start + rowBytes)]
                }
            }
            z = end
        }
        return bytes
    }

    private func slab(_ index: Int, _ slices: Range<Int>) throws(VolumeFileError) -> [UInt8] {
        let outcome = reader.withLock { reader -> Result<[UInt8], VolumeFileError> in
            // Another thread may have read it while this one waited.
            if let slab = recent.part(index) { return .success(slab) }
            do throws(VolumeFileError) {
                let slab = try reader.read(slices).bytes
                recent.keep(slab, as: index)
                return .success(slab)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }
}

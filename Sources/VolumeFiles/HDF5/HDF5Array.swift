import CHDF5
import SystemPackage
import Volumes

/// A dataset whose storage has been judged, open for reading slices.
final class HDF5Array {
    let dataset: HDF5Dataset
    let format: HDF5NumberFormat
    let shape: Shape
    /// Slices in one row of chunks; one where chunks do not matter.
    let chunkDepth: Int
    /// Voxels that were never written hold this.
    let fillValue: [UInt8]
    /// What a user should know about the storage.
    let notes: [String]
    let handle: HDF5Handle
    let filters: HDF5Filters
    /// The extents of a chunk, as many as the dataset has; empty where it has no chunks.
    let chunk: [Int]
    /// What is kept between two reads that share a row of chunks, in bytes.
    let rowBytes: Int
    private(set) var chunkReader: HDF5ChunkReader?

    /// Bounds that keep a small file from asking for large memory.
    enum Bound {
        /// A dataset up to this size is read whatever it is made of.
        static let harmlessBytes = 256 << 20
        /// A larger one needs a written byte for so many declared ones...
        static let declaredPerWritten = 64
        /// ...and so many bytes at most come from one stored byte; deflate can reach 1032.
        static let writtenPerStored = 1100
        /// One chunk.
        static let chunkBytes = 256 << 20
        /// One slice.
        static let sliceBytes = 4 << 30
        /// The chunks of one row, kept between two reads that share them.
        static let cacheBytes = 1 << 30
    }

    /// Opens the dataset of `node`; `resolver` judges the files it refers to.
    ///
    /// - Throws: ``VolumeFileError/unsupported(_:problem:advice:)`` for what is no volume, and
    ///   ``VolumeFileError/malformed(_:problem:)`` where more is declared than can be there.
    convenience init(
        _ node: HDF5Node, resolver: HDF5Resolver
    ) throws(VolumeFileError) {
        try self.init(node, resolver: resolver, depth: 0)
    }

    private init(
        _ node: HDF5Node, resolver: HDF5Resolver, depth: Int
    ) throws(VolumeFileError) {
        let path = node.file.path
        let dataset = try HDF5Dataset(node)
        self.dataset = dataset
        var handle = try HDF5Dataset.open(node)
        let purpose = "cannot open \(node.path)"
        let creation = try opened(H5Dget_create_plist(handle.id), in: path, purpose)
        let type = try opened(H5Dget_type(handle.id), in: path, purpose)
        format = try HDF5NumberFormat(type, of: node)
        guard let shape = dataset.shape else {
            throw .unsupported(
                path,
                problem: "\(node.path.printable) is \(dataset.extentsText.nonEmpty("a scalar")), "
                    + "not an image or a volume",
                advice: "choose a dataset of two or three dimensions with --dataset")
        }
        self.shape = shape
        var notes = format.note.map { [$0] } ?? []
        if dataset.extents.count > (dataset.depthAxis == nil ? 2 : 3) {
            notes.append("axes of length one were dropped: \(dataset.extentsText) became \(shape)")
        }
        filters = try HDF5Filters(creation, of: node)
        let layout = H5Pget_layout(creation.id)
        let chunk = layout == H5D_CHUNKED ? try Self.chunk(creation, of: dataset) : []
        self.chunk = chunk
        try Self.judge(handle, creation, layout, dataset, chunk, filters, resolver, depth)
        var fill = [UInt8](repeating: 0, count: format.elementType.byteCount)
        if unsafe H5Pget_fill_value(creation.id, format.memoryType.id, &fill) < 0 {
            // The file says that it has none: voxels never written are taken as zero.
            _ = HDF5Library.lastComplaint()
        }
        if format.needsByteSwap { fill.reverse() }
        fillValue = fill

        let elementBytes = format.elementType.byteCount
        if layout == H5D_CHUNKED {
            chunkDepth = dataset.depthAxis.map { chunk[$0] } ?? 1
            var rowCount = 1
            var slots = 1
            for (axis, extent) in dataset.extents.enumerated() where axis != dataset.depthAxis {
                let count = (extent + chunk[axis] - 1) / chunk[axis]
                rowCount = rowCount.multipliedClamping(by: count)
                // The library places chunks by the bits of their indices.
                slots = slots.multipliedClamping(by: count.roundedUpToPowerOfTwo)
            }
            let chunkBytes = chunk.reduce(elementBytes) { $0.multipliedClamping(by: $1) }
            let rowBytes = rowCount.multipliedClamping(by: chunkBytes)
            if rowBytes > Bound.cacheBytes, chunkDepth > 1 {
                notes.append(
                    "its chunks of \(chunk.map { "\($0)" }.joined(separator: "x")) span many slices,"
                        + " so that reading by slab undoes compression many times")
            }
            self.rowBytes = min(rowBytes, Bound.cacheBytes)
            let cache = min(rowBytes.addingClamping(chunkBytes), Bound.cacheBytes)
            // The library ignores a new cache while the dataset is open.
            handle = try HDF5Dataset.open(
                node, cacheBytes: cache, cacheSlots: min(max(slots * 2 + 1, 521), 1 << 20))
        } else {
            chunkDepth = 1
            rowBytes = 0
        }
        self.handle = handle
        self.notes = notes
        chunkReader = HDF5ChunkReader(self)
    }

    private static func chunk(
        _ creation: HDF5Handle, of dataset: HDF5Dataset
    ) throws(VolumeFileError) -> [Int] {
        let path = dataset.node.file.path
        let rank = dataset.extents.count
        var sizes = [hsize_t](repeating: 0, count: max(rank, 1))
        let count = try unsafe checked(
            H5Pget_chunk(creation.id, Int32(rank), &sizes), in: path,
            "cannot read the chunks of \(dataset.node.path)")
        let chunk = sizes.prefix(rank).map { Int(clamping: $0) }
        guard Int(count) == rank, chunk.allSatisfy({ $0 > 0 }) else {
            throw .malformed(path, problem: "\(dataset.node.path.printable) has impossible chunks")
        }
        let bytes = chunk.reduce(dataset.elementType?.byteCount ?? 8) {
            $0.multipliedClamping(by: $1)
        }
        guard bytes <= Bound.chunkBytes else {
            throw .unsupported(
                path,
                problem: "\(dataset.node.path.printable) has chunks of \(bytes >> 20) MiB; "
                    + "\(Bound.chunkBytes >> 20) MiB are taken",
                advice: "write it again in smaller chunks, as with h5repack -l CHUNK=64x64x64")
        }
        return chunk
    }

    /// Reads `slices` into `destination`, which holds exactly their bytes.
    func read(
        _ slices: Range<Int>, into destination: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        precondition(
            destination.count == slices.count * shape.sliceCount * format.elementType.byteCount,
            "a slab is read into memory of its size")
        if let chunkReader {
            try unsafe chunkReader.read(slices, into: destination)
        } else {
            try unsafe readThroughLibrary(slices, into: destination)
        }
    }

    /// Reads a box through the library, which undoes whatever filters it has.
    func readThroughLibrary(
        _ slices: Range<Int>, into destination: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        let path = dataset.node.file.path
        let purpose =
            "cannot read slices \(slices.lowerBound) to \(slices.upperBound - 1) of "
            + dataset.node.path
        var start = [hsize_t](repeating: 0, count: dataset.extents.count)
        var count = dataset.extents.map { hsize_t($0) }
        if let depthAxis = dataset.depthAxis {
            start[depthAxis] = hsize_t(slices.lowerBound)
            count[depthAxis] = hsize_t(slices.count)
        }
        let source = try opened(H5Dget_space(handle.id), in: path, purpose)
        try unsafe checked(
            H5Sselect_hyperslab(source.id, H5S_SELECT_SET, start, nil, count, nil), in: path,
            purpose)
        // Of the same rank as the source: the library copies other shapes voxel by voxel.
        let target = try opened(
            unsafe H5Screate_simple(Int32(count.count), count, nil), in: path, purpose)
        try unsafe checked(
            H5Dread(
                handle.id, format.memoryType.id, target.id, source.id, chdf5_default,
                destination.baseAddress), in: path, purpose)
        if format.needsByteSwap {
            unsafe ByteOrder.swap(destination, elementByteCount: format.elementType.byteCount)
        }
    }

    /// Compares what is declared with what can be there, before memory is taken for it.
    private static func judge(
        _ handle: HDF5Handle, _ creation: HDF5Handle, _ layout: H5D_layout_t,
        _ dataset: HDF5Dataset, _ chunk: [Int], _ filters: HDF5Filters, _ resolver: HDF5Resolver,
        _ depth: Int
    ) throws(VolumeFileError) {
        let file = dataset.node.file
        let name = dataset.node.path.printable
        let elementBytes = dataset.elementType?.byteCount ?? 8
        guard let shape = dataset.shape else { return }
        guard shape.sliceCount <= Bound.sliceBytes / elementBytes else {
            throw .unsupported(
                file.path, problem: "\(name) declares slices of \(shape.height)x\(shape.width)",
                advice: "cut it, or write it again as a volume of smaller slices")
        }
        let declared = shape.count * elementBytes
        func refuse(_ found: String) -> VolumeFileError {
            .malformed(
                file.path,
                problem:
                    "\(name) declares \(dataset.extentsText) \(dataset.elementType?.rawValue ?? "")"
                    + " (\(declared) bytes), but \(found)")
        }
        let externalCount = H5Pget_external_count(creation.id)
        if externalCount > 0 {
            let found = try externalBytes(creation, Int(externalCount), dataset, resolver)
            guard found >= declared else { throw refuse("its raw files hold \(found)") }
            return
        }
        if layout == H5D_VIRTUAL {
            let found = try virtualBytes(creation, dataset, resolver, depth)
            guard
                declared <= Bound.harmlessBytes
                    || declared / Bound.declaredPerWritten <= found
            else { throw refuse("its sources hold \(found)") }
            return
        }
        if layout == H5D_CONTIGUOUS {
            let address = H5Dget_offset(handle.id)
            _ = HDF5Library.lastComplaint()
            // All ones: never written, so that every voxel is the fill value.
            if address == haddr_t.max {
                guard declared <= Bound.harmlessBytes else { throw refuse("nothing was written") }
            } else {
                let (end, overflow) = address.addingReportingOverflow(haddr_t(declared))
                guard !overflow, end <= file.byteCount else {
                    throw refuse("the file ends at \(file.byteCount)")
                }
            }
        }
        guard declared > Bound.harmlessBytes, layout == H5D_CHUNKED else { return }
        let stored = H5Dget_storage_size(handle.id)
        guard stored <= file.byteCount else {
            throw refuse("\(stored) bytes of chunks are claimed in a file of \(file.byteCount)")
        }
        var chunkCount: hsize_t = 0
        let space = try opened(H5Dget_space(handle.id), in: file.path, "cannot open \(name)")
        try unsafe checked(
            H5Dget_num_chunks(handle.id, space.id, &chunkCount), in: file.path,
            "cannot count the chunks of \(name)")
        let written = chunk.reduce(Int(clamping: chunkCount).multipliedClamping(by: elementBytes)) {
            $0.multipliedClamping(by: $1)
        }
        let isDeflated = filters.numbers.allSatisfy { $0 <= 3 }
        guard declared / Bound.declaredPerWritten <= written,
            !isDeflated || written / Bound.writtenPerStored <= Int(clamping: stored)
        else { throw refuse("only \(stored) bytes are stored") }
    }

    /// The bytes in the raw files of a dataset whose voxels lie outside its HDF5 file.
    private static func externalBytes(
        _ creation: HDF5Handle, _ count: Int, _ dataset: HDF5Dataset, _ resolver: HDF5Resolver
    ) throws(VolumeFileError) -> Int {
        let node = dataset.node
        var total = 0
        for index in 0..<count {
            var name = [CChar](repeating: 0, count: 4097)
            var offset: off_t = 0
            var size: hsize_t = 0
            try unsafe checked(
                H5Pget_external(
                    creation.id, UInt32(index), name.count - 1, &name, &offset, &size),
                in: node.file.path, "cannot read where \(node.path) is stored")
            let target = try resolver.permitted(
                name.text, referredToBy: node.path, in: node.file)
            guard let status = try? Stat(target), status.type == .regular, offset >= 0 else {
                throw .unreadable(target, reason: "it is not a regular file")
            }
            // The library would fill a raw file that is too short with zeros.
            let available = max(0, Int(status.size) - Int(offset))
            total += min(available, Int(clamping: size))
        }
        return total
    }

    /// The bytes of the sources of a virtual dataset, each judged as if it were read by itself.
    private static func virtualBytes(
        _ creation: HDF5Handle, _ dataset: HDF5Dataset, _ resolver: HDF5Resolver, _ depth: Int
    ) throws(VolumeFileError) -> Int {
        let node = dataset.node
        let path = node.file.path
        let purpose = "cannot read the sources of \(node.path)"
        guard depth < 4 else {
            throw .malformed(path, problem: "\(node.path.printable) is virtual five times over")
        }
        var count = 0
        try unsafe checked(H5Pget_virtual_count(creation.id, &count), in: path, purpose)
        guard count <= 1 << 16 else {
            throw .malformed(path, problem: "\(node.path.printable) has \(count) sources")
        }
        var total = 0
        var judged: Set<String> = []
        for index in 0..<count {
            var fileName = [CChar](repeating: 0, count: 4097)
            var sourceName = [CChar](repeating: 0, count: 4097)
            try unsafe checked(
                H5Pget_virtual_filename(creation.id, index, &fileName, fileName.count - 1),
                in: path, purpose)
            try unsafe checked(
                H5Pget_virtual_dsetname(creation.id, index, &sourceName, sourceName.count - 1),
                in: path, purpose)
            let (name, source) = (fileName.text, sourceName.text)
            guard judged.insert("\(name)\0\(source)").inserted else { continue }
            guard !name.contains("%"), !source.contains("%") else {
                throw .unsupported(
                    path, problem: "\(node.path.printable) numbers its sources by a pattern",
                    advice: "copy it into one dataset, for example with h5py")
            }
            let file =
                name == "."
                ? node.file : try resolver.file(named: name, referredToBy: node.path, in: node.file)
            guard let found = try resolver.find("/" + source, from: try file.rootNode()),
                found.kind == .dataset
            else {
                throw .malformed(
                    path,
                    problem: "\(node.path.printable) takes voxels from \(source.printable) in "
                        + "\(name.printable), which does not exist")
            }
            let array = try HDF5Array(found, resolver: resolver, depth: depth + 1)
            total = total.addingClamping(array.shape.count * array.format.elementType.byteCount)
        }
        return total
    }
}

extension Int {
    /// The product, or the largest number where it does not fit.
    func multipliedClamping(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }

    /// The sum, or the largest number where it does not fit.
    func addingClamping(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    fileprivate var roundedUpToPowerOfTwo: Int {
        self <= 1 ? 1 : self > 1 << 40 ? self : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}

extension String {
    fileprivate func nonEmpty(_ other: String) -> String { isEmpty ? other : self }
}

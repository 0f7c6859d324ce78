import Foundation
public import SystemPackage
public import Volumes

/// A scan in an HDF5 file, open for reading, slab by slab.
///
/// A file from elsewhere is decoded in a child process with bounded memory and time: libhdf5 1.10
/// crashes on some damaged files, and then the child ends and this reader throws. Files of ours,
/// whose digest has been checked, can be read in this process with ``init(trusted:dataset:)``.
///
/// Without a name the scan is found as Data Exchange, NeXus, or the only thing that fits; links to
/// other files are followed inside ``ScanLocation/root``. Voxels come in the order z, y, x as
/// stored, with axes of length one dropped.
public final class HDF5ScanReader: ScanReader {
    /// What the scan is.
    public let description: ScanDescription

    private enum Source {
        case worker(DecodeWorkerProcess, chunkDepth: Int)
        case trusted(TrustedScan)
    }
    private let source: Source

    /// Finds and opens the scan at `location` in a child process, the program `tomopair` itself.
    ///
    /// - Throws: Any ``VolumeFileError`` but those of writing;
    ///   ``VolumeFileError/unreadable(_:reason:)`` also where the program is missing.
    public init(_ location: ScanLocation) throws(VolumeFileError) {
        guard let status = try? Stat(location.path) else { throw .missing(location.path) }
        guard status.type == .regular else {
            throw .unreadable(location.path, reason: "it is not a regular file")
        }
        guard unsafe access(location.path.string, R_OK) == 0 else {
            throw .unreadable(location.path, reason: "permission denied")
        }
        let worker = try DecodeWorkerProcess(
            program: try Self.program(for: location.path), for: location.path)
        let reply = try worker.ask(
            .open(
                path: location.path.string, dataset: location.dataset,
                root: location.root?.string, allowsGaps: location.allowsGaps),
            seconds: WorkerLimit.openSeconds)
        guard case .opened(let found) = reply, found.chunkDepth > 0,
            found.shape.sliceCount
                <= HDF5Array.Bound.sliceBytes / found.elementType.byteCount
        else { throw .malformed(location.path, problem: "its decoder answered nonsense") }
        description = found.description
        source = .worker(worker, chunkDepth: found.chunkDepth)
    }

    /// Opens `dataset` of a file this program has written, in this process.
    ///
    /// The file's digest has been compared with its receipt: a damaged file can end the process.
    ///
    /// - Throws: ``VolumeFileError`` where the file is missing or holds no such volume.
    public init(trusted path: FilePath, dataset: String) throws(VolumeFileError) {
        let scan = try HDF5Library.serialised { () throws(VolumeFileError) in
            TrustedScan(try HDF5Scan(ScanLocation(path, dataset: dataset)))
        }
        description = scan.description
        source = .trusted(scan)
    }

    /// Reads consecutive slices; decoding by a child goes on while what it decoded is copied.
    ///
    /// - Throws: ``VolumeFileError/malformed(_:problem:)`` where the file is cut or corrupted.
    public func read(_ slices: Range<Int>) throws(VolumeFileError) -> RawSlab {
        precondition(
            !slices.isEmpty && slices.lowerBound >= 0
                && slices.upperBound <= description.shape.depth,
            "slices lie within the scan")
        let shape = description.shape.withDepth(slices.count)
        let count = shape.count * description.elementType.byteCount
        let bytes = try unsafe Array(count: count) { bytes throws(VolumeFileError) in
            switch source {
            case .trusted(let scan):
                try unsafe scan.read(slices, into: bytes)
            case .worker(let worker, let chunkDepth):
                try unsafe read(slices, from: worker, chunkDepth, into: bytes)
            }
        }
        return RawSlab(elementType: description.elementType, shape: shape, bytes: bytes)
    }

    /// Has the worker decode piece after piece, alternating between two parts of the memory.
    private func read(
        _ slices: Range<Int>, from worker: DecodeWorkerProcess, _ chunkDepth: Int,
        into bytes: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        let sliceBytes = description.shape.sliceCount * description.elementType.byteCount
        let pieces = pieces(of: slices, sliceBytes, chunkDepth)
        let capacity = (pieces.map(\.count).max() ?? 0) * sliceBytes
        try worker.reserve(capacity * min(2, pieces.count))
        func request(_ index: Int) throws(VolumeFileError) {
            let piece = pieces[index]
            try worker.send(
                .read(
                    lower: piece.lowerBound, upper: piece.upperBound,
                    offset: index % 2 * capacity))
        }
        try request(0)
        for (index, piece) in pieces.enumerated() {
            let reply = try worker.answer(
                seconds: WorkerLimit.seconds(piece.count * sliceBytes))
            if index + 1 < pieces.count { try request(index + 1) }
            let start = (piece.lowerBound - slices.lowerBound) * sliceBytes
            let part = unsafe UnsafeMutableRawBufferPointer(
                rebasing: bytes[start..<(start + piece.count * sliceBytes)])
            try unsafe worker.copy(from: index % 2 * capacity, into: part)
            let copied = unsafe Deflate.crc32(UnsafeRawBufferPointer(part))
            guard case .read(let checksum) = reply, checksum == copied else {
                throw .malformed(description.files[0], problem: "its decoder delivered noise")
            }
        }
    }

    /// Cuts a range into parts that end at rows of chunks, where such a row is not too large.
    private func pieces(
        of slices: Range<Int>, _ sliceBytes: Int, _ chunkDepth: Int
    ) -> [Range<Int>] {
        var depth = max(1, WorkerLimit.pieceBytes / sliceBytes)
        if chunkDepth.multipliedClamping(by: sliceBytes) <= WorkerLimit.largestPieceBytes {
            depth = max(chunkDepth, depth / chunkDepth * chunkDepth)
        }
        var pieces: [Range<Int>] = []
        var lower = slices.lowerBound
        while lower < slices.upperBound {
            let upper = min((lower / depth + 1) * depth, slices.upperBound)
            pieces.append(lower..<upper)
            lower = upper
        }
        return pieces
    }

    /// The program that can be a worker: this one, or `tomopair` beside it.
    private static func program(for path: FilePath) throws(VolumeFileError) -> FilePath {
        guard let own = FilePath("/proc/self/exe").resolved else {
            throw .unreadable(path, reason: "/proc is not mounted, so no decoder can be started")
        }
        let program =
            own.lastComponent?.string == "tomopair"
            ? own : own.removingLastComponent().appending("tomopair")
        guard unsafe access(program.string, X_OK) == 0 else {
            throw .unreadable(
                path,
                reason: "foreign HDF5 is decoded by the program tomopair, which is missing from "
                    + "\(program.removingLastComponent())")
        }
        return program
    }
}

/// A scan open in this process; every use of it, its end included, is serialised.
final class TrustedScan {
    let description: ScanDescription
    private var scan: HDF5Scan?

    /// Made inside ``HDF5Library/serialised(_:)``.
    init(_ scan: HDF5Scan) {
        description = scan.description
        self.scan = scan
    }

    func read(
        _ slices: Range<Int>, into bytes: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        try HDF5Library.serialised { () throws(VolumeFileError) in
            try unsafe scan?.read(slices, into: bytes)
        }
    }

    /// Asked, and used, inside ``HDF5Library/serialised(_:)``.
    var chunkReader: HDF5ChunkReader? { scan?.chunkReader }

    deinit {
        HDF5Library.serialised { scan = nil }
    }
}

import CHDF5
import Foundation
import SystemPackage
import Volumes

/// What a worker may use; a file that needs more is refused or ends the worker, never the parent.
enum WorkerLimit {
    /// Memory beside the program itself, the shared memory and the rows of chunks it keeps.
    static let heapBytes = 512 << 20
    /// Processor time to find a scan: a file that takes longer makes the library run in circles.
    static let openProcessorSeconds = 3
    /// Time to find a scan, disks included.
    static let openSeconds = 60
    /// Files open at once: those of the largest scan of parts, and a few of the system.
    static let openFiles = 300
    /// The part of a scan decoded at once, if a row of chunks fits.
    static let pieceBytes = 64 << 20
    /// The largest row of chunks decoded at once.
    static let largestPieceBytes = 256 << 20

    /// Processor time to decode `bytes`: ten megabytes a second is slow for any filter.
    static func processorSeconds(_ bytes: Int) -> Int { 3 + bytes / 10_000_000 }
    /// Time to decode `bytes`, a slow network included.
    static func seconds(_ bytes: Int) -> Int { 60 + bytes / 1_000_000 }

    /// Where a worker finds its socket and the shared memory.
    static let socket: Int32 = 3
    static let memory: Int32 = 4
}

/// The body of `tomopair decode-worker`: opens one foreign HDF5 file for the process that started
/// it, and decodes slices until that process closes its end.
///
/// libhdf5 1.10 crashes on some damaged or hostile files, so it meets them here. Before a file is
/// opened the worker gives up gaining rights and leaving core files, and bounds its address space
/// (512 MiB beside the program, up to 1 GiB of chunks and two pieces of voxels), its open files and,
/// for every request, its processor time.
///
/// - Returns: The exit status: 0 when the parent has gone, 64 when nobody has prepared descriptors
///   3 (a socket) and 4 (shared memory).
public func runHDF5DecodeWorker() -> Int32 {
    var status = stat()
    guard unsafe fstat(WorkerLimit.socket, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK,
        unsafe fstat(WorkerLimit.memory, &status) == 0, status.st_mode & S_IFMT == S_IFREG
    else { return 64 }
    followParent()
    guard chdf5_give_up_privileges() == 0,
        chdf5_limit_open_files(rlim_t(WorkerLimit.openFiles)) == 0,
        let program = addressSpaceInUse(),
        chdf5_limit_address_space(rlim_t(program + WorkerLimit.heapBytes)) == 0
    else { return 70 }
    let worker = Worker(programBytes: program)
    let channel = WorkerChannel(socket: WorkerLimit.socket)
    while let request = try? channel.receive(WorkerRequest.self, until: nil) {
        let reply: WorkerReply
        do throws(VolumeFileError) {
            reply = try worker.answer(request)
        } catch {
            reply = .failed(WorkerFailure(error))
        }
        guard (try? channel.send(reply)) != nil else { break }
    }
    // Past the library's own tidying up, which a hostile file may have spoilt.
    _exit(0)
}

/// Ends this process as soon as the parent closes its end of the socket, or dies.
///
/// `PR_SET_PDEATHSIG` would end it with the thread that started it, and the parent's threads come
/// and go.
private func followParent() {
    let watcher = Thread {
        chdf5_wait_for_hangup(WorkerLimit.socket)
        _exit(0)
    }
    watcher.stackSize = 256 << 10
    watcher.start()
}

/// The address space of this process in bytes.
private func addressSpaceInUse() -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
        let pages = text.split(separator: " ").first.flatMap({ Int($0) })
    else { return nil }
    return pages * sysconf(Int32(_SC_PAGESIZE))
}

/// The state of a worker between requests.
@safe private final class Worker {
    private let programBytes: Int
    private var scan: HDF5Scan?
    private var memory: UnsafeMutableRawBufferPointer?

    init(programBytes: Int) { self.programBytes = programBytes }

    func answer(_ request: WorkerRequest) throws(VolumeFileError) -> WorkerReply {
        switch request {
        case .open(let path, let dataset, let root, let allowsGaps):
            limitProcessor(WorkerLimit.openProcessorSeconds)
            let location = ScanLocation(
                FilePath(path), dataset: dataset, root: root.map { FilePath($0) },
                allowsGaps: allowsGaps)
            let scan = try HDF5Library.serialised { () throws(VolumeFileError) in
                try HDF5Scan(location)
            }
            self.scan = scan
            return .opened(WorkerDescription(scan))
        case .read(let lower, let upper, let offset):
            guard let scan else { preconditionFailure("a scan is opened before it is read") }
            let shape = scan.description.shape
            let count =
                (upper - lower) * shape.sliceCount * scan.description.elementType.byteCount
            limitProcessor(WorkerLimit.processorSeconds(count))
            let memory = try unsafe sharedMemory(offset + count, for: scan)
            let target = unsafe UnsafeMutableRawBufferPointer(
                rebasing: memory[offset..<(offset + count)])
            try HDF5Library.serialised { () throws(VolumeFileError) in
                try unsafe scan.read(lower..<upper, into: target)
            }
            return unsafe .read(checksum: Deflate.crc32(UnsafeRawBufferPointer(target)))
        }
    }

    /// Allows so many seconds from now on; then the system ends this process.
    private func limitProcessor(_ seconds: Int) {
        _ = chdf5_limit_processor(rlim_t(chdf5_processor_seconds() + seconds + 1))
    }

    /// The shared memory, mapped at least `count` bytes long; the parent has made it that long.
    private func sharedMemory(
        _ count: Int, for scan: HDF5Scan
    ) throws(VolumeFileError) -> UnsafeMutableRawBufferPointer {
        if let memory = unsafe memory, memory.count >= count { return unsafe memory }
        if let memory = unsafe memory { unsafe munmap(memory.baseAddress, memory.count) }
        unsafe memory = nil
        var status = stat()
        let path = scan.description.files[0]
        guard unsafe fstat(WorkerLimit.memory, &status) == 0, Int(status.st_size) >= count else {
            throw .unreadable(path, reason: "the shared memory is too small")
        }
        let bound =
            programBytes + WorkerLimit.heapBytes + 2 * scan.cacheBytes + Int(status.st_size)
        _ = chdf5_limit_address_space(rlim_t(bound))
        let mapped = unsafe mmap(
            nil, Int(status.st_size), PROT_READ | PROT_WRITE, MAP_SHARED, WorkerLimit.memory, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
            throw .unreadable(path, reason: "no memory for a slab of it")
        }
        let buffer = unsafe UnsafeMutableRawBufferPointer(
            start: mapped, count: Int(status.st_size))
        unsafe memory = buffer
        return unsafe buffer
    }
}

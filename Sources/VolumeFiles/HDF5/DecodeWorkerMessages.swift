import Foundation
import SystemPackage
import Volumes

// What HDF5ScanReader and its worker say to each other: JSON behind a length of four bytes, over a
// pair of sockets. Voxels never pass through it: the worker writes them into memory both share.

/// What the parent asks for.
enum WorkerRequest: Codable {
    /// The first request: find the scan and describe it.
    case open(path: String, dataset: String?, root: String?, allowsGaps: Bool)
    /// Decode slices into the shared memory at `offset`.
    case read(lower: Int, upper: Int, offset: Int)
}

/// What the worker answers.
enum WorkerReply: Codable {
    case opened(WorkerDescription)
    /// The slices lie in the shared memory, and this is their check sum.
    case read(checksum: UInt32)
    case failed(WorkerFailure)
}

/// A ``ScanDescription`` in transit, with how the scan is best read.
struct WorkerDescription: Codable {
    let files: [String]
    let dataset: String?
    let shape: Shape
    let elementType: ElementType
    let voxelSize: VoxelSize?
    let voxelSizeSource: String
    let metadata: [String: String]
    let notes: [String]
    let chunkDepth: Int

    init(_ scan: HDF5Scan) {
        let description = scan.description
        files = description.files.map(\.string)
        dataset = description.dataset
        shape = description.shape
        elementType = description.elementType
        voxelSize = description.voxelSize?.size
        voxelSizeSource = description.voxelSize?.source ?? ""
        metadata = description.metadata
        notes = description.notes
        chunkDepth = scan.chunkDepth
    }

    /// The description as the parent hands it on.
    var description: ScanDescription {
        ScanDescription(
            format: .hdf5, files: files.map { FilePath($0) }, dataset: dataset, shape: shape,
            elementType: elementType,
            voxelSize: voxelSize.map { FoundVoxelSize($0, source: voxelSizeSource) },
            metadata: metadata, notes: notes)
    }
}

/// A ``VolumeFileError`` in transit.
struct WorkerFailure: Codable {
    private enum Kind: String, Codable {
        case missing, unreadable, malformed, unsupported, ambiguous, outsideRoot
    }
    private let kind: Kind
    private let path: String
    private var problem = ""
    private var advice = ""
    private var choices: [String] = []

    init(_ error: VolumeFileError) {
        switch error {
        case .missing(let path):
            (kind, self.path) = (.missing, path.string)
        case .unreadable(let path, let reason):
            (kind, self.path, problem) = (.unreadable, path.string, reason)
        case .malformed(let path, let problem):
            (kind, self.path, self.problem) = (.malformed, path.string, problem)
        case .unsupported(let path, let problem, let advice):
            (kind, self.path) = (.unsupported, path.string)
            (self.problem, self.advice) = (problem, advice)
        case .ambiguous(let path, let choices, let advice):
            (kind, self.path) = (.ambiguous, path.string)
            (self.choices, self.advice) = (choices, advice)
        case .outsideRoot(let path, let reference):
            (kind, self.path, problem) = (.outsideRoot, path.string, reference)
        case .cannotWrite(let path, let reason):
            // A worker writes nothing; reading is what failed.
            (kind, self.path, problem) = (.unreadable, path.string, reason)
        case .noSpace(let path):
            (kind, self.path, problem) = (.unreadable, path.string, "no space")
        }
    }

    /// The error as the parent throws it.
    var error: VolumeFileError {
        let path = FilePath(path)
        return switch kind {
        case .missing: .missing(path)
        case .unreadable: .unreadable(path, reason: problem)
        case .malformed: .malformed(path, problem: problem)
        case .unsupported: .unsupported(path, problem: problem, advice: advice)
        case .ambiguous: .ambiguous(path, choices: choices, advice: advice)
        case .outsideRoot: .outsideRoot(path, reference: problem)
        }
    }
}

/// A reason a message did not come through.
enum WorkerSilence: Error {
    case closed, timeout, tooLong, unreadable
}

/// One end of the pair of sockets.
struct WorkerChannel {
    let socket: Int32
    /// No honest message comes near: a description has bounded lists.
    static let maximumBytes = 16 << 20

    /// Sends a message whole.
    func send(_ message: some Encodable) throws(WorkerSilence) {
        guard let body = try? JSONEncoder().encode(message), body.count <= Self.maximumBytes else {
            throw .tooLong
        }
        var bytes = unsafe withUnsafeBytes(of: UInt32(body.count).littleEndian) {
            unsafe Array($0)
        }
        bytes += body
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                // The other end may be gone: that is an answer, not a signal.
                unsafe Foundation.send(
                    socket, bytes.baseAddress?.advanced(by: sent), bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .closed }
            sent += count
        }
    }

    /// Waits for a message until `deadline`; for ever without one.
    func receive<Message: Decodable>(
        _ type: Message.Type, until deadline: ContinuousClock.Instant?
    ) throws(WorkerSilence) -> Message {
        let header = try receive(count: 4, until: deadline)
        let count = header.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard count <= Self.maximumBytes else { throw .tooLong }
        let body = try receive(count: count, until: deadline)
        guard let message = try? JSONDecoder().decode(type, from: Data(body)) else {
            throw .unreadable
        }
        return message
    }

    private func receive(
        count: Int, until deadline: ContinuousClock.Instant?
    ) throws(WorkerSilence) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            var timeout: Int32 = -1
            if let deadline {
                let left = deadline - .now
                guard left > .zero else { throw .timeout }
                timeout = Int32(clamping: left.components.seconds * 1000 + 1000)
                if left < .seconds(1) { timeout = Int32(left / .milliseconds(1)) + 1 }
            }
            var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&entry, 1, timeout)
            if ready < 0, errno == EINTR { continue }
            if ready == 0 { continue }
            let part = unsafe bytes.withUnsafeMutableBytes { bytes in
                unsafe recv(
                    socket, bytes.baseAddress?.advanced(by: received), count - received, 0)
            }
            if part < 0, errno == EINTR { continue }
            guard part > 0 else { throw .closed }
            received += part
        }
        return bytes
    }
}

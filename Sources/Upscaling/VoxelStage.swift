import Foundation
import SystemPackage
import Volumes
import Workspace

/// What is finished of an output, in a folder beside it, so that work goes on after it was stopped.
///
/// The folder holds the voxels so far, as plain numbers, and a small file that says how many slices of
/// them count and what they were made from. That file is replaced as a whole after the voxels are on the
/// disk, so it never promises more than is there. A lock keeps a second process out.
final class VoxelStage {
    /// What the small file says.
    struct State: Codable, Equatable {
        /// The sum of all that decides about the voxels.
        let key: Digest
        /// How images are cut up.
        let tiles: TileChoice
        /// Slices that are finished together.
        let slabDepth: Int
        /// Slices that are finished.
        var done = 0
        /// Their voxels that did not fit the number format.
        var clipped = GreyScale.Clipped()
        /// The temporary folder of the output in its own format, while it is written.
        var publishing: String?
    }

    /// The folder.
    let folder: FilePath
    /// Slices of this many bytes each.
    let sliceBytes: Int
    private(set) var state: State
    /// Slices found finished.
    let resumedAt: Int
    /// Why what was there could not be used; nil if it could, or nothing was there.
    let reasonToBeginAnew: String?
    private let lock: WorkspaceLock
    private let file: FileDescriptor

    private var voxels: FilePath { folder.appending("voxels.raw") }

    /// Opens what there is, if it was made from the same; else begins anew.
    ///
    /// - Parameter make: The state to begin with.
    /// - Throws: `WorkspaceError`: another process has it, or the folder cannot be written.
    init(
        for output: FilePath, key: Digest, sliceBytes: Int, beginning make: () throws -> State
    ) throws {
        let name = output.lastComponent?.string ?? ""
        let folder = output.removingLastComponent().appending(".\(name).upscaling.part")
        try AtomicFile.createFolder(folder)
        lock = try WorkspaceLock(folder.appending("lock"), .exclusive)
        let voxels = folder.appending("voxels.raw")
        var found: State?
        var reason: String?
        do {
            let state = try CanonicalJSON.read(State.self, from: folder.appending("state.json"))
            let bytes = (try? FileFingerprint(of: voxels).bytes) ?? 0
            if state.key != key {
                reason = "the scan, the weights or the settings have changed"
            } else if state.done < 0 || state.slabDepth < 1 || bytes < state.done * sliceBytes {
                reason = "what was finished is damaged"
            } else {
                found = state
            }
        } catch WorkspaceError.missing {
            // Nothing was finished.
        } catch {
            reason = "what was finished is damaged"
        }
        self.folder = folder
        self.sliceBytes = sliceBytes
        reasonToBeginAnew = reason
        if found == nil {
            try? FileManager.default.removeItem(atPath: folder.appending("state.json").string)
        }
        let state = try found ?? make()
        self.state = state
        resumedAt = state.done
        file = try writing(voxels) {
            try FileDescriptor.open(
                voxels, .readWrite, options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
        }
        if let left = state.publishing {
            try? FileManager.default.removeItem(
                atPath: output.removingLastComponent().appending(left).string)
        }
    }

    deinit { try? file.close() }

    /// Adds finished slices, and keeps them whatever happens.
    func append(_ slab: RawSlab, clipped: GreyScale.Clipped) throws {
        precondition(slab.bytes.count == slab.shape.depth * sliceBytes, "slices of one size")
        try writing(voxels) {
            _ = try file.writeAll(
                toAbsoluteOffset: Int64(state.done * sliceBytes), slab.bytes)
            guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
        }
        state.done += slab.shape.depth
        state.clipped = clipped
        try save()
    }

    /// Notes the temporary folder that the output is being written to.
    func note(publishing folder: FilePath) throws {
        state.publishing = folder.lastComponent?.string
        try save()
    }

    /// Finished slices.
    func read(_ slices: Range<Int>, shape: Shape, type: Volumes.ElementType) throws -> RawSlab {
        let path = voxels
        do {
            var bytes = [UInt8](repeating: 0, count: slices.count * sliceBytes)
            var filled = 0
            while filled < bytes.count {
                let count = try unsafe bytes.withUnsafeMutableBytes {
                    try unsafe file.read(
                        fromAbsoluteOffset: Int64(slices.lowerBound * sliceBytes + filled),
                        into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
                }
                guard count > 0 else {
                    throw WorkspaceError.damaged(path, problem: "it has been cut")
                }
                filled += count
            }
            return RawSlab(
                elementType: type, shape: shape.withDepth(slices.count), bytes: bytes)
        } catch let error as Errno {
            throw WorkspaceError.unreadable(path, reason: error.description)
        }
    }

    /// Removes the folder; the output is in its place.
    func remove() { try? FileManager.default.removeItem(atPath: folder.string) }

    private func save() throws {
        try CanonicalJSON.write(state, to: folder.appending("state.json"))
    }
}

/// Calls `body`, which writes a file, and names the file where it fails.
private func writing<Result>(_ path: FilePath, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as Errno {
        switch error {
        case .noSpace, .diskQuotaExceeded, .fileTooLarge: throw WorkspaceError.noSpace(path)
        default: throw WorkspaceError.cannotWrite(path, reason: error.description)
        }
    }
}

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
        /// The temporary folders of outputs in their own formats, once they are written.
        var publishing: [String] = []
    }

    /// The folder.
    let folder: FilePath
    private(set) var state: State
    /// Slices found finished.
    let resumedAt: Int
    /// Why what was there could not be used; nil if it could, or nothing was there.
    let reasonToBeginAnew: String?
    private let lock: WorkspaceLock
    private let voxels: StagedSlices
    private let spread: StagedSlices?

    /// Where it lies for an output.
    static func folder(for output: FilePath) -> FilePath {
        output.removingLastComponent()
            .appending(".\(output.lastComponent?.string ?? "").upscaling.part")
    }

    /// Whether a run with that key had finished all voxels and begun to move them to their place.
    static func wasPublishing(_ output: FilePath, key: Digest) -> Bool {
        let state = try? CanonicalJSON.read(
            State.self, from: folder(for: output).appending("state.json"))
        return state?.key == key && state?.publishing.isEmpty == false
    }

    /// Opens what there is, if it was made from the same; else begins anew.
    ///
    /// - Parameter make: The state to begin with.
    /// - Throws: `WorkspaceError`: another process has it, or the folder cannot be written.
    init(
        for output: FilePath, key: Digest, sliceBytes: Int, spreadSliceBytes: Int?,
        beginning make: () throws -> State
    ) throws {
        let folder = Self.folder(for: output)
        try AtomicFile.createFolder(folder)
        lock = try WorkspaceLock(folder.appending("lock"), .exclusive)
        let voxels = try StagedSlices(folder.appending("voxels.raw"), sliceBytes: sliceBytes)
        let spread = try spreadSliceBytes.map {
            try StagedSlices(folder.appending("spread.raw"), sliceBytes: $0)
        }
        var found: State?
        var reason: String?
        do {
            let state = try CanonicalJSON.read(State.self, from: folder.appending("state.json"))
            if state.key != key {
                reason = "the scan, the weights or the settings have changed"
            } else if state.done < 0 || state.slabDepth < 1
                || min(voxels.count, spread?.count ?? .max) < state.done
            {
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
        self.voxels = voxels
        self.spread = spread
        reasonToBeginAnew = reason
        if found == nil {
            try? FileManager.default.removeItem(atPath: folder.appending("state.json").string)
        }
        let state: State
        if let found {
            state = found
        } else {
            do {
                state = try make()
            } catch {
                // There is nothing to go on with.
                try? FileManager.default.removeItem(atPath: folder.string)
                throw error
            }
        }
        self.state = state
        resumedAt = state.done
        for left in state.publishing where left.hasSuffix(".part") && !left.contains("/") {
            try? FileManager.default.removeItem(
                atPath: output.removingLastComponent().appending(left).string)
        }
    }

    /// Adds finished slices, and keeps them whatever happens.
    func append(_ slab: RawSlab, spread: RawSlab?, clipped: GreyScale.Clipped) throws {
        precondition((spread == nil) == (self.spread == nil), "all slices have a spread, or none")
        try voxels.write(slab, at: state.done)
        if let spread { try self.spread?.write(spread, at: state.done) }
        state.done += slab.shape.depth
        state.clipped = clipped
        try save()
    }

    /// Notes a temporary folder that an output is being written to.
    func note(publishing folder: FilePath) throws {
        if let name = folder.lastComponent?.string { state.publishing.append(name) }
        try save()
    }

    /// Finished slices.
    func read(_ slices: Range<Int>, shape: Shape, type: Volumes.ElementType) throws -> RawSlab {
        RawSlab(
            elementType: type, shape: shape.withDepth(slices.count), bytes: try voxels.read(slices))
    }

    /// The spreads of finished slices; nil where none are kept.
    func readSpread(_ slices: Range<Int>, shape: Shape) throws -> Volume<Float>? {
        guard let spread else { return nil }
        return RawSlab(
            elementType: .float32, shape: shape.withDepth(slices.count),
            bytes: try spread.read(slices)
        ).volume(as: Float.self)
    }

    /// Removes the folder; the output is in its place.
    func remove() { try? FileManager.default.removeItem(atPath: folder.string) }

    private func save() throws {
        try CanonicalJSON.write(state, to: folder.appending("state.json"))
    }
}

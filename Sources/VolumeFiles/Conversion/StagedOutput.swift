import Foundation
import Glibc
public import SystemPackage
public import Volumes

/// Files that appear at their place only when they are complete.
///
/// They are written under their own names in a temporary folder beside their place, so that one may
/// refer to the other, and moved when all of them are on the disk. A program that dies before leaves
/// the folder behind and the place untouched.
public final class StagedOutput {
    /// Where to write the output meanwhile.
    public let path: FilePath
    /// The temporary folder; whoever ends the program early removes it.
    public let folder: FilePath
    private let output: FilePath
    private let format: ScanFormat
    private let isOverwriting: Bool

    /// Makes the temporary folder.
    ///
    /// - Parameter format: What will be written, which says what files belong to the output.
    /// - Throws: ``VolumeFileError/cannotWrite(_:reason:)`` where one of them is there and not to be replaced, or is
    ///   a folder, which is never replaced.
    public init(
        for output: FilePath, format: ScanFormat, overwriting: Bool = false
    ) throws(VolumeFileError) {
        guard let name = output.lastComponent else {
            throw .cannotWrite(output, reason: "it names no file")
        }
        self.output = output
        self.format = format
        isOverwriting = overwriting
        let place = output.folder
        folder = place.appending(".tomopair-\(UUID().uuidString.prefix(8)).part")
        path = folder.appending(name)
        for file in outputFiles(at: output, format: format) { try check(file) }
        do {
            try FileManager.default.createDirectory(
                atPath: folder.string, withIntermediateDirectories: false)
        } catch {
            let reason = (try? Stat(place)) == nil ? "there is no folder \(place)" : nil
            throw .cannotWrite(output, reason: reason ?? "its folder does not take new files")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.string) }

    private func check(_ file: FilePath) throws(VolumeFileError) {
        guard let facts = try? Stat(file, followTargetSymlink: false) else { return }
        guard isOverwriting, facts.type != .directory else {
            throw .cannotWrite(
                file,
                reason: facts.type == .directory
                    ? "it is a folder" : "it exists already; --overwrite replaces it")
        }
    }

    /// Begins to write a scan here. Its errors name the place where it will be, not the temporary one.
    ///
    /// - Parameter description: A sentence about the scan, which HDF5 keeps.
    /// - Throws: What ``createScan(at:format:shape:elementType:voxelSize:description:)`` throws.
    public func createScan(
        shape: Shape, elementType: ElementType, voxelSize: VoxelSize?,
        description: String = "a scan"
    ) throws(VolumeFileError) -> any ScanWriter {
        do {
            return StagedScanWriter(
                try VolumeFiles.createScan(
                    at: path, format: format, shape: shape, elementType: elementType,
                    voxelSize: voxelSize, description: description),
                stagedIn: folder)
        } catch {
            throw error.moved(from: folder)
        }
    }

    /// Moves everything that was written to its place: what others refer to first.
    public func publish() throws(VolumeFileError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.string)
        } catch {
            throw .cannotWrite(output, reason: "its temporary folder has gone")
        }
        let referring: Set = ["mhd", "xmf", "nhdr"]
        let ordered = names.sorted { first, second in
            let ranks = [first, second].map {
                referring.contains(FilePath($0).extension ?? "") ? 1 : 0
            }
            return ranks[0] != ranks[1] ? ranks[0] < ranks[1] : first < second
        }
        let place = output.folder
        for name in ordered { try check(place.appending(name)) }
        do {
            try Self.synchronise(folder)
            // An old header must not describe new voxels, not even for a moment.
            for name in ordered where referring.contains(FilePath(name).extension ?? "") {
                try? FileManager.default.removeItem(atPath: place.appending(name).string)
            }
            for name in ordered {
                try Self.rename(folder.appending(name), to: place.appending(name))
            }
            try Self.synchronise(place)
        } catch {
            throw .whileWriting(output, error)
        }
    }

    private static func rename(_ from: FilePath, to: FilePath) throws(Errno) {
        let status = unsafe from.withPlatformString { source in
            unsafe to.withPlatformString { target in unsafe Glibc.rename(source, target) }
        }
        if status != 0 { throw Errno(rawValue: errno) }
    }

    /// Puts a folder's list of names on the disk.
    private static func synchronise(_ folder: FilePath) throws {
        let descriptor = try FileDescriptor.open(
            folder, .readOnly, options: [.directory, .closeOnExec])
        defer { try? descriptor.close() }
        // Some file systems know no fsync of a folder and say so.
        if fsync(descriptor.rawValue) != 0, errno != EINVAL { throw Errno(rawValue: errno) }
    }
}

/// A writer whose errors name files where they will be.
private final class StagedScanWriter: ScanWriter {
    private let writer: any ScanWriter
    private let folder: FilePath

    init(_ writer: any ScanWriter, stagedIn folder: FilePath) {
        self.writer = writer
        self.folder = folder
    }

    func append(_ slab: RawSlab) throws(VolumeFileError) {
        do { try writer.append(slab) } catch { throw error.moved(from: folder) }
    }

    func finish() throws(VolumeFileError) {
        do { try writer.finish() } catch { throw error.moved(from: folder) }
    }
}

extension VolumeFileError {
    /// The same error about the file that moves from a temporary folder to the one around it.
    fileprivate func moved(from folder: FilePath) -> VolumeFileError {
        func place(_ path: FilePath) -> FilePath {
            guard path.removingLastComponent() == folder, let name = path.lastComponent else {
                return path
            }
            return folder.removingLastComponent().appending(name)
        }
        return switch self {
        case .missing(let path): .missing(place(path))
        case .unreadable(let path, let reason): .unreadable(place(path), reason: reason)
        case .malformed(let path, let problem): .malformed(place(path), problem: problem)
        case .unsupported(let path, let problem, let advice):
            .unsupported(place(path), problem: problem, advice: advice)
        case .ambiguous(let path, let choices, let advice):
            .ambiguous(place(path), choices: choices, advice: advice)
        case .outsideRoot(let path, let reference):
            .outsideRoot(place(path), reference: reference)
        case .cannotWrite(let path, let reason): .cannotWrite(place(path), reason: reason)
        case .noSpace(let path): .noSpace(place(path))
        }
    }
}

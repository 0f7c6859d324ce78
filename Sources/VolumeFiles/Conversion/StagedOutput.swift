import Foundation
import Glibc
public import SystemPackage

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

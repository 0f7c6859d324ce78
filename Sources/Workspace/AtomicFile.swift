import Foundation
import Glibc
public import SystemPackage

/// Files that appear whole or not at all: a temporary name in the same folder, written, synced,
/// renamed, and the folder synced, so that a kill or a power cut at any moment leaves the old state
/// or the new one.
public enum AtomicFile {
    /// The ending of files that are still being written.
    static let temporaryEnding = ".part"

    /// A name beside `path` for `write` to create and fill; then synced and renamed to `path`.
    ///
    /// Nothing stands at the path that `write` is given. Where it throws, nothing is left behind.
    public static func write<R>(
        to path: FilePath, _ write: (FilePath) throws -> R
    ) throws -> R {
        let temporary = temporaryName(beside: path)
        do {
            let result = try write(temporary)
            try commit(temporary, to: path)
            return result
        } catch {
            unsafe unlink(temporary.string)
            throw error
        }
    }

    /// Writes some bytes as a whole file.
    public static func write(_ bytes: [UInt8], to path: FilePath) throws {
        try write(to: path) { temporary in
            do {
                let file = try FileDescriptor.open(
                    temporary, .writeOnly, options: [.closeOnExec, .create, .exclusiveCreate],
                    permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
                try file.closeAfter { _ = try file.writeAll(bytes) }
            } catch let error as Errno {
                throw WorkspaceError.writing(path, error)
            }
        }
    }

    /// Makes a folder and those above it, and syncs each parent that gained one.
    public static func createFolder(_ path: FilePath) throws(WorkspaceError) {
        var isFolder: ObjCBool = false
        if unsafe FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder) {
            guard isFolder.boolValue else {
                throw .cannotWrite(path, reason: "a file of that name is in the way")
            }
            return
        }
        let parent = path.removingLastComponent()
        if !parent.isEmpty, parent != path { try createFolder(parent) }
        guard unsafe mkdir(path.string, 0o777) == 0 || errno == EEXIST else {
            throw .writing(path, Errno(rawValue: errno))
        }
        try syncFolder(parent.isEmpty ? "." : parent)
    }

    /// Removes what killed writers left in `folder`; only for the process that holds the workspace.
    public static func sweepTemporaries(in folder: FilePath) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
        for name in names where name.hasSuffix(temporaryEnding) {
            unsafe unlink(folder.appending(name).string)
        }
    }

    /// A name that no other writer uses: whoever writes there creates it anew (`O_EXCL`).
    private static func temporaryName(beside path: FilePath) -> FilePath {
        // The random part only keeps two writers apart; it never reaches a result.
        let suffix = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let name = path.lastComponent?.string ?? ""
        return path.removingLastComponent().appending(".\(name).\(suffix)\(temporaryEnding)")
    }

    private static func commit(
        _ temporary: FilePath, to path: FilePath
    ) throws(WorkspaceError) {
        try sync(temporary, flags: O_RDWR)
        guard unsafe rename(temporary.string, path.string) == 0 else {
            throw .writing(path, Errno(rawValue: errno))
        }
        let folder = path.removingLastComponent()
        try syncFolder(folder.isEmpty ? "." : folder)
    }

    private static func syncFolder(_ path: FilePath) throws(WorkspaceError) {
        try sync(path, flags: O_RDONLY | O_DIRECTORY)
    }

    private static func sync(_ path: FilePath, flags: Int32) throws(WorkspaceError) {
        let descriptor = unsafe open(path.string, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw .writing(path, Errno(rawValue: errno)) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .writing(path, Errno(rawValue: errno)) }
    }
}

import Foundation
import Glibc
import SystemPackage

/// What a location means for images: one file, or files that are a slice each.
enum SliceFiles {
    case file(FilePath)
    case slices([FilePath], notes: [String])

    /// Looks up a file, a folder or a pattern; of a folder, files with one of `extensions` count,
    /// written in lower case without a dot.
    init(_ location: ScanLocation, extensions: Set<String>) throws(VolumeFileError) {
        let path = location.path
        var isFolder: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(
            atPath: path.string, isDirectory: &isFolder)
        if exists, !isFolder.boolValue {
            self = .file(path)
            return
        }
        let folder: FilePath
        var names: [String]
        if exists {
            folder = path
            names = try Self.names(in: folder).filter { name in
                extensions.contains(FilePath(name).extension?.lowercased() ?? "")
            }
            guard !names.isEmpty else {
                throw .unsupported(
                    path,
                    problem:
                        "no file in it ends in .\(extensions.sorted().joined(separator: ", ."))",
                    advice: "name the folder that holds the slices")
            }
        } else {
            guard let pattern = path.lastComponent?.string, pattern.contains(where: "*?[".contains)
            else { throw .missing(path) }
            folder = path.removingLastComponent()
            names = try Self.names(in: folder.isEmpty ? "." : folder).filter { name in
                unsafe fnmatch(pattern, name, FNM_PERIOD) == 0
            }
            guard !names.isEmpty else { throw .missing(path) }
        }
        // A fixed order to start from, so that messages do not depend on the file system.
        names.sort()
        for name in names { try Self.checkLink(folder.appending(name), location, folder) }
        let slices = try SliceNames(names, in: path, allowsGaps: location.allowsGaps)
        let files = slices.order.map { folder.appending(names[$0]) }
        self = files.count == 1 ? .file(files[0]) : .slices(files, notes: slices.notes)
    }

    private static func names(in folder: FilePath) throws(VolumeFileError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.string)
                .filter { !$0.hasPrefix(".") }
        } catch {
            guard FileManager.default.fileExists(atPath: folder.string) else {
                throw .missing(folder)
            }
            throw .unreadable(folder, reason: "the folder cannot be listed")
        }
    }

    /// A slice that is a link must lead to a file under the root.
    private static func checkLink(
        _ file: FilePath, _ location: ScanLocation, _ folder: FilePath
    ) throws(VolumeFileError) {
        guard (try? FileManager.default.destinationOfSymbolicLink(atPath: file.string)) != nil
        else { return }
        let root = location.root ?? (folder.isEmpty ? "." : folder)
        guard let target = file.resolved, let base = root.resolved else { throw .missing(file) }
        guard target.starts(with: base) else {
            throw .outsideRoot(file, reference: target.string)
        }
    }
}

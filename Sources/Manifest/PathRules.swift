import Foundation
import SystemPackage

/// A reason a path of a manifest is not followed.
enum PathRefusal: Error {
    case outside(FilePath)
    case linksInCircles
    case malformed
}

/// Where the paths of a manifest may lead: under its own folder or a root given beside it.
struct PathRules {
    /// The manifest's folder, links resolved.
    let folder: FilePath
    /// The folders that paths may lie in, links resolved.
    private(set) var roots: [FilePath]

    /// The folder that relative paths start from.
    private(set) var base: FilePath

    /// The rules for a manifest in `folder`.
    init(folder: FilePath, root: FilePath?) throws(PathRefusal) {
        self.folder = try PathRules.resolve(folder, from: PathRules.workingFolder)
        var roots = [self.folder]
        if let root { roots.append(try PathRules.resolve(root, from: PathRules.workingFolder)) }
        self.roots = roots
        base = self.folder
    }

    /// Makes `written`, a folder seen from the manifest's, the one that scans are looked for and have
    /// to stay in.
    mutating func allow(_ written: String) throws(PathRefusal) {
        guard !written.isEmpty, !written.utf8.contains(0) else { throw .malformed }
        base = try PathRules.resolve(FilePath(written), from: folder)
        roots = [base]
    }

    private static var workingFolder: FilePath {
        FilePath(FileManager.default.currentDirectoryPath)
    }

    /// The absolute path that `written` names, and the root it lies in.
    ///
    /// Every link on the way is followed before the next component is taken, as the system would,
    /// so neither `..` nor a link leads out. The file need not exist.
    func resolve(_ written: String) throws(PathRefusal) -> (path: FilePath, root: FilePath) {
        guard !written.isEmpty, !written.utf8.contains(0) else { throw .malformed }
        let path = try PathRules.resolve(FilePath(written), from: base)
        guard let root = roots.first(where: { path.starts(with: $0) && path != $0 }) else {
            throw .outside(path)
        }
        return (path, root)
    }

    private static func resolve(_ path: FilePath, from folder: FilePath) throws(PathRefusal)
        -> FilePath
    {
        var pending = Array((path.isAbsolute ? path : folder.pushing(path)).components.reversed())
        var resolved: FilePath = "/"
        var links = 0
        while let component = pending.popLast() {
            switch component.kind {
            case .currentDirectory: continue
            case .parentDirectory: resolved.removeLastComponent()
            case .regular:
                let next = resolved.appending(component)
                guard
                    let target = try? FileManager.default.destinationOfSymbolicLink(
                        atPath: next.string)
                else {
                    resolved = next
                    continue
                }
                links += 1
                guard links <= 40 else { throw .linksInCircles }
                let aim = FilePath(target)
                if aim.isAbsolute { resolved = "/" }
                pending.append(contentsOf: aim.components.reversed())
            }
        }
        return resolved
    }
}

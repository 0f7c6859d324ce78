import SystemPackage

/// Finds the file that a sidecar names, kept inside the folder it may refer to.
///
/// A sidecar may come from anywhere, so absolute paths, `..` and links that lead out are refused.
enum SidecarReference {
    /// The file `reference` names, seen from the folder of `sidecar`.
    ///
    /// - Parameter root: The folder to stay in; by default the sidecar's own.
    /// - Throws: ``VolumeFileError/outsideRoot(_:reference:)`` or ``VolumeFileError/missing(_:)``.
    static func resolve(
        _ reference: String, from sidecar: FilePath, root: FilePath?
    ) throws(VolumeFileError) -> FilePath {
        guard !reference.isEmpty, !reference.utf8.contains(0) else {
            throw .malformed(sidecar, problem: "it names no data file")
        }
        let relative = FilePath(reference)
        guard !relative.isAbsolute,
            !relative.components.contains(where: { $0.kind == .parentDirectory })
        else { throw .outsideRoot(sidecar, reference: reference) }
        let path = sidecar.removingLastComponent().pushing(relative)
        guard let real = path.resolved else { throw .missing(path) }
        guard let realRoot = (root ?? sidecar.folder).resolved, real.starts(with: realRoot)
        else {
            throw .outsideRoot(sidecar, reference: reference)
        }
        return path
    }
}

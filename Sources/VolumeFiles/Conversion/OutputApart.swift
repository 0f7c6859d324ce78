import Glibc
public import SystemPackage

extension ScanDescription {
    /// Refuses an output of which a file would take the place of one that the scan is read from, or of
    /// its folder.
    ///
    /// Files are told by the file system's numbers, so that links lead to what they name.
    ///
    /// - Parameter format: What is written, which says what files belong to the output.
    /// - Throws: ``VolumeFileError/cannotWrite(_:reason:)``.
    public func confirmApart(
        from output: FilePath, format: ScanFormat
    ) throws(VolumeFileError) {
        let folders = files.count > 1 ? files.map { $0.removingLastComponent() } : []
        let sources = (files + folders).compactMap(Identity.init)
        for file in outputFiles(at: output, format: format) {
            guard let target = Identity(of: file), sources.contains(target) else { continue }
            throw .cannotWrite(file, reason: "the scan is read from it; give another output")
        }
    }
}

/// What the file system knows a file by.
private struct Identity: Equatable {
    let device: dev_t
    let inode: ino_t

    /// `nil` for a file that is not there.
    init?(of path: FilePath) {
        var status = stat()
        guard unsafe stat(path.string, &status) == 0 else { return nil }
        (device, inode) = (status.st_dev, status.st_ino)
    }
}

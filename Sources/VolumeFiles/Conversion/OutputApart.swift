import Glibc
public import SystemPackage

extension ScanDescription {
    /// Refuses an output that would take the place of a file the scan is read from, or of its folder.
    ///
    /// Files are told by the file system's numbers, so that links lead to what they name.
    ///
    /// - Throws: ``VolumeFileError/cannotWrite(_:reason:)``.
    public func confirmApart(from output: FilePath) throws(VolumeFileError) {
        guard let target = Identity(of: output) else { return }
        let sources = files + (files.count > 1 ? files.map { $0.removingLastComponent() } : [])
        guard !sources.contains(where: { Identity(of: $0) == target }) else {
            throw .cannotWrite(output, reason: "the scan is read from it; give another output")
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

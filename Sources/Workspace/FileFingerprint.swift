import Glibc
public import SystemPackage

/// What the file system says of a file without reading it; a changed fingerprint means "read it again".
public struct FileFingerprint: Hashable, Sendable, Codable {
    /// Bytes in the file.
    public let bytes: Int
    /// When its content changed, in nanoseconds since 1970.
    public let modified: Int
    /// When its content or attributes changed, in nanoseconds since 1970; tools cannot set it back.
    public let changed: Int
    /// Its number on the device.
    public let inode: UInt64
    /// The device.
    public let device: UInt64

    /// Asks the file system.
    public init(of path: FilePath) throws(WorkspaceError) {
        var status = stat()
        guard unsafe stat(path.string, &status) == 0 else {
            throw errno == ENOENT
                ? .missing(path) : .unreadable(path, reason: Errno(rawValue: errno).description)
        }
        bytes = Int(status.st_size)
        modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        changed = status.st_ctim.tv_sec * 1_000_000_000 + status.st_ctim.tv_nsec
        inode = UInt64(status.st_ino)
        device = UInt64(status.st_dev)
    }
}

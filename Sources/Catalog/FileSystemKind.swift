import Foundation
public import SystemPackage

/// Whether a file system may be shared between machines, where SQLite's write-ahead log is unsafe.
public enum FileSystemKind: String, Sendable, Equatable {
    /// A disk of this machine.
    case local
    /// A folder that other machines may write to as well, or one we know nothing about.
    case network

    /// What the kernel says about the folder of `path` (`/proc/self/mountinfo`).
    public init(containing path: FilePath) {
        let folder = URL(fileURLWithPath: path.string).resolvingSymlinksInPath()
            .deletingLastPathComponent().path
        let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        self =
            mounts.flatMap { FileSystemKind.typeName(of: folder, mounts: $0) }
            .map { FileSystemKind(typeName: $0) } ?? .network
    }

    /// Tells local disks by the kernel's name of their file system; what is not known to be local
    /// counts as shared.
    public init(typeName: String) {
        let local: Set<String> = [
            "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "reiserfs", "jfs",
            "tmpfs", "ramfs", "overlay",
        ]
        self = local.contains(typeName) ? .local : .network
    }

    /// The type of the file system that an absolute, resolved folder lies in: that of the longest
    /// mount point leading to it, and of the last one mounted there.
    static func typeName(of folder: String, mounts: String) -> String? {
        let path = FilePath(folder)
        var best: (depth: Int, type: String)?
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 6, let dash = fields.dropFirst(6).firstIndex(of: "-"),
                dash + 1 < fields.endIndex
            else { continue }
            let point = FilePath(unescaped(fields[4]))
            guard path.starts(with: point), point.components.count >= best?.depth ?? 0 else {
                continue
            }
            best = (point.components.count, String(fields[dash + 1]))
        }
        return best?.type
    }

    /// Mount points spell blanks as `\040` and the like.
    private static func unescaped(_ field: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(3), as: UTF8.self)
            if byte == UInt8(ascii: "\\"), digits.utf8.count == 3,
                let code = UInt8(digits, radix: 8)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

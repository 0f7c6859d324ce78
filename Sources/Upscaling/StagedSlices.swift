import Foundation
import SystemPackage
import Volumes
import Workspace

/// Slices of one size in a file without a header, written and read at any place.
final class StagedSlices {
    private let path: FilePath
    private let sliceBytes: Int
    private let file: FileDescriptor

    /// Opens the file, or makes it.
    ///
    /// - Throws: `WorkspaceError` where that is refused.
    init(_ path: FilePath, sliceBytes: Int) throws {
        self.path = path
        self.sliceBytes = sliceBytes
        file = try Self.writing(path) {
            try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
        }
    }

    deinit { try? file.close() }

    /// Whole slices in the file, be they finished or not.
    var count: Int { ((try? FileFingerprint(of: path).bytes) ?? 0) / sliceBytes }

    /// Writes slices from that place on, and waits until they are on the disk.
    func write(_ slab: RawSlab, at slice: Int) throws {
        precondition(slab.bytes.count == slab.shape.depth * sliceBytes, "slices of one size")
        try Self.writing(path) {
            _ = try file.writeAll(toAbsoluteOffset: Int64(slice * sliceBytes), slab.bytes)
            guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// The bytes of slices.
    func read(_ slices: Range<Int>) throws -> [UInt8] {
        do {
            var bytes = [UInt8](repeating: 0, count: slices.count * sliceBytes)
            var filled = 0
            while filled < bytes.count {
                let count = try unsafe bytes.withUnsafeMutableBytes {
                    try unsafe file.read(
                        fromAbsoluteOffset: Int64(slices.lowerBound * sliceBytes + filled),
                        into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
                }
                guard count > 0 else {
                    throw WorkspaceError.damaged(path, problem: "it has been cut")
                }
                filled += count
            }
            return bytes
        } catch let error as Errno {
            throw WorkspaceError.unreadable(path, reason: error.description)
        }
    }

    /// Calls `body`, which writes the file, and names the file where it fails.
    private static func writing<Result>(
        _ path: FilePath, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as Errno {
            switch error {
            case .noSpace, .diskQuotaExceeded, .fileTooLarge: throw WorkspaceError.noSpace(path)
            default: throw WorkspaceError.cannotWrite(path, reason: error.description)
            }
        }
    }
}

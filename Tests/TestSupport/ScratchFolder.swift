import Foundation
public import SystemPackage

/// A new empty folder that goes away with the value.
public final class ScratchFolder: Sendable {
    /// Where it is.
    public let path: FilePath

    /// Makes the folder.
    public init() throws {
        path = FilePath(NSTemporaryDirectory()).appending("tomopair-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            atPath: path.string, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }

    /// A path inside the folder.
    public func appending(_ name: String) -> FilePath { path.appending(name) }
}

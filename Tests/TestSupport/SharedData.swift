import Foundation
public import SystemPackage

/// The folder of real scans beside the checkout, for tests that need it.
public enum SharedData {
    /// `../shared/data` seen from the package, or what `TOMOPAIR_SHARED_DATA` names.
    public static let folder: FilePath = {
        if let named = ProcessInfo.processInfo.environment["TOMOPAIR_SHARED_DATA"] {
            return FilePath(named)
        }
        return FilePath(#filePath).removingLastComponent().removingLastComponent()
            .removingLastComponent().removingLastComponent().appending("shared/data")
    }()

    /// Whether the folder is there; tests that need it are skipped otherwise.
    public static let isPresent = FileManager.default.fileExists(atPath: folder.string)
}

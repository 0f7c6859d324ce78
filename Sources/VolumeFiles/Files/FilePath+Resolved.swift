import Glibc
import SystemPackage

extension FilePath {
    /// The absolute path with every link followed; `nil` if there is nothing at it.
    var resolved: FilePath? {
        unsafe withPlatformString { text in
            guard let real = unsafe realpath(text, nil) else { return nil }
            defer { unsafe free(real) }
            return unsafe FilePath(platformString: real)
        }
    }

    /// The folder that a file lies in; `.` for a bare name.
    var folder: FilePath {
        let folder = removingLastComponent()
        return folder.isEmpty ? "." : folder
    }
}

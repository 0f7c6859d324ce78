import SystemPackage

extension VolumeFileError {
    /// What a failed system call on an input means to the user.
    static func whileReading(_ path: FilePath, _ error: any Error) -> VolumeFileError {
        switch error {
        case let error as VolumeFileError: error
        case Errno.noSuchFileOrDirectory, Errno.notDirectory: .missing(path)
        case let error as Errno: .unreadable(path, reason: error.description)
        default: .unreadable(path, reason: "\(error)")
        }
    }

    /// What a failed system call on an output means to the user.
    static func whileWriting(_ path: FilePath, _ error: any Error) -> VolumeFileError {
        switch error {
        case let error as VolumeFileError: error
        case Errno.noSpace, Errno.diskQuotaExceeded: .noSpace(path)
        case let error as Errno: .cannotWrite(path, reason: error.description)
        default: .cannotWrite(path, reason: "\(error)")
        }
    }
}

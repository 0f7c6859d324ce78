import CHDF5
import Foundation
import SystemPackage

/// An HDF5 file open for reading.
final class HDF5File {
    /// The file, absolute and without symbolic links.
    let path: FilePath
    /// Its size in bytes when it was opened.
    let byteCount: UInt64
    let handle: HDF5Handle
    /// The group `/`.
    let root: HDF5Handle

    /// Opens a file whose path has been resolved and permitted.
    init(resolved path: FilePath) throws(VolumeFileError) {
        self.path = path
        guard let status = try? Stat(path) else { throw .missing(path) }
        guard status.type == .regular else {
            throw .unreadable(path, reason: "it is not a regular file")
        }
        byteCount = UInt64(status.size)
        let access = try opened(
            H5Pcreate(chdf5_file_access_class()), in: path, "cannot prepare to read")
        // Locks fail on many shared file systems, and nobody writes to what we read.
        try checked(H5Pset_file_locking(access.id, false, true), in: path, "cannot prepare to read")
        // Closing the last identifier of a file closes the file.
        try checked(
            H5Pset_fclose_degree(access.id, H5F_CLOSE_WEAK), in: path, "cannot prepare to read")
        let id = unsafe H5Fopen(path.string, chdf5_read_only(), access.id)
        guard let handle = HDF5Handle(id) else {
            let complaint = HDF5Library.lastComplaint()
            switch complaint.systemError {
            case EACCES, EPERM: throw .unreadable(path, reason: "permission denied")
            case EMFILE, ENFILE: throw .unreadable(path, reason: "too many open files")
            default: throw .malformed(path, problem: "not an HDF5 file (\(complaint.text))")
            }
        }
        self.handle = handle
        root = try opened(
            unsafe H5Gopen2(handle.id, "/", chdf5_default), in: path, "cannot open the root group")
    }

    /// The group `/` as a node.
    func rootNode() throws(VolumeFileError) -> HDF5Node {
        try HDF5Node(file: self, parent: root, name: ".", path: "/")
    }
}

/// An object of a file, reached through hard links alone from a group that is open.
struct HDF5Node {
    /// What an object is.
    enum Kind { case group, dataset, other }

    /// What makes two nodes the same object.
    struct Identity: Hashable {
        let file: UInt
        let address: UInt64
    }

    let file: HDF5File
    /// The group that holds the object.
    let parent: HDF5Handle
    /// Its name there, or `.` for the group itself.
    let name: String
    /// The path the user would write, as it was followed.
    let path: String
    let kind: Kind
    let identity: Identity

    init(
        file: HDF5File, parent: HDF5Handle, name: String, path: String
    ) throws(VolumeFileError) {
        var number: UInt = 0
        var address: haddr_t = 0
        let kind = unsafe chdf5_object_kind(parent.id, name, &number, &address)
        guard kind >= 0 else { throw brokenFile(file.path, "cannot open \(path)") }
        self.file = file
        self.parent = parent
        self.name = name
        self.path = path
        self.kind = kind == 0 ? .group : kind == 1 ? .dataset : .other
        identity = Identity(file: number, address: UInt64(address))
    }

    /// Opens the group.
    func openGroup() throws(VolumeFileError) -> HDF5Handle {
        try opened(
            unsafe H5Gopen2(parent.id, name, chdf5_default), in: file.path, "cannot open \(path)")
    }

    /// The path of a member of this group.
    func path(of member: String) -> String {
        path == "/" ? "/\(member)" : "\(path)/\(member)"
    }
}

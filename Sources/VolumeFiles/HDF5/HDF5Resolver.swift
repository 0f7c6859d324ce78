import CHDF5
import SystemPackage

/// Follows paths through groups, soft links and external links.
///
/// The library would follow any link to any file. Here every component is looked at first, links
/// are read as text, and a file is opened only if it lies under the permitted folder.
final class HDF5Resolver {
    /// The folder that every file must lie in, without symbolic links.
    let root: FilePath
    /// The file the user named.
    let main: HDF5File
    /// Every file opened so far, the user's first.
    private(set) var files: [HDF5File]

    /// Links followed on the way to one object, and files open at once.
    private static let maximumHops = 16
    private static let maximumFiles = 256

    /// Opens the user's file; `root` is its folder by default.
    init(_ path: FilePath, root: FilePath?) throws(VolumeFileError) {
        guard let resolved = path.resolved else { throw .missing(path) }
        guard let folder = (root ?? resolved.removingLastComponent()).resolved else {
            throw .missing(root ?? path)
        }
        self.root = folder
        main = try HDF5File(resolved: resolved)
        files = [main]
    }

    /// What a link in a group is.
    enum Link {
        case hard
        case soft(target: String)
        case external(file: String, target: String)
        case userDefined
    }

    /// The object at `path`, seen from the group `start`; `nil` if a component does not exist.
    func find(_ path: String, from start: HDF5Node) throws(VolumeFileError) -> HDF5Node? {
        var hops = 0
        return try follow(path, from: start, hops: &hops)
    }

    private func follow(
        _ path: String, from start: HDF5Node, hops: inout Int
    ) throws(VolumeFileError) -> HDF5Node? {
        var node = path.hasPrefix("/") ? try start.file.rootNode() : start
        for component in path.split(separator: "/") where component != "." {
            guard node.kind == .group,
                let next = try member(String(component), of: node, hops: &hops)
            else { return nil }
            node = next
        }
        return node
    }

    /// The member `name` of the group `node`; `nil` if there is none. Links are followed.
    func member(_ name: String, of node: HDF5Node) throws(VolumeFileError) -> HDF5Node? {
        var hops = 0
        return try member(name, of: node, hops: &hops)
    }

    private func member(
        _ name: String, of node: HDF5Node, hops: inout Int
    ) throws(VolumeFileError) -> HDF5Node? {
        let group = try node.openGroup()
        guard let link = try link(name, in: group, of: node) else { return nil }
        let path = node.path(of: name)
        if case .hard = link {
            return try HDF5Node(file: node.file, parent: group, name: name, path: path)
        }
        hops += 1
        guard hops <= Self.maximumHops else {
            throw .malformed(main.path, problem: "links lead in circles at \(path.printable)")
        }
        switch link {
        case .hard, .userDefined:
            throw .unsupported(
                main.path, problem: "\(path.printable) is a link of an unknown kind",
                advice: "copy the data into one file, for example with h5repack")
        case .soft(let target):
            guard let found = try follow(target, from: node, hops: &hops) else {
                throw .malformed(
                    main.path,
                    problem: "\(path.printable) is a soft link to \(target.printable), "
                        + "which does not exist")
            }
            return found.renamed(path)
        case .external(let name, let target):
            let file = try file(named: name, referredToBy: path, in: node.file)
            guard let found = try follow("/" + target, from: try file.rootNode(), hops: &hops)
            else {
                throw .malformed(
                    main.path,
                    problem: "\(path.printable) is a link to \(target.printable) in "
                        + "\(name.printable), which does not exist there")
            }
            return found.renamed(path)
        }
    }

    /// Reads the link `name` without following it; `nil` if there is none.
    func link(
        _ name: String, in group: HDF5Handle, of node: HDF5Node
    ) throws(VolumeFileError) -> Link? {
        let path = node.file.path
        let exists = try unsafe checked(
            H5Lexists(group.id, name, chdf5_default), in: path,
            "cannot look up \(node.path(of: name))")
        guard exists > 0 else { return nil }
        var size = 0
        let kind = try unsafe checked(
            chdf5_link_kind(group.id, name, &size), in: path, "cannot look up \(name)")
        if kind == 0 { return .hard }
        guard size > 0, size <= 1 << 16 else {
            throw .malformed(path, problem: "the link \(name.printable) has \(size) bytes")
        }
        var value = [CChar](repeating: 0, count: size + 1)
        try unsafe checked(
            H5Lget_val(group.id, name, &value, size, chdf5_default), in: path,
            "cannot read the link \(name)")
        switch kind {
        case 1:
            return .soft(target: value.text)
        case 64:
            return try unsafe value.withUnsafeBufferPointer {
                bytes throws(VolumeFileError) in
                var flags: UInt32 = 0
                var fileName: UnsafePointer<CChar>?
                var target: UnsafePointer<CChar>?
                try unsafe checked(
                    H5Lunpack_elink_val(bytes.baseAddress, size, &flags, &fileName, &target),
                    in: path, "cannot read the link \(name)")
                guard let fileName = unsafe fileName, let target = unsafe target else {
                    throw VolumeFileError.malformed(path, problem: "an empty external link")
                }
                return unsafe .external(
                    file: String(cString: fileName), target: String(cString: target))
            }
        default:
            return .userDefined
        }
    }

    /// Opens another file that `path` in `file` refers to, if it may be read.
    func file(
        named name: String, referredToBy path: String, in file: HDF5File
    ) throws(VolumeFileError) -> HDF5File {
        let resolved = try permitted(name, referredToBy: path, in: file)
        if let known = files.first(where: { $0.path == resolved }) { return known }
        guard files.count < Self.maximumFiles else {
            throw .unsupported(
                main.path, problem: "it refers to more than \(Self.maximumFiles) files",
                advice: "join them, for example with h5repack")
        }
        let opened = try HDF5File(resolved: resolved)
        files.append(opened)
        return opened
    }

    /// The path of a file that `path` in `file` refers to, if it exists under the root.
    func permitted(
        _ name: String, referredToBy path: String, in file: HDF5File
    ) throws(VolumeFileError) -> FilePath {
        let reference = FilePath(name)
        let target = file.path.removingLastComponent().pushing(reference)
        // The text is judged first, so that an answer never tells whether a file outside exists.
        guard target.lexicallyNormalized().starts(with: root) else {
            throw .outsideRoot(main.path, reference: name.printable)
        }
        guard let resolved = target.resolved else {
            throw .malformed(
                main.path,
                problem: "\(path.printable) refers to \(name.printable), which does not exist; "
                    + "keep the files together")
        }
        guard resolved.starts(with: root) else {
            throw .outsideRoot(main.path, reference: name.printable)
        }
        return resolved
    }
}

extension HDF5Node {
    fileprivate init(_ node: HDF5Node, path: String) {
        file = node.file
        parent = node.parent
        name = node.name
        self.path = path
        kind = node.kind
        identity = node.identity
    }

    /// The same object under the path that led to it.
    fileprivate func renamed(_ path: String) -> HDF5Node { HDF5Node(self, path: path) }
}

extension [CChar] {
    /// The text before the first zero.
    var text: String {
        String(decoding: prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

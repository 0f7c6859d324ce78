import CHDF5
import SystemPackage
import Volumes

/// What a dataset says about itself, before it is trusted: extents and number format.
struct HDF5Dataset {
    let node: HDF5Node
    /// The extents as stored, slowest first; empty for a scalar.
    let extents: [Int]
    /// The axis of `extents` that is z; `nil` where the dataset is one image.
    let depthAxis: Int?
    /// The extents of the volume; `nil` unless two or three axes are longer than one.
    let shape: Shape?
    /// The element type; `nil` if it is not a number.
    let elementType: ElementType?

    /// Opens the dataset for a moment.
    init(_ node: HDF5Node) throws(VolumeFileError) {
        let path = node.file.path
        let purpose = "cannot open \(node.path)"
        let handle = try Self.open(node)
        let space = try opened(H5Dget_space(handle.id), in: path, purpose)
        let type = try opened(H5Dget_type(handle.id), in: path, purpose)
        var extents: [Int] = []
        if H5Sget_simple_extent_type(space.id) == H5S_SIMPLE {
            let rank = Int(try checked(H5Sget_simple_extent_ndims(space.id), in: path, purpose))
            var sizes = [hsize_t](repeating: 0, count: max(rank, 1))
            try unsafe checked(
                H5Sget_simple_extent_dims(space.id, &sizes, nil), in: path, purpose)
            // Extents past all counting stay past it.
            extents = sizes.prefix(rank).map { Int(clamping: $0) }
        }
        self.node = node
        self.extents = extents
        (shape, depthAxis) = Self.fold(extents)
        do throws(VolumeFileError) {
            elementType = try HDF5NumberFormat(type, of: node).elementType
        } catch .unsupported {
            elementType = nil
        }
    }

    /// Opens the dataset so that files it names are looked for beside its own file, and the last
    /// chunks read are kept in `cacheBytes` and found among `cacheSlots`.
    static func open(
        _ node: HDF5Node, cacheBytes: Int? = nil, cacheSlots: Int = 521
    ) throws(VolumeFileError) -> HDF5Handle {
        let path = node.file.path
        let purpose = "cannot open \(node.path)"
        let access = try opened(H5Pcreate(chdf5_dataset_access_class()), in: path, purpose)
        let folder = path.removingLastComponent().string
        try unsafe checked(H5Pset_efile_prefix(access.id, folder), in: path, purpose)
        try unsafe checked(H5Pset_virtual_prefix(access.id, folder), in: path, purpose)
        if let cacheBytes {
            // 1: chunks that have been read to the end are the first to go.
            try checked(
                H5Pset_chunk_cache(access.id, cacheSlots, cacheBytes, 1), in: path, purpose)
        }
        return try opened(unsafe H5Dopen2(node.parent.id, node.name, access.id), in: path, purpose)
    }

    /// Drops axes of length one until two or three are left: the last ones, then the first, then
    /// those between.
    private static func fold(_ extents: [Int]) -> (Shape?, Int?) {
        var axes = Array(extents.indices)
        while axes.count > 2, extents[axes[axes.count - 1]] == 1 { axes.removeLast() }
        while axes.count > 3, extents[axes[0]] == 1 { axes.removeFirst() }
        while axes.count > 3, let single = axes.firstIndex(where: { extents[$0] == 1 }) {
            axes.remove(at: single)
        }
        guard axes.count == 2 || axes.count == 3 else { return (nil, nil) }
        let depthAxis = axes.count == 3 ? axes[0] : nil
        let shape = Shape(
            checkingDepth: depthAxis.map { extents[$0] } ?? 1,
            height: extents[axes[axes.count - 2]], width: extents[axes[axes.count - 1]])
        return (shape, depthAxis)
    }

    /// Whether this could be a volume.
    var isVolume: Bool { elementType != nil && shape.map { $0.depth > 1 } ?? false }

    /// Whether this could be one slice.
    var isImage: Bool { elementType != nil && shape?.depth == 1 }

    /// The extents as `3x4x5`.
    var extentsText: String { extents.map { "\($0)" }.joined(separator: "x") }

    /// How it is offered to the user.
    var choice: String {
        "\(node.path.printable) \(extentsText) \(elementType?.rawValue ?? "not numbers")"
    }
}

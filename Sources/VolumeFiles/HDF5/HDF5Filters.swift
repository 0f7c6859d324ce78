import CHDF5
import SystemPackage

/// The filters a dataset's chunks went through when they were written, first to last.
struct HDF5Filters {
    /// The registered numbers.
    let numbers: [Int32]

    /// Reads the list, and makes sure that the library has every filter.
    ///
    /// - Throws: ``VolumeFileError/unsupported(_:problem:advice:)`` naming the one it lacks.
    init(_ creation: HDF5Handle, of node: HDF5Node) throws(VolumeFileError) {
        let path = node.file.path
        let count = try checked(
            H5Pget_nfilters(creation.id), in: path, "cannot read the filters of \(node.path)")
        var numbers: [Int32] = []
        for index in 0..<count {
            var flags: UInt32 = 0
            var parameterCount = 0
            var name = [CChar](repeating: 0, count: 128)
            var configuration: UInt32 = 0
            let number = try unsafe checked(
                H5Pget_filter2(
                    creation.id, UInt32(index), &flags, &parameterCount, nil, name.count, &name,
                    &configuration), in: path, "cannot read the filters of \(node.path)")
            numbers.append(number)
            guard H5Zfilter_avail(number) <= 0 else { continue }
            _ = HDF5Library.lastComplaint()
            let common = Self.names[number] ?? name.text.printable
            throw .unsupported(
                path,
                problem: "\(node.path.printable) is compressed with filter \(number) "
                    + "(\(common.isEmpty ? "no name" : common)), which is not installed",
                advice: Self.packages[number].map { "install the package \($0)" }
                    ?? "install its plugin and name its folder in HDF5_PLUGIN_PATH, "
                    + "or write the file again with gzip")
        }
        self.numbers = numbers
    }

    /// Whether this machine can undo the filters without the library: shuffle, then deflate.
    var isShuffledDeflate: Bool {
        numbers == [H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE] || numbers == [H5Z_FILTER_DEFLATE]
    }

    /// Whether bytes are shuffled before they are deflated.
    var isShuffled: Bool { numbers.first == H5Z_FILTER_SHUFFLE }

    /// Common names of registered filters.
    private static let names: [Int32: String] = [
        1: "deflate", 2: "shuffle", 3: "fletcher32", 4: "szip", 5: "nbit", 6: "scaleoffset",
        305: "lzo", 307: "bzip2", 32000: "lzf", 32001: "blosc", 32004: "lz4",
        32008: "bitshuffle", 32013: "zfp", 32015: "zstd", 32017: "sz", 32019: "jpeg",
        32022: "delta-rice", 32026: "blosc2", 32029: "htj2k",
    ]

    /// The Debian packages that bring them.
    private static let packages: [Int32: String] = [
        307: "hdf5-filter-plugin", 32000: "hdf5-plugin-lzf",
        32001: "hdf5-filter-plugin-blosc-serial",
        32004: "hdf5-filter-plugin", 32008: "hdf5-filter-plugin",
        32013: "hdf5-filter-plugin-zfp-serial",
    ]
}

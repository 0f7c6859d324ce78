import CHDF5
import SystemPackage
import Volumes

/// How the numbers of a dataset are stored, and as what they are delivered.
struct HDF5NumberFormat {
    /// What a reader delivers.
    let elementType: ElementType
    /// The type the library delivers; the file's own for numbers it must not interpret.
    let memoryType: HDF5Handle
    /// Whether the library delivers the other byte order than this machine's.
    let needsByteSwap: Bool
    /// Whether the stored bytes are the numbers, in native byte order or with bytes to swap.
    let isPlain: Bool
    /// Whether the stored bytes of a plain number are in the other order.
    let isStoredSwapped: Bool
    /// What a user should know about the conversion.
    let note: String?

    /// Looks at the type of a dataset.
    ///
    /// - Throws: ``VolumeFileError/unsupported(_:problem:advice:)`` unless it is one number.
    init(_ type: HDF5Handle, of node: HDF5Node) throws(VolumeFileError) {
        let path = node.file.path
        let size = H5Tget_size(type.id)
        let isForeign = H5Tget_order(type.id) == H5T_ORDER_BE
        switch H5Tget_class(type.id) {
        case H5T_INTEGER:
            let isSigned = H5Tget_sign(type.id) == H5T_SGN_2
            let width = [1, 2, 4, 8].first { $0 >= size }
            guard size > 0, let width, let element = Self.integer(width, isSigned) else {
                throw Self.refused("whole numbers of \(size) bytes", node)
            }
            elementType = element
            memoryType = try Self.copy(
                chdf5_little_integer(width, isSigned ? 1 : 0), path)
            needsByteSwap = false
            isPlain =
                width == size && H5Tget_precision(type.id) == size * 8
                && H5Tget_offset(type.id) == 0
            isStoredSwapped = isForeign
            note = nil
        case H5T_FLOAT:
            isPlain = Self.isIEEE(type, size)
            isStoredSwapped = isForeign
            needsByteSwap = false
            if size == 2, isPlain {
                elementType = .float16
                memoryType = try Self.half(path)
                note = nil
            } else if size <= 4 {
                elementType = .float32
                memoryType = try Self.copy(chdf5_little_float32(), path)
                note = isPlain ? nil : "floating-point numbers of \(size) bytes became float32"
            } else {
                elementType = .float64
                memoryType = try Self.copy(chdf5_little_float64(), path)
                note = isPlain ? nil : "floating-point numbers of \(size) bytes became float64"
            }
        case H5T_ENUM:
            let base = try opened(H5Tget_super(type.id), in: path, "cannot read the type")
            let isTruth = size == 1 && Self.isTruth(type)
            let isSigned = H5Tget_sign(base.id) == H5T_SGN_2 && !isTruth
            guard let element = Self.integer(size, isSigned) else {
                throw Self.refused("an enumeration of \(size) bytes", node)
            }
            // Converted by name, numbers without a name would be lost: taken as stored.
            elementType = element
            memoryType = type
            isPlain = true
            isStoredSwapped = size > 1 && H5Tget_order(base.id) == H5T_ORDER_BE
            needsByteSwap = isStoredSwapped
            note = isTruth ? "true and false became 1 and 0" : "an enumeration became its numbers"
        case H5T_BITFIELD:
            guard let element = Self.integer(size, false) else {
                throw Self.refused("bit fields of \(size) bytes", node)
            }
            elementType = element
            memoryType = type
            isPlain = true
            isStoredSwapped = size > 1 && isForeign
            needsByteSwap = isStoredSwapped
            note = "bit fields became whole numbers"
        case H5T_STRING: throw Self.refused("text", node)
        case H5T_COMPOUND: throw Self.refused("records of several fields", node)
        case H5T_OPAQUE: throw Self.refused("opaque bytes", node)
        case H5T_REFERENCE: throw Self.refused("references", node)
        case H5T_VLEN, H5T_ARRAY: throw Self.refused("lists", node)
        case H5T_TIME: throw Self.refused("times", node)
        default: throw brokenFile(path, "cannot read the type of \(node.path)")
        }
    }

    private static func refused(_ what: String, _ node: HDF5Node) -> VolumeFileError {
        .unsupported(
            node.file.path, problem: "\(node.path.printable) holds \(what), not voxels",
            advice: "choose a numeric dataset with --dataset")
    }

    private static func integer(_ size: Int, _ isSigned: Bool) -> ElementType? {
        switch (size, isSigned) {
        case (1, false): .uint8
        case (1, true): .int8
        case (2, false): .uint16
        case (2, true): .int16
        case (4, false): .uint32
        case (4, true): .int32
        case (8, false): .uint64
        case (8, true): .int64
        default: nil
        }
    }

    private static func copy(_ type: hid_t, _ path: FilePath) throws(VolumeFileError) -> HDF5Handle
    {
        try opened(H5Tcopy(type), in: path, "cannot prepare a number format")
    }

    /// Half precision, which the library can describe but has no name for.
    static func half(_ path: FilePath) throws(VolumeFileError) -> HDF5Handle {
        let type = try copy(chdf5_little_float32(), path)
        try checked(H5Tset_fields(type.id, 15, 10, 5, 0, 10), in: path, "cannot prepare float16")
        try checked(H5Tset_size(type.id, 2), in: path, "cannot prepare float16")
        try checked(H5Tset_ebias(type.id, 15), in: path, "cannot prepare float16")
        return type
    }

    /// Whether a float has the fields of IEEE 754 half, single or double precision.
    private static func isIEEE(_ type: HDF5Handle, _ size: Int) -> Bool {
        var (sign, exponent, exponentSize, mantissa, mantissaSize) = (0, 0, 0, 0, 0)
        guard
            unsafe H5Tget_fields(
                type.id, &sign, &exponent, &exponentSize, &mantissa, &mantissaSize) >= 0,
            mantissa == 0, exponent == mantissaSize, sign == size * 8 - 1,
            H5Tget_order(type.id) != H5T_ORDER_VAX, H5Tget_norm(type.id) == H5T_NORM_IMPLIED
        else { return false }
        switch (size, exponentSize, mantissaSize) {
        case (2, 5, 10): return H5Tget_ebias(type.id) == 15
        case (4, 8, 23): return H5Tget_ebias(type.id) == 127
        case (8, 11, 52): return H5Tget_ebias(type.id) == 1023
        default: return false
        }
    }

    /// Whether an enumeration is the way h5py writes truth values.
    private static func isTruth(_ type: HDF5Handle) -> Bool {
        guard H5Tget_nmembers(type.id) == 2 else { return false }
        var names: Set<String> = []
        for index in UInt32(0)..<2 {
            guard let name = unsafe H5Tget_member_name(type.id, index) else { return false }
            unsafe names.insert(String(cString: name).uppercased())
            unsafe H5free_memory(name)
        }
        return names == ["FALSE", "TRUE"]
    }
}

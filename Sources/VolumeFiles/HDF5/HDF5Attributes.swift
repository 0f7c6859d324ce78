import CHDF5
import SystemPackage

/// The small values of an attribute or a scalar dataset.
enum HDF5Value: Equatable {
    case texts([String])
    case numbers([Double])

    /// The first text.
    var text: String? {
        if case .texts(let texts) = self { texts.first } else { nil }
    }

    /// The texts, however many.
    var texts: [String]? {
        if case .texts(let texts) = self { texts } else { nil }
    }

    /// The numbers, also where they are written out in one text.
    var numbers: [Double]? {
        switch self {
        case .numbers(let numbers): return numbers
        case .texts(let texts):
            let words = texts.flatMap { $0.split { " ,;[]()x\r\n\t".contains($0) } }
            let numbers = words.compactMap { Double($0) }
            return numbers.count == words.count && !numbers.isEmpty ? numbers : nil
        }
    }

    /// As the file says it, on one line.
    var raw: String {
        switch self {
        case .texts(let texts): texts.joined(separator: ", ").printable
        case .numbers(let numbers): numbers.map { "\($0)" }.joined(separator: ", ").printable
        }
    }
}

extension HDF5Node {
    /// The most values or bytes that count as small.
    private static let maximumCount = 256
    private static let maximumBytes = 1 << 16
    /// The most attributes looked at in a listing.
    private static let maximumAttributes = 100

    /// The attribute `name`; `nil` if there is none, or it is neither numbers nor text, or large.
    func attribute(_ name: String) throws(VolumeFileError) -> HDF5Value? {
        let exists = try unsafe checked(
            H5Aexists_by_name(parent.id, self.name, name, chdf5_default), in: file.path,
            "cannot look for the attribute \(name) of \(path)")
        guard exists > 0 else { return nil }
        let attribute = try opened(
            unsafe H5Aopen_by_name(parent.id, self.name, name, chdf5_default, chdf5_default),
            in: file.path, "cannot open the attribute \(name) of \(path)")
        return try value(of: attribute)
    }

    /// All small attributes, in order of name.
    func attributes() throws(VolumeFileError) -> [(name: String, value: HDF5Value)] {
        var found: [(name: String, value: HDF5Value)] = []
        for index in 0..<Self.maximumAttributes {
            let id = unsafe H5Aopen_by_idx(
                parent.id, name, H5_INDEX_NAME, H5_ITER_INC, hsize_t(index), chdf5_default,
                chdf5_default)
            guard let attribute = HDF5Handle(id) else { break }
            var buffer = [CChar](repeating: 0, count: 256)
            let length = unsafe H5Aget_name(attribute.id, buffer.count, &buffer)
            guard length > 0, length < buffer.count else { continue }
            if let value = try value(of: attribute) { found.append((buffer.text, value)) }
        }
        return found
    }

    private func value(of attribute: HDF5Handle) throws(VolumeFileError) -> HDF5Value? {
        let purpose = "cannot read an attribute of \(path)"
        let type = try opened(H5Aget_type(attribute.id), in: file.path, purpose)
        let space = try opened(H5Aget_space(attribute.id), in: file.path, purpose)
        let count = Int(H5Sget_simple_extent_npoints(space.id))
        let size = H5Tget_size(type.id)
        guard count > 0, count <= Self.maximumCount, size > 0, size * count <= Self.maximumBytes
        else { return nil }
        switch H5Tget_class(type.id) {
        case H5T_INTEGER, H5T_FLOAT:
            var numbers = [Double](repeating: 0, count: count)
            try unsafe checked(
                H5Aread(attribute.id, chdf5_float64(), &numbers), in: file.path, purpose)
            return .numbers(numbers)
        case H5T_STRING where H5Tis_variable_str(type.id) > 0:
            var pointers = unsafe [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
            try unsafe checked(H5Aread(attribute.id, type.id, &pointers), in: file.path, purpose)
            defer { unsafe pointers.forEach { unsafe H5free_memory($0) } }
            return unsafe .texts(
                pointers.map { pointer in
                    guard let pointer = unsafe pointer else { return "" }
                    let length = unsafe strnlen(pointer, Self.maximumBytes)
                    return unsafe String(
                        decoding: UnsafeRawBufferPointer(start: pointer, count: length),
                        as: UTF8.self)
                })
        case H5T_STRING:
            var bytes = [CChar](repeating: 0, count: count * size)
            try unsafe checked(H5Aread(attribute.id, type.id, &bytes), in: file.path, purpose)
            return .texts(
                (0..<count).map { index in
                    let text = Array(bytes[(index * size)..<((index + 1) * size)]).text
                    return String(text.reversed().drop { $0 == " " }.reversed())
                })
        default: return nil
        }
    }
}

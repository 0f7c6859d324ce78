import SystemPackage
import Volumes

/// NumPy's `.npy`, versions 1 to 3, in C or Fortran order
/// (numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
struct NumPyHeader {
    private let file: PositionedFile
    private let text: String
    private let end: Int

    /// Whether bytes begin as a `.npy` file does.
    static func recognises(_ head: [UInt8]) -> Bool {
        head.starts(with: [0x93] + Array("NUMPY".utf8))
    }

    /// Opens an array of two or three axes, slowest first, as a scan.
    static func open(_ location: ScanLocation) throws(VolumeFileError) -> RawScanReader {
        try Self(PositionedFile(location.path)).reader()
    }

    private init(_ file: PositionedFile) throws(VolumeFileError) {
        self.file = file
        let head = try file.bytes(at: 0, count: min(file.length, 12))
        guard Self.recognises(head), head.count == 12 else {
            throw .malformed(file.path, problem: "it does not begin as a .npy file does")
        }
        let length: Int
        let start: Int
        switch head[6] {
        case 1:
            length = Int(head[8]) | Int(head[9]) << 8
            start = 10
        case 2, 3:
            length = (0..<4).reduce(0) { $0 | Int(head[8 + $1]) << (8 * $1) }
            start = 12
        default:
            throw .unsupported(
                file.path, problem: ".npy version \(head[6]).\(head[7])",
                advice: "save it with numpy.save")
        }
        guard length <= 1 << 20, start + length <= file.length else {
            throw .malformed(file.path, problem: "its header is declared longer than it is")
        }
        text = HeaderText.decode(try file.bytes(at: start, count: length))
        end = start + length
    }

    private func reader() throws(VolumeFileError) -> RawScanReader {
        // The header is a Python dictionary of three known keys, not code to run.
        guard
            let descriptor = text.firstMatch(of: /'descr'\s*:\s*'([^']*)'/)?.1,
            let fortran = text.firstMatch(of: /'fortran_order'\s*:\s*(True|False)\b/)?.1,
            let extents = text.firstMatch(of: /'shape'\s*:\s*\(([0-9, ]*)\)/)?.1
        else {
            if text.contains(/'descr'\s*:\s*\[/) {
                throw .unsupported(
                    file.path, problem: "an array of records", advice: "save one plain array")
            }
            throw .malformed(file.path, problem: "its header is not that of a plain array")
        }
        let words = extents.split(separator: ",").map { HeaderText.trim($0) }
        let sizes = words.filter { !$0.isEmpty }.compactMap { Int($0) }
        guard sizes.count == words.filter({ !$0.isEmpty }).count else {
            throw .malformed(file.path, problem: "its shape (\(extents)) is not one of numbers")
        }
        guard sizes.count == 2 || sizes.count == 3 else {
            throw .unsupported(
                file.path, problem: "an array of \(sizes.count) axes",
                advice: "save an array of two or three, slowest (z) first")
        }
        guard
            let shape = Shape(
                checkingDepth: sizes.count == 3 ? sizes[0] : 1,
                height: sizes[sizes.count - 2], width: sizes[sizes.count - 1])
        else { throw .malformed(file.path, problem: "its shape (\(extents)) is not possible") }

        var notes: [String] = []
        let elementType: ElementType
        switch descriptor.dropFirst() {
        case "u1": elementType = .uint8
        case "b1":
            elementType = .uint8
            notes.append("true and false are read as 1 and 0")
        case "i1": elementType = .int8
        case "u2": elementType = .uint16
        case "i2": elementType = .int16
        case "u4": elementType = .uint32
        case "i4": elementType = .int32
        case "u8": elementType = .uint64
        case "i8": elementType = .int64
        case "f2": elementType = .float16
        case "f4": elementType = .float32
        case "f8": elementType = .float64
        default:
            throw .unsupported(
                file.path, problem: "an array of type \(descriptor)",
                advice: "save numbers of 8 to 64 bits")
        }
        let isBigEndian: Bool
        switch descriptor.first {
        case "<": isBigEndian = false
        case ">": isBigEndian = true
        case "|" where elementType.byteCount == 1: isBigEndian = false
        default:
            throw .malformed(file.path, problem: "its type \(descriptor) states no byte order")
        }
        let isFortran = fortran == "True"
        if isFortran { notes.append("stored z fastest: every slab reads through the whole file") }
        try ByteCount.check(file, header: end, voxels: ByteCount.of(shape, elementType))
        let description = ScanDescription(
            format: .npy, files: [file.path], shape: shape, elementType: elementType,
            voxelSize: nil, notes: notes)
        return RawScanReader(
            description, source: PlainVoxelSource(file, offset: end), isBigEndian: isBigEndian,
            order: isFortran ? .columns : .slices)
    }
}

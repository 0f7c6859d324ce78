import CPNG
import SystemPackage
import Volumes

/// One PNG file: its header, and its pixels as grey values.
struct PNGImage {
    let path: FilePath
    let width: Int
    let height: Int
    let elementType: ElementType
    let notes: [String]
    /// The voxel size in the pHYs chunk, taken as a cube.
    let voxelSize: FoundVoxelSize?
    private let channels: Int
    private let colourCount: Int
    private let header: cpng_header

    /// Reads the header.
    init(_ path: FilePath) throws(VolumeFileError) {
        let file = try PositionedFile(path)
        // Pixels begin soon after the header unless a large colour profile stands between.
        var bytes = try file.bytes(at: 0, count: min(file.length, 1 << 15))
        guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
            throw .malformed(path, problem: "it does not begin like a PNG")
        }
        var header = cpng_header()
        var message = cpng_message()
        var status = unsafe cpng_read(bytes, bytes.count, &header, nil, 0, &message)
        if status == 0, bytes.count < file.length {
            bytes = try file.bytes(at: 0, count: file.length)
            status = unsafe cpng_read(bytes, bytes.count, &header, nil, 0, &message)
        }
        guard status == 1 else {
            throw .malformed(path, problem: unsafe String(cString: cpng_text(&message)))
        }
        let kind = Int32(header.color_type)
        let isPalette = kind == PNG_COLOR_TYPE_PALETTE
        colourCount = kind & PNG_COLOR_MASK_COLOR != 0 ? 3 : 1
        channels = colourCount + (kind & PNG_COLOR_MASK_ALPHA != 0 ? 1 : 0)
        width = Int(header.width)
        height = Int(header.height)
        elementType = header.bit_depth == 16 ? .uint16 : .uint8
        // A PNG is one deflate stream, which cannot stand for more than 1032 times its length.
        let stored =
            Double(width) * Double(height) * Double(header.bit_depth)
            * Double(isPalette ? 1 : channels) / 8
        guard stored <= Double(file.length) * 1032 else {
            throw .malformed(
                path, problem: "\(height)x\(width) pixels cannot come from \(file.length) bytes")
        }
        self.path = path
        self.header = header
        var notes: [String] = []
        if header.bit_depth < 8, !isPalette {
            notes.append("\(header.bit_depth)-bit values are kept as they are, in uint8")
        }
        if colourCount == 3 { notes.append("the colour channels are equal: taken as one grey") }
        if channels > colourCount { notes.append("the transparency channel is left out") }
        self.notes = notes
        voxelSize = Self.voxelSize(header, path)
    }

    private static func voxelSize(_ header: cpng_header, _ path: FilePath) -> FoundVoxelSize? {
        guard header.is_metre == 1, header.x_per_unit > 0,
            header.x_per_unit == header.y_per_unit
        else { return nil }
        let edge = 1e6 / Double(header.x_per_unit)
        // The chunk counts whole pixels in a metre, so 300 dots an inch come out as 299.9994.
        guard !ImageLengthUnit.isPrinterDefault(micrometres: edge),
            let size = VoxelSize(micrometres: edge)
        else { return nil }
        return FoundVoxelSize(
            size,
            source: "\(path.lastComponent?.string ?? ""): pHYs=\(header.x_per_unit) per metre")
    }

    /// Whether another slice can stand beside this one.
    func matches(_ other: PNGImage) -> Bool {
        width == other.width && height == other.height && elementType == other.elementType
    }

    /// As in `500x400 uint16`, height first.
    var summary: String { "\(height)x\(width) \(elementType)" }

    /// Bytes of the grey image.
    var byteCount: Int { width * height * elementType.byteCount }

    /// Decodes into memory of ``byteCount`` bytes.
    func decode(into target: UnsafeMutableRawBufferPointer) throws(VolumeFileError) {
        guard channels > 1 else {
            try unsafe decode(rowByteCount: width * elementType.byteCount, into: target)
            return
        }
        let rowBytes = width * channels * elementType.byteCount
        let colour = UnsafeMutableRawBufferPointer.allocate(
            byteCount: rowBytes * height, alignment: 16)
        defer { unsafe colour.deallocate() }
        try unsafe decode(rowByteCount: rowBytes, into: colour)
        let difference = unsafe SampleRow.gather(
            UnsafeRawBufferPointer(colour), stride: channels, colours: colourCount,
            type: elementType, into: target)
        if let difference {
            throw SampleRow.colourful(
                path, page: 1, row: difference.pixel / width, column: difference.pixel % width,
                channel: difference.channel)
        }
    }

    private func decode(
        rowByteCount: Int, into target: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        let file = try PositionedFile(path)
        let bytes = try file.bytes(at: 0, count: file.length)
        var header = header
        var message = cpng_message()
        let pixels = unsafe target.bindMemory(to: UInt8.self)
        guard
            unsafe cpng_read(
                bytes, bytes.count, &header, pixels.baseAddress, rowByteCount, &message) == 1
        else {
            throw .malformed(path, problem: unsafe String(cString: cpng_text(&message)))
        }
    }
}

import CPNG
import Glibc
import SystemPackage

/// Grey or colour pixels as the bytes of a PNG file.
///
/// - Parameters:
///   - width: Pixels in a row, 1 or more.
///   - height: Rows, 1 or more.
///   - channels: 1 for grey, 3 for red, green, blue.
///   - bytes: One byte for every channel of every pixel, row by row.
/// - Throws: ``VolumeFileError/cannotWrite(_:reason:)`` if memory is short or an edge passes what PNG can
///   count, 2³¹ - 1.
public func encodePNG(
    width: Int, height: Int, channels: Int, bytes: [UInt8]
) throws(VolumeFileError) -> [UInt8] {
    try encodePNG(
        width: width, height: height, channels: channels, bitDepth: 8, pixelsPerMetre: nil,
        bytes: bytes, path: "picture.png")
}

/// Pixels of 8 or 16 bits in this machine's byte order as the bytes of a PNG file, with their
/// resolution along x and y where known; `path` is for messages.
func encodePNG(
    width: Int, height: Int, channels: Int, bitDepth: Int, pixelsPerMetre: (x: UInt32, y: UInt32)?,
    bytes: [UInt8], path: FilePath
) throws(VolumeFileError) -> [UInt8] {
    precondition(channels == 1 || channels == 3, "a picture is grey or red, green, blue")
    precondition(
        width > 0 && height > 0 && bytes.count == width * height * channels * (bitDepth / 8),
        "a picture has as many bytes as its size")
    guard width <= Int(Int32.max), height <= Int(Int32.max) else {
        throw .cannotWrite(path, reason: "\(height)x\(width) pixels are too many for a PNG")
    }
    var output = unsafe cpng_output()
    var message = cpng_message()
    let isDone = unsafe cpng_write(
        bytes, UInt32(width), UInt32(height), Int32(bitDepth), Int32(channels),
        pixelsPerMetre?.x ?? 0, pixelsPerMetre?.y ?? 0, &output, &message)
    guard isDone == 1 else {
        throw .cannotWrite(path, reason: unsafe String(cString: cpng_text(&message)))
    }
    defer { unsafe free(output.bytes) }
    return unsafe [UInt8](UnsafeBufferPointer(start: output.bytes, count: output.count))
}

import Volumes

/// What one page's pixels are: everything that all slices of a scan must share.
struct TIFFPixelFormat: Equatable {
    enum Interpretation: Int {
        case minIsWhite = 0
        case minIsBlack = 1
        case rgb = 2
        case palette = 3
        case yCbCr = 6
    }

    let width: Int
    let height: Int
    /// As stored, 1...64.
    let bitsPerSample: Int
    let samplesPerPixel: Int
    /// What a sample becomes.
    let elementType: ElementType
    let interpretation: Interpretation

    /// Samples that hold the picture; what follows them is transparency.
    var colourCount: Int { interpretation == .rgb || interpretation == .yCbCr ? 3 : 1 }
    /// Whether stored samples are whole elements, so that rows need no unpacking.
    var isWholeBytes: Bool { bitsPerSample == elementType.byteCount * 8 }
    /// Bytes of one decoded slice.
    var sliceByteCount: Int { width * height * elementType.byteCount }

    /// The number format of `bits` read as the SampleFormat `format`; `nil` if tomopair has none.
    static func elementType(bits: Int, format: Int) -> ElementType? {
        switch (format, bits) {
        case (1, 1...8), (4, 1...8): .uint8
        case (1, 9...16), (4, 9...16): .uint16
        case (1, 17...32), (4, 17...32): .uint32
        case (1, 64), (4, 64): .uint64
        case (2, 2...8): .int8
        case (2, 9...16): .int16
        case (2, 17...32): .int32
        case (2, 64): .int64
        case (3, 16): .float16
        case (3, 32): .float32
        case (3, 64): .float64
        default: nil
        }
    }

    /// What a user should know about such pixels.
    func notes(codec: TIFFCodec) -> [String] {
        var notes: [String] = []
        if !isWholeBytes {
            notes.append("\(bitsPerSample)-bit values are kept as they are, in \(elementType)")
        }
        if colourCount == 3 { notes.append("the colour channels are equal: taken as one grey") }
        if samplesPerPixel > colourCount { notes.append("the transparency channel is left out") }
        switch interpretation {
        case .minIsWhite:
            notes.append("marked as white-is-zero: values are as stored, so dense may be dark")
        case .palette:
            notes.append("a palette image: the stored indices are the values, colours are left out")
        default: break
        }
        if codec.isLossy { notes.append("\(codec.name) compression has altered the grey values") }
        return notes
    }
}

extension TIFFPixelFormat: CustomStringConvertible {
    /// As in `500x400 uint16`, height first, with what sets it apart from a plain grey image.
    var description: String {
        var text = "\(height)x\(width) \(elementType)"
        if !isWholeBytes { text += " of \(bitsPerSample) bits" }
        if samplesPerPixel > 1 { text += " with \(samplesPerPixel) channels" }
        switch interpretation {
        case .minIsWhite: text += ", white is zero"
        case .palette: text += ", palette"
        default: break
        }
        return text
    }
}

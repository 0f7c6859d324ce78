import CTIFF

/// How a TIFF we write stores its pixels.
public enum TIFFCompression: String, Sendable, CaseIterable {
    /// As they are, all slices in one run of bytes: what ImageJ opens as a virtual stack.
    case none
    /// Each slice as one zlib stream (tag value 8), 8 and 16-bit integers as differences along x.
    case deflate
}

/// The compressions a TIFF may come in: names, and how far each can swell.
struct TIFFCodec {
    /// The value of the Compression tag.
    let code: Int

    static let none = TIFFCodec(code: 1)
    static let jpeg = TIFFCodec(code: 7)

    var isNone: Bool { code == 1 }

    /// The name as people know it.
    var name: String {
        switch code {
        case 1: "none"
        case 2: "CCITT RLE"
        case 3: "CCITT fax 3"
        case 4: "CCITT fax 4"
        case 5: "LZW"
        case 6: "old-style JPEG"
        case 7: "JPEG"
        case 8, 32946: "deflate"
        case 32773: "PackBits"
        case 32809: "ThunderScan"
        case 32909: "PixarLog"
        case 33003, 33004, 33005, 34712: "JPEG 2000"
        case 34661: "JBIG"
        case 34676, 34677: "SGI log"
        case 34887: "LERC"
        case 34925: "LZMA"
        case 50000: "Zstandard"
        case 50001: "WebP"
        case 50002, 52546: "JPEG XL"
        default: "code \(code)"
        }
    }

    /// Whether the libtiff at hand decodes it to grey values.
    var isDecodable: Bool {
        guard let code = UInt16(exactly: code), ![6, 34676, 34677].contains(code) else {
            return false
        }
        return TIFFIsCODECConfigured(code) == 1
    }

    /// Whether what is read differs from what was scanned.
    var isLossy: Bool { code == 7 }

    /// Whether a warning while decoding still leaves every pixel in place: bytes left over in LZW and
    /// deflate. In others a warning means that pixels were made up or dropped.
    var warnsOfNothingLost: Bool { [5, 8, 32946].contains(code) }

    /// Whether libtiff leaves differences along x to us: it knows predictors of some codecs only,
    /// while other writers combine them with any.
    var leavesPredictor: Bool { code == 1 || code == 32773 }

    /// The most bytes that one compressed byte can stand for, given bytes in a decoded row.
    ///
    /// Deflate: 258 bytes for 2 bits. LZW: a 12-bit code for a string of at most 3839 bytes.
    /// PackBits: 128 bytes for 2. Fax: a row for a bit. JPEG: 16 luminance blocks and a pair of
    /// chrominance blocks for a bit each. Zstandard: a block of 128 KiB for 4 bytes. PixarLog: deflate
    /// of 2-byte codes for up to 4-byte values. The others have no bound of their own; theirs is set
    /// where a real scan, with its noise, is far from it.
    func largestExpansion(rowByteCount: Int) -> Int {
        switch code {
        case 1: 1
        case 2, 3, 4: 8 * max(rowByteCount, 1)
        case 5: 2560
        case 7: 2048
        case 8, 32946: 1032
        case 32773: 64
        case 32766, 32809: 256
        case 32909: 4128
        case 50000: 1 << 15
        default: 1 << 18
        }
    }
}

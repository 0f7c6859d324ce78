/// One page's table of tags: what each entry holds and where.
struct TIFFDirectory {
    /// Values of one tag.
    struct Entry {
        /// The number format; 0 for an entry that is damaged.
        let type: UInt16
        let count: Int
        /// Where the values are in the file.
        let offset: Int
    }

    let offset: Int
    /// Where the next directory begins; 0 after the last.
    let next: Int
    /// Bytes the directory itself takes.
    let byteCount: Int
    /// The entries we know a use for.
    let entries: [UInt16: Entry]

    /// Bytes in one value of a type; 0 for types that TIFF does not have.
    static func byteCount(ofType type: UInt16) -> Int {
        switch type {
        case 1, 2, 6, 7: 1
        case 3, 8: 2
        case 4, 9, 11, 13: 4
        case 5, 10, 12, 16, 17, 18: 8
        default: 0
        }
    }
}

/// The tags that tomopair reads and writes.
enum TIFFTag: UInt16 {
    case newSubfileType = 254
    case imageWidth = 256
    case imageLength = 257
    case bitsPerSample = 258
    case compression = 259
    case photometricInterpretation = 262
    case fillOrder = 266
    case imageDescription = 270
    case make = 271
    case model = 272
    case stripOffsets = 273
    case samplesPerPixel = 277
    case rowsPerStrip = 278
    case stripByteCounts = 279
    case xResolution = 282
    case yResolution = 283
    case planarConfiguration = 284
    case resolutionUnit = 296
    case software = 305
    case dateTime = 306
    case artist = 315
    case hostComputer = 316
    case predictor = 317
    case tileWidth = 322
    case tileLength = 323
    case tileOffsets = 324
    case tileByteCounts = 325
    case extraSamples = 338
    case sampleFormat = 339
    case imageDepth = 32997
    case metaMorphPlanes = 33629
}

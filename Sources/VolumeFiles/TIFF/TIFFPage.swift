import SystemPackage
import Volumes

/// One page of a TIFF, checked: every strip or tile lies in the file and is large enough.
struct TIFFPage {
    /// Where its directory begins, which is how libtiff is told to go there.
    let directory: Int
    let format: TIFFPixelFormat
    let codec: TIFFCodec
    /// Whether libtiff delivers differences along x that are still to be summed.
    let holdsDifferences: Bool
    /// Whether every channel has strips or tiles of its own.
    let isPlanar: Bool
    let segments: Segments
    /// Where the pixels begin if they are in one uncompressed run that needs at most a byte swap.
    let contiguousOffset: Int?

    /// The strips or tiles that pixels are stored in.
    struct Segments {
        let isTiled: Bool
        let width: Int
        let height: Int
        let across: Int
        let down: Int
        /// Bytes of a whole decoded segment.
        let byteCount: Int
        /// Bytes of one of its decoded rows.
        let rowByteCount: Int
        /// Segments of one plane.
        var count: Int { across * down }
    }

    /// Reads and checks the page of `directory`, the `number`-th of its file, counted from one.
    init(
        _ directory: TIFFDirectory, number: Int, in structure: TIFFStructure
    ) throws(VolumeFileError) {
        let page = PageTags(directory: directory, number: number, structure: structure)
        self.directory = directory.offset
        codec = TIFFCodec(code: try page.value(.compression) ?? 1)
        format = try page.format(codec: codec)
        holdsDifferences = try page.holdsDifferences(format: format, codec: codec)
        isPlanar = try page.value(.planarConfiguration) == 2 && format.samplesPerPixel > 1
        segments = try page.segments(format: format, isPlanar: isPlanar)
        contiguousOffset = try page.checkSegments(
            segments, format: format, codec: codec,
            planes: isPlanar ? format.samplesPerPixel : 1, isPlain: !holdsDifferences)
    }
}

/// The tags of one page on their way to a ``TIFFPage``.
private struct PageTags {
    let directory: TIFFDirectory
    let number: Int
    let structure: TIFFStructure

    private var path: FilePath { structure.file.path }

    func malformed(_ problem: String) -> VolumeFileError {
        .malformed(path, problem: "page \(number): \(problem)")
    }

    func unsupported(_ problem: String, _ advice: String) -> VolumeFileError {
        .unsupported(path, problem: "page \(number): \(problem)", advice: advice)
    }

    func value(_ tag: TIFFTag) throws(VolumeFileError) -> Int? {
        try structure.integer(tag, of: directory)
    }

    func required(_ tag: TIFFTag) throws(VolumeFileError) -> Int {
        guard let value = try value(tag) else { throw malformed("it has no \(tag)") }
        return value
    }

    /// A value that channels may repeat, the same for all.
    func shared(_ tag: TIFFTag, samples: Int) throws(VolumeFileError) -> Int {
        guard let values = try structure.integers(tag, of: directory) else { return 1 }
        guard let first = values.first, values.prefix(samples).allSatisfy({ $0 == first }) else {
            throw unsupported("channels differ in \(tag)", "convert it to one grey channel")
        }
        return first
    }

    func format(codec: TIFFCodec) throws(VolumeFileError) -> TIFFPixelFormat {
        let width = try required(.imageWidth)
        let height = try required(.imageLength)
        guard let shape = Shape(checkingDepth: 1, height: height, width: width),
            height <= Int(UInt32.max), width <= Int(UInt32.max)
        else { throw malformed("it is \(height)x\(width) pixels") }
        for tag in [TIFFTag.imageDepth, .metaMorphPlanes] {
            let entry = directory.entries[tag.rawValue]
            let planes = tag == .imageDepth ? try value(tag) ?? 1 : entry?.count ?? 1
            guard planes <= 1 else {
                throw unsupported(
                    "it packs \(planes) slices into one page (\(tag))",
                    "export the scan as a plain multi-page TIFF")
            }
        }
        guard codec.isDecodable else {
            throw unsupported(
                "the compression is \(codec.name), which cannot be read here",
                "export it uncompressed or with deflate")
        }
        let samples = try value(.samplesPerPixel) ?? 1
        guard samples > 0 else { throw malformed("it has no channels") }
        let interpretation = try interpretation(samples: samples, codec: codec)
        let bits = try shared(.bitsPerSample, samples: samples)
        let sampleFormat = try shared(.sampleFormat, samples: samples)
        guard (1...4).contains(sampleFormat) || [5, 6].contains(sampleFormat), bits > 0 else {
            throw malformed("\(bits)-bit samples of format \(sampleFormat)")
        }
        guard let type = TIFFPixelFormat.elementType(bits: bits, format: sampleFormat) else {
            let kind =
                [2: "signed", 3: "float", 5: "complex", 6: "complex"][sampleFormat] ?? "unsigned"
            throw unsupported(
                "\(bits)-bit \(kind) samples", "export it as 8-bit, 16-bit or 32-bit float grey")
        }
        return TIFFPixelFormat(
            width: shape.width, height: shape.height, bitsPerSample: bits,
            samplesPerPixel: samples, elementType: type, interpretation: interpretation)
    }

    private func interpretation(
        samples: Int, codec: TIFFCodec
    ) throws(VolumeFileError) -> TIFFPixelFormat.Interpretation {
        let photometric = try required(.photometricInterpretation)
        let advice = "convert it to 8-bit or 16-bit grey"
        guard let kind = TIFFPixelFormat.Interpretation(rawValue: photometric) else {
            let names = [
                4: "a transparency mask", 5: "CMYK", 8: "CIE Lab", 9: "ICC Lab", 10: "ITU Lab",
                32803: "raw camera data", 32844: "SGI LogL", 32845: "SGI LogLuv",
            ]
            guard let name = names[photometric] else {
                throw malformed("photometricInterpretation is \(photometric)")
            }
            throw unsupported("its colours are \(name)", advice)
        }
        let colours = kind == .rgb || kind == .yCbCr ? 3 : 1
        if kind == .yCbCr, codec.code != TIFFCodec.jpeg.code {
            throw unsupported("its colours are YCbCr", advice)
        }
        guard samples >= colours else {
            throw malformed("\(samples) channels are too few for colour")
        }
        let extras = try structure.integers(.extraSamples, of: directory) ?? []
        // 1 and 2 are transparency; anything else may be a measurement of its own.
        guard samples == colours || (samples == colours + 1 && (1...2).contains(extras.first ?? 0))
        else {
            throw unsupported(
                "it has \(samples) channels", "split the channels and take the one to analyse")
        }
        return kind
    }

    func holdsDifferences(
        format: TIFFPixelFormat, codec: TIFFCodec
    ) throws(VolumeFileError) -> Bool {
        guard codec.leavesPredictor else { return false }
        switch try value(.predictor) ?? 1 {
        case 1: return false
        case 2 where !format.elementType.isSigned || format.isWholeBytes: return true
        default:
            throw unsupported(
                "differences of this kind with compression \(codec.name)",
                "export it uncompressed or with deflate")
        }
    }

    func segments(
        format: TIFFPixelFormat, isPlanar: Bool
    ) throws(VolumeFileError) -> TIFFPage.Segments {
        let isTiled = directory.entries[TIFFTag.tileWidth.rawValue] != nil
        let width = isTiled ? try required(.tileWidth) : format.width
        let height =
            isTiled
            ? try required(.tileLength) : min(try value(.rowsPerStrip) ?? .max, format.height)
        // A tile may pass the image's edge, though not by more than a tile's usual size.
        guard width > 0, height > 0, width <= max(format.width, 1) + 65_536,
            height <= format.height + 65_536
        else { throw malformed("its strips or tiles are \(height)x\(width) pixels") }
        let samples = isPlanar ? 1 : format.samplesPerPixel
        let rowBytes = (width * samples * format.bitsPerSample + 7) / 8
        let (byteCount, overflow) = rowBytes.multipliedReportingOverflow(by: height)
        guard !overflow else {
            throw malformed("its strips or tiles are \(height)x\(width) pixels")
        }
        return TIFFPage.Segments(
            isTiled: isTiled, width: width, height: height,
            across: (format.width + width - 1) / width, down: (format.height + height - 1) / height,
            byteCount: byteCount, rowByteCount: rowBytes)
    }

    /// Compares every strip or tile with the file; returns where a plain run of pixels begins.
    func checkSegments(
        _ segments: TIFFPage.Segments, format: TIFFPixelFormat, codec: TIFFCodec, planes: Int,
        isPlain: Bool
    ) throws(VolumeFileError) -> Int? {
        let offsetsTag: TIFFTag = segments.isTiled ? .tileOffsets : .stripOffsets
        let countsTag: TIFFTag = segments.isTiled ? .tileByteCounts : .stripByteCounts
        let name = segments.isTiled ? "tile" : "strip"
        let (needed, overflow) = segments.count.multipliedReportingOverflow(by: planes)
        // Their offsets alone would not fit the file.
        guard !overflow, needed <= structure.file.length / 2 else {
            throw malformed("\(needed) \(name)s do not fit the file")
        }
        guard let offsets = try structure.integers(offsetsTag, of: directory) else {
            throw malformed("it has no \(offsetsTag)")
        }
        var counts = try structure.integers(countsTag, of: directory)
        if counts == nil, codec.isNone, needed == 1 { counts = [segments.byteCount] }
        guard let counts else { throw malformed("it has no \(countsTag)") }
        guard offsets.count >= needed, counts.count >= needed else {
            throw malformed(
                "it has \(min(offsets.count, counts.count)) of its \(needed) \(name)s")
        }
        let expansion = codec.largestExpansion(rowByteCount: segments.rowByteCount)
        let fillOrder = try value(.fillOrder) ?? 1
        var isContiguous =
            codec.isNone && format.isWholeBytes && planes == 1 && !segments.isTiled
            && fillOrder == 1 && isPlain
        var expectedOffset = offsets[0]
        for index in 0..<needed {
            let place = index % segments.count / segments.across
            let rows =
                segments.isTiled
                ? segments.height : min(segments.height, format.height - place * segments.height)
            let decoded = segments.rowByteCount * rows
            let (offset, count) = (offsets[index], counts[index])
            let length = structure.file.length
            guard offset < length, count <= length - offset else {
                throw malformed(
                    """
                    \(name) \(index + 1) of \(needed) is cut: it ends at byte \
                    \(offset.addingReportingOverflow(count).partialValue), the file at \(length)
                    """)
            }
            guard decoded / expansion <= count else {
                throw malformed(
                    """
                    \(name) \(index + 1) of \(needed) has \(count) bytes for \(decoded) bytes of \
                    pixels, too few for compression \(codec.name)
                    """)
            }
            isContiguous = isContiguous && offset == expectedOffset
            expectedOffset = offset + decoded
        }
        return isContiguous ? offsets[0] : nil
    }
}

extension TIFFPage {
    /// The part of the image that one strip or tile covers.
    struct Box {
        let rows: Range<Int>
        let columns: Range<Int>
    }

    /// The rows and columns of the `index`-th strip or tile of a plane.
    func box(_ index: Int) -> Box {
        let y = index / segments.across * segments.height
        let x = index % segments.across * segments.width
        return Box(
            rows: y..<min(y + segments.height, format.height),
            columns: x..<min(x + segments.width, format.width))
    }
}

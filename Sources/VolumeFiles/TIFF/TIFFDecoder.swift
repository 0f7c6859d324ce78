import CTIFF
import Volumes

/// One libtiff handle over a file: decodes pages, one thread at a time.
@safe final class TIFFDecoder {
    private let file: PositionedFile
    private let source: UnsafeMutablePointer<ctiff_source>
    private let handle: OpaquePointer
    private let isBigEndian: Bool

    /// Opens a handle; what libtiff says is kept beside it and ends in errors, never on a terminal.
    init(
        _ file: PositionedFile, isBigEndian: Bool, largestSegment: Int
    ) throws(VolumeFileError) {
        let source = UnsafeMutablePointer<ctiff_source>.allocate(capacity: 1)
        unsafe source.initialize(to: ctiff_source())
        unsafe source.pointee.descriptor = file.descriptor
        unsafe source.pointee.length = UInt64(file.length)
        // The largest honest allocations are a strip and its compressed bytes.
        let limit = max(file.length, largestSegment) &+ (64 << 20)
        guard let handle = unsafe ctiff_open(source, Int64(limit)) else {
            let message = unsafe Self.message(source)
            unsafe source.deallocate()
            throw .malformed(file.path, problem: message)
        }
        self.file = file
        self.isBigEndian = isBigEndian
        unsafe self.source = source
        unsafe self.handle = handle
    }

    deinit {
        unsafe TIFFClose(handle)
        unsafe source.deallocate()
    }

    /// Decodes `page`, the `number`-th of its file, into the memory of one slice.
    func decode(
        _ page: TIFFPage, number: Int, into slice: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        try select(page, number: number)
        let format = page.format
        let segments = page.segments
        let isDirect =
            !segments.isTiled && format.samplesPerPixel == 1 && format.isWholeBytes
            && !page.holdsDifferences
        if isDirect {
            for strip in 0..<segments.down {
                let start = strip * segments.byteCount
                let end = min(start + segments.byteCount, slice.count)
                try unsafe decode(
                    segment: strip, of: page, number: number,
                    into: UnsafeMutableRawBufferPointer(rebasing: slice[start..<end]))
            }
            return
        }
        let decoded = UnsafeMutableRawBufferPointer.allocate(
            byteCount: segments.byteCount, alignment: 16)
        defer { unsafe decoded.deallocate() }
        // A row of samples as elements, before one channel is taken from it.
        let samples = page.isPlanar ? 1 : format.samplesPerPixel
        let row = UnsafeMutableRawBufferPointer.allocate(
            byteCount: segments.width * samples * format.elementType.byteCount, alignment: 16)
        defer { unsafe row.deallocate() }
        for plane in 0..<(page.isPlanar ? format.colourCount : 1) {
            for segment in 0..<segments.count {
                let box = page.box(segment)
                let size =
                    segments.rowByteCount * (segments.isTiled ? segments.height : box.rows.count)
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: decoded[0..<size])
                try unsafe decode(
                    segment: plane * segments.count + segment, of: page, number: number,
                    into: target)
                try unsafe place(
                    UnsafeRawBufferPointer(target), box: box, plane: plane, of: page,
                    number: number, row: row, into: slice)
            }
        }
    }

    /// Puts the rows of a decoded segment where they belong in the slice.
    private func place(
        _ decoded: UnsafeRawBufferPointer, box: TIFFPage.Box, plane: Int, of page: TIFFPage,
        number: Int, row: UnsafeMutableRawBufferPointer, into slice: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        let format = page.format
        let element = format.elementType.byteCount
        let samples = page.isPlanar ? 1 : format.samplesPerPixel
        let needed = box.columns.count * samples
        for y in box.rows {
            let start = (y - box.rows.lowerBound) * page.segments.rowByteCount
            let stored = unsafe UnsafeRawBufferPointer(
                rebasing: decoded[start..<(start + page.segments.rowByteCount)])
            var elements = unsafe stored
            if !format.isWholeBytes {
                unsafe SampleRow.unpack(
                    stored, bits: format.bitsPerSample, count: needed, type: format.elementType,
                    isSwapped: isBigEndian, into: row)
                unsafe elements = UnsafeRawBufferPointer(row)
            } else if page.holdsDifferences {
                unsafe row.copyMemory(from: stored)
                unsafe elements = UnsafeRawBufferPointer(row)
            }
            if page.holdsDifferences {
                unsafe SampleRow.undoDifferences(
                    UnsafeMutableRawBufferPointer(rebasing: row[0..<(needed * element)]),
                    stride: samples, bits: format.bitsPerSample, elementByteCount: element)
            }
            unsafe elements = UnsafeRawBufferPointer(rebasing: elements[0..<(needed * element)])
            let first = (y * format.width + box.columns.lowerBound) * element
            let target = unsafe UnsafeMutableRawBufferPointer(
                rebasing: slice[first..<(first + box.columns.count * element)])
            var difference: (pixel: Int, channel: Int)?
            if plane > 0 {
                difference = unsafe SampleRow.firstDifference(
                    UnsafeRawBufferPointer(target), elements, elementByteCount: element
                ).map { ($0, plane) }
            } else if samples == 1 {
                unsafe target.copyMemory(from: elements)
            } else {
                difference = unsafe SampleRow.gather(
                    elements, stride: samples, colours: format.colourCount,
                    type: format.elementType, into: target)
            }
            if let difference {
                throw SampleRow.colourful(
                    file.path, page: number, row: y,
                    column: box.columns.lowerBound + difference.pixel, channel: difference.channel)
            }
        }
    }

    /// Goes to the page and makes sure that libtiff sees in it what we do.
    private func select(_ page: TIFFPage, number: Int) throws(VolumeFileError) {
        unsafe ctiff_forget(source)
        guard unsafe TIFFSetSubDirectory(handle, UInt64(page.directory)) == 1 else {
            throw malformed(number, unsafe Self.message(source))
        }
        if page.format.interpretation == .yCbCr { unsafe _ = ctiff_decode_jpeg_as_rgb(handle) }
        var width: UInt32 = 0
        var height: UInt32 = 0
        unsafe _ = ctiff_get_u32(handle, UInt32(TIFFTAG_IMAGEWIDTH), &width)
        unsafe _ = ctiff_get_u32(handle, UInt32(TIFFTAG_IMAGELENGTH), &height)
        let segments = page.segments
        let planes = page.isPlanar ? page.format.samplesPerPixel : 1
        let isTiled = unsafe TIFFIsTiled(handle) != 0
        let count = unsafe isTiled ? TIFFNumberOfTiles(handle) : TIFFNumberOfStrips(handle)
        let size = unsafe isTiled ? TIFFTileSize64(handle) : TIFFStripSize64(handle)
        guard Int(width) == page.format.width, Int(height) == page.format.height,
            isTiled == segments.isTiled, Int(count) == segments.count * planes,
            size == UInt64(segments.byteCount)
        else { throw malformed(number, "its tags contradict each other") }
        unsafe ctiff_forget(source)
    }

    /// Decodes one strip or tile; all of `target` is filled.
    private func decode(
        segment: Int, of page: TIFFPage, number: Int, into target: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        let size = tmsize_t(target.count)
        let count =
            page.segments.isTiled
            ? unsafe TIFFReadEncodedTile(handle, UInt32(segment), target.baseAddress, size)
            : unsafe TIFFReadEncodedStrip(handle, UInt32(segment), target.baseAddress, size)
        // Some codecs fill what is missing with anything and only warn.
        guard count == size, unsafe source.pointee.errors == 0,
            unsafe source.pointee.warnings == 0 || page.codec.warnsOfNothingLost
        else {
            let name = page.segments.isTiled ? "tile" : "strip"
            throw malformed(
                number, "\(name) \(segment + 1) does not decode: \(unsafe Self.message(source))")
        }
    }

    private func malformed(_ number: Int, _ problem: String) -> VolumeFileError {
        .malformed(file.path, problem: "page \(number): \(problem)")
    }

    /// What libtiff said, in one line.
    private static func message(_ source: UnsafePointer<ctiff_source>) -> String {
        let text = unsafe String(cString: ctiff_message(source))
        let line = String(text.map { $0.isNewline || ($0.asciiValue ?? 32) < 32 ? " " : $0 })
        return line.isEmpty ? "libtiff cannot decode it" : line
    }
}

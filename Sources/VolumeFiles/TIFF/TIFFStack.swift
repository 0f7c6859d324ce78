import SystemPackage
import Volumes

/// The pages of one TIFF file as slices, and how to read them.
struct TIFFStack: Sendable {
    let file: PositionedFile
    let format: TIFFPixelFormat
    let pages: [TIFFChain.Place]
    let isBigEndian: Bool
    let voxelSize: FoundVoxelSize?
    let metadata: [String: String]
    let notes: [String]

    /// Opens a file and checks its structure; no pixel is decoded, except of colour pages.
    init(_ path: FilePath) throws(VolumeFileError) {
        let file = try PositionedFile(path)
        let structure = try TIFFStructure(file)
        let chain = try TIFFChain(structure)
        let first = try structure.directory(at: chain.first.directory)
        let format = chain.first.format
        let description = structure.text(.imageDescription, of: first)
        let text = TIFFStackText(
            description,
            pageSampleCount: format.width * format.height * format.samplesPerPixel)
        var notes = format.notes(codec: chain.first.codec)
        if chain.skippedCount > 0 {
            notes.append("\(chain.skippedCount) preview or mask pages are left out")
        }
        pages = try Self.pages(of: chain, text: text, file: file, notes: &notes)
        let size = TIFFVoxelSize(
            text, directory: first, structure: structure, sliceCount: pages.count)
        self.file = file
        self.format = format
        isBigEndian = structure.isBigEndian
        voxelSize = size.found
        self.notes = notes + size.notes
        var metadata: [String: String] = [:]
        let facts: [(String, TIFFTag)] = [
            ("ImageDescription", .imageDescription), ("Software", .software),
            ("DateTime", .dateTime), ("Make", .make), ("Model", .model), ("Artist", .artist),
            ("HostComputer", .hostComputer),
        ]
        for (name, tag) in facts {
            if let value = structure.text(tag, of: first), !value.isEmpty { metadata[name] = value }
        }
        self.metadata = metadata
        // Whether channels are equal only pixels can say; the first page tells most colour pictures.
        if format.samplesPerPixel > 1 { _ = try read(0..<1) }
    }

    /// The pages that the description promises, or an error; never fewer.
    private static func pages(
        of chain: TIFFChain, text: TIFFStackText, file: PositionedFile, notes: inout [String]
    ) throws(VolumeFileError) -> [TIFFChain.Place] {
        let path = file.path
        let long = text.axes.filter { $0.count != 1 }
        guard long.count <= 1 else {
            let axes = long.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
            throw .unsupported(
                path, problem: "a hyperstack of \(axes)",
                advice: "split channels and time points and give one stack of slices")
        }
        if let axis = long.first, ["channels", "frames", "SizeC", "SizeT"].contains(axis.name) {
            notes.append("the \(axis.count) \(axis.name) of the file are taken as slices")
        }
        guard let stated = text.pageCount else { return chain.pages }
        guard stated > chain.pages.count else {
            if stated < chain.pages.count {
                notes.append(
                    "the description speaks of \(stated) pages; all \(chain.pages.count) are taken")
            }
            return chain.pages
        }
        // ImageJ's form for more than 4 GiB: one directory, then the pixels of all pages in a row.
        guard text.allowsOneDirectory, chain.pages.count == 1,
            let start = chain.pages[0].contiguousOffset
        else {
            throw .malformed(
                path,
                problem: """
                    the description speaks of \(stated) pages, the file has \(chain.pages.count): \
                    it is cut or part of a set
                    """)
        }
        let pageBytes = chain.first.format.sliceByteCount * chain.first.format.samplesPerPixel
        let present = (file.length - start) / pageBytes
        guard stated <= present else {
            throw .malformed(
                path,
                problem: "cut: \(present) of \(stated) pages are there")
        }
        return (0..<stated).map {
            TIFFChain.Place(
                directory: chain.pages[0].directory, contiguousOffset: start + $0 * pageBytes)
        }
    }

    /// The slices in memory, plain runs of bytes as they are and others through libtiff.
    func read(_ slices: Range<Int>) throws(VolumeFileError) -> RawSlab {
        let sliceBytes = format.sliceByteCount
        let shape = Shape(depth: slices.count, height: format.height, width: format.width)
        let shares = RawSlab.shares(of: slices.count, byteCount: slices.count * sliceBytes)
        return try unsafe RawSlab.filled(
            elementType: format.elementType, shape: shape, path: file.path,
            pieces: shares.map { ($0.lowerBound * sliceBytes)..<($0.upperBound * sliceBytes) }
        ) { (share, bytes) throws(VolumeFileError) in
            let first = slices.lowerBound + shares[share].lowerBound
            try unsafe read(first..<(first + shares[share].count), into: bytes)
        }
    }

    /// Reads slices on this thread.
    func read(
        _ slices: Range<Int>, into bytes: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        let sliceBytes = format.sliceByteCount
        var reader = TIFFPageReader(file: file, format: format, isBigEndian: isBigEndian)
        var slice = slices.lowerBound
        while slice < slices.upperBound {
            let start = (slice - slices.lowerBound) * sliceBytes
            // Neighbours in the file are read in one call.
            var end = slice + 1
            if format.samplesPerPixel == 1, let offset = pages[slice].contiguousOffset {
                while end < slices.upperBound,
                    pages[end].contiguousOffset == offset + (end - slice) * sliceBytes
                { end += 1 }
            }
            let target = unsafe UnsafeMutableRawBufferPointer(
                rebasing: bytes[start..<(start + (end - slice) * sliceBytes)])
            try unsafe reader.read(pages[slice], number: slice + 1, into: target)
            slice = end
        }
    }
}

/// Reads pages of one file on one thread; libtiff is opened when a page needs it.
struct TIFFPageReader {
    private let file: PositionedFile
    private let format: TIFFPixelFormat
    private let isBigEndian: Bool
    private var decoder: TIFFDecoder?
    private var structure: TIFFStructure?

    init(file: PositionedFile, format: TIFFPixelFormat, isBigEndian: Bool) {
        self.file = file
        self.format = format
        self.isBigEndian = isBigEndian
    }

    /// Reads the page at `place`, or as many contiguous ones as `target` has room for.
    mutating func read(
        _ place: TIFFChain.Place, number: Int, into target: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        if let offset = place.contiguousOffset {
            try unsafe readRun(at: offset, number: number, into: target)
            return
        }
        let structure = try openStructure()
        // Read again, because a hundred thousand strips of every page are not kept.
        let page = try TIFFPage(
            structure.directory(at: place.directory), number: number, in: structure)
        guard page.format == format else {
            throw .malformed(file.path, problem: "it has changed since it was opened")
        }
        let decoder = try openDecoder(
            largestSegment: max(
                page.segments.byteCount, format.sliceByteCount * format.samplesPerPixel))
        try unsafe decoder.decode(page, number: number, into: target)
    }

    private mutating func openStructure() throws(VolumeFileError) -> TIFFStructure {
        if let structure { return structure }
        let structure = try TIFFStructure(file)
        self.structure = structure
        return structure
    }

    private mutating func openDecoder(
        largestSegment: Int
    ) throws(VolumeFileError) -> TIFFDecoder {
        if let decoder { return decoder }
        let decoder = try TIFFDecoder(
            file, isBigEndian: isBigEndian, largestSegment: largestSegment)
        self.decoder = decoder
        return decoder
    }

    private func readRun(
        at offset: Int, number: Int, into target: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        let element = format.elementType.byteCount
        guard format.samplesPerPixel > 1 else {
            // In steps that stay in the cache for the byte swap.
            for start in stride(from: 0, to: target.count, by: 1 << 18) {
                let step = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: target[start..<min(start + 1 << 18, target.count)])
                try unsafe file.read(at: offset + start, into: step)
                if isBigEndian { unsafe ByteOrder.swap(step, elementByteCount: element) }
            }
            return
        }
        let rowBytes = format.width * element
        let stored = UnsafeMutableRawBufferPointer.allocate(
            byteCount: rowBytes * format.samplesPerPixel, alignment: 16)
        defer { unsafe stored.deallocate() }
        for y in 0..<format.height {
            try unsafe file.read(at: offset + y * stored.count, into: stored)
            if isBigEndian { unsafe ByteOrder.swap(stored, elementByteCount: element) }
            let difference = unsafe SampleRow.gather(
                UnsafeRawBufferPointer(stored), stride: format.samplesPerPixel,
                colours: format.colourCount, type: format.elementType,
                into: UnsafeMutableRawBufferPointer(
                    rebasing: target[(y * rowBytes)..<((y + 1) * rowBytes)]))
            if let difference {
                throw SampleRow.colourful(
                    file.path, page: number, row: y, column: difference.pixel,
                    channel: difference.channel)
            }
        }
    }
}

/// The pages of one TIFF, all of them or an error.
struct TIFFChain {
    /// The first page in full.
    let first: TIFFPage
    /// Every page of the scan, in order.
    let pages: [Place]
    /// Pages that are previews or masks of others.
    let skippedCount: Int

    /// What reading one page again takes.
    struct Place: Sendable {
        let directory: Int
        /// Where its pixels begin if they are one plain run.
        let contiguousOffset: Int?
    }

    /// Follows the chain once, from page to page. Directories are all different and do not overlap,
    /// so a hostile chain ends in time linear in the file's length.
    init(_ structure: TIFFStructure) throws(VolumeFileError) {
        let path = structure.file.path
        var visited: Set<Int> = []
        var budget = structure.file.length
        var offset = structure.firstDirectory
        var first: TIFFPage?
        var pages: [Place] = []
        var skipped = 0
        while offset != 0 {
            let number = visited.count + 1
            guard visited.insert(offset).inserted else {
                throw .malformed(path, problem: "after page \(number - 1) its pages go in a circle")
            }
            guard offset < structure.file.length else {
                throw .malformed(
                    path,
                    problem: """
                        cut: page \(number) begins at byte \(offset), the file has \
                        \(structure.file.length)
                        """)
            }
            let directory = try structure.directory(at: offset)
            budget -= directory.byteCount
            guard budget >= 0 else {
                throw .malformed(path, problem: "the tables of its pages overlap")
            }
            offset = directory.next
            // 1: a smaller copy of another page, 4: a mask for one.
            let kind = try structure.integer(.newSubfileType, of: directory) ?? 0
            if kind & 5 != 0, first != nil || directory.next != 0 {
                skipped += 1
                continue
            }
            let page = try TIFFPage(directory, number: number, in: structure)
            if let first, first.format != page.format {
                throw .unsupported(
                    path,
                    problem: "page \(number) is \(page.format), page 1 is \(first.format)",
                    advice: "keep pages of one size and type in a file")
            }
            if first == nil { first = page }
            pages.append(
                Place(directory: page.directory, contiguousOffset: page.contiguousOffset))
        }
        guard let first else { throw .malformed(path, problem: "it has no pages") }
        self.first = first
        self.pages = pages
        skippedCount = skipped
        try checkSize(in: structure)
    }

    /// Refuses files whose pages share so much data that they hold more than the file can.
    private func checkSize(in structure: TIFFStructure) throws(VolumeFileError) {
        let expansion = first.codec.largestExpansion(rowByteCount: first.segments.rowByteCount)
        let planes = first.isPlanar ? first.format.samplesPerPixel : 1
        let stored = Double(first.segments.byteCount) * Double(first.segments.count)
        let tilesPerPage = Double(planes) * stored
        // The last strip of a page may be short; tiles are always whole.
        let perPage =
            first.segments.isTiled
            ? tilesPerPage
            : Double(planes) * Double(first.segments.rowByteCount) * Double(first.format.height)
        guard perPage * Double(pages.count) <= Double(structure.file.length) * Double(expansion)
        else {
            throw .malformed(
                structure.file.path,
                problem: """
                    \(pages.count) pages of \(Int(perPage)) bytes cannot come from \
                    \(structure.file.length) bytes
                    """)
        }
    }
}

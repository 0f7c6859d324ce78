import SystemPackage

/// Bytes written from front to end: to a new file, or into memory.
struct ByteSink {
    private let path: FilePath
    private let file: FileDescriptor?
    /// What was written, where there is no file.
    private(set) var bytes: [UInt8] = []
    /// Bytes written so far.
    private(set) var count = 0

    /// Gathers in memory; errors call it `path`.
    init(memoryNamed path: FilePath) {
        self.path = path
        file = nil
    }

    private init(_ path: FilePath, _ file: FileDescriptor) {
        self.path = path
        self.file = file
    }

    /// Creates a file, lets `body` write it, and closes it; a file that exists is an error.
    ///
    /// It is not brought to the disk: whoever wants all or nothing gives a temporary path, syncs
    /// and renames it afterwards.
    static func create(
        _ path: FilePath, _ body: (inout ByteSink) throws(WeightFileError) -> Void
    ) throws(WeightFileError) {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                path, .writeOnly, options: [.closeOnExec, .create, .exclusiveCreate],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
        } catch {
            throw .writing(path, error)
        }
        var sink = ByteSink(path, file)
        do throws(WeightFileError) {
            try body(&sink)
        } catch {
            try? file.close()
            throw error
        }
        do {
            try file.close()
        } catch {
            throw .writing(path, error)
        }
    }

    /// Appends bytes.
    mutating func write(_ more: [UInt8]) throws(WeightFileError) {
        count += more.count
        guard let file else {
            bytes += more
            return
        }
        do {
            _ = try file.writeAll(more)
        } catch {
            throw .writing(path, error)
        }
    }
}

extension [UInt8] {
    /// Appends a whole number, little endian.
    mutating func append<Word: FixedWidthInteger>(little word: Word) {
        for shift in stride(from: 0, to: Word.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: word >> Word(shift)))
        }
    }

    /// The whole number of `type` at `offset`, little endian; its bytes are there.
    func little<Word: FixedWidthInteger>(_ type: Word.Type, at offset: Int) -> Word {
        var word: Word = 0
        for index in (0..<(Word.bitWidth / 8)).reversed() {
            word = (word << 8) | Word(truncatingIfNeeded: self[offset + index])
        }
        return word
    }
}

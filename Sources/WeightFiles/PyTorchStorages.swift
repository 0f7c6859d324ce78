/// Where the numbers of a PyTorch file lie, in its zip or in its old stream.
enum PyTorchStorages {
    /// Records of an archive, named by this folder and the storage's key.
    case records(ZipDirectory, folder: String)
    /// Places in a stream from before PyTorch 1.6.
    case places([String: Range<Int>], ByteSource)

    /// The bytes of one storage; they are as many as the pickle says.
    func bytes(
        of storage: PickledStorage, _ source: ByteSource
    ) throws(WeightFileError) -> [UInt8] {
        let found: Int?
        switch self {
        case .records(let directory, let folder):
            found = directory.records[folder + storage.key]?.byteCount
        case .places(let places, _): found = places[storage.key]?.count
        }
        guard let found else {
            throw source.malformed("the numbers of storage \(storage.key.shown) are missing")
        }
        let (stated, overflow) = storage.elementCount.multipliedReportingOverflow(
            by: storage.scalar.byteCount)
        guard !overflow, stated == found else {
            throw source.malformed(
                "storage \(storage.key.shown) has \(found) bytes, not \(storage.elementCount) "
                    + "numbers of \(storage.scalar.byteCount)")
        }
        switch self {
        case .records(let directory, let folder):
            guard let record = directory.records[folder + storage.key] else { return [] }
            return try directory.bytes(of: record)
        case .places(let places, let source):
            guard let place = places[storage.key] else { return [] }
            return try source.bytes(at: place.lowerBound, count: place.count)
        }
    }
}

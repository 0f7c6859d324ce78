/// The pickle of a PyTorch file and where the numbers are that it points to.
struct PyTorchPickle {
    let objects: PickledObjects
    let root: Int
    let storages: PyTorchStorages
    let source: ByteSource

    /// Reads the pickle of either form of file; numbers are read later, one storage at a time.
    init(_ source: ByteSource) throws(WeightFileError) {
        self.source = source
        let start = try source.bytes(at: 0, count: min(4, source.count))
        if ZipDirectory.isZip(start) {
            (objects, root, storages) = try PyTorchPickle.archive(source)
        } else if start.starts(with: [0x80]) {
            (objects, root, storages) = try PyTorchPickle.stream(source)
        } else {
            throw .refused(
                source.path, problem: "neither a zip nor a pickle is in it",
                advice: "name a file that torch.save wrote, or one of safetensors")
        }
    }

    /// What torch.save writes since PyTorch 1.6: `NAME/data.pkl`, and `NAME/data/KEY` for a
    /// storage.
    private static func archive(
        _ source: ByteSource
    ) throws(WeightFileError) -> (PickledObjects, Int, PyTorchStorages) {
        let directory = try ZipDirectory(source)
        let pickles = directory.records.values.filter {
            $0.name.hasSuffix("/data.pkl") && $0.name.count { $0 == "/" } == 1
        }
        guard let pickle = pickles.first, pickles.count == 1 else {
            throw .refused(
                source.path, problem: "the zip holds no data.pkl, or more than one",
                advice: "name a file that torch.save wrote")
        }
        let folder = String(pickle.name.dropLast("data.pkl".count))
        guard directory.records[folder + "constants.pkl"] == nil else {
            throw .refused(
                source.path, problem: "it is a program of TorchScript",
                advice: "save the weights alone: torch.save(model.state_dict(), ...)")
        }
        if let record = directory.records[folder + "byteorder"],
            try directory.bytes(of: record) != Array("little".utf8)
        {
            throw .refused(
                source.path, problem: "its numbers are not little endian",
                advice: "save it again on a little-endian machine")
        }
        let text = ByteSource(try directory.bytes(of: pickle), named: source.path)
        var cursor = ByteCursor(text)
        let (objects, root) = try PickleMachine.read(&cursor, path: source.path)
        guard cursor.remaining == 0 else { throw objects.malformed("something follows its end") }
        return (objects, root, .records(directory, folder: folder + "data/"))
    }

    /// What torch.save wrote before: four pickles (a magic number, a version, facts of the machine,
    /// the dictionary), a fifth with the keys of storages, then their lengths and numbers.
    private static func stream(
        _ source: ByteSource
    ) throws(WeightFileError) -> (PickledObjects, Int, PyTorchStorages) {
        var cursor = ByteCursor(source)
        let (magic, magicRoot) = try PickleMachine.read(&cursor, path: source.path)
        guard case .longInteger(let digits) = magic[magicRoot], digits == magicNumber else {
            throw .refused(
                source.path, problem: "it is a pickle, but none of torch.save",
                advice: "save the weights with torch.save(model.state_dict(), ...)")
        }
        let (version, versionRoot) = try PickleMachine.read(&cursor, path: source.path)
        guard case .integer(1001) = version[versionRoot] else {
            throw source.malformed("it is of no version that torch.save has used")
        }
        let (machine, machineRoot) = try PickleMachine.read(&cursor, path: source.path)
        for (key, value) in machine.entries(machineRoot) ?? [] where key == "little_endian" {
            guard case .bool(true) = machine[value] else {
                throw .refused(
                    source.path, problem: "its numbers are not little endian",
                    advice: "save it again on a little-endian machine")
            }
        }
        let (objects, root) = try PickleMachine.read(&cursor, path: source.path)
        let places = try places(of: objects, &cursor, source)
        return (objects, root, .places(places, source))
    }

    /// The storages behind the pickles: a count of numbers, then as many numbers.
    private static func places(
        of objects: PickledObjects, _ cursor: inout ByteCursor, _ source: ByteSource
    ) throws(WeightFileError) -> [String: Range<Int>] {
        let (keys, keysRoot) = try PickleMachine.read(&cursor, path: source.path)
        guard case .list(let parts) = keys[keysRoot] else {
            throw source.malformed("the list of its storages is missing")
        }
        let sizes = objects.storageScalars.mapValues(\.byteCount)
        var places: [String: Range<Int>] = [:]
        for part in parts {
            guard case .text(let key) = keys[part], let size = sizes[key] else {
                throw source.malformed("it holds a storage that no tensor names")
            }
            let (count, overflow) = try cursor.length().multipliedReportingOverflow(by: size)
            let start = cursor.position
            guard !overflow, count <= cursor.remaining else {
                throw source.malformed("storage \(key.shown) is cut")
            }
            cursor.skip(count)
            guard places.updateValue(start..<(start + count), forKey: key) == nil else {
                throw source.malformed("storage \(key.shown) is there twice")
            }
        }
        guard cursor.remaining == 0 else { throw source.malformed("something follows its end") }
        return places
    }

    /// 0x1950A86A20F9469CFC6C, the low byte first.
    private static let magicNumber: [UInt8] = [
        0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
    ]
}

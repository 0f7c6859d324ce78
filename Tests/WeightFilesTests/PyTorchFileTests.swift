import Foundation
import Randomness
import SystemPackage
import TestSupport
import Testing

@testable import WeightFiles

/// An archive with this pickle and one storage, `0`, which is the number 1 in four bytes.
private func archive(
    _ pickle: [UInt8], storage: [UInt8] = [0, 0, 128, 63]
) throws -> [UInt8] {
    var sink = ByteSink(memoryNamed: "x")
    var zip = ZipWriter(narrowLimit: ZipWriter.narrowLimit)
    try zip.add("archive/data.pkl", pickle, to: &sink)
    try zip.add("archive/data/0", storage, to: &sink)
    try zip.finish(&sink)
    return sink.bytes
}

/// The pickle of one tensor `a` on storage `0` of one number, whose extents and strides are opcodes.
private func pickle(
    count: String = "K\u{1}", offset: String = "K\0", shape: String, strides: String
) -> [UInt8] {
    Array(
        ("}X\u{1}\0\0\0actorch._utils\n_rebuild_tensor_v2\n((X\u{7}\0\0\0storage"
            + "ctorch\nFloatStorage\nX\u{1}\0\0\00X\u{3}\0\0\0cpu\(count)tQ\(offset)"
            + "(\(shape)t(\(strides)tN}tRs.").utf8)
}

@Suite struct `PyTorch files` {
    @Test(arguments: UInt64(0)..<50)
    func `come back as they were written`(seed: UInt64) throws {
        let dictionary = StateDictionary.random(seed: seed) { $0.storageName != nil }
        let limits = [ZipWriter.narrowLimit, 0, 100]
        for limit in limits {
            let bytes = try PyTorchFile.encode(dictionary, key: nil, narrowLimit: limit)
            #expect(try PyTorchFile.decode(bytes, named: "x") == dictionary)
        }
        var described = dictionary
        described.metadata = ["arch": "rrdb", "scale": "4"]
        let folder = try ScratchFolder()
        let path = folder.appending("x.pth")
        try PyTorchFile.write(described, to: path, key: "params")
        #expect(try WeightFile.read(path) == described)
        #expect(try PyTorchFile.read(path, key: "params") == described)
        #expect(throws: WeightFileError.self) { try PyTorchFile.encode(described) }
        #expect(throws: WeightFileError.self) { try PyTorchFile.read(path, key: "params_ema") }
    }

    @Test func `of both ages are read, with windows on shared numbers made dense`() throws {
        let new = try PyTorchFile.decode(GoldenFiles.archive, named: "new")
        #expect(new.metadata == ["epoch": "3"])
        let old = try PyTorchFile.decode(GoldenFiles.stream, named: "old")
        for read in [new, old] {
            #expect(read.names == ["a.weight", "a.bias", "n"])
            #expect(read["a.weight"]?.shape == [3, 2])
            #expect(read["a.weight"]?.floats() == [-0.5, 0.25, -0.25, 0.5, 0, 0.75])
            #expect(read["a.bias"]?.floats() == [0.5, 0.75])
            #expect(
                read["n"]
                    == WeightTensor(scalar: .int64, shape: [], bytes: [7] + [0, 0, 0, 0, 0, 0, 0]))
        }
    }

    @Test func `lose module. where every name begins with it`() throws {
        var dictionary = StateDictionary()
        dictionary["module.a"] = WeightTensor([1], shape: [1])
        let all = try PyTorchFile.decode(PyTorchFile.encode(dictionary), named: "x")
        #expect(all.names == ["a"])
        dictionary["b"] = WeightTensor([2], shape: [1])
        let some = try PyTorchFile.decode(PyTorchFile.encode(dictionary), named: "x")
        #expect(some.names == ["module.a", "b"])
    }

    static let refused: [(String, String)] = [
        ("names \"os system\"", "cos\nsystem\n(X\u{2}\0\0\0lstR."),
        ("names \"builtins eval\"", "\u{8C}\u{8}builtins\u{8C}\u{4}eval\u{93}."),
        ("names \"torch.nn.modules.conv Conv2d\"", "ctorch.nn.modules.conv\nConv2d\n)\u{81}."),
        ("instruction 105 (i)", "(ios\nsystem\n."),
        ("instruction 80 (P)", "Pabc\n."),
        ("sets attributes of a list", "]}b."),
        ("appends to a dictionary", "}K\u{1}a."),
        ("sets entries of a list", "]K\u{1}K\u{1}s."),
        ("calls what is not a name", "K\u{1})R."),
        ("holds a number", "K\u{1}."),
        ("\"a\" is a number", "}X\u{1}\0\0\0aK\u{1}s."),
        ("dictionary is empty", "}."),
        ("takes more than it put down", "K\u{1}(0."),
        ("a list has no beginning", "t."),
        ("recalls what it never kept", "h\u{1}."),
        ("protocol 6", "\u{80}\u{6}}."),
        ("ends too early", "}"),
        ("follows its end", "}.}"),
        ("a key has no value", "(K\u{1}d."),
        ("something other than a storage", "K\u{1}Q."),
    ]

    @Test(arguments: refused.indices)
    func `whose pickle is more than weights are refused by name`(index: Int) throws {
        let (words, program) = Self.refused[index]
        let pickle = program.unicodeScalars.map { UInt8($0.value) }
        let error = try #require(throws: WeightFileError.self) {
            try PyTorchFile.decode(archive(pickle), named: "hostile")
        }
        #expect(error.description.contains(words), "\(error)")
        #expect(!error.description.contains("\n"))
    }

    @Test func `whose tensors reach beyond their numbers are refused`() throws {
        let good = pickle(shape: "K\u{1}K\u{1}", strides: "J\u{7F}\u{7F}\u{7F}\u{7F}K\0")
        #expect(try PyTorchFile.decode(archive(good), named: "x")["a"]?.floats() == [1])
        let huge = "\u{8A}\u{8}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{40}"
        // Opcode 0x8A and bytes above 0x7F are two bytes in UTF-8, so these are made by hand.
        let raw = { (text: String) in text.unicodeScalars.map { UInt8($0.value) } }
        let hostile: [(String, [UInt8])] = [
            ("beyond its storage", pickle(shape: "K\u{2}", strides: "K\u{1}")),
            ("beyond its storage", pickle(offset: "K\u{1}", shape: "K\u{1}", strides: "K\u{1}")),
            ("has 4 bytes", pickle(count: "K\u{2}", shape: "K\u{2}", strides: "K\u{1}")),
            ("16 times", pickle(shape: "J\0\0\0\u{7F}", strides: "K\0")),
            ("lacks", pickle(shape: "K\u{1}K\u{1}", strides: "K\u{1}")),
            ("lacks", pickle(shape: String(repeating: "K\u{1}", count: 65), strides: "K\u{1}")),
        ]
        for (words, program) in hostile {
            let error = try #require(throws: WeightFileError.self) {
                try PyTorchFile.decode(archive(program), named: "hostile")
            }
            #expect(error.description.contains(words), "\(error)")
        }
        for place in ["COUNT", "OFFSET", "SHAPE", "STRIDE"] {
            var text = String(decoding: pickle(shape: "SHAPE", strides: "STRIDE"), as: UTF8.self)
            text = text.replacing("cpuK\u{1}tQK\0", with: "cpuCOUNTtQOFFSET")
            text = text.replacing(place, with: huge)
            text = text.replacing("COUNT", with: "K\u{1}").replacing("OFFSET", with: "K\0")
                .replacing("SHAPE", with: "K\u{2}").replacing("STRIDE", with: "K\u{1}")
            #expect(throws: WeightFileError.self) {
                try PyTorchFile.decode(archive(raw(text)), named: FilePath("huge \(place)"))
            }
        }
    }

    /// As PyTorch had them before 0.4: the storage is part of another.
    @Test(arguments: [("K\u{1}K\u{2}", [3, 4]), ("K\u{2}K\u{1}", nil), ("K\u{2}K\u{2}", nil)])
    func `of old with views on storages are read inside the view`(
        view: String, expected: [Float]?
    ) throws {
        let numbers = WeightTensor([2, 3, 4], shape: [3])
        let text = String(
            decoding: pickle(count: "K\u{3}", shape: "K\u{2}", strides: "K\u{1}"), as: UTF8.self)
        let viewed = text.replacing("K\u{3}tQ", with: "K\u{3}(X\u{1}\0\0\0v\(view)ttQ")
        let bytes = try archive(Array(viewed.utf8), storage: numbers.bytes)
        if let expected {
            #expect(try PyTorchFile.decode(bytes, named: "x")["a"]?.floats() == expected)
        } else {
            #expect(throws: WeightFileError.self) { try PyTorchFile.decode(bytes, named: "x") }
        }
    }

    @Test func `that nest or repeat without end take no memory for it`() throws {
        var deep = Array(")".utf8)
        deep += Array(repeating: 0x85, count: 3_000_000)
        deep += Array(".".utf8)
        var many: [UInt8] = Array(repeating: UInt8(ascii: "N"), count: 5_000_000)
        many += Array(".".utf8)
        // A list that holds itself.
        let circle = Array("]q\0h\0a.".utf8)
        // 100,000 pairs, made into a dictionary again and again.
        var pairs = Array("](".utf8)
        for _ in 0..<100_000 { pairs += Array("(K\0K\0t".utf8) }
        pairs += Array("eq\0".utf8)
        for _ in 0..<100_000 {
            pairs += Array("ccollections\nOrderedDict\nh\0".utf8)
            pairs += [0x85, UInt8(ascii: "R"), UInt8(ascii: "0")]
        }
        pairs += Array(".".utf8)
        for program in [deep, many, circle, pairs] {
            #expect(throws: WeightFileError.self) {
                try PyTorchFile.decode(archive(program), named: "hostile")
            }
        }
    }

    @Test func `cut anywhere are refused`() throws {
        for whole in [GoldenFiles.archive, GoldenFiles.stream] {
            for length in 0..<whole.count {
                #expect(throws: WeightFileError.self) {
                    try PyTorchFile.decode(Array(whole[..<length]), named: "cut")
                }
            }
        }
    }

    @Test(arguments: UInt64(0)..<60)
    func `with changed bytes are refused or read`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let whole =
            switch seed % 3 {
            case 0: GoldenFiles.archive
            case 1: GoldenFiles.stream
            default:
                try PyTorchFile.encode(
                    .random(seed: seed) { $0.storageName != nil }, key: "params", narrowLimit: 100)
            }
        for _ in 0..<100 {
            let bytes = mutated(whole, using: &generator)
            do {
                #expect(try PyTorchFile.decode(bytes, named: "mutated").count > 0)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    /// Past the check sum, which would stop nearly all of these at the door.
    @Test(arguments: UInt64(0)..<40)
    func `with a changed pickle are refused or read`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let source = ByteSource(GoldenFiles.archive, named: "golden")
        let directory = try ZipDirectory(source)
        let record = try #require(directory.records["archive/data.pkl"])
        let pickle = try directory.bytes(of: record)
        for _ in 0..<100 {
            var sink = ByteSink(memoryNamed: "x")
            var zip = ZipWriter(narrowLimit: ZipWriter.narrowLimit)
            try zip.add("archive/data.pkl", mutated(pickle, using: &generator), to: &sink)
            for key in ["0", "1"] {
                let record = try #require(directory.records["archive/data/\(key)"])
                try zip.add(record.name, directory.bytes(of: record), to: &sink)
            }
            try zip.finish(&sink)
            do {
                #expect(try PyTorchFile.decode(sink.bytes, named: "mutated").count > 0)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test func `with a changed number are caught by its check sum`() throws {
        let source = ByteSource(GoldenFiles.archive, named: "golden")
        let numbers: [UInt8] = [0, 0, 0, 0xBF, 0, 0, 0x80, 0xBE]
        var bytes = try source.bytes(at: 0, count: source.count)
        let place = try #require(
            bytes.indices.first { bytes[$0...].starts(with: numbers) })
        bytes[place + 3] ^= 1
        let error = try #require(throws: WeightFileError.self) {
            try PyTorchFile.decode(bytes, named: "changed")
        }
        #expect(error.description.contains("check sum"))
    }

    @Test func `that are missing, folders, or neither format are refused`() throws {
        let folder = try ScratchFolder()
        #expect(throws: WeightFileError.missing(folder.appending("none"))) {
            try WeightFile.read(folder.appending("none"))
        }
        #expect(throws: WeightFileError.self) { try WeightFile.read(folder.path) }
        let text = folder.appending("text")
        try Data("weights".utf8).write(to: URL(fileURLWithPath: text.string))
        #expect(throws: WeightFileError.self) { try WeightFile.read(text) }
    }
}

import Foundation
import Randomness
import TestSupport
import Testing

@testable import WeightFiles

/// A file of this header and so many bytes behind it.
private func file(_ header: String, dataCount: Int = 0, length: UInt64? = nil) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(little: length ?? UInt64(header.utf8.count))
    return bytes + Array(header.utf8) + Array(repeating: 0, count: dataCount)
}

@Suite struct `Safetensors files` {
    @Test(arguments: UInt64(0)..<50)
    func `come back as they were written`(seed: UInt64) throws {
        let words = ["arch": "rrdb", "a \"quoted\"\n\u{7F}é": "\\ \u{0} 𝄞"]
        let dictionary = StateDictionary.random(
            seed: seed, metadata: seed.isMultiple(of: 2) ? words : [:]
        ) { $0 != .complex128 }
        let bytes = try Safetensors.encode(dictionary)
        #expect(try Safetensors.decode(bytes, named: "x") == dictionary)
        let folder = try ScratchFolder()
        let path = folder.appending("x.safetensors")
        try Safetensors.write(dictionary, to: path)
        #expect(try WeightFile.read(path) == dictionary)
        #expect(try Safetensors.metadata(of: path) == dictionary.metadata)
        #expect(throws: WeightFileError.self) { try Safetensors.write(dictionary, to: path) }
    }

    @Test func `of the Python package are read`() throws {
        let read = try Safetensors.decode(GoldenFiles.safetensors, named: "golden")
        #expect(read.names == ["n", "a.weight", "h"])
        #expect(read.metadata == ["arch": "RRDB \"x\"\n"])
        #expect(read["n"]?.bytes == [7, 0, 0, 0, 0, 0, 0, 0] && read["n"]?.shape == [])
        #expect(read["a.weight"]?.shape == [3, 2])
        #expect(read["a.weight"]?.floats() == [-0.5, 0.25, -0.25, 0.5, 0, 0.75])
        #expect(read["h"]?.floats() == [-0.5, -0.25, 0, 0.25, 0.5, 0.75])
    }

    @Test func `lay every number at a multiple of its size`() throws {
        for seed in UInt64(0)..<20 {
            let bytes = try Safetensors.encode(.random(seed: seed) { $0 != .complex128 })
            let header = try SafetensorsHeader(ByteSource(bytes, named: "x"))
            #expect(header.dataOffset % 8 == 0)
            for entry in header.entries {
                #expect(entry.bytes.lowerBound % entry.scalar.byteCount == 0)
            }
        }
    }

    static let hostile: [(String, [UInt8])] = [
        ("too few", [1, 2, 3]),
        ("no more than 100000000", file("{}", length: 1 << 40)),
        ("whole file has", file("{}", length: 3)),
        ("does not begin with {", file(" {}")),
        ("follow the header", file("{}", dataCount: 1)),
        ("something follows the end", file("{} x")),
        ("missing", file(#"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}"#, dataCount: 1)),
        (
            "missing",
            file(#"{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}"#, dataCount: 1)
        ),
        ("lacks dtype", file(#"{"a":{"dtype":"U8","data_offsets":[0,1]}}"#, dataCount: 1)),
        (
            "lacks dtype",
            file(#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}"#, dataCount: 1)
        ),
        (
            "not U8 x [2]",
            file(#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}"#, dataCount: 1)
        ),
        (
            "not F32",
            file(
                #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#)
        ),
        (
            "type \"F4\"",
            file(#"{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}"#, dataCount: 1)
        ),
        (
            "names \"a\" twice",
            file(
                #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
                dataCount: 2)
        ),
        (
            "overlaps",
            file(
                #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#,
                dataCount: 3)
        ),
        (
            "hole",
            file(
                #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}"#,
                dataCount: 3)
        ),
        ("hole", file(#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, dataCount: 2)),
        (
            "two of \"shape\"",
            file(
                #"{"a":{"dtype":"U8","shape":[0],"shape":[1],"data_offsets":[0,1]}}"#, dataCount: 1)
        ),
        (
            "more than 64",
            file("{\"a\":{\"dtype\":\"U8\",\"shape\":[\(String(repeating: "1,", count: 99))1]}}")
        ),
        ("too deeply", file("{\"a\":{\"x\":\(String(repeating: "[", count: 100_000))")),
        ("escape", file(#"{"\ud800":{}}"#)),
        ("control character", file("{\"a\nb\":{}}")),
        ("\" is missing", file(#"{"__metadata__":{"a":1}}"#)),
        ("UTF-8", [5, 0, 0, 0, 0, 0, 0, 0] + Array("{\"".utf8) + [0xFF] + Array("\":".utf8)),
    ]

    @Test(arguments: hostile.indices)
    func `that break a rule are refused in one line that says which`(index: Int) throws {
        let (words, bytes) = Self.hostile[index]
        let error = try #require(throws: WeightFileError.self) {
            try Safetensors.decode(bytes, named: "hostile")
        }
        #expect(error.description.contains(words), "\(error)")
        #expect(!error.description.contains("\n"))
    }

    @Test func `with fields and spaces to come, and empty tensors anywhere, are read`() throws {
        let header =
            #"{ "a" : {"x":[{"y":null},-1e3,"z"],"data_offsets":[0,1],"shape":[1],"dtype":"U8"},"#
            + #""e":{"dtype":"F32","shape":[0,9223372036854775807,2],"data_offsets":[1,1]},"#
            + "\"__metadata__\":null}  \n"
        let read = try Safetensors.decode(file(header, dataCount: 1), named: "x")
        #expect(read.names == ["a", "e"] && read["e"]?.elementCount == 0)
    }

    @Test func `cut anywhere are refused`() throws {
        let whole = try Safetensors.encode(.random(seed: 5) { $0 != .complex128 })
        for length in 0..<whole.count {
            #expect(throws: WeightFileError.self) {
                try Safetensors.decode(Array(whole[..<length]), named: "cut")
            }
        }
    }

    @Test(arguments: UInt64(0)..<40)
    func `with changed bytes are refused or read whole`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let whole = try Safetensors.encode(
            .random(seed: seed, metadata: ["a": "b"]) { $0 != .complex128 })
        for _ in 0..<100 {
            let bytes = mutated(whole, using: &generator)
            do {
                let read = try Safetensors.decode(bytes, named: "mutated")
                // What was read accounts for every byte behind the header.
                let header = bytes.little(UInt64.self, at: 0)
                #expect(read.byteCount == bytes.count - 8 - Int(header))
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}

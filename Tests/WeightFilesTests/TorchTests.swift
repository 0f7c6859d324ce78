import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import WeightFiles

/// The Python that comes with libtorch, where it is installed.
private enum Torch {
    static let python = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending(".libtorch/bin/python")

    /// Whether it has PyTorch and NumPy; `make setup` installs them.
    static let isInstalled = has(["torch", "numpy"])

    /// Whether it has the safetensors package too.
    static let hasSafetensors = isInstalled && has(["safetensors"])

    /// Looks for packages without importing them, which takes PyTorch a second or more.
    private static func has(_ packages: [String]) -> Bool {
        guard FileManager.default.isExecutableFile(atPath: python.string) else { return false }
        let script =
            "import sys, importlib.util as u; sys.exit(not all(map(u.find_spec, sys.argv[1:])))"
        return (try? Program.run(python, ["-c", script] + packages))?.status == 0
    }

    /// Runs a script; what it prints.
    static func run(_ script: String, _ arguments: [String]) throws -> String {
        let run = try Program.run(python, ["-c", script] + arguments)
        try #require(run.status == 0, "\(run.errors)")
        return run.output
    }
}

@Suite(
    .enabled(if: Torch.isInstalled, "PyTorch is not in .libtorch; make setup installs it"))
struct `Weights between here and PyTorch` {
    /// Saves one dictionary in many ways, and lists name, scalar, shape and sum of every tensor's
    /// bytes, as the dense little-endian numbers that PyTorch itself takes them for.
    static let saving = """
        import sys, collections, torch
        folder = sys.argv[1]
        torch.manual_seed(3)
        base = torch.randn(24)
        module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
        state = module.state_dict()
        plain = {
            "shared.head": base[:6].view(2, 3), "shared.tail": base[18:],
            "transposed": base.view(4, 6).t(), "permuted": base.view(2, 3, 4).permute(2, 0, 1),
            "stepped": base.view(4, 6)[::2, 1::3], "expanded": base[:3].expand(5, 3),
            "half": base.half(), "bfloat": base.bfloat16().view(6, 4).t(), "double": base.double(),
            "long": torch.arange(-3, 4), "bool": base > 0, "byte": torch.arange(5, dtype=torch.uint8),
            "scalar": torch.tensor(2.5), "empty": torch.zeros(0, 3),
            "parameter": torch.nn.Parameter(base.view(4, 6)[:, :3]),
            "complex": torch.complex(base, base.flip(0)),
            "int": torch.arange(3, dtype=torch.int32), "short": torch.arange(3, dtype=torch.int16),
        }
        late = {"u16": torch.arange(300).to(torch.uint16), "f8": base.to(torch.float8_e4m3fn),
                "u64": torch.arange(3).to(torch.uint64)[1:]}
        def note(name, tensors):
            with open(f"{folder}/{name}.txt", "w") as file:
                for key, value in tensors.items():
                    dense = value.detach().contiguous()
                    raw = bytes(dense.flatten().view(torch.uint8).tolist()) if dense.numel() else b""
                    dtype = str(dense.dtype).split(".")[1]
                    shape = "x".join(map(str, dense.shape))
                    file.write(f"{key} {dtype} {shape or '-'} {raw.hex() or '-'}\\n")
        def save(name, contents, tensors, **options):
            torch.save(contents, f"{folder}/{name}", **options)
            note(name, tensors)
        save("plain", plain, plain)
        save("ordered", collections.OrderedDict(plain), plain)
        save("module", state, state)
        save("ema", {"params": {"other": base}, "params_ema": plain, "iter": 5}, plain)
        save("params", {"params": state}, state)
        save("run", {"epoch": 3, "state_dict": state, "best": 0.5, "optimizer": {"lr": [1e-4]}}, state)
        save("parallel", {f"module.{key}": value for key, value in plain.items()}, plain)
        save("late", late, late)
        for protocol in (3, 4, 5):
            save(f"protocol{protocol}", plain, plain, pickle_protocol=protocol)
        legacy = {key: value for key, value in plain.items()}
        save("legacy", legacy, legacy, _use_new_zipfile_serialization=False)
        save("legacy-module", {"params": state, "iter": 2}, state, _use_new_zipfile_serialization=False)
        torch.serialization.set_crc32_options(False)
        save("unchecked", plain, plain)
        """

    @Test func `are read as PyTorch has them, however they were saved`() throws {
        let folder = try ScratchFolder()
        _ = try Torch.run(Self.saving, [folder.path.string])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path.string)
            .filter { !$0.hasSuffix(".txt") }
        #expect(names.count == 14)
        for name in names.sorted() {
            let read = try WeightFile.read(folder.appending(name))
            let lines = try String(
                contentsOfFile: folder.appending("\(name).txt").string, encoding: .utf8
            ).split(separator: "\n")
            #expect(read.count == lines.count, "\(name)")
            for (key, line) in zip(read.names, lines) {
                let words = line.split(separator: " ").map(String.init)
                let tensor = try #require(read[key])
                #expect(words[0] == key, "\(name)")
                #expect(words[1] == tensor.scalar.pythonName, "\(name) \(key)")
                let shape = tensor.shape.map(String.init).joined(separator: "x")
                #expect(words[2] == (shape.isEmpty ? "-" : shape), "\(name) \(key)")
                let raw = tensor.bytes.map {
                    String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
                }
                .joined()
                #expect(words[3] == (raw.isEmpty ? "-" : raw), "\(name) \(key)")
            }
        }
    }

    @Test func `of a whole module, of TorchScript and of NumPy's pickle are refused`() throws {
        let folder = try ScratchFolder()
        _ = try Torch.run(
            """
            import sys, torch, numpy
            folder = sys.argv[1]
            torch.save(torch.nn.Linear(2, 2), f"{folder}/module")
            torch.jit.script(torch.nn.Linear(2, 2)).save(f"{folder}/script")
            torch.save({"a": numpy.zeros(3)}, f"{folder}/numpy")
            torch.save({"a": torch.zeros(2), "epoch": 3}, f"{folder}/mixed")
            torch.save([torch.zeros(2)], f"{folder}/list")
            """, [folder.path.string])
        for (name, words) in [
            ("module", "torch.nn.modules.linear"), ("script", "TorchScript"), ("numpy", "numpy"),
            ("mixed", "\"epoch\" is a number"), ("list", "not a dictionary"),
        ] {
            let error = try #require(throws: WeightFileError.self) {
                try WeightFile.read(folder.appending(name))
            }
            #expect(error.description.contains(words), "\(error)")
        }
    }

    /// Loads files of ours and lists them as the other way round.
    static let loading = """
        import sys, torch, zipfile
        raw = lambda tensor: bytes(tensor.flatten().view(torch.uint8).tolist()) if tensor.numel() else b""
        for path in sys.argv[1:]:
            loaded = torch.load(path, weights_only=True)
            assert loaded["arch"] == "rrdb" and list(loaded) == ["arch", "params"]
            mapped = torch.load(path, weights_only=True, mmap=True)["params"]
            assert zipfile.ZipFile(path).testzip() is None
            for key, value in loaded["params"].items():
                assert value.is_contiguous() and not value.requires_grad
                assert raw(value) == raw(mapped[key])
                dtype = str(value.dtype).split(".")[1]
                print(key.split(".")[1], dtype, list(value.shape), raw(value).hex() or "-", sep="|")
        """

    @Test func `written here load with weights_only, mapped or not, zip64 or not`() throws {
        var dictionary = StateDictionary.random(seed: 11) { $0.storageName != nil }
        for (index, scalar) in WeightScalar.allCases.enumerated() where scalar.storageName != nil {
            dictionary["body.\(100 + index)."] = WeightTensor(
                scalar: scalar, shape: [2, 1],
                bytes: Array(repeating: 1, count: 2 * scalar.byteCount))
        }
        dictionary.metadata = ["arch": "rrdb"]
        let folder = try ScratchFolder()
        var paths: [String] = []
        for limit in [ZipWriter.narrowLimit, 0, 64] {
            let path = folder.appending("ours\(limit).pth").string
            let bytes = try PyTorchFile.encode(dictionary, key: "params", narrowLimit: limit)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            paths.append(path)
        }
        let lines = try Torch.run(Self.loading, paths).split(separator: "\n").map(String.init)
        let expected = dictionary.entries.map { name, tensor in
            let raw = tensor.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
                .joined()
            return "\(name.split(separator: ".")[1])|\(tensor.scalar.pythonName)|\(tensor.shape)|"
                + (raw.isEmpty ? "-" : raw)
        }
        #expect(lines == expected + expected + expected)
    }

    @Test(
        .enabled(if: Torch.hasSafetensors, "the safetensors package is not in .libtorch"))
    func `go to and from the safetensors package`() throws {
        var dictionary = StateDictionary.random(
            seed: 12, metadata: ["arch": "rrdb \"x\"", "b": "µ\n"]
        ) { $0 != .complex128 }
        for (index, scalar) in WeightScalar.allCases.enumerated() where scalar != .complex128 {
            dictionary["each.\(index)"] = WeightTensor(
                scalar: scalar, shape: [3], bytes: Array(repeating: 1, count: 3 * scalar.byteCount))
        }
        dictionary["odd"] = WeightTensor(scalar: .uint8, shape: [3], bytes: [1, 2, 3])
        dictionary["wide"] = WeightTensor([0.5, -2], shape: [2], scalar: .float64)
        let folder = try ScratchFolder()
        let path = folder.appending("ours.safetensors")
        try Safetensors.write(dictionary, to: path)
        _ = try Torch.run(
            """
            import sys
            from safetensors import safe_open
            from safetensors.torch import save_file
            with safe_open(sys.argv[1], "pt") as file:
                save_file({key: file.get_tensor(key) for key in file.keys()}, sys.argv[2], file.metadata())
            """, [path.string, folder.appending("theirs").string])
        let back = try WeightFile.read(folder.appending("theirs"))
        #expect(back.metadata == dictionary.metadata)
        #expect(Set(back.names) == Set(dictionary.names))
        for name in dictionary.names { #expect(back[name] == dictionary[name], "\(name)") }
    }
}

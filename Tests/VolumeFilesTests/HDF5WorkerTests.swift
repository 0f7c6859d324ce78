import Foundation
import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import VolumeFiles

/// The child process that meets foreign files, and the folder its links stay in.
@Suite struct `HDF5 decoder` {
    private let folder: ScratchFolder
    init() throws { folder = try ScratchFolder() }

    @Test(.enabled(if: SharedData.isPresent))
    func `that crashes becomes an error that names the signal`() throws {
        // HDF5 1.10.8 divides by zero while it lists this file.
        let path = SharedData.folder.appending("hdf5-malformed/cve_cve-2021-46244.h5")
        do throws(VolumeFileError) {
            _ = try HDF5ScanReader(ScanLocation(path))
        } catch .malformed(let file, let problem) {
            #expect(file == path)
            #expect(problem.contains("crashed its decoder (SIG") || !problem.contains("decoder"))
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func `goes away with its reader, and leaves no descriptor open`() throws {
        let path = folder.appending("small.h5")
        let writer = try HDF5ScanWriter(
            creating: path, shape: Shape(edge: 4), elementType: .uint8, voxelSize: nil,
            description: "")
        try writer.append(
            RawSlab(
                elementType: .uint8, shape: Shape(edge: 4), bytes: Array(repeating: 5, count: 64)))
        try writer.finish()
        var processID: pid_t = 0
        do {
            let worker = try DecodeWorkerProcess(
                program: Program.buildFolder.appending("tomopair"), for: path)
            let reply = try worker.ask(
                .open(path: path.string, dataset: nil, root: nil, allowsGaps: false), seconds: 30)
            guard case .opened = reply else { throw VolumeFileError.missing(path) }
            processID = worker.processID
            // Its own standard streams, its end of the socket, the memory and the file: no more.
            let open = try FileManager.default.contentsOfDirectory(
                atPath: "/proc/\(processID)/fd")
            #expect(Set(open).isSubset(of: ["0", "1", "2", "3", "4", "5", "6", "7", "8"]))
            kill(processID, SIGKILL)
            #expect {
                try worker.ask(.read(lower: 0, upper: 1, offset: 0), seconds: 30)
            } throws: {
                "\($0)".contains("SIGKILL")
            }
        }
        // Waited for: neither running nor a zombie.
        #expect(kill(processID, 0) == -1)
    }

    @Test func `that never answers is stopped`() throws {
        let worker = try DecodeWorkerProcess(
            program: "/bin/sleep", for: "slow.h5", arguments: ["sleep", "60"])
        #expect {
            try worker.answer(seconds: 1)
        } throws: {
            "\($0)".contains("no answer within 1 seconds")
        }
    }

    @Test func `says what is missing`() {
        #expect(throws: VolumeFileError.missing("/nowhere/scan.h5")) {
            try HDF5ScanReader(ScanLocation("/nowhere/scan.h5"))
        }
    }

    /// Files of the sort an attacker or a moved folder brings, made by h5py; what each gives.
    @Test(.enabled(if: Program.hasPython))
    func `follows references inside the folder alone, and reads odd storage`() throws {
        let run = try Program.python(Self.fixtures, [folder.path.string])
        try #require(run.status == 0, "\(run.errors)")
        let inside = folder.appending("in")
        let sum = (0..<24).reduce(0, +)
        for (name, words) in [
            ("link_in", nil), ("soft", nil), ("raw_in", nil), ("virtual_in", nil),
            ("truth", nil), ("squeezed", nil),
            ("link_out", "outside its own folder"), ("link_absolute", "outside its own folder"),
            ("link_symbolic", "outside its own folder"), ("raw_out", "outside its own folder"),
            ("raw_absolute", "outside its own folder"), ("virtual_out", "outside its own folder"),
            ("virtual_through_link", "outside its own folder"),
            ("virtual_of_raw", "outside its own folder"), ("circle", "in circles"),
            ("dangling", "/nothing, which does not exist"),
            ("virtual_missing", "no.h5, which does not exist"), ("raw_short", "raw files hold 48"),
            ("huge", "2250000000000 bytes"), ("huge_chunk", "chunks of 1024 MiB"),
            ("never_written", "nothing was written"), ("lzf", "filter 32000 (lzf)"),
            ("complex", "not numbers"), ("two", "choose one with --dataset"),
        ] as [(String, String?)] {
            do throws(VolumeFileError) {
                let reader = try HDF5ScanReader(ScanLocation(inside.appending("\(name).h5")))
                let voxels = try reader.readAll().convert(to: Double.self)
                #expect(words == nil, "\(name) is read")
                let total = voxels.array.reduce(0, +)
                #expect(total == Double(sum), "\(name)")
            } catch {
                #expect(words.map { error.description.contains($0) } ?? false, "\(name): \(error)")
            }
        }
        let wider = ScanLocation(inside.appending("link_out.h5"), root: folder.path)
        #expect(try HDF5ScanReader(wider).description.shape.count == 24)
        try readOddStorage(inside)
    }

    /// Other byte orders, chunks never written, and a volume that compresses a thousand times.
    private func readOddStorage(_ inside: FilePath) throws {
        let big = try HDF5ScanReader(ScanLocation(inside.appending("big_endian.h5")))
        let voxels = try big.readAll().volume(as: UInt16.self)
        let expected = (0..<24_000).map { UInt16($0) }
        #expect(voxels.array == expected)
        let sparse = try HDF5ScanReader(ScanLocation(inside.appending("sparse.h5"))).readAll()
        let values = sparse.volume(as: Float.self).array
        let written = values.count { $0 == 7 }
        #expect(written == 512)
        #expect(values.count { $0 == 1.5 } == values.count - written)
        let zeros = try HDF5ScanReader(ScanLocation(inside.appending("zeros.h5")))
        #expect(zeros.description.shape == Shape(depth: 300, height: 1024, width: 1024))
        #expect(try zeros.read(299..<300).bytes.allSatisfy { $0 == 0 })
    }

    @Test(.enabled(if: Program.hasPython))
    func `finds a voxel size where it has a unit, and nowhere else`() throws {
        let run = try Program.python(Self.sizes, [folder.path.string])
        try #require(run.status == 0, "\(run.errors)")
        for (name, source) in [
            ("nexus", "/entry/data@axes"), ("ilastik", "@axistags"), ("suffix", "@voxel_size_um"),
            ("unit", "@pixel_size"), ("detector", "@x_pixel_size"),
            ("netcdf", "/@voxel_size_xyz"), ("bare", nil),
        ] as [(String, String?)] {
            let location = ScanLocation(folder.appending("\(name).h5"))
            let found = try HDF5ScanReader(location).description.voxelSize
            guard let source else {
                #expect(found == nil, "\(name)")
                continue
            }
            let size = try #require(found, "\(name)")
            #expect(size.source.contains(source))
            let depth = name == "netcdf" ? 5.0 : 2.5
            #expect(abs(size.size.widthInMicrometres - 2.5) < 1e-6)
            #expect(abs(size.size.depthInMicrometres - depth) < 1e-6)
        }
    }

    private static let fixtures = """
        import h5py, numpy as np, os, sys
        os.makedirs(sys.argv[1] + "/in")
        os.chdir(sys.argv[1] + "/in")
        v = np.arange(24, dtype="u2").reshape(2, 3, 4)
        def make(name, **options): return h5py.File(name + ".h5", "w", **options)
        def link(name, *target):
            with make(name) as f: f["a"] = h5py.ExternalLink(*target)
        def raw(name, *files, shape=(2, 3, 4), dtype="u2"):
            with make(name) as f:
                f.create_dataset("a", shape=shape, dtype=dtype, external=list(files))
        def virtual(name, source, dataset="data"):
            with make(name, libver="latest") as f:
                layout = h5py.VirtualLayout(shape=v.shape, dtype="u2")
                layout[...] = h5py.VirtualSource(source, dataset, shape=v.shape)
                f.create_virtual_dataset("a", layout)
        v.tofile("../secret.raw"); v.tofile("own.raw")
        for name in ["../out", "inner"]:
            with make(name) as f: f["data"] = v
        os.symlink("../out.h5", "other.h5")
        link("link_out", "../out.h5", "/data"); link("link_in", "inner.h5", "/data")
        link("link_absolute", sys.argv[1] + "/out.h5", "/data")
        link("link_symbolic", "other.h5", "/data")
        with make("soft") as f: f["g/data"] = v; f["a"] = h5py.SoftLink("/g/data")
        with make("circle") as f: f["a"] = h5py.SoftLink("/b"); f["b"] = h5py.SoftLink("/a")
        with make("dangling") as f: f["a"] = h5py.SoftLink("/nothing")
        raw("raw_in", ("own.raw", 0, 48)); raw("raw_out", ("../secret.raw", 0, 48))
        raw("raw_absolute", ("/etc/passwd", 0, 24), dtype="u1")
        raw("raw_short", ("own.raw", 0, h5py.h5f.UNLIMITED), shape=(2, 3, 5))
        virtual("virtual_in", "inner.h5"); virtual("virtual_out", "../out.h5")
        virtual("virtual_missing", "no.h5"); virtual("virtual_through_link", "link_out.h5", "a")
        virtual("virtual_of_raw", "raw_out.h5", "a")
        with make("huge") as f:
            f.create_dataset("a", shape=(10000, 15000, 15000), dtype="u1", chunks=(64, 64, 64),
                             compression="gzip")
        with make("huge_chunk") as f:
            f.create_dataset("a", shape=(1024,) * 3, dtype="u1", chunks=(1024,) * 3)
        with make("never_written") as f: f.create_dataset("a", shape=(2000,) * 3, dtype="u2")
        with make("lzf") as f: f.create_dataset("a", data=v, chunks=(2, 3, 4), compression="lzf")
        with make("truth") as f:
            w = np.zeros(500, bool); w[:276] = True; f["a"] = w.reshape(5, 10, 10)
        with make("squeezed") as f: f["a"] = v.reshape(1, 2, 1, 3, 4).astype("f4")
        with make("complex") as f: f["a"] = np.ones((4, 5, 6), "c8")
        with make("two") as f: f["a"] = v; f["b"] = v
        with make("big_endian") as f:
            f.create_dataset("a", data=np.arange(24000).reshape(20, 30, 40).astype(">u2"),
                             chunks=(8, 16, 32), compression="gzip", shuffle=True)
        with make("sparse") as f:
            d = f.create_dataset("a", shape=(20,) * 3, dtype=">f4", chunks=(8,) * 3,
                                 compression="gzip", shuffle=True, fillvalue=1.5)
            d[:8, 8:16, :8] = 7
        with make("zeros") as f:
            d = f.create_dataset("a", shape=(300, 1024, 1024), dtype="u1", chunks=(75, 1024, 1024),
                                 compression="gzip", shuffle=True)
            d[0:75] = 0; d[299, 0, 0] = 0
        """

    private static let sizes = """
        import h5py, json, numpy as np, os, sys
        os.chdir(sys.argv[1])
        v = np.zeros((3, 4, 5), "u1")
        def make(name): return h5py.File(name + ".h5", "w")
        with make("nexus") as f:
            f.attrs["default"] = "entry"
            e = f.create_group("entry"); e.attrs["NX_class"] = "NXentry"; e.attrs["default"] = "data"
            d = e.create_group("data"); d.attrs["NX_class"] = "NXdata"
            d.attrs["signal"] = "s"; d.attrs["axes"] = ["z", "y", "x"]; d["s"] = v
            for k, n in zip("zyx", v.shape):
                d[k] = np.arange(n) * 0.0025; d[k].attrs["units"] = "mm"
        with make("ilastik") as f:
            f["volume/data"] = v
            axes = [{"key": k, "typeFlags": 2, "resolution": 2.5, "description": ""} for k in "zyx"]
            f["volume/data"].attrs["axistags"] = json.dumps({"axes": axes})
            f["volume/data"].attrs["axis_units"] = json.dumps({k: "um" for k in "zyx"})
        with make("suffix") as f: f["a"] = v; f["a"].attrs["voxel_size_um"] = 2.5
        with make("unit") as f:
            f["a"] = v; f["a"].attrs["pixel_size"] = [0.0025] * 3
            f["a"].attrs["pixel_size_unit"] = "mm"
        with make("detector") as f:
            f["entry/instrument/detector/data"] = v
            for k in "xy":
                n = f"entry/instrument/detector/{k}_pixel_size"
                f[n] = 2.5e-6; f[n].attrs["units"] = "m"
        with make("netcdf") as f:
            f["tomo"] = v; f.attrs["voxel_size_xyz"] = [0.0025, 0.0025, 0.005]
            f.attrs["voxel_unit"] = "mm"
        with make("bare") as f:
            f["a"] = v; f["a"].attrs["voxel_size"] = 2.5; f["a"].attrs["spacing"] = [1, 2, 3]
        """
}

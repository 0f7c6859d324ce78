import Foundation
import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import VolumeFiles

@Suite struct `HDF5 of ours` {
    private let folder: ScratchFolder
    init() throws { folder = try ScratchFolder() }

    /// Voxels of any type, from a seed.
    private func slab(_ elementType: ElementType, _ shape: Shape, seed: UInt64) -> RawSlab {
        // Noise that repeats after a prime number of bytes, so that no two rows are alike.
        var state = seed
        let noise = (0..<4099).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(state >> 62)
        }
        let count = shape.count * elementType.byteCount
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += noise.prefix(count - bytes.count) }
        return RawSlab(elementType: elementType, shape: shape, bytes: bytes)
    }

    private func slices(_ slab: RawSlab, _ range: Range<Int>) -> RawSlab {
        let sliceBytes = slab.shape.sliceCount * slab.elementType.byteCount
        return RawSlab(
            elementType: slab.elementType, shape: slab.shape.withDepth(range.count),
            bytes: Array(
                slab.bytes[(range.lowerBound * sliceBytes)..<(range.upperBound * sliceBytes)]))
    }

    @discardableResult
    private func write(
        _ slab: RawSlab, to name: String, slabsOf height: Int, voxelSize: VoxelSize? = nil,
        origin: SIMD3<Double> = .zero
    ) throws -> FilePath {
        let path = folder.appending(name)
        let writer = try HDF5ScanWriter(
            creating: path, shape: slab.shape, elementType: slab.elementType, voxelSize: voxelSize,
            originInMicrometres: origin, description: "grey values")
        for start in stride(from: 0, to: slab.shape.depth, by: height) {
            try writer.append(slices(slab, start..<min(start + height, slab.shape.depth)))
        }
        try writer.finish()
        return path
    }

    @Test(arguments: ElementType.allCases)
    func `comes back voxel by voxel`(elementType: ElementType) throws {
        let shape = Shape(depth: 66, height: 65, width: 5)
        let whole = slab(elementType, shape, seed: 7)
        let path = try write(whole, to: "\(elementType).h5", slabsOf: 66)
        let trusted = try HDF5ScanReader(trusted: path, dataset: "/exchange/data")
        #expect(trusted.description.elementType == elementType)
        #expect(trusted.description.shape == shape)
        #expect(try trusted.readAll() == whole)
        // Slabs that end inside a row of chunks, and one across two rows.
        for range in [0..<3, 3..<64, 64..<66, 60..<66, 65..<66] {
            #expect(try trusted.read(range) == slices(whole, range), "\(range)")
        }
        let foreign = try HDF5ScanReader(ScanLocation(path))
        #expect(try foreign.readAll() == whole)
        #expect(try foreign.read(60..<65) == slices(whole, 60..<65))
    }

    @Test func `is the same bytes whatever the slabs`() throws {
        let whole = slab(.uint16, Shape(depth: 130, height: 10, width: 70), seed: 3)
        let first = try write(whole, to: "a.h5", slabsOf: 130)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: first.string))
        for height in [1, 7, 64, 100] {
            let path = try write(whole, to: "b\(height).h5", slabsOf: height)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path.string)) == bytes)
        }
    }

    @Test func `is the same bytes where a row of chunks waits on the disk`() throws {
        let whole = slab(.uint16, Shape(depth: 130, height: 150, width: 70), seed: 4)
        let kept = try write(whole, to: "kept.h5", slabsOf: 9)
        let path = folder.appending("spooled.h5")
        let file = try HDF5FileWriter(creating: path, memoryForRow: 1)
        let writer = try file.addVolume(
            "/exchange/data", shape: whole.shape, elementType: .uint16, voxelSize: nil,
            description: "test")
        for z in stride(from: 0, to: 130, by: 9) {
            try writer.append(slices(whole, z..<min(z + 9, 130)))
        }
        try writer.finish()
        try file.finish()
        #expect(try HDF5ScanReader(trusted: path, dataset: "/exchange/data").readAll() == whole)
        #expect(
            try HDF5ScanReader(trusted: kept, dataset: "/exchange/data").readAll() == whole)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path.string)
        #expect(!names.contains { $0.contains("spool.") && $0.hasSuffix(".part") })
    }

    @Test func `keeps the voxel size and says where it is`() throws {
        let size = try #require(
            VoxelSize(depthInMicrometres: 2.5, heightInMicrometres: 2.25, widthInMicrometres: 2))
        let path = try write(
            slab(.uint8, Shape(depth: 3, height: 4, width: 5), seed: 1), to: "v.h5", slabsOf: 3,
            voxelSize: size)
        let found = try HDF5ScanReader(ScanLocation(path)).description.voxelSize
        #expect(found?.size == size)
        #expect(found?.source == "v.h5: /exchange/data@element_size_um=2.5, 2.25, 2.0")
    }

    @Test func `holds several volumes, written in turn`() throws {
        let path = folder.appending("pair.h5")
        let low = slab(.uint16, Shape(depth: 66, height: 10, width: 11), seed: 1)
        let labels = slab(.uint8, Shape(depth: 66, height: 20, width: 21), seed: 2)
        let file = try HDF5FileWriter(creating: path)
        let size = VoxelSize(micrometres: 2)
        let first = try file.addVolume(
            "/low", shape: low.shape, elementType: .uint16, voxelSize: size, description: "LOW")
        let second = try file.addVolume(
            "/labels", shape: labels.shape, elementType: .uint8, voxelSize: size,
            description: "pores")
        for z in 0..<66 {
            try first.append(slices(low, z..<(z + 1)))
            try second.append(slices(labels, z..<(z + 1)))
        }
        try first.finish()
        try second.finish()
        try file.finish()
        #expect(try HDF5ScanReader(trusted: path, dataset: "/low").readAll() == low)
        #expect(try HDF5ScanReader(trusted: path, dataset: "/labels").readAll() == labels)
    }

    @Test func `never replaces a file`() throws {
        let path = try write(
            slab(.uint8, Shape(edge: 2), seed: 1), to: "once.h5", slabsOf: 2)
        #expect(throws: VolumeFileError.self) { try HDF5FileWriter(creating: path) }
        #expect(
            throws: VolumeFileError.self,
            performing: { try HDF5FileWriter(creating: folder.appending("no/such/folder.h5")) })
    }

    @Test(.enabled(if: Program.hasPython))
    func `reads in h5py with equal pixels and its attributes`() throws {
        let size = VoxelSize(micrometres: 2.25)
        let whole = slab(.uint16, Shape(depth: 70, height: 50, width: 80), seed: 9)
        let path = try write(
            whole, to: "python.h5", slabsOf: 33, voxelSize: size, origin: SIMD3(10, 20, 30))
        let raw = folder.appending("python.raw").string
        try Data(whole.bytes).write(to: URL(fileURLWithPath: raw))
        let script = """
            import h5py, json, numpy as np, sys
            f = h5py.File(sys.argv[1])
            d = f["/exchange/data"]
            v = np.fromfile(sys.argv[2], "<u2").reshape(70, 50, 80)
            assert d.dtype == "<u2" and (d[()] == v).all()
            assert d.chunks == (64, 50, 64) and d.shuffle and d.compression_opts == 1
            assert d.attrs["axes"] == "z:y:x" and f["implements"][()] == b"exchange"
            assert list(d.attrs["element_size_um"]) == [2.25] * 3
            tags = json.loads(d.attrs["axistags"])["axes"]
            assert [(t["key"], t["resolution"]) for t in tags] == [(k, 2.25) for k in "zyx"]
            p = f[f.attrs["default"]]
            assert p.attrs["NX_class"] == "NXentry"
            p = p[p.attrs["default"]]
            assert p.attrs["NX_class"] == "NXdata" and list(p.attrs["axes"]) == list("zyx")
            assert p[p.attrs["signal"]] == d and p["x"].attrs["units"] == "um"
            assert p["z"][0] == 10 + 1.125 and p["x"][79] == 30 + 79.5 * 2.25
            print("equal")
            """
        let run = try Program.python(script, [path.string, raw])
        #expect(run.output == "equal\n", "\(run.errors)")
    }

    @Test func `has an XDMF file beside it for ParaView`() throws {
        let path = folder.appending("a&b.h5")
        let target = folder.appending("a&b.xmf")
        let size = try #require(VoxelSize(micrometres: 2))
        let volume = XDMFVolume(
            dataset: "/exchange/data", shape: Shape(depth: 2, height: 3, width: 4),
            elementType: .uint16, voxelSize: size, originInMicrometres: SIMD3(1, 0, 0))
        try writeXDMF(beside: path, to: target, volumes: [volume])
        let text = try String(contentsOfFile: target.string, encoding: .utf8)
        #expect(text.contains(">a&amp;b.h5:/exchange/data<"))
        #expect(text.contains("Dimensions=\"2 3 4\" NumberType=\"UShort\" Precision=\"2\""))
        #expect(text.contains(">2.0 1.0 1.0<"))
        #expect(throws: VolumeFileError.self) {
            try writeXDMF(beside: path, to: target, volumes: [volume])
        }
    }
}

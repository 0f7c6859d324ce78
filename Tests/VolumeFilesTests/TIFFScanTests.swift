import Foundation
import Randomness
import SystemPackage
import TestSupport
import Testing
import VolumeFiles
import Volumes

/// Slabs and files for the tests of image formats.
enum ImageFixture {
    /// Voxels that are all different from their neighbours but compress a little.
    static func slab(_ type: ElementType, _ shape: Shape, seed: UInt64 = 1) -> RawSlab {
        var generator = SplitMix64(seed: seed)
        let bytes = (0..<(shape.count * type.byteCount)).map { index in
            UInt8(truncatingIfNeeded: index / 7) &+ UInt8.random(in: 0...3, using: &generator)
        }
        return RawSlab(elementType: type, shape: shape, bytes: bytes)
    }

    /// Writes a slab as a TIFF, two slices at a time.
    @discardableResult static func writeTIFF(
        _ slab: RawSlab, to path: FilePath, voxelSize: VoxelSize? = nil,
        compression: TIFFCompression = .none
    ) throws -> FilePath {
        let writer = try TIFFScanWriter(
            creating: path, shape: slab.shape, elementType: slab.elementType,
            voxelSize: voxelSize, compression: compression)
        let size = slab.bytes.count / slab.shape.depth
        for z in stride(from: 0, to: slab.shape.depth, by: 2) {
            let depth = min(2, slab.shape.depth - z)
            try writer.append(
                RawSlab(
                    elementType: slab.elementType, shape: slab.shape.withDepth(depth),
                    bytes: Array(slab.bytes[(z * size)..<((z + depth) * size)])))
        }
        try writer.finish()
        return path
    }

    static func write(_ bytes: [UInt8], to path: FilePath) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path.string))
    }

    static func bytes(of path: FilePath) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path.string)))
    }
}

@Suite struct `TIFF scans` {
    let scratch: ScratchFolder
    init() throws { scratch = try ScratchFolder() }

    @Test(arguments: ElementType.allCases, TIFFCompression.allCases)
    func `come back as they were written`(
        type: ElementType, compression: TIFFCompression
    ) throws {
        let slab = ImageFixture.slab(type, Shape(depth: 5, height: 13, width: 17))
        let size = try #require(
            VoxelSize(
                depthInMicrometres: 5.345, heightInMicrometres: 2.25, widthInMicrometres: 0.65))
        let path = try ImageFixture.writeTIFF(
            slab, to: scratch.appending("scan.tif"), voxelSize: size, compression: compression)
        let reader = try TIFFScanReader(ScanLocation(path))
        #expect(try reader.readAll() == slab)
        #expect(reader.description.format == .tiff)
        #expect(reader.description.files == [path])
        #expect(reader.description.notes == [])
        let found = try #require(reader.description.voxelSize)
        #expect(found.size == size)
        #expect(
            found.source
                == "scan.tif: unit=um, XResolution=20/13, YResolution=4/9, spacing=5.345")
        let part = try reader.read(2..<4)
        let sliceBytes = slab.bytes.count / 5
        #expect(part.bytes == Array(slab.bytes[(2 * sliceBytes)..<(4 * sliceBytes)]))
    }

    @Test func `without a voxel size have none`() throws {
        let slab = ImageFixture.slab(.uint16, Shape(edge: 4))
        let path = try ImageFixture.writeTIFF(slab, to: scratch.appending("scan.tif"))
        #expect(try TIFFScanReader(ScanLocation(path)).description.voxelSize == nil)
    }

    @Test(arguments: UInt64(0)..<30)
    func `keep any voxel size to the last digits`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let edge = exp(Double.random(in: -5...8, using: &generator))
        let size = try #require(VoxelSize(micrometres: edge))
        let path = try ImageFixture.writeTIFF(
            ImageFixture.slab(.uint8, Shape(edge: 2)), to: scratch.appending("scan.tif"),
            voxelSize: size)
        let found = try #require(
            try TIFFScanReader(ScanLocation(path)).description.voxelSize
        ).size
        #expect(found.depthInMicrometres == edge)
        // Two 32-bit numbers express a fraction to about 19 digits near one, fewer far from it.
        #expect(abs(found.widthInMicrometres / edge - 1) < 1e-9)
    }

    @Test(arguments: TIFFCompression.allCases)
    func `cut anywhere are an error or complete`(compression: TIFFCompression) throws {
        let slab = ImageFixture.slab(.uint16, Shape(depth: 6, height: 20, width: 30))
        let whole = try ImageFixture.bytes(
            of: ImageFixture.writeTIFF(
                slab, to: scratch.appending("whole.tif"), compression: compression))
        var generator = SplitMix64(seed: 7)
        let path = scratch.appending("cut.tif")
        let cuts =
            (0..<60).map { _ in Int.random(in: 0..<whole.count, using: &generator) }
            + [0, 1, 7, 8, 15, 16, whole.count - 1, whole.count]
        for cut in cuts {
            try ImageFixture.write(Array(whole[..<cut]), to: path)
            let result = Result { try TIFFScanReader(ScanLocation(path)).readAll() }
            switch result {
            case .success(let read): #expect(read == slab, "cut at \(cut)")
            case .failure(let error):
                guard case VolumeFileError.malformed(path, _) = error else {
                    Issue.record("cut at \(cut): \(error)")
                    continue
                }
            }
        }
    }

    @Test(arguments: UInt64(0)..<300)
    func `damaged anywhere never stop the program`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let slab = ImageFixture.slab(.uint16, Shape(depth: 3, height: 8, width: 9))
        let whole = scratch.appending("whole.tif")
        try ImageFixture.writeTIFF(
            slab, to: whole, compression: seed % 2 == 0 ? .none : .deflate)
        var bytes = try ImageFixture.bytes(of: whole)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            // Half of the damage hits the directories, which are the last part of the file.
            let start = Bool.random(using: &generator) ? 0 : bytes.count - 700
            bytes[Int.random(in: max(0, start)..<bytes.count, using: &generator)] =
                [0, 1, 2, 0x7F, 0x80, 0xFF, .random(in: 0...255, using: &generator)]
                .randomElement(using: &generator) ?? 0
        }
        let path = scratch.appending("damaged.tif")
        try ImageFixture.write(bytes, to: path)
        do throws(VolumeFileError) {
            let reader = try TIFFScanReader(ScanLocation(path))
            #expect(try reader.readAll().shape == reader.description.shape)
        } catch {
            #expect(!error.description.contains("\n"))
        }
    }

    @Test func `of one directory hold as many slices as ImageJ says`() throws {
        let slab = ImageFixture.slab(.uint16, Shape(depth: 4, height: 5, width: 6))
        let path = scratch.appending("huge.tif")
        let text = "ImageJ=1.53t\nimages=4\nslices=4\nunit=micron\nspacing=3\n"
        var file = SmallTIFF(bigEndian: true)
        file.page(
            width: 6, height: 5, bits: 16, pixels: slab.bytes.swappedPairs, text: text,
            stripBytes: 60, resolution: (1, 3))
        try ImageFixture.write(file.bytes, to: path)
        let reader = try TIFFScanReader(ScanLocation(path))
        #expect(try reader.readAll() == slab)
        #expect(reader.description.voxelSize?.size == VoxelSize(micrometres: 3))
        try ImageFixture.write(Array(file.bytes.dropLast(1)), to: path)
        #expect(
            throws: VolumeFileError.malformed(path, problem: "cut: 3 of 4 pages are there")
        ) { try TIFFScanReader(ScanLocation(path)) }
    }

    @Test func `with fewer pages than they promise are broken`() throws {
        let path = scratch.appending("few.tif")
        for text in [
            "{\"shape\": [9, 2, 3]}", "<OME><Pixels SizeX=\"3\" SizeY=\"2\" SizeZ=\"9\"/></OME>",
        ] {
            var file = SmallTIFF()
            file.page(width: 3, height: 2, bits: 8, pixels: [1, 2, 3, 4, 5, 6], text: text)
            try ImageFixture.write(file.bytes, to: path)
            #expect(
                throws: VolumeFileError.malformed(
                    path,
                    problem: "the description speaks of 9 pages, the file has 1: "
                        + "it is cut or part of a set")
            ) { try TIFFScanReader(ScanLocation(path)) }
        }
    }

    @Test func `of several channels and slices are refused`() throws {
        let path = scratch.appending("hyper.tif")
        var file = SmallTIFF()
        for _ in 0..<4 {
            file.page(
                width: 1, height: 1, bits: 8, pixels: [1],
                text: "ImageJ=1.53t\nimages=4\nchannels=2\nslices=2\n")
        }
        try ImageFixture.write(file.bytes, to: path)
        #expect(
            throws: VolumeFileError.unsupported(
                path, problem: "a hyperstack of 2 slices, 2 channels",
                advice: "split channels and time points and give one stack of slices")
        ) { try TIFFScanReader(ScanLocation(path)) }
    }

    @Test(arguments: [
        ("ImageJ=1\nunit=\\u00B5m\nspacing=4\n", 1, [4.0, 2, 2]),
        ("ImageJ=1\nunit=µm\nspacing=-4\n", 1, [4, 2, 2]),
        ("ImageJ=1\nunit=nm\nspacing=2\n", 1, [2e-3, 2e-3, 2e-3]),
        ("ImageJ=1\nunit=mm\nspacing=2\n", 1, [2e3, 2e3, 2e3]),
        ("ImageJ=1\nunit=micron\n", 1, [2, 2, 2]),
        ("ImageJ=1\nunit=pixel\nspacing=4\n", 1, nil),
        ("ImageJ=1\nspacing=4\n", 1, nil),
        (
            "<O:OME><O:Pixels\nSizeX='1' PhysicalSizeX=\"2\" PhysicalSizeY='2' PhysicalSizeZ='3' "
                + "PhysicalSizeXUnit='&#181;m' PhysicalSizeZUnit='nm'>", 2, [3e-3, 2, 2]
        ),
        ("", 1, nil),
    ]) func `state their voxel size in many ways`(
        text: String, unit: Int, edges: [Double]?
    ) throws {
        let path = scratch.appending("size.tif")
        var file = SmallTIFF()
        file.page(
            width: 1, height: 1, bits: 8, pixels: [1], text: text, resolution: (1, 2), unit: unit)
        try ImageFixture.write(file.bytes, to: path)
        let found = try TIFFScanReader(ScanLocation(path)).description.voxelSize?.size
        #expect(
            found
                == edges.flatMap {
                    VoxelSize(
                        depthInMicrometres: $0[0], heightInMicrometres: $0[1],
                        widthInMicrometres: $0[2])
                })
    }

    @Test func `of ImageJ in pixels for a centimetre are understood`() throws {
        let path = scratch.appending("size.tif")
        var file = SmallTIFF()
        file.page(
            width: 1, height: 1, bits: 8, pixels: [1], text: "ImageJ=1\nunit=um\nspacing=4\n",
            resolution: (5000, 1), unit: 3)
        try ImageFixture.write(file.bytes, to: path)
        #expect(
            try TIFFScanReader(ScanLocation(path)).description.voxelSize
                == VoxelSize(
                    depthInMicrometres: 4, heightInMicrometres: 2, widthInMicrometres: 2
                ).map {
                    FoundVoxelSize(
                        $0,
                        source: "size.tif: unit=um, XResolution=5000/1, YResolution=5000/1, "
                            + "ResolutionUnit=cm, spacing=4")
                })
    }

    @Test(
        arguments: [
            (72, 1, 2, nil), (96, 1, 2, nil), (300, 1, 2, nil), (1, 1, 3, nil),
            (11811, 100, 3, nil),
            (5000, 1, 3, 2.0), (5000, 3, 3, 6.0),
            (2_000_000, 1069, 3, 5.345), (25_400, 4, 2, 4.0), (10_000, 1, 1, nil),
        ] as [(Int, Int, Int, Double?)])
    func `with plain resolution tags say a size unless it is a printer's`(
        numerator: Int, denominator: Int, unit: Int, edge: Double?
    ) throws {
        let path = scratch.appending("plain.tif")
        var file = SmallTIFF()
        file.page(
            width: 1, height: 1, bits: 8, pixels: [1], resolution: (numerator, denominator),
            unit: unit)
        try ImageFixture.write(file.bytes, to: path)
        let found = try TIFFScanReader(ScanLocation(path)).description.voxelSize?.size
        #expect(found == edge.flatMap { VoxelSize(micrometres: $0) })
    }

    @Test func `in colour are taken only where it is grey`() throws {
        let path = scratch.appending("colour.tif")
        var file = SmallTIFF()
        file.page(
            width: 2, height: 1, bits: 8, pixels: [5, 5, 5, 9, 9, 9], samples: 3, photometric: 2)
        try ImageFixture.write(file.bytes, to: path)
        let reader = try TIFFScanReader(ScanLocation(path))
        #expect(try reader.readAll().bytes == [5, 9])
        #expect(
            reader.description.notes == ["the colour channels are equal: taken as one grey"])
        file = SmallTIFF()
        file.page(
            width: 2, height: 1, bits: 8, pixels: [5, 5, 5, 9, 9, 8], samples: 3, photometric: 2)
        try ImageFixture.write(file.bytes, to: path)
        #expect(
            throws: VolumeFileError.unsupported(
                path,
                problem: "page 1 is in colour: blue differs from red at row 0, column 1",
                advice: "convert it to 8-bit or 16-bit grey, or split the channels and take one")
        ) { try TIFFScanReader(ScanLocation(path)) }
    }

    @Test func `claiming more pixels than they have bytes take no memory`() throws {
        let path = scratch.appending("bomb.tif")
        for compression in [1, 5, 8, 7, 4, 50000] {
            var file = SmallTIFF()
            file.page(
                width: 1 << 30, height: 1 << 30, bits: 8, pixels: [UInt8](repeating: 0, count: 64),
                compression: compression)
            try ImageFixture.write(file.bytes, to: path)
            #expect(throws: VolumeFileError.self) { try TIFFScanReader(ScanLocation(path)) }
        }
    }

    @Test func `that go in a circle end`() throws {
        let path = scratch.appending("circle.tif")
        var file = SmallTIFF()
        for _ in 0..<3 { file.page(width: 1, height: 1, bits: 8, pixels: [1]) }
        file.endInCircle()
        try ImageFixture.write(file.bytes, to: path)
        #expect(
            throws: VolumeFileError.malformed(
                path, problem: "after page 3 its pages go in a circle")
        ) { try TIFFScanReader(ScanLocation(path)) }
    }
}

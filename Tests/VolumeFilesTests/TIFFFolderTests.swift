import Foundation
import SystemPackage
import TestSupport
import Testing
import VolumeFiles
import Volumes

@Suite struct `Folders of TIFF slices` {
    let scratch: ScratchFolder
    let slab = ImageFixture.slab(.uint16, Shape(depth: 12, height: 7, width: 5))

    init() throws {
        scratch = try ScratchFolder()
        for z in 0..<12 { try write(slice: z, to: "slice_\(z).tif") }
    }

    private func write(slice z: Int, to name: String) throws {
        let size = slab.bytes.count / 12
        try ImageFixture.writeTIFF(
            RawSlab(
                elementType: .uint16, shape: slab.shape.withDepth(1),
                bytes: Array(slab.bytes[(z * size)..<((z + 1) * size)])),
            to: scratch.appending(name), voxelSize: VoxelSize(micrometres: 2.25))
    }

    @Test(arguments: ["", "slice_*.tif", "slice_*"])
    func `are read in the order of their numbers`(pattern: String) throws {
        try ImageFixture.write([1], to: scratch.appending("scan.log"))
        let path = pattern.isEmpty ? scratch.path : scratch.appending(pattern)
        let reader = try TIFFScanReader(ScanLocation(path))
        #expect(try reader.readAll() == slab)
        #expect(reader.description.files == (0..<12).map { scratch.appending("slice_\($0).tif") })
        #expect(reader.description.voxelSize?.size == VoxelSize(micrometres: 2.25))
        let size = slab.bytes.count / 12
        #expect(try reader.read(9..<11).bytes == Array(slab.bytes[(9 * size)..<(11 * size)]))
    }

    @Test func `with a slice missing are refused unless gaps are allowed`() throws {
        try FileManager.default.removeItem(atPath: scratch.appending("slice_5.tif").string)
        #expect(throws: VolumeFileError.self) { try TIFFScanReader(ScanLocation(scratch.path)) }
        let reader = try TIFFScanReader(ScanLocation(scratch.path, allowsGaps: true))
        #expect(reader.description.shape.depth == 11)
        #expect(reader.description.notes.count == 1)
    }

    @Test func `with an odd slice name it`() throws {
        let odd = scratch.appending("slice_12.tif")
        try ImageFixture.writeTIFF(
            ImageFixture.slab(.uint8, Shape(depth: 1, height: 7, width: 6)), to: odd)
        #expect(
            throws: VolumeFileError.unsupported(
                odd, problem: "this slice is 7x6 uint8, slice_0.tif is 7x5 uint16",
                advice: "keep slices of one size and type in a scan")
        ) { try TIFFScanReader(ScanLocation(scratch.path)) }
    }

    @Test func `with a stack among the slices are refused`() throws {
        try ImageFixture.writeTIFF(
            ImageFixture.slab(.uint16, Shape(depth: 2, height: 7, width: 5)),
            to: scratch.appending("slice_12.tif"))
        #expect(throws: VolumeFileError.self) { try TIFFScanReader(ScanLocation(scratch.path)) }
    }

    @Test func `with a slice that goes away later report it`() throws {
        let reader = try TIFFScanReader(ScanLocation(scratch.path))
        let gone = scratch.appending("slice_7.tif")
        try FileManager.default.removeItem(atPath: gone.string)
        #expect(throws: VolumeFileError.missing(gone)) { try reader.readAll() }
        #expect(throws: Never.self) { try reader.read(0..<7) }
    }

    @Test func `do not follow links out of their folder`() throws {
        let other = try ScratchFolder()
        let link = scratch.appending("slice_12.tif")
        try FileManager.default.createSymbolicLink(
            atPath: link.string, withDestinationPath: scratch.appending("slice_3.tif").string)
        #expect(try TIFFScanReader(ScanLocation(scratch.path)).description.shape.depth == 13)
        try FileManager.default.removeItem(atPath: link.string)
        try FileManager.default.moveItem(
            atPath: scratch.appending("slice_11.tif").string,
            toPath: other.appending("slice_11.tif").string)
        let outside = scratch.appending("slice_11.tif")
        try FileManager.default.createSymbolicLink(
            atPath: outside.string, withDestinationPath: other.appending("slice_11.tif").string)
        let error = #expect(throws: VolumeFileError.self) {
            try TIFFScanReader(ScanLocation(scratch.path))
        }
        guard case .outsideRoot(outside, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `that are not there or empty are missing`() throws {
        let absent = scratch.appending("absent")
        #expect(throws: VolumeFileError.missing(absent)) {
            try TIFFScanReader(ScanLocation(absent))
        }
        let pattern = scratch.appending("plane_*.tif")
        #expect(throws: VolumeFileError.missing(pattern)) {
            try TIFFScanReader(ScanLocation(pattern))
        }
    }

    @Test func `do not wait for a pipe`() throws {
        let pipe = scratch.appending("pipe")
        try #require(unsafe mkfifo(pipe.string, 0o600) == 0)
        #expect(throws: VolumeFileError.self) { try TIFFScanReader(ScanLocation(pipe)) }
    }
}

@Suite struct `Written TIFFs` {
    @Test func `never replace a file`() throws {
        let scratch = try ScratchFolder()
        let path = scratch.appending("scan.tif")
        try ImageFixture.write([1], to: path)
        #expect(throws: VolumeFileError.cannotWrite(path, reason: "File exists")) {
            try TIFFScanWriter(
                creating: path, shape: Shape(edge: 2), elementType: .uint8, voxelSize: nil)
        }
    }

    @Test(.enabled(if: Program.hasPython), arguments: TIFFCompression.allCases)
    func `open in tifffile with their voxel size`(compression: TIFFCompression) throws {
        let scratch = try ScratchFolder()
        let script = """
            import sys, tifffile
            for path in sys.argv[1:]:
                with tifffile.TiffFile(path) as file:
                    series = file.series[0]
                    info = file.imagej_metadata
                    page = file.pages[0]
                    print(series.shape, series.dtype, len(file.pages), info['unit'],
                          info['spacing'], info['slices'], page.resolution, file.is_bigtiff,
                          int(series.asarray().astype('float64').sum()))
            """
        var paths: [String] = []
        for type in [ElementType.uint8, .int16, .uint16, .uint32] {
            let slab = ImageFixture.slab(type, Shape(depth: 3, height: 4, width: 5))
            let path = scratch.appending("\(type).tif")
            try ImageFixture.writeTIFF(
                slab, to: path,
                voxelSize: VoxelSize(
                    depthInMicrometres: 3, heightInMicrometres: 2.25, widthInMicrometres: 2.25),
                compression: compression)
            paths.append(path.string)
        }
        let run = try Program.python(script, paths)
        let lines = run.output.split(separator: "\n")
        try #require(lines.count == 4, "\(run.errors)")
        for (line, type) in zip(lines, [ElementType.uint8, .int16, .uint16, .uint32]) {
            let slab = ImageFixture.slab(type, Shape(depth: 3, height: 4, width: 5))
            let sum = slab.convert(to: Double.self).array.reduce(0, +)
            #expect(
                line
                    == "(3, 4, 5) \(type) 3 um 3.0 3 (0.4444444444444444, 0.4444444444444444) False \(Int(sum))"
            )
        }
    }
}

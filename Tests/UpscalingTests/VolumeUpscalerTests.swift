import Foundation
import Networks
import SystemPackage
import TestSupport
import Testing
import Torch
import VolumeFiles
import Volumes
import Workspace

@testable import Upscaling

/// A scan in memory that remembers what was read of it.
final class ScanInMemory: ScanReader {
    let description: ScanDescription
    private let slab: RawSlab
    var deepest = 0
    var read = 0

    /// The file stands for the scan, whose voxels may differ from what is in it.
    init(_ slab: RawSlab, standingFor file: FilePath) {
        description = ScanDescription(
            format: .tiff, files: [file], shape: slab.shape, elementType: slab.elementType,
            voxelSize: nil)
        self.slab = slab
    }

    func read(_ slices: Range<Int>) throws(VolumeFileError) -> RawSlab {
        deepest = max(deepest, slices.count)
        read += slices.count
        let bytes = description.shape.sliceCount * slab.elementType.byteCount
        return RawSlab(
            elementType: slab.elementType, shape: description.shape.withDepth(slices.count),
            bytes: Array(slab.bytes[(slices.lowerBound * bytes)..<(slices.upperBound * bytes)]))
    }
}

struct Stop: Error {}

/// A folder with a scan of 20x60x70 voxels in it, and how it is upscaled.
struct Fixture {
    let folder: ScratchFolder
    let scan: FilePath
    var options: VolumeUpscalingOptions
    var imageOptions = ImageUpscalingOptions()

    init(_ shape: Shape = Shape(depth: 20, height: 60, width: 70)) throws {
        folder = try ScratchFolder()
        scan = folder.appending("low.tif")
        let grey = noise(shape, seed: 9).map { UInt16(8000 + 30000 * $0) }
        let writer = try createScan(
            at: scan, shape: shape, elementType: .uint16, voxelSize: VoxelSize(micrometres: 8))
        try writer.append(RawSlab(grey))
        try writer.finish()
        options = VolumeUpscalingOptions(grey: try GreyScale(low: 8000...38000, high: 5000...45000))
        imageOptions.tile = 30
    }

    func upscaler(_ description: NetworkDescription) throws -> VolumeUpscaler {
        VolumeUpscaler(
            ImageUpscaler(
                try SmallNetworks.build(description), description, options: imageOptions), options)
    }

    func reader() throws -> any ScanReader { try openScan(ScanLocation(scan)) }

    func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: folder.appending(name).string))
    }

    /// Everything in the folder, hidden files too, but the scan.
    var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.path.string)
                .filter { $0 != "low.tif" }.sorted()
        }
    }
}

@Suite struct `A scan upscaled` {
    @Test(arguments: [SmallNetworks.edsr(2), SmallNetworks.srcnn(5, .replicate)])
    func `is its slices at HIGH's places through the network`(
        description: NetworkDescription
    ) throws {
        let fixture = try Fixture(Shape(depth: 7, height: 20, width: 24))
        let upscaler = try fixture.upscaler(description)
        let output = fixture.folder.appending("sr.tif")
        var seen: [Int] = []
        var written = 0
        let result = try upscaler.upscale(fixture.reader(), to: output) { work, done, total in
            #expect(total == 7 * description.scale)
            if work == .sharpening { seen.append(done) } else { written = done }
        }
        let scale = description.scale
        #expect(seen.last == 7 * scale)
        #expect(written == 7 * scale)
        #expect(result.shape == Shape(depth: 7 * scale, height: 20 * scale, width: 24 * scale))
        #expect(result.resumedAt == 0)

        let low = try fixture.reader().readAll().volume(as: UInt16.self)
            .map { (Float($0) - 8000) / 30000 }
        let high = try openScan(ScanLocation(output)).readAll().volume(as: UInt16.self)
        #expect(high.shape == result.shape)
        let size = try #require(try openScan(ScanLocation(output)).description.voxelSize?.size)
        #expect(abs(size.meanEdgeInMicrometres - 8 / Double(scale)) < 1e-6)
        // Keys' weights again, written out as the spline of Catmull and Rom.
        for k in stride(from: 0, to: 7 * scale, by: 3) {
            let position = (Double(k) + 0.5) / Double(scale) - 0.5
            let base = position.rounded(.down)
            let t = Float(position - base)
            let weights = [
                ((-t + 2) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2,
                ((-3 * t + 4) * t + 1) * t / 2, (t - 1) * t * t / 2,
            ]
            var slice = Volume<Float>(shape: Shape(depth: 1, height: 20, width: 24), repeating: 0)
            for (tap, weight) in weights.enumerated() {
                let z = min(max(Int(base) + tap - 1, 0), 6)
                for y in 0..<20 {
                    for x in 0..<24 { slice[0, y, x] += weight * low[z, y, x] }
                }
            }
            let expected = try direct(upscaler.images.network, slice)
            for (index, value) in expected.enumerated() {
                let grey = min(max(5000 + 40000 * Double(value), 0), 65535)
                let found = Double(high.array[k * result.shape.sliceCount + index])
                #expect(abs(found - grey) < 0.5 + 0.4)
            }
        }
    }

    @Test(arguments: ["sr.tif", "sr.npy", "sr.mhd", "sr.nrrd"])
    func `comes in the format that its name says`(name: String) throws {
        let fixture = try Fixture(Shape(depth: 3, height: 12, width: 14))
        let output = fixture.folder.appending(name)
        _ = try fixture.upscaler(SmallNetworks.edsr(2)).upscale(fixture.reader(), to: output)
        let scan = try openScan(ScanLocation(output)).description
        #expect(scan.shape == Shape(depth: 6, height: 24, width: 28))
        #expect(scan.elementType == .uint16)
        if name != "sr.npy" { #expect(scan.voxelSize?.size == VoxelSize(micrometres: 4)) }
    }

    @Test func `may be HDF5, with its XDMF`() throws {
        let fixture = try Fixture(Shape(depth: 3, height: 12, width: 14))
        let output = fixture.folder.appending("sr.h5")
        _ = try fixture.upscaler(SmallNetworks.edsr(2)).upscale(fixture.reader(), to: output)
        let scan = try HDF5ScanReader(trusted: output, dataset: "/exchange/data").description
        #expect(scan.shape == Shape(depth: 6, height: 24, width: 28))
        #expect(scan.voxelSize?.size == VoxelSize(micrometres: 4))
        #expect(try fixture.names == ["sr.h5", "sr.xmf"])
    }

    @Test func `leaves an image's one slice alone`() throws {
        let fixture = try Fixture(Shape(depth: 1, height: 12, width: 14))
        let description = SmallNetworks.edsr(4)
        let upscaler = try fixture.upscaler(description)
        let output = fixture.folder.appending("sr.png")
        let result = try upscaler.upscale(fixture.reader(), to: output)
        #expect(result.shape == Shape(depth: 1, height: 48, width: 56))
        let low = try fixture.reader().readAll().volume(as: UInt16.self)
            .map { (Float($0) - 8000) / 30000 }
        let expected = try direct(upscaler.images.network, low)
        let found = try openScan(ScanLocation(output)).readAll().volume(as: UInt16.self)
        for (value, voxel) in zip(expected, found.array) {
            let grey = min(max(5000 + 40000 * Double(value), 0), 65535)
            #expect(abs(Double(voxel) - grey) < 0.9)
        }
    }

    @Test func `keeps grey values where the network keeps them`() throws {
        var fixture = try Fixture(Shape(depth: 1, height: 20, width: 24))
        fixture.options = VolumeUpscalingOptions(
            grey: try GreyScale(low: 8000...38000, high: 8000...38000))
        let upscaler = VolumeUpscaler(ImageUpscaler(Repeating(scale: 3)), fixture.options)
        let output = fixture.folder.appending("sr.tif")
        let result = try upscaler.upscale(fixture.reader(), to: output)
        let low = try fixture.reader().readAll().volume(as: UInt16.self)
        let high = try openScan(ScanLocation(output)).readAll().volume(as: UInt16.self)
        for y in 0..<60 {
            for x in 0..<72 { #expect(high[0, y, x] == low[0, y / 3, x / 3]) }
        }
        #expect(result.clipped == GreyScale.Clipped())
    }

    @Test func `counts voxels that its number format cannot hold`() throws {
        var fixture = try Fixture(Shape(depth: 1, height: 20, width: 24))
        fixture.options.elementType = .uint8
        let low = try fixture.reader().readAll().volume(as: UInt16.self).array
        fixture.options = VolumeUpscalingOptions(
            grey: try GreyScale(low: 8000...38000, high: -100...400))
        fixture.options.elementType = .uint8
        let upscaler = VolumeUpscaler(ImageUpscaler(Repeating(scale: 2)), fixture.options)
        let output = fixture.folder.appending("sr.tif")
        let result = try upscaler.upscale(fixture.reader(), to: output)
        let grey = low.map { -100 + 500 * (Double($0) - 8000) / 30000 }
        #expect(result.clipped.below == 4 * grey.count { $0.rounded() < 0 })
        #expect(result.clipped.above == 4 * grey.count { $0.rounded() > 255 })
        #expect(result.clipped.below > 0)
        #expect(result.notes.contains { $0.contains("were clipped") })
    }

    @Test func `is refused where the network's result is not a number`() throws {
        let fixture = try Fixture(Shape(depth: 2, height: 20, width: 24))
        let upscaler = VolumeUpscaler(
            ImageUpscaler(Repeating(scale: 2, gain: .nan)), fixture.options)
        #expect(throws: UpscalingError.notFinite(slice: 0)) {
            _ = try upscaler.upscale(fixture.reader(), to: fixture.folder.appending("sr.tif"))
        }
        #expect(try fixture.names.isEmpty)
    }

    @Test func `is read in parts that do not grow with its depth`() throws {
        let fixture = try Fixture(Shape(depth: 1, height: 8, width: 8))
        var options = fixture.options
        let shape = Shape(depth: 600, height: 16, width: 16)
        options.memoryInBytes = 64 << 10
        let scan = ScanInMemory(
            RawSlab(noise(shape).map { UInt16(60000 * $0) }), standingFor: fixture.scan)
        let upscaler = VolumeUpscaler(ImageUpscaler(Repeating(scale: 2)), options)
        var slabs: [Int] = [0]
        _ = try upscaler.upscale(scan, to: fixture.folder.appending("sr.tif")) { work, done, _ in
            if work == .sharpening { slabs.append(done) }
        }
        // A result's slice takes 1024 x (2 x 4 + 2) bytes, twice the input's 256 x 4 twice more.
        let deepest = zip(slabs, slabs.dropFirst()).map { $1 - $0 }.max() ?? 0
        #expect(deepest * (1024 * 10 + 2048) <= 48 << 10)
        #expect(deepest >= 2)
        // Two blocks of an eighth each.
        #expect(scan.deepest * 512 <= 8 << 10)
        #expect(scan.read < 2 * 600)
    }

    @Test func `says how much memory one slice needs`() throws {
        var fixture = try Fixture(Shape(depth: 2, height: 20, width: 24))
        fixture.options.memoryInBytes = 1000
        #expect {
            _ = try fixture.upscaler(SmallNetworks.edsr(2))
                .upscale(fixture.reader(), to: fixture.folder.appending("sr.tif"))
        } throws: { error in
            guard case .memoryTooSmall(let needed, 1000)? = error as? UpscalingError else {
                return false
            }
            return needed > 1000
        }
    }
}

@Suite struct `Upscaling that was stopped` {
    static let description = SmallNetworks.edsr(2)

    /// Stops after some slabs, as a kill after their state was written would.
    func stopped(_ fixture: Fixture, _ name: String, after slabs: Int) throws {
        var done = 0
        #expect(throws: Stop.self) {
            _ = try fixture.upscaler(Self.description).upscale(
                fixture.reader(), to: fixture.folder.appending(name)
            ) { _, _, _ in
                done += 1
                if done == slabs { throw Stop() }
            }
        }
    }

    func finished(_ fixture: Fixture, _ name: String) throws -> UpscaledVolume {
        try fixture.upscaler(Self.description)
            .upscale(fixture.reader(), to: fixture.folder.appending(name))
    }

    @Test(arguments: ["sr.tif", "sr.h5"])
    func `goes on where it was and gives the same bytes`(name: String) throws {
        let fixture = try Fixture()
        _ = try finished(fixture, "whole." + name)
        try stopped(fixture, name, after: 2)
        #expect(try !fixture.names.contains(name))
        let result = try finished(fixture, name)
        #expect(result.resumedAt == 32)
        #expect(result.notes.contains { $0.contains("32 of 40 slices") })
        #expect(try fixture.bytes(name) == fixture.bytes("whole." + name))
        #expect(try !fixture.names.contains { $0.hasSuffix(".part") })
    }

    @Test func `takes no notice of voxels written after the last state`() throws {
        let fixture = try Fixture()
        _ = try finished(fixture, "whole.tif")
        try stopped(fixture, "sr.tif", after: 1)
        let voxels = fixture.folder.appending(".sr.tif.upscaling.part/voxels.raw")
        let file = try #require(FileHandle(forWritingAtPath: voxels.string))
        try file.seekToEnd()
        try file.write(contentsOf: Data(repeating: 7, count: 100_001))
        try file.close()
        #expect(try finished(fixture, "sr.tif").resumedAt == 16)
        #expect(try fixture.bytes("sr.tif") == fixture.bytes("whole.tif"))
    }

    @Test(arguments: ["state.json", "voxels.raw"])
    func `begins anew where what was finished is cut`(name: String) throws {
        let fixture = try Fixture()
        _ = try finished(fixture, "whole.tif")
        try stopped(fixture, "sr.tif", after: 2)
        let path = fixture.folder.appending(".sr.tif.upscaling.part/" + name)
        let data = try Data(contentsOf: URL(fileURLWithPath: path.string))
        try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: path.string))
        let result = try finished(fixture, "sr.tif")
        #expect(result.resumedAt == 0)
        #expect(result.notes.contains { $0.contains("damaged") })
        #expect(try fixture.bytes("sr.tif") == fixture.bytes("whole.tif"))
    }

    enum Change: CaseIterable { case scan, weights, window, ensemble, format }

    @Test(arguments: Change.allCases)
    func `begins anew where something has changed`(change: Change) throws {
        var fixture = try Fixture()
        try stopped(fixture, "sr.tif", after: 1)
        var network = try SmallNetworks.build(Self.description)
        switch change {
        case .scan:
            let url = URL(fileURLWithPath: fixture.scan.string)
            try Data(contentsOf: url).write(to: url)
        case .weights:
            let weight = try #require(network.state.first).tensor
            try weight.assign(weight * 1.001)
        case .window:
            fixture.options = VolumeUpscalingOptions(
                grey: try GreyScale(low: 8000...38001, high: 5000...45000))
        case .ensemble: fixture.imageOptions.isEnsemble = true
        case .format: fixture.options.elementType = .float32
        }
        if change != .weights { network = try SmallNetworks.build(Self.description) }
        let upscaler = VolumeUpscaler(
            ImageUpscaler(network, Self.description, options: fixture.imageOptions),
            fixture.options)
        let result = try upscaler.upscale(
            fixture.reader(), to: fixture.folder.appending("sr.tif"))
        #expect(result.resumedAt == 0)
        #expect(result.notes.contains { $0.contains("have changed") })
    }

    @Test func `removes what a killed end has left`() throws {
        let fixture = try Fixture(Shape(depth: 4, height: 20, width: 24))
        let output = fixture.folder.appending("sr.tif")
        var checks = 0
        let upscaler = try fixture.upscaler(Self.description)
        // The last check comes when the output is written in its own format.
        _ = try upscaler.upscale(
            fixture.reader(), to: fixture.folder.appending("whole.tif"), check: { checks += 1 })
        var left = checks
        #expect(throws: Stop.self) {
            _ = try upscaler.upscale(
                fixture.reader(), to: output,
                check: {
                    left -= 1
                    if left == 0 {
                        // As if this process were killed: nobody clears up behind it.
                        let state = fixture.folder.appending(".sr.tif.upscaling.part/state.json")
                        let text = try String(contentsOfFile: state.string, encoding: .utf8)
                        let name = try #require(
                            text.split(separator: "\"").first { $0.hasPrefix(".tomopair-") })
                        let copy = fixture.folder.appending(String(name) + ".left")
                        try FileManager.default.copyItem(
                            atPath: fixture.folder.appending(String(name)).string,
                            toPath: copy.string)
                        throw Stop()
                    }
                })
        }
        let copy = try #require(try fixture.names.first { $0.hasSuffix(".left") })
        try FileManager.default.moveItem(
            atPath: fixture.folder.appending(copy).string,
            toPath: fixture.folder.appending(String(copy.dropLast(5))).string)
        #expect(try finished(fixture, "sr.tif").resumedAt == 8)
        #expect(try fixture.names == ["sr.tif", "whole.tif"])
        #expect(try fixture.bytes("sr.tif") == fixture.bytes("whole.tif"))
    }

    @Test func `keeps a second process out`() throws {
        let fixture = try Fixture(Shape(depth: 4, height: 20, width: 24))
        let output = fixture.folder.appending("sr.tif")
        var wasRefused = false
        _ = try fixture.upscaler(Self.description).upscale(fixture.reader(), to: output) {
            _, _, _ in
            do {
                _ = try finished(fixture, "sr.tif")
            } catch WorkspaceError.held {
                wasRefused = true
            }
        }
        #expect(wasRefused)
    }
}

@Suite struct `An output that cannot be written` {
    @Test func `is replaced only where told`() throws {
        let fixture = try Fixture(Shape(depth: 2, height: 12, width: 14))
        let output = fixture.folder.appending("sr.tif")
        let upscaler = try fixture.upscaler(SmallNetworks.edsr(2))
        _ = try upscaler.upscale(fixture.reader(), to: output)
        #expect {
            _ = try upscaler.upscale(fixture.reader(), to: output)
        } throws: { "\($0)".contains("--overwrite") }
        _ = try upscaler.upscale(fixture.reader(), to: output, overwriting: true)
    }

    @Test func `is refused before any work`() throws {
        let fixture = try Fixture(Shape(depth: 2, height: 12, width: 14))
        let upscaler = try fixture.upscaler(SmallNetworks.edsr(2))
        for name in ["nowhere/sr.tif", "sr.png", "sr.docx"] {
            var asked = 0
            #expect(throws: VolumeFileError.self) {
                _ = try upscaler.upscale(
                    fixture.reader(), to: fixture.folder.appending(name), check: { asked += 1 })
            }
            #expect(asked == 0)
        }
        #expect(try fixture.names.isEmpty)
    }

    @Test func `says in one line that the disk is full`() throws {
        // A device that is always full, in place of the file of finished voxels.
        let fixture = try Fixture(Shape(depth: 2, height: 12, width: 14))
        let stage = fixture.folder.appending(".sr.tif.upscaling.part")
        try FileManager.default.createDirectory(
            atPath: stage.string, withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: stage.appending("voxels.raw").string, withDestinationPath: "/dev/full")
        #expect {
            _ = try fixture.upscaler(SmallNetworks.edsr(2))
                .upscale(fixture.reader(), to: fixture.folder.appending("sr.tif"))
        } throws: { error in
            let line = "\(error)"
            return line.contains("no space left") && !line.contains("\n")
        }
    }
}

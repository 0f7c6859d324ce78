import Foundation
import Networks
import Resizing
import SystemPackage
import TestSupport
import Testing
import VolumeFiles
import Volumes
import Workspace

@testable import Upscaling

@Suite struct `Blocks of a scan` {
    @Test(arguments: [(1, 7, 9, 4), (10, 33, 64, 16), (65, 5, 100, 64), (3, 3, 3, 100)])
    func `fill it without a gap`(depth: Int, height: Int, width: Int, edge: Int) {
        let shape = Shape(depth: depth, height: height, width: width)
        let survey = RegionSurvey(shape, edge: edge, voxels: 8)
        let table = survey.table(
            thresholds: (1, 1), hasSpread: false, voxelSize: nil, count: .max)
        #expect(table.blocks.count == table.blockCount)
        #expect(table.blocks.map(\.rank) == Array(1...table.blockCount))
        var covered = Volume<UInt8>(shape: shape, repeating: 0)
        for block in table.blocks {
            #expect(max(block.region.shape.depth, block.region.shape.width) < 2 * edge)
            for z in block.region.slices {
                for y in block.region.rows {
                    for x in block.region.columns { covered[z, y, x] += 1 }
                }
            }
        }
        #expect(covered.array.allSatisfy { $0 == 1 })
    }

    @Test func `are ranked by what their voxels come to`() {
        // Two blocks side by side; in each slice the second is twice as unsure, and the first loses
        // half of its pores.
        let shape = Shape(depth: 2, height: 4, width: 8)
        var survey = RegionSurvey(shape, edge: 4, voxels: 8)
        for z in 0..<2 {
            survey.add(
                .init(
                    spread: (0..<32).map { $0 % 8 < 4 ? 0.1 : 0.2 },
                    pores: (0..<32).map { $0 % 8 < 4 ? 2 : 1 },
                    interpolatedPores: (0..<32).map { $0 % 8 < 4 ? 4 : 1 }), z: z)
        }
        let size = VoxelSize(micrometres: 10)
        let unsure = survey.table(
            thresholds: (5, 6), hasSpread: true, voxelSize: size, count: 1)
        #expect(unsure.ranking == .spread)
        #expect(unsure.blockCount == 2)
        #expect(unsure.blocks.map(\.region.x) == [4])
        #expect(unsure.blocks[0].centre == [10, 20, 60])
        #expect(abs((unsure.blocks[0].spread ?? 0) - 0.2) < 1e-6)
        #expect(abs((unsure.spread ?? 0) - 0.15) < 1e-6)
        let changed = survey.table(
            thresholds: (5, 6), hasSpread: false, voxelSize: size, count: 5)
        #expect(changed.ranking == .porosityChange)
        #expect(changed.blocks.map(\.region.x) == [0, 4])
        #expect(changed.blocks[0].porosity == 0.25)
        #expect(changed.blocks[0].interpolatedPorosity == 0.5)
        #expect(changed.blocks[0].spread == nil)
        #expect(changed.porosity == 1.5 / 8)
        let unknown = survey.table(
            thresholds: (5, nil), hasSpread: true, voxelSize: nil, count: 5)
        #expect(unknown.blocks[0].porosity == nil)
        #expect(unknown.blocks[0].centre == nil)
    }
}

@Suite struct `A survey of regions` {
    /// A fixture that surveys blocks of 8 voxels into `map.tif`.
    static func fixture(ensemble: Bool) throws -> Fixture {
        var fixture = try Fixture(Shape(depth: 6, height: 20, width: 24))
        fixture.imageOptions.isEnsemble = ensemble
        var regions = RegionOptions(map: fixture.folder.appending("map.tif"))
        (regions.edge, regions.count) = (8, 100)
        fixture.options.regions = regions
        return fixture
    }

    static let description = SmallNetworks.edsr(2)

    @Test func `maps the deviation among the eight results`() throws {
        let fixture = try Self.fixture(ensemble: true)
        let upscaler = try fixture.upscaler(Self.description)
        let result = try upscaler.upscale(
            fixture.reader(), to: fixture.folder.appending("sr.tif"))
        let map = try openScan(ScanLocation(fixture.folder.appending("map.tif")))
        #expect(map.description.voxelSize?.size == VoxelSize(micrometres: 8))
        let spread = try map.readAll().volume(as: Float.self)
        #expect(spread.shape == Shape(depth: 6, height: 20, width: 24))

        let low = try fixture.reader().readAll().volume(as: UInt16.self)
            .map { (Float($0) - 8000) / 30000 }
        let fine = SliceInterpolation(depth: 6, scale: 2)(0..<12, from: low)
        let deviation = try upscaler.images.ensemble(fine).deviation
        var total = 0.0
        for z in 0..<6 {
            for y in 0..<20 {
                for x in 0..<24 {
                    var sum: Float = 0
                    for k in 0..<8 {
                        sum += deviation[2 * z + k / 4, 2 * y + k / 2 % 2, 2 * x + k % 2]
                    }
                    #expect(abs(spread[z, y, x] - sum / 8) < 1e-5)
                    total += Double(sum / 8)
                }
            }
        }
        let table = try #require(result.regions)
        #expect(table.ranking == .spread)
        #expect(abs((table.spread ?? 0) - total / 2880) < 1e-5)
        let ranked = table.blocks.compactMap(\.spread)
        #expect(ranked.count == table.blockCount && ranked == ranked.sorted(by: >))
        #expect(
            try CanonicalJSON.read(RegionTable.self, from: fixture.folder.appending("map.json"))
                == table)
    }

    @Test func `finds how the network changes the porosity`() throws {
        let fixture = try Self.fixture(ensemble: false)
        let result = try fixture.upscaler(Self.description)
            .upscale(fixture.reader(), to: fixture.folder.appending("sr.tif"))
        let table = try #require(result.regions)
        let high = try openScan(ScanLocation(fixture.folder.appending("sr.tif"))).readAll()
            .volume(as: UInt16.self)
        let low = try fixture.reader().readAll().volume(as: UInt16.self)
        let threshold = try #require(table.threshold)
        let scanThreshold = try #require(table.scanThreshold)
        let interpolated = SliceInterpolation(depth: 6, scale: 2)(
            0..<12, from: low.map { Float($0) }
        ).resized(height: 40, width: 48, by: Interpolation.bicubic)
        // Noise has no gap where a rounding error could not tip a voxel over.
        #expect(table.ranking == .porosityChange)
        for block in table.blocks {
            let fine = Region(
                z: 2 * block.region.z, y: 2 * block.region.y, x: 2 * block.region.x,
                shape: Shape(
                    depth: 2 * block.region.shape.depth, height: 2 * block.region.shape.height,
                    width: 2 * block.region.shape.width))
            let count = Double(fine.shape.count)
            let pores = high.cropped(to: fine).array.count { Double($0) <= threshold }
            let before = interpolated.cropped(to: fine).array.count { Double($0) <= scanThreshold }
            #expect(block.porosity == Double(pores) / count)
            #expect(abs((block.interpolatedPorosity ?? -1) - Double(before) / count) < 3 / count)
        }
        let map = try openScan(ScanLocation(fixture.folder.appending("map.tif"))).readAll()
            .volume(as: Float.self)
        let change = Double(map.array.reduce(0, +)) / 2880
        #expect(
            abs(change - (table.porosity ?? 0) + (table.interpolatedPorosity ?? 0)) < 1e-5)
        #expect(abs(change) > 1e-4)
    }

    @Test func `of one grey value knows no porosity`() throws {
        let fixture = try Self.fixture(ensemble: false)
        let result = try VolumeUpscaler(
            ImageUpscaler(Repeating(scale: 2, gain: 0)), fixture.options
        ).upscale(fixture.reader(), to: fixture.folder.appending("sr.tif"))
        #expect(result.regions?.threshold == nil)
        #expect(result.regions?.porosity == nil)
    }

    @Test(arguments: [false, true])
    func `goes on after a stop and gives the same bytes`(isEnsemble: Bool) throws {
        let fixture = try Self.fixture(ensemble: isEnsemble)
        let names = ["map.json", "map.tif", "sr.tif"]
        let output = fixture.folder.appending("sr.tif")
        var checks = 0
        _ = try fixture.upscaler(Self.description).upscale(
            fixture.reader(), to: output, check: { checks += 1 })
        let whole = try names.map { try fixture.bytes($0) }
        #expect(try fixture.names == names)
        // At the beginning, while slices are made, while the map is, and before the very end.
        for stop in [1, checks / 2, checks - 7, checks] {
            for name in names {
                try FileManager.default.removeItem(atPath: fixture.folder.appending(name).string)
            }
            var left = stop
            #expect(throws: Stop.self) {
                _ = try fixture.upscaler(Self.description).upscale(
                    fixture.reader(), to: output,
                    check: {
                        left -= 1
                        if left == 0 { throw Stop() }
                    })
            }
            #expect(try !fixture.names.contains("sr.tif"))
            #expect(try fixture.names.contains("map.tif") == (stop == checks))
            // Without --overwrite: what is there of the map is its own.
            _ = try fixture.upscaler(Self.description).upscale(fixture.reader(), to: output)
            #expect(try names.map { try fixture.bytes($0) } == whole, "stopped at \(stop)")
            #expect(try fixture.names == names)
        }
    }

    @Test(arguments: ["map.tif", "map.json"])
    func `does not replace what is there`(name: String) throws {
        let fixture = try Self.fixture(ensemble: false)
        try Data("mine".utf8).write(
            to: URL(fileURLWithPath: fixture.folder.appending(name).string))
        #expect(throws: VolumeFileError.self) {
            _ = try fixture.upscaler(Self.description)
                .upscale(fixture.reader(), to: fixture.folder.appending("sr.tif"))
        }
        #expect(try fixture.names == [name])
    }
}

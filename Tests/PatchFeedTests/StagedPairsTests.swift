import Dataset
import Foundation
import SystemPackage
import TestSupport
import Testing
import VolumeFiles
import Volumes

@testable import PatchFeed

@Suite struct `Staged voxels` {
    private let fixture: Fixture
    init() throws { fixture = try Fixture() }

    private func copies() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: fixture.run.string).sorted()
    }

    private func facts(_ name: String) throws -> (inode: UInt64, bytes: Int) {
        let attributes = try FileManager.default.attributesOfItem(
            atPath: fixture.run.appending(name).string)
        return (
            attributes[.systemFileNumber] as? UInt64 ?? 0, attributes[.size] as? Int ?? 0
        )
    }

    private func read(_ pair: TrainingPair, _ staged: StagedPairs) throws -> [Float] {
        let volume = try #require(staged.volumes[pair.sample]).high
        let reading = BoxReading(
            z: 0, y: 0, x: 0, shape: pair.highShape, depthBinning: 1, binning: 1,
            normalisation: try #require(Normalisation(0...1)))
        var voxels = [Float](repeating: 0, count: pair.highShape.count)
        var span = voxels.mutableSpan
        volume.read(reading, into: &span)
        return voxels
    }

    @Test func `are the file's, whatever its chunks`() throws {
        let pair = try fixture.pair("a", shape: Shape(depth: 17, height: 40, width: 33))
        let voxels = try read(pair, fixture.stage([pair]))
        var index = 0
        for z in 0..<68 {
            for y in 0..<160 {
                for x in 0..<132 {
                    #expect(voxels[index] == Float(grey(z, y, x, high: true)))
                    index += 1
                }
            }
        }
    }

    @Test func `are made once, and again where the copy is broken or the pair another`() throws {
        let pair = try fixture.pair("a")
        var done: [Int] = []
        _ = try StagedPairs(
            [pair], workspace: fixture.workspace, folder: fixture.run,
            progress: { bytes, total in done.append(bytes * 100 / total) })
        #expect(done.last == 100 && done == done.sorted())
        let names = try copies()
        #expect(names.count == 2)
        let before = try names.map { try facts($0).inode }
        _ = try fixture.stage([pair])
        #expect(try names.map { try facts($0).inode } == before)

        // Cut short, and overwritten.
        for damage in [Data("short".utf8), Data(count: try facts(names[0]).bytes)] {
            try damage.write(
                to: URL(fileURLWithPath: fixture.run.appending(names[0]).string))
            let staged = try fixture.stage([pair])
            #expect(try read(pair, staged)[7] == Float(grey(0, 0, 7, high: true)))
            #expect(try read(pair, staged).count == pair.highShape.count)
            #expect(try copies() == names)
        }

        try FileManager.default.removeItem(atPath: fixture.workspace.appending("a.h5").string)
        let other = try fixture.pair("a", shape: Shape(depth: 8, height: 40, width: 32))
        #expect(try read(other, fixture.stage([other])).count == other.highShape.count)
        #expect(try copies().count == 4)
    }

    @Test func `refuse NaN, and folders that cannot be written`() throws {
        let pair = try fixture.pair("a", type: .float32)
        let path = fixture.workspace.appending("a.h5")
        try FileManager.default.removeItem(atPath: path.string)
        let file = try HDF5FileWriter(creating: path)
        for (dataset, shape) in [("/low", pair.lowShape), ("/high", pair.highShape)] {
            var volume = Volume<Float>(shape: shape, repeating: 1)
            volume[5, 6, 7] = dataset == "/low" ? .nan : 1
            let writer = try file.addVolume(
                dataset, shape: shape, elementType: .float32, voxelSize: nil, description: "test")
            try writer.append(RawSlab(volume))
            try writer.finish()
        }
        try file.finish()
        #expect(feedError { _ = try fixture.stage([pair]) } == .notFinite(path, dataset: "/low"))
        #expect(try copies().isEmpty)
        let sound = try fixture.pair("b")
        let error = feedError {
            _ = try StagedPairs(
                [sound], workspace: fixture.workspace, folder: fixture.run.appending("nowhere"))
        }
        #expect(error?.description.contains("needs room for its pairs") == true)
    }
}

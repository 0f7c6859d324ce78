import Foundation
import SystemPackage
import TestSupport
import Testing
import VolumeFiles
import Volumes

/// A row of `index.csv` beside a collection of TIFFs: what tifffile and imagecodecs made of a file.
private struct CollectionRow {
    let file: FilePath
    let samples: Int
    let type: String
    let shape: String
    /// The first 16 digits of the SHA-256 of the decoded first page; empty if it was not decoded.
    let hash: String

    static func all(of collection: String) throws -> [CollectionRow] {
        let folder = SharedData.folder.appending(collection)
        let table = try String(
            contentsOfFile: folder.appending("index.csv").string, encoding: .utf8)
        return table.split(whereSeparator: \.isNewline).dropFirst().map { line in
            let fields = cells(line)
            return CollectionRow(
                file: folder.appending(fields[0]), samples: Int(fields[10]) ?? 1,
                type: fields[18], shape: fields[19], hash: fields[22])
        }
    }

    private static func cells(_ line: Substring) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case ",": if isQuoted { cells[cells.count - 1] += "," } else { cells.append("") }
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }
}

private enum Outcome {
    case slab(RawSlab)
    case refused(VolumeFileError)

    init(_ file: FilePath) {
        do throws(VolumeFileError) {
            self = .slab(try TIFFScanReader(ScanLocation(file)).read(0..<1))
        } catch {
            self = .refused(error)
        }
    }
}

@Suite(.enabled(if: SharedData.isPresent)) struct `Collections of TIFFs` {
    @Test func `decode to the pixels that other software finds`() throws {
        let scratch = try ScratchFolder()
        var expected: [String: CollectionRow] = [:]
        for row in try CollectionRow.all(of: "tiff-valid") {
            switch Outcome(row.file) {
            case .slab(let slab):
                // Colour pages with equal channels and files that the other software cannot read.
                guard row.samples == 1, !row.hash.isEmpty else { continue }
                let type = row.type == "bool" ? "uint8" : row.type
                #expect(slab.elementType.rawValue == type, "\(row.file)")
                #expect("\(slab.shape.height)x\(slab.shape.width)" == row.shape, "\(row.file)")
                let name = try #require(row.file.lastComponent).string
                try Data(slab.bytes).write(
                    to: URL(fileURLWithPath: scratch.appending(name).string))
                expected[scratch.appending(name).string] = row
            case .refused(let error):
                #expect(row.samples > 1 || row.hash.isEmpty, "\(error)")
                #expect(!error.description.contains("\n"))
                guard case .unsupported = error else {
                    Issue.record("a sound file is called broken: \(error)")
                    continue
                }
            }
        }
        // 63 grey files of the collection have a hash; if fewer were read, the test lost its table.
        #expect(expected.count >= 60)
        let sums = try Program.run("/usr/bin/sha256sum", expected.keys.sorted())
        for line in sums.output.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            let path = parts[1].trimmingCharacters(in: .whitespaces)
            #expect(parts[0].prefix(16) == expected[path]?.hash ?? "", "\(path)")
        }
    }

    @Test func `that are broken give one clear line or the same pixels`() throws {
        let clock = ContinuousClock()
        let scratch = try ScratchFolder()
        for row in try CollectionRow.all(of: "tiff-malformed") {
            let start = clock.now
            let outcome = Outcome(row.file)
            #expect(clock.now - start < .seconds(2), "\(row.file)")
            switch outcome {
            case .slab(let slab):
                let path = scratch.appending("pixels").string
                try Data(slab.bytes).write(to: URL(fileURLWithPath: path))
                let sum = try Program.run("/usr/bin/sha256sum", [path]).output.prefix(16)
                #expect(String(sum) == row.hash, "\(row.file)")
            case .refused(let error):
                #expect(error.description.hasPrefix(row.file.string))
                #expect(!error.description.contains("\n"))
                #expect(error.description.count < row.file.string.count + 300)
            }
        }
    }
}

@Suite(.enabled(if: SharedData.isPresent)) struct `Published rock scans` {
    // Sizes and edges as data/SOURCES.md states them.
    @Test(
        arguments: [
            ("bentheimer-lr-hr-pair/LR_6um.tif", Shape(depth: 30, height: 45, width: 117), 6.0),
            (
                "bentheimer-lr-hr-pair/subvol2_LR_slices_a.tif",
                Shape(depth: 5, height: 225, width: 225), nil
            ),
            (
                "sandstone-porespy-gray/sandstone.tif", Shape(depth: 250, height: 250, width: 50),
                nil
            ),
            ("fiberform-gray/100_fiberform.tif", Shape(edge: 100), nil),
            ("soil-core-sand-gray/slices", Shape(depth: 100, height: 500, width: 500), nil),
            ("berea-icl-segmented/berea_400.tif", Shape(edge: 400), 5.345),
        ] as [(String, Shape, Double?)])
    func `have the shape and voxel size of their papers`(
        name: String, shape: Shape, edge: Double?
    ) throws {
        let reader = try TIFFScanReader(ScanLocation(SharedData.folder.appending(name)))
        #expect(reader.description.shape == shape)
        #expect(reader.description.elementType == .uint8)
        #expect(
            reader.description.voxelSize?.size == edge.flatMap { VoxelSize(micrometres: $0) })
        let last = try reader.read((shape.depth - 1)..<shape.depth)
        #expect(last.bytes.contains { $0 != 0 })
    }
}

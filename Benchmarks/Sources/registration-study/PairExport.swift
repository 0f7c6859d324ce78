import Foundation
import TestSupport
import Volumes

/// A pair as other programs read it: `low.npy`, `high.npy` and `truth.json` in a folder of its own.
struct PairExport {
    let folder: URL

    /// What `truth.json` holds.
    struct Truth: Codable {
        let name: String
        let seed: UInt64
        let lowVoxelInMicrometres: Double
        let highVoxelInMicrometres: Double
        /// Takes a point (z, y, x) of HIGH to LOW, in micrometres from the corners of their first voxels.
        let highToLow: SpatialTransform
        let overlap: Double
    }

    func write(_ pair: PhantomPair, of study: StudyCase, seed: UInt64) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try write(pair.low, to: folder.appending(path: "low.npy"))
        try write(pair.high, to: folder.appending(path: "high.npy"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(
            Truth(
                name: study.name, seed: seed,
                lowVoxelInMicrometres: pair.low.voxelSize?.widthInMicrometres ?? .nan,
                highVoxelInMicrometres: pair.high.voxelSize?.widthInMicrometres ?? .nan,
                highToLow: pair.transform, overlap: pair.overlap)
        ).write(to: folder.appending(path: "truth.json"))
    }

    /// Reads both scans back.
    func read() throws -> (low: Volume<Float>, high: Volume<Float>) {
        let truth = try JSONDecoder().decode(
            Truth.self, from: Data(contentsOf: folder.appending(path: "truth.json")))
        func volume(_ name: String, _ voxel: Double) throws -> Volume<Float> {
            let data = try Data(contentsOf: folder.appending(path: name), options: .mappedIfSafe)
            guard let shape = shape(inHeader: data), data.count == 128 + shape.count * 4 else {
                throw ForeignArray(path: folder.appending(path: name).path)
            }
            let values = data.dropFirst(128).withUnsafeBytes {
                Array($0.bindMemory(to: Float.self))
            }
            return Volume(
                shape: shape, voxelSize: VoxelSize(micrometres: voxel), voxels: values)
        }
        return (
            try volume("low.npy", truth.lowVoxelInMicrometres),
            try volume("high.npy", truth.highVoxelInMicrometres)
        )
    }

    /// Writes NumPy's format 1.0, with a header of 128 bytes, a slice at a time: what Foundation writes
    /// in one go repeats itself from 2 GiB on.
    private func write(_ volume: Volume<Float>, to file: URL) throws {
        let shape = volume.shape
        let text =
            "{'descr': '<f4', 'fortran_order': False, 'shape': "
            + "(\(shape.depth), \(shape.height), \(shape.width)), }"
        var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0])
        data += Data((text + String(repeating: " ", count: 117 - text.count) + "\n").utf8)
        try data.write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.seekToEnd()
        let slice = shape.height * shape.width * MemoryLayout<Float>.stride
        try volume.array.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: slice) {
                try handle.write(contentsOf: Data(bytes[start..<(start + slice)]))
            }
        }
    }

    private func shape(inHeader data: Data) -> Shape? {
        guard data.count > 128,
            let text = String(data: data.prefix(128).dropFirst(10), encoding: .ascii),
            let extents = text.firstMatch(of: #/\((\d+), (\d+), (\d+)\)/#),
            let depth = Int(extents.1), let height = Int(extents.2), let width = Int(extents.3)
        else { return nil }
        return Shape(checkingDepth: depth, height: height, width: width)
    }
}

/// An array this program did not write.
struct ForeignArray: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path) was not written by this program's export." }
}

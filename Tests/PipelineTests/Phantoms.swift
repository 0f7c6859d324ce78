import Foundation
import Randomness
import SystemPackage
import TestSupport
import VolumeFiles
import Volumes

/// A grainy two-phase field on fine voxels, with a fine scan of a part of it and a coarse one of all.
struct PhantomPair {
    /// Fine voxels along a coarse one.
    static let scale = 3
    /// The corner of HIGH in the field, in fine voxels.
    static let corner = SIMD3(13, 10, 14)

    /// What the fine scan shows: 45 fine voxels an edge.
    let high: Volume<UInt16>
    /// What the coarse scan shows: the whole field of 72 fine voxels, averaged over blocks.
    let low: Volume<UInt16>

    init(seed: UInt64) {
        let edge = 72
        let smooth = smoothNoise(edge: edge, seed: seed)
        let level = smooth.sorted()[smooth.count / 4]
        var generator = SplitMix64(seed: seed &+ 1000)
        let field = smooth.map { value in
            UInt16((value < level ? 9000 : 24000) + Int.random(in: -800...800, using: &generator))
        }
        let volume = Volume(shape: Shape(edge: edge), voxels: field)
        high = volume.cropped(
            to: Region(
                z: Self.corner[0], y: Self.corner[1], x: Self.corner[2], shape: Shape(edge: 45)))
        low = RawSlab(volume).binned(by: Self.scale).volume(as: UInt16.self)
    }
}

/// A small scan without a partner: a quarter pores, in blobs.
func phantomScan(edge: Int, seed: UInt64) -> Volume<UInt16> {
    let smooth = smoothNoise(edge: edge, seed: seed)
    let level = smooth.sorted()[smooth.count / 4]
    return Volume(shape: Shape(edge: edge), voxels: smooth.map { $0 < level ? 9000 : 24000 })
}

/// Noise averaged twice over five voxels along each axis, round the edges.
func smoothNoise(edge: Int, seed: UInt64) -> [Int] {
    var generator = SplitMix64(seed: seed)
    var values = (0..<(edge * edge * edge)).map { _ in Int.random(in: 0..<1000, using: &generator) }
    for stride in [1, edge, edge * edge, 1, edge, edge * edge] {
        let before = values
        for index in values.indices {
            let place = index / stride % edge
            var sum = 0
            for step in -2...2 {
                let other = (place + step + edge) % edge
                sum += before[index + (other - place) * stride]
            }
            values[index] = sum
        }
    }
    return values
}

/// Writes a scan in the format that the extension of `path` names, in place of one that is there.
func writeScan<Element: VoxelElement>(
    _ volume: Volume<Element>, to path: FilePath, voxelSize: VoxelSize? = nil
) throws {
    try? FileManager.default.removeItem(atPath: path.string)
    let slab = RawSlab(volume)
    let writer = try createScan(
        at: path, shape: slab.shape, elementType: slab.elementType, voxelSize: voxelSize)
    try writer.append(slab)
    try writer.finish()
}

public import Dataset
import Foundation
public import SystemPackage
import Volumes

/// The voxels of pairs, copied out of their compressed files into a folder of the run, where the
/// system pages them in as they are read: boxes cost no decoding, and a data set may be larger than
/// memory.
public final class StagedPairs: Sendable {
    let volumes: [SampleID: (low: StagedVolume, high: StagedVolume)]

    /// Takes the copies that `folder` has, and makes those it lacks.
    ///
    /// A copy takes as many bytes as its voxels, uncompressed. Copies can be deleted between runs.
    /// - Parameters:
    ///   - workspace: The folder that the catalog's files are relative to.
    ///   - progress: Told how many of all bytes have been looked after.
    /// - Throws: ``PatchFeedError``, and `VolumeFileError` where a pair cannot be read.
    public init(
        _ pairs: [TrainingPair], workspace: FilePath, folder: FilePath,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws {
        let total = pairs.reduce(0) { $0 + ($1.lowShape.count + $1.highShape.count) * 2 }
        var done = 0
        var volumes: [SampleID: (low: StagedVolume, high: StagedVolume)] = [:]
        for pair in pairs where volumes[pair.sample] == nil {
            let file = workspace.appending(pair.pair.file)
            func stage(_ dataset: String, _ shape: Shape) throws -> StagedVolume {
                try StagedVolume(file, dataset: dataset, expected: shape, in: folder) { bytes in
                    done += bytes
                    progress(min(done, total), total)
                }
            }
            volumes[pair.sample] = (
                low: try stage(pair.pair.lowDataset, pair.lowShape),
                high: try stage(pair.pair.highDataset, pair.highShape)
            )
        }
        self.volumes = volumes
        // What fits in memory is fetched ahead; of more, only what is asked for.
        let bytes = volumes.values.reduce(0) { $0 + $1.low.byteCount + $1.high.byteCount }
        let fits = UInt64(bytes) < ProcessInfo.processInfo.physicalMemory / 2
        for pair in volumes.values {
            pair.low.expect(all: fits)
            pair.high.expect(all: fits)
        }
    }
}

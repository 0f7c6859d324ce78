import Foundation
import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import VolumeFiles

/// Files from elsewhere, sound and hostile, each opened in a child process.
@Suite(.enabled(if: SharedData.isPresent)) struct `Foreign HDF5` {
    @Test(arguments: HDF5Index.files(in: "hdf5-valid"))
    func `decodes to the pixels h5py finds`(file: HDF5Index.File) throws {
        // Of lists, records and the like the first of a file stands for all: each must be refused.
        let voxels = file.datasets.filter { (2...3).contains($0.s?.count ?? 0) }
        let others = file.datasets.filter { !(2...3).contains($0.s?.count ?? 0) }
        for dataset in voxels + others.prefix(1) {
            let extents = dataset.s ?? []
            do throws(VolumeFileError) {
                let reader = try HDF5ScanReader(ScanLocation(file.path, dataset: dataset.p))
                guard let hash = dataset.h, let name = numpyNames[plain(dataset.t)] else {
                    Issue.record("\(dataset.p) has no numbers to read")
                    continue
                }
                #expect(reader.description.elementType.rawValue == name, "\(dataset.p)")
                #expect(reader.description.shape.count == extents.reduce(1, *))
                #expect(try digest(reader) == hash, "\(dataset.p)")
            } catch {
                let text = "\(dataset.p): \(error)"
                #expect(!text.contains("\n"))
                // What an ingest takes: two or three axes of numbers, in filters that are here.
                let isVoxels =
                    (2...3).contains(extents.count) && dataset.h != nil
                    && numpyNames[plain(dataset.t)] != nil
                #expect(!isVoxels, "\(text)")
            }
        }
    }

    @Test(arguments: HDF5Index.files(in: "hdf5-valid"))
    func `is opened without a name, or refused on one line`(file: HDF5Index.File) {
        do throws(VolumeFileError) {
            let reader = try HDF5ScanReader(ScanLocation(file.path))
            _ = try reader.readAll()
        } catch {
            #expect(!error.description.contains("\n"))
        }
    }

    @Test(arguments: HDF5Index.files(in: "hdf5-malformed"))
    func `that is hostile gives its pixels or one line, soon`(file: HDF5Index.File) {
        var names = file.datasets.filter { $0.h != nil }.prefix(4).map { Optional($0.p) }
        names.append(nil)
        for name in names {
            let start = ContinuousClock.now
            do throws(VolumeFileError) {
                let reader = try HDF5ScanReader(ScanLocation(file.path, dataset: name))
                let hash = try digest(reader)
                if let expected = file.datasets.first(where: { $0.p == name })?.h {
                    #expect(hash == expected, "\(name ?? "")")
                }
            } catch {
                #expect(!error.description.contains("\n"))
            }
            // Processor time is what is bounded; a busy machine needs some more on the clock.
            #expect(ContinuousClock.now - start < .seconds(15))
        }
    }

    /// Names of numpy without the mark of byte order.
    private func plain(_ name: String) -> String {
        name.first == ">" ? String(name.dropFirst()) : name
    }

    private let numpyNames: [String: String] = [
        "uint8": "uint8", "int8": "int8", "uint16": "uint16", "int16": "int16",
        "uint32": "uint32", "int32": "int32", "uint64": "uint64", "int64": "int64",
        "float16": "float16", "float32": "float32", "float64": "float64", "u2": "uint16",
        "i2": "int16", "u4": "uint32", "i4": "int32", "u8": "uint64", "i8": "int64",
        "f2": "float16", "f4": "float32", "f8": "float64", "bool": "uint8",
    ]
}

/// The first twelve digits of the SHA-256 of all voxels, as the indexes give it.
func digest(_ reader: any ScanReader) throws(VolumeFileError) -> String {
    let slab = try reader.readAll()
    return String(SHA256.hexDigits(of: slab.bytes).prefix(12))
}

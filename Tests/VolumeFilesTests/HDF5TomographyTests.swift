import Foundation
import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import VolumeFiles

/// Real scans from beam lines and portals. Shapes, types and check sums were made with h5py
/// 3.16 and `zlib.crc32`.
@Suite(.enabled(if: SharedData.isPresent)) struct `Tomography in HDF5` {
    private let folder = SharedData.folder.appending("hdf5-tomography")

    @Test func `Data Exchange is found by itself, as projections`() throws {
        let reader = try HDF5ScanReader(ScanLocation(folder.appending("tooth.h5")))
        let scan = reader.description
        #expect(scan.dataset == "/exchange/data")
        #expect(scan.shape == Shape(depth: 181, height: 2, width: 640))
        #expect(scan.elementType == .float32)
        #expect(scan.voxelSize == nil)
        #expect(scan.notes.contains { $0.contains("projections, not a reconstructed volume") })
        #expect(scan.metadata["/exchange/data@units"] == "counts")
        #expect(checksum(try reader.readAll()) == 2_555_836_039)
    }

    @Test func `a tiny Data Exchange file is a volume`() throws {
        let reader = try HDF5ScanReader(ScanLocation(folder.appending("dx_reader.h5")))
        #expect(reader.description.shape == Shape(depth: 4, height: 8, width: 16))
        #expect(reader.description.elementType == .int8)
        #expect(reader.description.notes.isEmpty)
        #expect(checksum(try reader.readAll()) == 2_212_873_983)
    }

    @Test func `slices that are datasets become one stack, dark and bright fields apart`() throws {
        let path = folder.appending("als_read_stack.h5")
        let reader = try HDF5ScanReader(ScanLocation(path))
        #expect(reader.description.shape == Shape(depth: 20, height: 10, width: 10))
        #expect(reader.description.elementType == .uint16)
        // The file says 0.000645 without a unit, and nobody knows of what.
        #expect(reader.description.voxelSize == nil)
        #expect(checksum(try reader.readAll()) == 4_009_582_735)
        let again = try HDF5ScanReader(
            ScanLocation(path, dataset: reader.description.dataset))
        #expect(again.description.shape == reader.description.shape)
    }

    @Test func `a NeXus master follows its links, and says which are broken`() throws {
        let path = folder.appending("k11-18014.nxs")
        let reader = try HDF5ScanReader(ScanLocation(path))
        let scan = reader.description
        #expect(scan.dataset == "/entry/imaging/data")
        #expect(scan.shape == Shape(depth: 3201, height: 22, width: 26))
        #expect(scan.elementType == .uint16)
        #expect(scan.files.contains { $0.lastComponent?.string == "k11-18014-imaging.h5" })
        #expect(scan.notes.contains { $0.contains("default plot cannot be opened") })
        #expect(scan.notes.contains { $0.contains("projections, not a reconstructed volume") })
        #expect(checksum(try reader.readAll()) == 3_697_624_023)
        #expect {
            try HDF5ScanReader(ScanLocation(path, dataset: "/entry/EtherCAT/data"))
        } throws: {
            "\($0)".contains("k11-18014-EtherCAT.h5, which does not exist")
        }
    }

    @Test func `a MATLAB file with its user block is a volume`() throws {
        let reader = try HDF5ScanReader(ScanLocation(folder.appending("drp374_256_matlab73.mat")))
        #expect(reader.description.dataset == "/bin")
        #expect(reader.description.shape == Shape(edge: 256))
        #expect(reader.description.elementType == .uint8)
        #expect(checksum(try reader.read(100..<164)) == 3_610_660_929)
    }
}

/// The CRC-32 of all voxels, as `zlib.crc32` gives it.
private func checksum(_ slab: RawSlab) -> UInt32 {
    unsafe slab.bytes.withUnsafeBytes { unsafe Deflate.crc32($0) }
}

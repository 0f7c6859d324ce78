import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import VolumeFiles

@Suite struct `Voxel size of a scanner's settings` {
    @Test(arguments: [
        ("Image Pixel Size (um)=2.25", 2.25), ("Image Pixel Size (um)=    2.25", 2.25),
        ("image pixel size (um) = 2,25", 2.25), ("Image Pixel Size (\u{B5}m)=2.25", 2.25),
        ("Image Pixel Size (nm)=700", 0.7),
        ("Scaled Image Pixel Size (um)=4.5\nImage Pixel Size (um)=2.25", 4.5),
        ("Image Pixel Size (um)=2.25\n[Reconstruction]\nPixel Size (um)=2.2496", 2.2496),
        ("Camera Pixel Size (um)=9\nImage Pixel Size (um)=2.25", 2.25),
        ("Scaled Image Pixel Size (um)=0\nImage Pixel Size (um)=2.25", 2.25),
    ])
    func `is found in SkyScan logs, however they spell it`(text: String, edge: Double) {
        let settings = SettingsText("plug.log", text: "[System]\nScanner=X\n[Acquisition]\n" + text)
        let found = VendorVoxelSize.find(in: settings, of: .skyScan)
        #expect(found?.size == VoxelSize(micrometres: edge))
        #expect(found?.source.hasPrefix("plug.log: ") == true)
    }

    @Test(arguments: [
        "", "Camera Pixel Size (um)=9", "Image Pixel Size (um)=", "Pixel Size (um)=2",
    ])
    func `is not made up from SkyScan logs`(text: String) {
        let settings = SettingsText("plug.log", text: "[Acquisition]\n" + text)
        #expect(VendorVoxelSize.find(in: settings, of: .skyScan) == nil)
    }

    @Test func `is found in Nikon settings, in millimetres`() {
        let settings = SettingsText(
            "plug.xtekct",
            text: "[XTekCT]\r\nVoxelsX=10\r\nVoxelSizeX=0.00225\r\nVoxelSizeY=0.0025\r\n"
                + "VoxelSizeZ=0.003\r\n")
        #expect(
            VendorVoxelSize.find(in: settings, of: .nikon)?.size
                == VoxelSize(
                    depthInMicrometres: 3, heightInMicrometres: 2.5, widthInMicrometres: 2.25))
    }

    @Test func `is found in GE phoenix settings`() {
        let settings = SettingsText(
            "plug.pca", text: "[Geometry]\nFDD=800\nVoxelSizeX=0.005\nVoxelSizeY=0.005\n")
        #expect(
            VendorVoxelSize.find(in: settings, of: .phoenix)?.size == VoxelSize(micrometres: 5))
    }

    @Test(arguments: [("mm", 5.0), ("\u{B5}m", 0.005)])
    func `is found in Volume Graphics settings`(unit: String, edge: Double) {
        let settings = SettingsText(
            "plug.vgi",
            text: "{volume1}\n[file1]\nName = plug.vol\n[geometry]\n"
                + "resolution = 0.005 0.005 0.005\nunit = \(unit)\n")
        #expect(
            VendorVoxelSize.find(in: settings, of: .volumeGraphics)?.size
                == VoxelSize(micrometres: edge))
    }

    @Test func `completes a scan that does not know its own`() throws {
        let scratch = try ScratchFolder()
        let path = scratch.appending("plug.npy")
        let writer = try createScan(
            at: path, shape: Shape(edge: 2), elementType: .uint8, voxelSize: nil)
        try writer.append(RawFixtures.numbered(Shape(edge: 2), .uint8))
        try writer.finish()
        #expect(try openScan(ScanLocation(path)).description.voxelSize == nil)
        try RawFixtures.write(
            latin1: "[Acquisition]\nSource Voltage (kV)= 80\nFilter=Al \u{B5}\n"
                + "Image Pixel Size (\u{B5}m)=2.25\n", to: scratch.appending("plug.log"))
        let description = try openScan(ScanLocation(path)).description
        #expect(description.voxelSize?.size == VoxelSize(micrometres: 2.25))
        #expect(description.voxelSize?.source == "plug.log: Image Pixel Size (µm)=2.25")
        #expect(description.metadata["Source Voltage (kV)"] == "80")
        #expect(description.files.last == scratch.appending("plug.log"))
        #expect(try openScan(ScanLocation(path)).readAll().shape == Shape(edge: 2))
    }

    @Test func `gives way to the scan's own, with a note`() throws {
        let scratch = try ScratchFolder()
        let path = scratch.appending("plug.nrrd")
        let writer = try createScan(
            at: path, shape: Shape(edge: 1), elementType: .uint8,
            voxelSize: VoxelSize(micrometres: 3))
        try writer.append(RawFixtures.numbered(Shape(edge: 1), .uint8))
        try writer.finish()
        try RawFixtures.write(
            "Image Pixel Size (um)=2.25\n", to: scratch.appending("plug.log"))
        let description = try openScan(ScanLocation(path)).description
        #expect(description.voxelSize?.size == VoxelSize(micrometres: 3))
        #expect(description.notes.contains { $0.contains("plug.log") })
    }

    @Test func `is left open where several disagree`() throws {
        let scratch = try ScratchFolder()
        try RawFixtures.write("Image Pixel Size (um)=2\n", to: scratch.appending("a.log"))
        try RawFixtures.write("Image Pixel Size (um)=3\n", to: scratch.appending("b.log"))
        var notes: [String] = []
        #expect(
            VendorSidecar.find(beside: scratch.path, isFolderOfSlices: true, notes: &notes) == nil)
        #expect(notes.count == 1)
        try RawFixtures.write("Image Pixel Size (um)=2.0001\n", to: scratch.appending("b.log"))
        let found = VendorSidecar.find(
            beside: scratch.path, isFolderOfSlices: true, notes: &notes)
        #expect(found?.path.lastComponent == "a.log")
    }

    @Test func `opens a Volume Graphics scan by its settings`() throws {
        let scratch = try ScratchFolder()
        let shape = Shape(depth: 2, height: 3, width: 4)
        let scan = RawFixtures.numbered(shape, .uint16)
        try RawFixtures.write(scan.bytes, to: scratch.appending("plug.vol"))
        func settings(_ name: String) -> String {
            """
            {volume1}
            [file1]
            Size = 4 3 2
            Name = \(name)
            Datatype = unsigned integer
            BitsPerElement = 16
            [geometry]
            resolution = 0.002 0.002 0.002
            unit = mm
            """
        }
        let path = scratch.appending("plug.vgi")
        try RawFixtures.write(settings("plug.vol"), to: path)
        #expect(try openScan(ScanLocation(path)).readAll() == scan)
        let throughVoxels = try openScan(ScanLocation(scratch.appending("plug.vol")))
        #expect(try throughVoxels.readAll() == scan)
        #expect(throughVoxels.description.voxelSize?.size == VoxelSize(micrometres: 2))
        for name in ["/etc/passwd", "../plug.vol", "C:\\scans\\plug.vol"] {
            try RawFixtures.write(settings(name), to: path)
            #expect(throws: VolumeFileError.self) { try openScan(ScanLocation(path)) }
        }
    }
}

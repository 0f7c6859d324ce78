import Foundation
import SystemPackage
import Volumes

/// Opens a scan, whatever its format: by what the file holds first, then by its name.
///
/// A folder or a glob is a stack of TIFF or PNG slices. Settings that the scanner left beside the
/// scan give the voxel size where the scan's own files do not.
///
/// - Throws: ``VolumeFileError`` where there is nothing, nothing known, or something broken.
public func openScan(_ location: ScanLocation) throws(VolumeFileError) -> any ScanReader {
    let path = location.path
    let reader: any ScanReader
    var isFolderOfSlices = false
    switch try PathKind(path) {
    case .slices(let format):
        isFolderOfSlices = true
        reader = try open(location, as: format)
    case .file:
        let head = try PositionedFile(path).head()
        if MagicBytes(head).format == nil, path.extension?.lowercased() == "vgi" {
            reader = try VolumeGraphicsHeader.open(location)
        } else {
            reader = try open(location, as: format(of: path, head: head))
        }
    }
    return try withVendorSettings(reader, location, isFolderOfSlices: isFolderOfSlices)
}

private func open(
    _ location: ScanLocation, as format: ScanFormat
) throws(VolumeFileError) -> any ScanReader {
    if let dataset = location.dataset, format != .hdf5 {
        throw .unsupported(
            location.path, problem: "'\(dataset)' would be a dataset inside an HDF5 file",
            advice: "this is \(format.rawValue); leave the dataset out")
    }
    return switch format {
    case .tiff: try TIFFScanReader(location)
    case .png: try PNGScanReader(location)
    case .hdf5: try HDF5ScanReader(location)
    case .metaImage: try MetaImageHeader.open(location)
    case .nrrd: try NRRDHeader.open(location)
    case .npy: try NumPyHeader.open(location)
    case .raw: try BareRaw.open(location)
    }
}

/// The format of a file by its first bytes, or else by its name.
private func format(of path: FilePath, head: [UInt8]) throws(VolumeFileError) -> ScanFormat {
    guard !head.isEmpty else { throw .malformed(path, problem: "it is empty") }
    let magic = MagicBytes(head)
    if let format = magic.format { return format }
    let suffix = path.extension?.lowercased() ?? ""
    if let foreign = magic.foreign {
        throw .unsupported(path, problem: "it is \(foreign.name)", advice: foreign.advice)
    }
    if ["mhd", "mha"].contains(suffix) { return .metaImage }
    if BareRaw.extensions.contains(suffix) { return .raw }
    if let format = ScanFormat(fileExtension: suffix) {
        throw .malformed(
            path, problem: "it is named .\(suffix) but does not begin as \(format.rawValue) does")
    }
    throw .unsupported(
        path, problem: "a format tomopair does not know",
        advice: "it reads TIFF, HDF5, MetaImage, NRRD, NumPy and PNG files, raw files with a "
            + "sidecar, and folders of slices")
}

/// What a path leads to.
private enum PathKind {
    case file
    case slices(ScanFormat)

    init(_ path: FilePath) throws(VolumeFileError) {
        let facts: Stat
        do {
            facts = try Stat(path)
        } catch {
            guard error == .noSuchFileOrDirectory || error == .notDirectory,
                let name = path.lastComponent?.string, name.contains(where: { "*?[".contains($0) })
            else { throw .whileReading(path, error) }
            self = .slices(FilePath(name).extension?.lowercased() == "png" ? .png : .tiff)
            return
        }
        guard facts.type == .directory else {
            self = .file
            return
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path.string)
        } catch {
            throw .unreadable(path, reason: "the folder cannot be listed")
        }
        let kinds = Set(
            names.lazy.filter { !$0.hasPrefix(".") }.compactMap { name -> ScanFormat? in
                let lowercase = name.lowercased()
                return lowercase.hasSuffix(".tif") || lowercase.hasSuffix(".tiff")
                    ? .tiff : lowercase.hasSuffix(".png") ? .png : nil
            })
        guard let kind = kinds.first else {
            throw .unsupported(
                path, problem: "a folder without TIFF or PNG slices",
                advice: "name the file of the scan, or the folder that holds its slices")
        }
        guard kinds.count == 1 else {
            throw .ambiguous(
                path, choices: ["*.tif", "*.png"],
                advice: "name the slices as in \(path.appending("*.tif"))")
        }
        self = .slices(kind)
    }
}

/// What the first bytes of a file give away.
private struct MagicBytes {
    private let head: [UInt8]

    init(_ head: [UInt8]) { self.head = head }

    var format: ScanFormat? {
        if begins([0x49, 0x49, 42, 0]) || begins([0x4D, 0x4D, 0, 42])
            || begins([0x49, 0x49, 43, 0])
            || begins([0x4D, 0x4D, 0, 43])
        {
            return .tiff
        }
        // HDF5 may begin after a user block of 512 bytes, doubled as often as need be.
        let blocks = [0, 512, 1024, 2048, 4096, 8192, 16384, 32768]
        if blocks.contains(where: {
            begins([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], at: $0)
        }) {
            return .hdf5
        }
        if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if NRRDHeader.recognises(head) { return .nrrd }
        if NumPyHeader.recognises(head) { return .npy }
        if MetaImageHeader.recognises(head) { return .metaImage }
        return nil
    }

    /// Formats that are recognised only to say what to do about them.
    var foreign: (name: String, advice: String)? {
        if begins([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            return (
                "an OLE compound file, such as Zeiss .txm and .txrm",
                "export the reconstruction as TIFF slices in the scanner's program"
            )
        }
        if begins(Array("DICM".utf8), at: 128) {
            return ("DICOM", "export the scan as TIFF or NRRD")
        }
        if begins([0xFF, 0xD8, 0xFF]) {
            return ("JPEG, which changes grey values", "export the scan as TIFF")
        }
        if begins([0x1F, 0x8B]) { return ("packed by gzip", "unpack it first") }
        if begins([0x50, 0x4B, 3, 4]) { return ("a zip archive", "unpack it first") }
        if begins(Array("CDF".utf8)) {
            return ("a classic netCDF file", "convert it to netCDF-4, which is HDF5")
        }
        return nil
    }

    private func begins(_ magic: [UInt8], at offset: Int = 0) -> Bool {
        head.count >= offset + magic.count
            && head[offset..<(offset + magic.count)].elementsEqual(magic)
    }
}

extension PositionedFile {
    /// Enough of the beginning to tell formats apart.
    fileprivate func head() throws(VolumeFileError) -> [UInt8] {
        try bytes(at: 0, count: min(length, 32768 + 8))
    }
}

extension ScanFormat {
    /// The format whose files have this extension.
    public init?(fileExtension: String) {
        switch fileExtension.lowercased() {
        case "tif", "tiff", "btf": self = .tiff
        case "h5", "hdf5", "hdf", "nxs", "nx": self = .hdf5
        case "mhd", "mha": self = .metaImage
        case "nrrd", "nhdr": self = .nrrd
        case "npy": self = .npy
        case "png": self = .png
        case "raw": self = .raw
        default: return nil
        }
    }
}

// MARK: - Settings of the scanner

private func withVendorSettings(
    _ reader: any ScanReader, _ location: ScanLocation, isFolderOfSlices: Bool
) throws(VolumeFileError) -> any ScanReader {
    let own = reader.description
    var notes: [String] = []
    let sidecar = VendorSidecar.find(
        beside: location.path, isFolderOfSlices: isFolderOfSlices, notes: &notes)
    guard let sidecar, !own.files.contains(sidecar.path) else {
        return notes.isEmpty ? reader : DescribedScanReader(reader, own.adding(notes: notes))
    }
    if let size = own.voxelSize?.size, !size.isClose(to: sidecar.voxelSize.size) {
        notes.append(
            """
            the scan's own voxel size, \(size), is taken; \(sidecar.voxelSize.source) says \
            \(sidecar.voxelSize.size)
            """)
    }
    return DescribedScanReader(
        reader,
        own.adding(
            files: [sidecar.path], voxelSize: sidecar.voxelSize, metadata: sidecar.facts,
            notes: notes))
}

extension ScanDescription {
    /// The same scan with more known about it; what its own files say stays.
    fileprivate func adding(
        files: [FilePath] = [], voxelSize: FoundVoxelSize? = nil,
        metadata: [String: String] = [:], notes: [String]
    ) -> ScanDescription {
        ScanDescription(
            format: format, files: self.files + files, dataset: dataset, shape: shape,
            elementType: elementType, voxelSize: self.voxelSize ?? voxelSize,
            metadata: self.metadata.merging(metadata) { own, _ in own }, notes: self.notes + notes)
    }
}

/// A reader of which more is known than its own files say.
private final class DescribedScanReader: ScanReader {
    let description: ScanDescription
    private let reader: any ScanReader

    init(_ reader: any ScanReader, _ description: ScanDescription) {
        self.reader = reader
        self.description = description
    }

    func read(_ slices: Range<Int>) throws(VolumeFileError) -> RawSlab {
        try reader.read(slices)
    }
}

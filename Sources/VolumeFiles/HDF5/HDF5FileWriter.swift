import CHDF5
import Foundation
public import SystemPackage
public import Volumes

/// An HDF5 file being written: volumes by name, each appended slab by slab.
///
/// The file opens in h5py, MATLAB, Fiji (`element_size_um`), ilastik (`axistags`), NeXus viewers
/// (a default plot for every volume) and as Data Exchange (`/exchange/data`). Chunks of 64 voxels
/// edge length are shuffled and deflated on all cores and written in one order without a date, so
/// the same volumes give the same bytes, whatever the slabs and threads.
///
/// The file is complete after ``finish()``; before, it is not to be read. Write to a temporary
/// name and rename it.
public final class HDF5FileWriter {
    private let output: HDF5Output
    private var volumes: [HDF5VolumeWriter] = []
    private var names: Set<String> = []
    /// The group of plots, made with the first volume.
    private var hasEntry = false

    /// Creates the file.
    ///
    /// - Parameter memoryForRow: Bytes that slices may take while they wait for their row of chunks to
    ///   fill; a row of more waits in a nameless file beside this one.
    /// - Throws: ``VolumeFileError/cannotWrite(_:reason:)`` where it exists already or the folder
    ///   does not let us, ``VolumeFileError/noSpace(_:)`` on a full disk.
    public init(creating path: FilePath, memoryForRow: Int = 160 << 20) throws(VolumeFileError) {
        output = try HDF5Library.serialised { () throws(VolumeFileError) in
            try HDF5Output(creating: path, memoryForRow: memoryForRow)
        }
    }

    /// Adds a volume of known extents, to be appended slice by slice.
    ///
    /// - Parameters:
    ///   - name: An absolute path such as `/exchange/data`, `/low` or `/labels`, new in this file.
    ///   - voxelSize: `nil` leaves out every statement of length.
    ///   - originInMicrometres: Where the corner of voxel (0, 0, 0) lies, along z, y, x.
    ///   - description: A sentence about the contents for people.
    /// - Returns: The writer for its slices; slabs of any height may be appended.
    public func addVolume(
        _ name: String, shape: Shape, elementType: ElementType, voxelSize: VoxelSize?,
        originInMicrometres: SIMD3<Double> = .zero, description: String
    ) throws(VolumeFileError) -> any ScanWriter {
        precondition(
            name.hasPrefix("/") && !name.hasSuffix("/") && name != "/entry"
                && !name.hasPrefix("/entry/"), "a volume has an absolute path outside /entry")
        precondition(names.insert(name).inserted, "a file has one volume of a name")
        let layout = HDF5VolumeLayout(
            name: name, shape: shape, elementType: elementType, voxelSize: voxelSize,
            origin: originInMicrometres, description: description)
        let volume = try HDF5Library.serialised { () throws(VolumeFileError) in
            try output.write { file throws(VolumeFileError) in
                let annotations = HDF5Annotations(file: file, path: output.path)
                let dataset = try annotations.makeDataset(layout)
                try annotations.describe(dataset, layout)
                try annotations.addPlot(layout, isFirst: !hasEntry)
                return HDF5VolumeWriter(dataset, layout, output)
            }
        }
        hasEntry = true
        volumes.append(volume)
        return volume
    }

    /// Closes the file and waits until the disk has it; every volume has been finished.
    ///
    /// - Throws: ``VolumeFileError/noSpace(_:)`` or ``VolumeFileError/cannotWrite(_:reason:)``.
    public func finish() throws(VolumeFileError) {
        precondition(volumes.allSatisfy(\.isFinished), "every volume is finished before its file")
        try HDF5Library.serialised { () throws(VolumeFileError) in
            try output.close()
        }
        let path = output.path
        let descriptor = unsafe open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .whileWriting(path, Errno(rawValue: errno)) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .whileWriting(path, Errno(rawValue: errno)) }
    }
}

/// An HDF5 file open for writing; used inside ``HDF5Library/serialised(_:)``, but for its end.
///
/// After a failed write (a full disk) the library crashes when the file is closed, because what it
/// could not write is still in its cache. The file is then left open for good, and its descriptor
/// pointed at `/dev/null`, so that the disk space is free as soon as the file is deleted.
final class HDF5Output {
    let path: FilePath
    let memoryForRow: Int
    private var file: HDF5Handle?
    /// Open datasets of the file.
    private var datasets: [HDF5Handle] = []

    init(creating path: FilePath, memoryForRow: Int) throws(VolumeFileError) {
        self.path = path
        self.memoryForRow = memoryForRow
        let access = try made(H5Pcreate(chdf5_file_access_class()), path)
        try done(H5Pset_file_locking(access.id, false, true), path)
        file = try made(
            unsafe H5Fcreate(path.string, chdf5_create_new(), chdf5_default, access.id), path)
    }

    deinit {
        // A file that could not be made ends here too, still inside the lock.
        guard file != nil else { return }
        HDF5Library.serialised {
            // A file given up halfway: no step of closing it may crash either.
            do throws(VolumeFileError) { try close() } catch {}
        }
    }

    /// Runs `body` on the file; after an error nothing of the file is touched again.
    func write<R>(
        _ body: (HDF5Handle) throws(VolumeFileError) -> R
    ) throws(VolumeFileError) -> R {
        guard let file else {
            throw .cannotWrite(path, reason: "an earlier write failed, or the file is finished")
        }
        do throws(VolumeFileError) {
            return try body(file)
        } catch {
            give(up: file)
            throw error
        }
    }

    /// Keeps a dataset so that it ends with the file.
    func keep(_ dataset: HDF5Handle) { datasets.append(dataset) }

    /// Writes what the library still holds, and closes the file.
    func close() throws(VolumeFileError) {
        try write { file throws(VolumeFileError) in
            try done(H5Fflush(file.id, H5F_SCOPE_GLOBAL), path)
            for dataset in datasets { try done(dataset.close(), path) }
            datasets = []
            try done(file.close(), path)
            self.file = nil
        }
    }

    private func give(up file: HDF5Handle) {
        var descriptor: UnsafeMutableRawPointer?
        if unsafe H5Fget_vfd_handle(file.id, chdf5_default, &descriptor) >= 0,
            let descriptor = unsafe descriptor
        {
            let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
            dup2(null, unsafe descriptor.load(as: Int32.self))
            Foundation.close(null)
        }
        _ = HDF5Library.lastComplaint()
        for dataset in datasets { dataset.leave() }
        datasets = []
        file.leave()
        self.file = nil
    }
}

/// Takes over an identifier made for writing.
func made(_ id: hid_t, _ path: FilePath) throws(VolumeFileError) -> HDF5Handle {
    guard let handle = HDF5Handle(id) else { throw libraryWriteFailure(path) }
    return handle
}

/// Checks a step of writing.
func done(_ status: herr_t, _ path: FilePath) throws(VolumeFileError) {
    guard status >= 0 else { throw libraryWriteFailure(path) }
}

private func libraryWriteFailure(_ path: FilePath) -> VolumeFileError {
    let complaint = HDF5Library.lastComplaint()
    guard complaint.systemError == 0 else {
        return .whileWriting(path, Errno(rawValue: complaint.systemError))
    }
    return .cannotWrite(path, reason: complaint.text)
}

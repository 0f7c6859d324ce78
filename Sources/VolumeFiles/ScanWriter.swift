public import Volumes

/// A scan being written, slab by slab, in order of z.
public protocol ScanWriter: AnyObject {
    /// Appends slices of the element type, height and width the writer was made for.
    func append(_ slab: RawSlab) throws(VolumeFileError)

    /// Completes and closes the file; every slice has been appended.
    func finish() throws(VolumeFileError)
}

public import Volumes

/// A scan open for reading, slab by slab.
public protocol ScanReader: AnyObject {
    /// What the scan is.
    var description: ScanDescription { get }

    /// Reads consecutive slices at native depth; `slices` lies within the scan and is not empty.
    ///
    /// - Throws: ``VolumeFileError/malformed(_:problem:)`` where the file is cut or corrupted.
    func read(_ slices: Range<Int>) throws(VolumeFileError) -> RawSlab
}

extension ScanReader {
    /// The whole scan in memory.
    public func readAll() throws(VolumeFileError) -> RawSlab {
        try read(0..<description.shape.depth)
    }
}

/// A reason a scan cannot be simulated.
public enum TomographyError: Error, Equatable, CustomStringConvertible {
    /// A setting lies outside the values it may take.
    case invalidSetting(name: String, value: Double, allowed: String)
    /// The pixels of a slice are not square, so that a ray has no single pixel size.
    case pixelsNotSquare(heightInMicrometres: Double, widthInMicrometres: Double)
    /// Slices are wanted above or below the object.
    case slicesOutsideObject(wanted: ClosedRange<Double>, object: ClosedRange<Double>)
    /// The scan is smaller than one voxel of the coarser one.
    case tooSmall(extent: String, scale: Int)
    /// The scan has one grey value or holds numbers that are not finite, so nothing can absorb.
    case noContrast(darkest: Float, mean: Float)

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .invalidSetting(let name, let value, let allowed):
            "\(name) is \(value); it has to be \(allowed)"
        case .pixelsNotSquare(let height, let width):
            """
            the pixels of a slice are \(height) x \(width) um; resample the scan to square pixels \
            before simulating another scan from it
            """
        case .slicesOutsideObject(let wanted, let object):
            """
            slices from \(wanted.lowerBound) to \(wanted.upperBound) um are wanted of an object \
            that reaches from \(object.lowerBound) to \(object.upperBound) um; move or shorten the \
            field of the scan
            """
        case .tooSmall(let extent, let scale):
            """
            a scan of \(extent) voxels holds no voxel that is \(scale) times coarser; \
            take a larger scan or a smaller scale
            """
        case .noContrast(let darkest, let mean):
            """
            a scan whose darkest grey is \(darkest) and whose mean is \(mean) shows nothing that \
            could absorb; check that it is the reconstructed scan and not a blank one
            """
        }
    }
}

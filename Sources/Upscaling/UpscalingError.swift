/// A reason an image or a volume cannot be upscaled.
public enum UpscalingError: Error, Equatable, CustomStringConvertible {
    /// The network looks at whole images, and this one needs more memory than was given.
    case imageTooLarge(height: Int, width: Int, neededBytes: Int, givenBytes: Int)
    /// Not even the smallest tile, or a single slice, fits into the memory given.
    case memoryTooSmall(neededBytes: Int, givenBytes: Int)
    /// Tiles were asked for of a network that looks at whole images.
    case cannotBeTiled
    /// The network's result is not a number somewhere; the slice is one of the output's.
    case notFinite(slice: Int)
    /// The network returned images of another size than its scale and margin say.
    case wrongSize(expected: [Int], found: [Int])
    /// Voxels of the scan are not numbers, or infinite.
    case notFiniteScan(voxels: Int)
    /// All voxels of the scan have one value.
    case constantScan(value: Double)
    /// A grey window without an extent.
    case emptyWindow(low: Double, high: Double)
    /// The network makes a number of HIGH slices together that is not the scan's.
    case otherSlices(made: Int, wanted: Int)
    /// The output is too large for its voxels to be counted.
    case outputTooLarge(scale: Int)

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .imageTooLarge(let height, let width, let needed, let given):
            """
            An image of \(height)x\(width) pixels needs about \(megabytes(needed)) and has \
            \(megabytes(given)), and this network looks at the whole image (normalisation over the \
            image, or attention), so tiles would change the result; give more memory, or crop the scan.
            """
        case .memoryTooSmall(let needed, let given):
            """
            The memory given, \(megabytes(given)), is too small: about \(megabytes(needed)) are \
            needed; give that much.
            """
        case .cannotBeTiled:
            """
            This network looks at the whole image (normalisation over the image, or attention), so \
            tiles would change the result; leave the tile's size out.
            """
        case .notFinite(let slice):
            """
            The network's result is not a number in slice \(slice) of the output; check the weights \
            and the grey window, and leave half precision off.
            """
        case .wrongSize(let expected, let found):
            "The network returned an image of \(found) pixels, not \(expected); check its description."
        case .notFiniteScan(let voxels):
            """
            \(voxels) voxels of the scan are not numbers or infinite, as are none that networks learn \
            from; replace them before upscaling.
            """
        case .constantScan(let value):
            "All voxels of the scan are \(value), so there is no window of grey values; check the file."
        case .emptyWindow(let low, let high):
            "The grey window \(low):\(high) is empty; give two different values, the lower one first."
        case .otherSlices(let made, let wanted):
            """
            The network makes \(made) slices of each slice, and \
            \(wanted == 1 ? "an image has no z axis" : "this scan needs \(wanted)"); take a network \
            that was trained on such scans.
            """
        case .outputTooLarge(let scale):
            "The scan enlarged \(scale) times has more voxels than can be counted; crop it."
        }
    }

    /// In the units of `--memory`, rounded up.
    private func megabytes(_ bytes: Int) -> String {
        bytes < 10_000_000
            ? "\((bytes + 999) / 1000)K" : "\((bytes + 999_999) / 1_000_000)M"
    }
}

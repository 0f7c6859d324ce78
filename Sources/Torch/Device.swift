import CTorch

/// Where a tensor lies and its operations run.
public enum Device: Hashable, Sendable, CustomStringConvertible {
    /// The processor.
    case cpu
    /// A GPU of NVIDIA's, counted from 0.
    case cuda(Int)

    /// The first GPU, or the processor where libtorch sees none.
    public static var auto: Device { cudaDevices > 0 ? .cuda(0) : .cpu }

    /// How many GPUs libtorch can use.
    public static var cudaDevices: Int { Int(ctorch_cuda_devices()) }

    /// The device of a name: `auto`, `cpu`, `cuda` or `cuda:1`; nil for any other.
    ///
    /// - Throws: ``TorchError/noSuchDevice(_:available:)`` for a GPU that is not there.
    public static func named(_ name: String) throws(TorchError) -> Device? {
        switch name {
        case "auto": return .auto
        case "cpu": return .cpu
        default:
            guard name == "cuda" || name.hasPrefix("cuda:") else { return nil }
            guard let index = name == "cuda" ? 0 : Int(name.dropFirst(5)), index >= 0 else {
                return nil
            }
            let available = cudaDevices
            guard index < available else {
                throw .noSuchDevice(.cuda(index), available: available)
            }
            return .cuda(index)
        }
    }

    /// The name by which it is asked for.
    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        }
    }

    /// Waits until all work given to the device is done; the processor's always is.
    public func synchronize() throws(TorchError) {
        try unsafe TorchError.check { message in unsafe ctorch_synchronize(index, message) }
    }

    init(index: Int32) { self = index < 0 ? .cpu : .cuda(Int(index)) }

    var index: Int32 {
        switch self {
        case .cpu: -1
        case .cuda(let index): Int32(index)
        }
    }
}

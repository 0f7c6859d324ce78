import CTorch

/// Why libtorch did not do what was asked.
public enum TorchError: Error, Equatable, CustomStringConvertible {
    /// An operation refused its inputs or failed.
    case failed(operation: String, reason: String)
    /// The device's memory does not suffice.
    case outOfMemory(operation: String, reason: String)
    /// The numbers given do not fill the shape.
    case countDoesNotFillShape(count: Int, shape: [Int])
    /// No CUDA device of that index can be used.
    case noSuchDevice(Device, available: Int)
    /// A saved state does not fit what it is loaded into.
    case stateDoesNotFit(name: String, reason: String)

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .failed(let operation, let reason):
            "The tensor operation '\(operation)' failed: \(reason)"
        case .outOfMemory(let operation, let reason):
            """
            The tensor operation '\(operation)' needs more memory than there is: \(reason) \
            Take a smaller batch, patch or tile.
            """
        case .countDoesNotFillShape(let count, let shape):
            "\(count) numbers do not fill a tensor of shape \(shape)."
        case .noSuchDevice(let device, let available):
            """
            There is no device \(device): libtorch sees \(available) CUDA devices. Use the \
            processor (cpu), or a libtorch with CUDA and a working driver.
            """
        case .stateDoesNotFit(let name, let reason):
            "The saved state does not fit at '\(name)': \(reason)."
        }
    }

    /// Throws what a status and its message say, if that is not success.
    static func check(
        _ body: (UnsafeMutablePointer<ctorch_message>) -> Int32
    ) throws(TorchError) {
        var message = ctorch_message()
        let status = unsafe body(&message)
        guard status != 0 else { return }
        let text = unsafe String(cString: ctorch_message_text(&message))
        let parts = text.split(separator: ": ", maxSplits: 1)
        let operation = parts.first.map(String.init) ?? "?"
        let reason = parts.count > 1 ? String(parts[1]) : text
        if status == Int32(CTORCH_OUT_OF_MEMORY) {
            throw .outOfMemory(operation: operation, reason: reason)
        }
        throw .failed(operation: operation, reason: reason)
    }
}

import CTorch

/// libtorch as a whole: what holds for every tensor of the process.
public enum Library {
    /// Which libtorch this was built with, such as 2.13.0.
    public static var version: String { unsafe String(cString: ctorch_version()) }

    /// How many threads one operation on the processor uses.
    public static var threads: Int { Int(ctorch_threads()) }

    /// Sets how many threads one operation uses, and how many operations of a graph run at once.
    ///
    /// libtorch's threads spin while they wait, so leave one core for each loader thread. Call it before
    /// any work: a thread that has computed already keeps its number, unless it is the caller. The
    /// second number can be set once in a process; nil leaves it alone.
    public static func setThreads(
        _ threads: Int, betweenOperations: Int? = nil
    ) throws(TorchError) {
        try unsafe TorchError.check { message in
            unsafe ctorch_set_threads(Int32(threads), Int32(betweenOperations ?? 0), message)
        }
    }

    /// Keeps the processor's memory that tensors gave back for those to come, for a program that takes
    /// many steps; to be called before its first tensor.
    ///
    /// A step takes and frees the same tensors as the one before. The C library otherwise returns them
    /// to the system, and fetching their pages anew takes a tenth of a step's time. The peak of memory
    /// becomes about a tenth larger.
    ///
    /// - Returns: Whether the C library can do it; GNU's can.
    @discardableResult public static func keepFreedMemory() -> Bool { ctorch_keep_freed_memory() }

    /// Seeds the generators behind ``Tensor/random(_:gaussian:type:on:)``.
    public static func seed(_ seed: UInt64) throws(TorchError) {
        try unsafe TorchError.check { message in unsafe ctorch_seed(seed, message) }
    }

    /// Refuses kernels whose results differ between runs; slower on a GPU.
    ///
    /// On a GPU the environment has to hold `CUBLAS_WORKSPACE_CONFIG=:4096:8` from the start.
    public static func setDeterministic(_ deterministic: Bool) throws(TorchError) {
        try unsafe TorchError.check { message in
            unsafe ctorch_set_deterministic(deterministic, message)
        }
    }

    /// Lets convolutions and matrix products on a GPU round their inputs to 10 bits of mantissa,
    /// several times faster.
    public static func setTensorFloat(_ allowed: Bool) throws(TorchError) {
        try unsafe TorchError.check { message in unsafe ctorch_set_tensor_float(allowed, message) }
    }
}

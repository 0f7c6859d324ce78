import Volumes

/// Where the voxels of batches are kept: on the heap, or where the receiver wants them, such as memory
/// from which a graphics card copies faster.
@safe public struct BatchMemory: Sendable {
    let allocate: @Sendable (_ bytes: Int) -> UnsafeMutableRawPointer
    let free: @Sendable (UnsafeMutableRawPointer) -> Void

    /// Memory by two functions; it is aligned to 64 bytes, and freed when its feed and its last batch
    /// are gone.
    public init(
        allocate: @escaping @Sendable (_ bytes: Int) -> UnsafeMutableRawPointer,
        free: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
    ) {
        unsafe self.allocate = allocate
        unsafe self.free = free
    }

    /// Ordinary memory.
    public static let heap = unsafe BatchMemory(
        allocate: { .allocate(byteCount: $0, alignment: 64) }, free: { unsafe $0.deallocate() })
}

/// The voxels of one batch, reused for many: LOW and HIGH, each [sample, slice, row, column].
@safe final class BatchBuffer: @unchecked Sendable {
    private let memory: BatchMemory
    private let low: UnsafeMutableRawPointer
    private let high: UnsafeMutableRawPointer
    let lowShape: Shape
    let highShape: Shape

    /// Room for `count` samples.
    init(count: Int, low lowShape: Shape, high highShape: Shape, memory: BatchMemory) {
        self.memory = memory
        self.lowShape = lowShape
        self.highShape = highShape
        func make(_ shape: Shape) -> UnsafeMutableRawPointer {
            let bytes = unsafe memory.allocate(count * shape.count * MemoryLayout<Float>.stride)
            unsafe bytes.initializeMemory(as: Float.self, repeating: 0, count: count * shape.count)
            return unsafe bytes
        }
        unsafe low = make(lowShape)
        unsafe high = make(highShape)
    }

    deinit {
        unsafe memory.free(low)
        unsafe memory.free(high)
    }

    private static func floats(
        _ start: UnsafeMutableRawPointer, _ range: Range<Int>
    ) -> UnsafeMutableBufferPointer<Float> {
        let floats = unsafe start.assumingMemoryBound(to: Float.self)
        return unsafe UnsafeMutableBufferPointer(
            start: floats + range.lowerBound, count: range.count)
    }

    /// Lets one sample be written; no two threads write the same, and none reads meanwhile.
    func withSample(
        _ slot: Int,
        _ body: (_ low: inout MutableSpan<Float>, _ high: inout MutableSpan<Float>) -> Void
    ) {
        let (a, b) = (lowShape.count, highShape.count)
        let lowFloats = unsafe Self.floats(low, (slot * a)..<((slot + 1) * a))
        let highFloats = unsafe Self.floats(high, (slot * b)..<((slot + 1) * b))
        var lowSpan = unsafe MutableSpan(_unsafeElements: lowFloats)
        var highSpan = unsafe MutableSpan(_unsafeElements: highFloats)
        body(&lowSpan, &highSpan)
    }

    /// The LOW voxels of the first `count` samples.
    func low(_ count: Int) -> UnsafeBufferPointer<Float> {
        unsafe UnsafeBufferPointer(Self.floats(low, 0..<(count * lowShape.count)))
    }

    /// The HIGH voxels of the first `count` samples.
    func high(_ count: Int) -> UnsafeBufferPointer<Float> {
        unsafe UnsafeBufferPointer(Self.floats(high, 0..<(count * highShape.count)))
    }
}

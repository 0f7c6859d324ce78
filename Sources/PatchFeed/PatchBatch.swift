public import Volumes

/// Where a run is: the next sample to come.
public struct FeedPosition: Hashable, Sendable, Codable, Comparable {
    /// The epoch, from 0.
    public let epoch: Int
    /// The sample of the epoch, from 0.
    public let index: Int

    /// A place in a run.
    public init(epoch: Int, index: Int) {
        self.epoch = epoch
        self.index = index
    }

    /// The beginning of a run.
    public static let start = FeedPosition(epoch: 0, index: 0)

    /// In the order of the run.
    public static func < (left: FeedPosition, right: FeedPosition) -> Bool {
        (left.epoch, left.index) < (right.epoch, right.index)
    }
}

/// Some consecutive samples of an epoch, side by side in memory.
///
/// Its voxels are the feed's again when the batch is gone or ``release()`` was called.
public final class PatchBatch<Drawn: Sendable> {
    /// Its first sample.
    public let position: FeedPosition
    /// Where the batch after it begins; a run that stopped here goes on from there.
    public let next: FeedPosition
    /// The samples, in order.
    public let places: [PatchPlace]
    /// What was drawn for each; `nil` where nothing was prepared.
    public let drawn: [Drawn?]
    private var buffer: BatchBuffer?
    private let giveBack: () -> Void

    init(
        position: FeedPosition, next: FeedPosition, places: [PatchPlace], drawn: [Drawn?],
        buffer: BatchBuffer, giveBack: @escaping () -> Void
    ) {
        self.position = position
        self.next = next
        self.places = places
        self.drawn = drawn
        self.buffer = buffer
        self.giveBack = giveBack
        lowShape = buffer.lowShape
        highShape = buffer.highShape
    }

    deinit { release() }

    /// How many samples.
    public var count: Int { places.count }
    /// The LOW voxels of a sample: slices as channels.
    public let lowShape: Shape
    /// The HIGH voxels of a sample: slices as channels.
    public let highShape: Shape

    /// Calls `body` with the LOW voxels, [sample, slice, row, column], and the HIGH voxels likewise,
    /// normalised by the windows of their pair. Nothing is clipped.
    public func withVoxels<R>(_ body: (_ low: Span<Float>, _ high: Span<Float>) throws -> R)
        rethrows
        -> R
    {
        try unsafe withUnsafeVoxels { low, high in
            try body(unsafe Span(_unsafeElements: low), unsafe Span(_unsafeElements: high))
        }
    }

    /// The same as memory to hand to C; it must not be used after `body`.
    @unsafe public func withUnsafeVoxels<R>(
        _ body: (_ low: UnsafeBufferPointer<Float>, _ high: UnsafeBufferPointer<Float>) throws -> R
    ) rethrows -> R {
        guard let buffer else { preconditionFailure("a released batch has no voxels") }
        return try unsafe body(buffer.low(count), buffer.high(count))
    }

    /// Lets go of the voxels.
    public func release() {
        guard buffer != nil else { return }
        buffer = nil
        giveBack()
    }
}

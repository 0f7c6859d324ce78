/// How the samples of epochs are cut into batches, numbered through the whole run.
struct BatchSchedule: Sendable {
    /// Samples of a batch.
    let batch: Int
    /// Samples of an epoch, without those that are dropped.
    private let length: Int
    private let batchesPerEpoch: Int
    private let epochs: Int

    /// - Parameter dropsRest: Whether samples that fill no batch are left out at an epoch's end.
    init(
        length: Int, batch: Int, epochs: Int, dropsRest: Bool
    ) throws(PatchFeedError) {
        precondition(batch > 0 && epochs >= 0, "a batch has samples")
        guard length > 0 else { throw .emptyEpoch }
        guard !dropsRest || length >= batch else {
            throw .epochTooShort(samples: length, batch: batch)
        }
        self.batch = batch
        self.epochs = epochs
        self.length = dropsRest ? length / batch * batch : length
        batchesPerEpoch = (self.length + batch - 1) / batch
    }

    func epoch(of number: Int) -> Int { number / batchesPerEpoch }

    /// The samples of a batch in its epoch; `nil` after the last epoch.
    func samples(of number: Int) -> Range<Int>? {
        guard epoch(of: number) < epochs else { return nil }
        let first = number % batchesPerEpoch * batch
        return first..<min(first + batch, length)
    }

    func position(of number: Int) -> FeedPosition {
        FeedPosition(epoch: epoch(of: number), index: number % batchesPerEpoch * batch)
    }

    /// The batch that begins at a place, which may be the end of an epoch.
    func number(at position: FeedPosition) throws(PatchFeedError) -> Int {
        guard position.epoch >= 0, position.index >= 0, position.index <= length,
            position.index % batch == 0 || position.index == length
        else { throw .notABatch(position, batch: batch) }
        return position.epoch * batchesPerEpoch + (position.index + batch - 1) / batch
    }

    /// Batches of one epoch.
    var batchesInEpoch: Int { batchesPerEpoch }
}

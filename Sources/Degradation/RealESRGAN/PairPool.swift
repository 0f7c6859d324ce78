/// A store that mixes the pairs of many batches, so that one batch holds different degradations
/// although each was made with few.
///
/// Until it is full, pairs are kept and passed on as they come. Then every batch that comes takes the
/// place of as many pairs chosen at random, which are passed on instead.
public struct PairPool<Pair: Sendable>: Sendable {
    /// How many pairs it holds when full.
    public let capacity: Int
    /// The pairs it holds.
    public private(set) var pairs: [Pair] = []

    /// An empty store; Real-ESRGAN's holds 180 pairs.
    public init(capacity: Int = 180) {
        precondition(capacity > 0, "a pool holds pairs")
        self.capacity = capacity
    }

    /// Takes in a batch and gives out one as large.
    ///
    /// - Parameters:
    ///   - batch: Pairs whose number divides the capacity.
    ///   - generator: Chooses which pairs leave.
    public mutating func exchange(
        _ batch: [Pair], using generator: inout some RandomNumberGenerator
    ) -> [Pair] {
        precondition(
            !batch.isEmpty && capacity.isMultiple(of: batch.count),
            "the capacity of a pool is a multiple of a batch")
        if pairs.count + batch.count <= capacity {
            pairs += batch
            return batch
        }
        pairs.shuffle(using: &generator)
        let leaving = Array(pairs[0..<batch.count])
        pairs.replaceSubrange(0..<batch.count, with: batch)
        return leaving
    }
}

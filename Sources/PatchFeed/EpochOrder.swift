import Randomness

/// The order in which the anchors of a plan come in one epoch.
///
/// It is a permutation, so no anchor comes twice before all have come once. A longer epoch goes on with
/// a permutation of its own, a shorter one takes the beginning of one: each epoch of another.
struct EpochOrder: Sendable {
    let epoch: Int
    private let anchors: [Int32]

    /// The order of `length` samples out of `count` anchors.
    init(seed: UInt64, epoch: Int, count: Int, length: Int) {
        precondition(count > 0 && count <= Int(Int32.max), "anchors are counted in 31 bits")
        self.epoch = epoch
        var generator = Philox4x32(seed: seed, stream: UInt64(epoch))
        var anchors: [Int32] = []
        anchors.reserveCapacity(length)
        while anchors.count < length {
            var pass = (0..<Int32(count)).map { $0 }
            let wanted = min(count, length - anchors.count)
            // Fisher and Yates, no further than needed.
            for index in 0..<wanted {
                pass.swapAt(index, index + generator.uniformIndex(below: count - index))
            }
            anchors += pass.prefix(wanted)
        }
        self.anchors = anchors
    }

    subscript(index: Int) -> Int { Int(anchors[index]) }
}

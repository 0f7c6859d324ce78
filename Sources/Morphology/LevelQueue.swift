/// Voxels in wait of a flood, first come first served on every level.
///
/// Each level is a chain of blocks of 256 bytes; what has been served is used again, so memory follows
/// the front, and twelve bytes a level, and not the volume.
public struct LevelQueue: Sendable {
    @inlinable static var blockSize: UInt32 { 64 }
    @inlinable static var none: UInt32 { .max }

    @usableFromInline var entries: [UInt32] = []
    @usableFromInline var followingBlocks: [UInt32] = []
    @usableFromInline var freeBlock: UInt32
    @usableFromInline var firstBlocks: [UInt32]
    /// Where the last entry of every level lies.
    @usableFromInline var lasts: [UInt32]
    /// The entry of every level served last.
    @usableFromInline var cursors: [UInt32]

    /// An empty queue of some levels.
    @inlinable
    public init(levelCount: Int) {
        freeBlock = LevelQueue.none
        firstBlocks = Array(repeating: LevelQueue.none, count: levelCount)
        lasts = firstBlocks
        cursors = firstBlocks
    }

    /// Puts a voxel at the end of a level.
    @inlinable @inline(__always)
    public mutating func append(_ place: UInt32, at level: Int) {
        var last = lasts[level]
        // No entry at all looks like the end of a block too.
        if last % LevelQueue.blockSize == LevelQueue.blockSize - 1 {
            last = lengthen(level, after: last)
        } else {
            last += 1
        }
        entries[Int(last)] = place
        lasts[level] = last
    }

    /// The next voxel of a level; `nil` if there is none for now.
    @inlinable @inline(__always)
    public mutating func next(at level: Int) -> Int? {
        let last = lasts[level]
        var cursor = cursors[level]
        if cursor == last {
            if last != LevelQueue.none { end(level) }
            return nil
        }
        if cursor == LevelQueue.none {
            cursor = firstBlocks[level] * LevelQueue.blockSize
        } else {
            cursor += 1
            if cursor % LevelQueue.blockSize == 0 { cursor = followChain(before: cursor) }
        }
        cursors[level] = cursor
        return Int(entries[Int(cursor)])
    }

    /// A voxel that comes some places after the one served last at a level; any other near the end of a
    /// block.
    @inlinable @inline(__always)
    public func later(at level: Int) -> Int {
        let cursor = cursors[level]
        let inBlock = cursor % LevelQueue.blockSize
        let ahead = min(inBlock + 6, LevelQueue.blockSize - 1)
        return Int(entries[Int(cursor - inBlock + ahead)])
    }

    @inlinable
    mutating func end(_ level: Int) {
        release(cursors[level] / LevelQueue.blockSize)
        firstBlocks[level] = LevelQueue.none
        lasts[level] = LevelQueue.none
        cursors[level] = LevelQueue.none
    }

    @inlinable
    mutating func followChain(before cursor: UInt32) -> UInt32 {
        let served = cursor / LevelQueue.blockSize - 1
        let next = followingBlocks[Int(served)] * LevelQueue.blockSize
        release(served)
        return next
    }

    @inlinable
    mutating func release(_ block: UInt32) {
        followingBlocks[Int(block)] = freeBlock
        freeBlock = block
    }

    /// Chains another block to a level and says where it begins.
    @inlinable
    mutating func lengthen(_ level: Int, after last: UInt32) -> UInt32 {
        var block = freeBlock
        if block == LevelQueue.none {
            block = UInt32(followingBlocks.count)
            followingBlocks.append(LevelQueue.none)
            entries.append(contentsOf: repeatElement(0, count: Int(LevelQueue.blockSize)))
        } else {
            freeBlock = followingBlocks[Int(block)]
        }
        if last == LevelQueue.none {
            firstBlocks[level] = block
        } else {
            followingBlocks[Int(last / LevelQueue.blockSize)] = block
        }
        return block * LevelQueue.blockSize
    }
}

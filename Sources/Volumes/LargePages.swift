import Foundation

/// Asks the system for large pages for memory that is about to be written for the first time.
///
/// A fresh page of 4 KiB costs about as long to get as to fill, and a walk through scattered voxels
/// misses the processor's table of pages at nearly every step; pages of 2 MiB spare both. Linux gives
/// them where it has them (`madvise(2)`, `transparent_hugepage` of `madvise` or `always`); elsewhere,
/// and for memory of less than some pages, nothing happens. It changes no more than the time taken.
@unsafe public func askForLargePages(_ memory: UnsafeMutableRawBufferPointer) {
    #if os(Linux)
        guard let base = memory.baseAddress, memory.count >= 4 << 20 else { return }
        // Whole small pages: the edges belong to others too.
        let pageSize = 4096
        let first = (UInt(bitPattern: base) + UInt(pageSize) - 1) & ~UInt(pageSize - 1)
        let end = (UInt(bitPattern: base) + UInt(memory.count)) & ~UInt(pageSize - 1)
        // Advice: where it is refused, the pages stay as they were.
        unsafe madvise(
            UnsafeMutableRawPointer(bitPattern: first), Int(end - first), MADV_HUGEPAGE)
    #endif
}

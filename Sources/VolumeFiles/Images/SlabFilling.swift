import Foundation
import Glibc
import SystemPackage
import Volumes

extension RawSlab {
    /// Memory for `shape`, filled in pieces on all cores.
    ///
    /// The memory is not cleared first: a piece that does not throw has written all of its bytes.
    /// - Parameters:
    ///   - pieces: Byte ranges that together make the slab.
    ///   - path: The file to name if the slab does not fit this machine's memory.
    /// - Throws: What the earliest piece throws.
    static func filled(
        elementType: ElementType, shape: Shape, path: FilePath, pieces: [Range<Int>],
        _ body:
            @Sendable (_ piece: Int, _ bytes: UnsafeMutableRawBufferPointer) throws(VolumeFileError)
            -> Void
    ) throws(VolumeFileError) -> RawSlab {
        let (count, overflow) = shape.count.multipliedReportingOverflow(by: elementType.byteCount)
        guard !overflow, UInt64(count) <= ProcessInfo.processInfo.physicalMemory else {
            throw .unsupported(
                path, problem: "\(shape) voxels of \(elementType) exceed this machine's memory",
                advice: "read fewer slices at a time, or use a larger machine")
        }
        let bytes = try unsafe Array(count: count) { bytes throws(VolumeFileError) in
            unsafe askForHugePages(bytes)
            // Pieces are disjoint, so no two threads touch one byte.
            nonisolated(unsafe) let base = unsafe bytes
            try forEachConcurrently(count: pieces.count) { piece throws(VolumeFileError) in
                try unsafe body(
                    piece, UnsafeMutableRawBufferPointer(rebasing: base[pieces[piece]]))
            }
        }
        return RawSlab(elementType: elementType, shape: shape, bytes: bytes)
    }

    /// Slices shared out over the cores: `count` of them in a few runs for each core, or in one if
    /// all `byteCount` bytes are too few to be worth a second thread.
    static func shares(of count: Int, byteCount: Int) -> [Range<Int>] {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let shares = byteCount < 1 << 18 ? 1 : min(count, 4 * cores)
        return (0..<shares).map { (count * $0 / shares)..<(count * ($0 + 1) / shares) }
    }
}

/// Half of the time to read a plain stack is the kernel's, giving out memory in pieces of 4 KiB; asked, it
/// gives 2 MiB at a time. A wish: nothing depends on whether it is granted.
private func askForHugePages(_ memory: UnsafeMutableRawBufferPointer) {
    let page = 4096
    guard memory.count > 1 << 22, let base = memory.baseAddress else { return }
    let skipped = (page - Int(bitPattern: base) % page) % page
    unsafe _ = madvise(base + skipped, (memory.count - skipped) / page * page, MADV_HUGEPAGE)
}

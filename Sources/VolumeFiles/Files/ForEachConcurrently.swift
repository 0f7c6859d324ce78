import Volumes

/// Calls `body` with every index below `count` on all cores, and throws what the lowest index threw.
func forEachConcurrently(
    count: Int, _ body: @Sendable (_ index: Int) throws(VolumeFileError) -> Void
) throws(VolumeFileError) {
    let failures = concurrentMap(count: count) { index -> VolumeFileError? in
        do throws(VolumeFileError) {
            try body(index)
            return nil
        } catch {
            return error
        }
    }
    if let failure = failures.lazy.compactMap(\.self).first { throw failure }
}

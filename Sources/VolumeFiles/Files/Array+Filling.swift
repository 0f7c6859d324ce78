extension [UInt8] {
    /// An array of `count` bytes, all of which `body` writes before it returns.
    init<E: Error>(
        count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        var failure: E?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(E) {
                try unsafe body(UnsafeMutableRawBufferPointer(buffer))
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        self = bytes
    }
}

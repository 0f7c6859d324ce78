import CFFTW

/// Zeroed memory aligned as FFTW's vector code wants it, freed with the value.
@safe struct AlignedFloats: ~Copyable, @unchecked Sendable {
    // Sendable, although it holds a pointer: the value owns its memory alone, and changes it only
    // through mutating methods.
    let floats: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: 64)
        unsafe floats = memory.bindMemory(to: Float.self, capacity: count)
        unsafe floats.initialize(repeating: 0, count: count)
        self.count = count
    }

    deinit { unsafe UnsafeMutableRawPointer(floats).deallocate() }

    /// Floats from `offset` on as FFTW's complex numbers.
    func complex(at offset: Int = 0) -> UnsafeMutablePointer<fftwf_complex> {
        unsafe UnsafeMutableRawPointer(floats + offset).assumingMemoryBound(
            to: fftwf_complex.self)
    }
}

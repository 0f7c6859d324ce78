/// The Fourier transform of single rows, for filters along the rows of a projection.
///
/// All methods may be called from many threads at once, one row each; a row's bits do not depend on
/// which thread did it.
public struct RowTransform: Sendable {
    /// Samples of a row, with its padding.
    public let length: Int
    /// Frequencies of a row: `length / 2 + 1`.
    public var spectrumLength: Int { length / 2 + 1 }
    private let transform: RealTransform

    /// Plans rows of `length` samples; ``nextFastLength(_:)`` gives fast ones.
    public init(length: Int) {
        self.length = length
        transform = RealTransform(width: length)
    }

    /// The spectrum of `samples`, with zeros after them up to ``length``.
    ///
    /// - Parameters:
    ///   - samples: At most ``length`` of them.
    ///   - spectrum: Receives ``spectrumLength`` numbers.
    public func forward(_ samples: Span<Float>, into spectrum: inout MutableSpan<ComplexFloat>) {
        precondition(
            samples.count <= length && spectrum.count == spectrumLength, "rows fit the transform")
        var buffer = transform.makeBuffer()
        load(samples, into: &buffer)
        transform.forward(&buffer)
        buffer.withSpectrumRow(0, 0) { row in
            for k in 0..<row.count { spectrum[k] = row[k] }
        }
    }

    /// The first samples of a spectrum, divided by ``length``: it undoes
    /// ``forward(_:into:)``.
    ///
    /// - Parameters:
    ///   - spectrum: ``spectrumLength`` numbers.
    ///   - samples: Receives as many samples as it holds, at most ``length``.
    public func inverse(_ spectrum: Span<ComplexFloat>, into samples: inout MutableSpan<Float>) {
        precondition(
            samples.count <= length && spectrum.count == spectrumLength, "rows fit the transform")
        var buffer = transform.makeBuffer()
        buffer.withMutableSpectrumRow(0, 0) { row in
            for k in 0..<spectrum.count { row[k] = spectrum[k] }
        }
        transform.inverse(&buffer)
        store(buffer, into: &samples)
    }

    /// Filters a row in place by a real response: zeros are appended up to ``length``, and the
    /// first samples of the result are kept.
    ///
    /// The convolution is free of wrap-around if ``length`` is at least the samples' number plus
    /// the reach of the filter.
    ///
    /// - Parameters:
    ///   - samples: At most ``length`` of them.
    ///   - response: The factor of each of the ``spectrumLength`` frequencies.
    public func filter(_ samples: inout MutableSpan<Float>, by response: Span<Float>) {
        precondition(
            samples.count <= length && response.count == spectrumLength, "rows fit the transform")
        var buffer = transform.makeBuffer()
        load(samples.span, into: &buffer)
        transform.forward(&buffer)
        buffer.withMutableSpectrumRow(0, 0) { row in
            for k in 0..<response.count { row[k] = row[k] * response[k] }
        }
        transform.inverse(&buffer)
        store(buffer, into: &samples)
    }

    private func load(_ samples: Span<Float>, into buffer: inout TransformBuffer) {
        buffer.withMutableRow(0, 0) { row in
            for x in 0..<samples.count { row[x] = samples[x] }
        }
    }

    private func store(
        _ buffer: borrowing TransformBuffer, into samples: inout MutableSpan<Float>
    ) {
        buffer.withRow(0, 0) { row in
            for x in 0..<samples.count { samples[x] = row[x] }
        }
    }
}

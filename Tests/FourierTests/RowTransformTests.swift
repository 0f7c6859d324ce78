import Fourier
import Testing

@Suite struct `Row transform` {
    @Test func `filters as the convolution does, without wrap`() {
        // The response of a symmetric kernel 1/4, 1/2, 1/4 is 1/2 + 1/2 cos(2 pi k / n), here
        // taken from the transform of the kernel itself.
        let transform = RowTransform(length: 16)
        var kernel = [Float](repeating: 0, count: 16)
        (kernel[0], kernel[1], kernel[15]) = (0.5, 0.25, 0.25)
        var spectrum = [ComplexFloat](repeating: ComplexFloat(0, 0), count: 9)
        var spectrumSpan = spectrum.mutableSpan
        transform.forward(kernel.span, into: &spectrumSpan)
        let response = spectrum.map(\.real)
        var row: [Float] = [1, 5, -2, 0, 3, 4, 4, 8]
        // The zeros after the row stand for what lies beyond both of its ends.
        let expected: [Float] = [1.75, 2.25, 0.25, 0.25, 2.5, 3.75, 5, 5]
        var rowSpan = row.mutableSpan
        transform.filter(&rowSpan, by: response.span)
        for (found, wanted) in zip(row, expected) { #expect(abs(found - wanted) < 1e-5) }
    }

    @Test(arguments: [1, 2, 9, 64])
    func `its inverse undoes it`(length: Int) {
        let transform = RowTransform(length: length)
        let row = (0..<length).map { Float($0 * $0 % 7) }
        var spectrum = [ComplexFloat](repeating: ComplexFloat(0, 0), count: length / 2 + 1)
        var spectrumSpan = spectrum.mutableSpan
        transform.forward(row.span, into: &spectrumSpan)
        var back = [Float](repeating: 0, count: length)
        var backSpan = back.mutableSpan
        transform.inverse(spectrum.span, into: &backSpan)
        for (found, wanted) in zip(back, row) { #expect(abs(found - wanted) < 1e-5) }
    }

    @Test func `fast lengths have no factor above seven`() {
        #expect(
            [1, 11, 13, 97, 159, 211, 1025].map(nextFastLength) == [1, 12, 14, 98, 160, 216, 1029])
    }
}

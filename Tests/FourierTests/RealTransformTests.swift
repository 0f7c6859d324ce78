import Fourier
import Foundation
import Randomness
import Testing

@Suite struct `Real transform` {
    struct Extents: Sendable { let depth, height, width: Int }

    @Test(arguments: [
        Extents(depth: 1, height: 1, width: 7), Extents(depth: 1, height: 5, width: 6),
        Extents(depth: 4, height: 3, width: 5), Extents(depth: 5, height: 1, width: 8),
        Extents(depth: 3, height: 4, width: 1), Extents(depth: 2, height: 9, width: 10),
    ])
    func `agrees with the sum that defines it, and its inverse undoes it`(extents: Extents) {
        var generator = SplitMix64(seed: 1)
        let (depth, height, width) = (extents.depth, extents.height, extents.width)
        let samples = (0..<(depth * height * width)).map { _ in
            Float.random(in: -1...1, using: &generator)
        }
        let transform = RealTransform(depth: depth, height: height, width: width)
        var buffer = transform.makeBuffer()
        buffer.forEachRowConcurrently { z, y, row in
            for x in 0..<width { row[x] = samples[(z * height + y) * width + x] }
        }
        transform.forward(&buffer)
        for k in 0..<depth {
            for j in 0..<height {
                for i in 0..<buffer.spectrumWidth {
                    var (real, imaginary) = (0.0, 0.0)
                    for z in 0..<depth {
                        for y in 0..<height {
                            for x in 0..<width {
                                let turns =
                                    Double(k * z) / Double(depth) + Double(j * y) / Double(height)
                                    + Double(i * x) / Double(width)
                                let sample = Double(samples[(z * height + y) * width + x])
                                real += sample * cos(2 * .pi * turns)
                                imaginary -= sample * sin(2 * .pi * turns)
                            }
                        }
                    }
                    let found = buffer.withSpectrumRow(k, j) { $0[i] }
                    #expect(abs(Double(found.real) - real) < 1e-4)
                    #expect(abs(Double(found.imaginary) - imaginary) < 1e-4)
                }
            }
        }
        transform.inverse(&buffer)
        for z in 0..<depth {
            for y in 0..<height {
                for x in 0..<width {
                    let found = buffer.withRow(z, y) { $0[x] }
                    #expect(abs(found - samples[(z * height + y) * width + x]) < 1e-5)
                }
            }
        }
    }

    @Test func `correlation finds where a spot went`() {
        let transform = RealTransform(depth: 6, height: 8, width: 10)
        var moved = transform.makeBuffer()
        var still = transform.makeBuffer()
        still.withMutableRow(1, 1) { $0[2] = 2 }
        moved.withMutableRow(4, 3) { $0[7] = 3 }
        transform.forward(&moved)
        transform.forward(&still)
        moved.correlate(with: still)
        transform.inverse(&moved)
        #expect(moved.withRow(3, 2) { abs($0[5] - 6) } < 1e-5)
        #expect(moved.withRow(0, 0) { abs($0[0]) } < 1e-5)
    }

    @Test func `gives the same bits when planned and run from many threads`() {
        @Sendable func bits() -> [UInt32] {
            let transform = RealTransform(depth: 7, height: 12, width: 15)
            var buffer = transform.makeBuffer()
            buffer.forEachRowConcurrently { z, y, row in
                for x in 0..<15 { row[x] = sin(Float(z * 180 + y * 15 + x)) }
            }
            transform.forward(&buffer)
            return (0..<7).flatMap { z in
                (0..<12).flatMap { y in
                    buffer.withSpectrumRow(z, y) { row in
                        (0..<8).flatMap { [row[$0].real.bitPattern, row[$0].imaginary.bitPattern] }
                    }
                }
            }
        }
        let expected = bits()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            let found = bits()
            #expect(found == expected)
        }
    }
}

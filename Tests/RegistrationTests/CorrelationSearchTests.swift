import Foundation
import Randomness
import Testing
import Volumes

@testable import Registration

@Suite struct `Correlation search` {
    @Test(arguments: UInt64(0)..<4)
    func `scores as the sums over the overlap do`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        func noise(_ shape: Shape) -> Volume<Float> {
            Volume(
                shape: shape,
                voxels: (0..<shape.count).map { _ in .random(in: -1...1, using: &generator) })
        }
        var low = noise(Shape(depth: 7, height: 9, width: 12))
        let high = noise(Shape(depth: 5, height: 6, width: 5))
        // A corner of HIGH is known to lie outside of its scan.
        func counts(_ z: Int, _ y: Int, _ x: Int) -> Bool { z + y + x > 2 }
        let mask = Volume<Float>(
            shape: high.shape,
            voxels: (0..<5).flatMap { z in
                (0..<6).flatMap { y in (0..<5).map { counts(z, y, $0) ? Float(1) : 0 } }
            })
        // HIGH lies in LOW, partly beyond its first slice and last column.
        let at = SIMD3(-1, 2, 9)
        for z in 0..<4 {
            for y in 0..<6 {
                for x in 0..<3 { low[z, y + 2, x + 9] = high[z + 1, y, x] + low[z, y, x] / 4 }
            }
        }
        let search = try #require(
            CorrelationSearch(
                low: low, high: MaskedCells(values: high, mask: mask), expected: SIMD3(-1.4, 3, 9),
                limits: .init(overlapCells: 40, centre: nil, radius: SIMD3(repeating: 0))))
        #expect(search.candidates[0].cells == at)
        // The score at the cell, without the peak between cells.
        #expect(search.expectedScore <= search.candidates[0].score)
        #expect(search.expectedScore > 0.8 * search.candidates[0].score)
        #expect(mask.array.reduce(0, +) == 140)
        for candidate in search.candidates {
            var (product, lows, highs, cells) = (0.0, 0.0, 0.0, 0)
            for z in 0..<high.shape.depth {
                for y in 0..<high.shape.height {
                    for x in 0..<high.shape.width {
                        let place = SIMD3(z, y, x) &+ candidate.cells
                        guard place.min() >= 0, place[0] < 7, place[1] < 9, place[2] < 12,
                            counts(z, y, x)
                        else { continue }
                        let l = Double(low[place[0], place[1], place[2]])
                        let h = Double(high[z, y, x])
                        product += l * h
                        lows += l * l
                        highs += h * h
                        cells += 1
                    }
                }
            }
            #expect(cells >= 40)
            let score =
                atanh(product / (lows * highs).squareRoot()) * (Double(cells) / 140).squareRoot()
            // The peak's height between cells is a little above that at the cell.
            #expect(candidate.score > score - 1e-4 && candidate.score < score * 1.3)
        }
    }
}

import Testing

@testable import Transport

@Suite struct `A lattice` {
    @Test(arguments: [
        SIMD3(4, 6, 2), SIMD3(5, 6, 4), SIMD3(3, 5, 7), SIMD3(1, 3, 8), SIMD3(9, 1, 1),
    ])
    func `gives no two places next to each other one colour`(extents: SIMD3<Int>) {
        for periodic in [SIMD3<Int>.zero, SIMD3(repeating: 1), SIMD3(0, 1, 0)] {
            let lattice = Lattice(extents, periodic: periodic, sheets: 3)
            for place in 0..<UInt32(lattice.sheetCount * 3) {
                let (sheet, here) = lattice.coordinates(of: place)
                #expect(lattice.place(here, sheet: sheet) == place)
                let colour = lattice.colour(of: here)
                #expect(colour < lattice.colourCount)
                for axis in 0..<3 where extents[axis] > 1 {
                    var next = here
                    next[axis] += 1
                    if next[axis] == extents[axis] {
                        if periodic[axis] == 0 { continue }
                        next[axis] = 0
                    }
                    #expect(lattice.colour(of: next) != colour)
                }
            }
        }
    }
}

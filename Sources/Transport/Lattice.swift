import Volumes

/// The places of a graph's nodes, on one level of coarsening: several sheets (one for pressures,
/// three for the velocities along z, y and x) of one grid, whose axes may close on themselves.
struct Lattice: Hashable, Sendable {
    /// Places along z, y and x.
    let extents: SIMD3<Int>
    /// 1 for each axis whose last place is next to its first, 0 for the others.
    let periodic: SIMD3<Int>
    /// Grids that share no links.
    let sheets: Int

    init(_ extents: SIMD3<Int>, periodic: SIMD3<Int> = .zero, sheets: Int = 1) {
        self.extents = extents
        self.periodic = periodic
        self.sheets = sheets
    }

    /// Places in one sheet.
    var sheetCount: Int { extents.x * extents.y * extents.z }

    /// Whether every sheet has one place.
    var isSinglePlace: Bool { sheetCount == 1 }

    func place(_ coordinates: SIMD3<Int>, sheet: Int = 0) -> UInt32 {
        UInt32(
            ((sheet * extents.x + coordinates.x) * extents.y + coordinates.y) * extents.z
                + coordinates.z)
    }

    /// The sheet and coordinates of a place.
    func coordinates(of place: UInt32) -> (sheet: Int, SIMD3<Int>) {
        let place = Int(place)
        let row = place / extents.z
        let slice = row / extents.y
        let sheet = slice / extents.x
        return (
            sheet,
            SIMD3(slice - sheet * extents.x, row - slice * extents.y, place - row * extents.z)
        )
    }

    /// The same space in cells of twice the edge.
    var coarser: Lattice {
        Lattice((extents &+ 1) / 2, periodic: periodic, sheets: sheets)
    }

    /// Where a place lies in ``coarser``.
    func coarserPlace(of place: UInt32, in coarser: Lattice) -> UInt32 {
        let (sheet, position) = coordinates(of: place)
        return coarser.place(position / 2, sheet: sheet)
    }

    /// Colours, such that no two places next to each other share one: two as on a chessboard, and a
    /// third where an axis of an odd number of places closes on itself.
    var colourCount: Int { hasOddCycle ? 3 : 2 }

    private var hasOddCycle: Bool {
        (0..<3).contains { periodic[$0] != 0 && extents[$0] % 2 == 1 && extents[$0] > 1 }
    }

    func colour(of coordinates: SIMD3<Int>) -> Int {
        guard hasOddCycle else {
            return (coordinates.x + coordinates.y + coordinates.z) & 1
        }
        var sum = 0
        for axis in 0..<3 {
            let isLastOfOdd =
                periodic[axis] != 0 && extents[axis] % 2 == 1
                && coordinates[axis] == extents[axis] - 1
            sum += isLastOfOdd ? 2 : coordinates[axis] & 1
        }
        return sum % 3
    }
}

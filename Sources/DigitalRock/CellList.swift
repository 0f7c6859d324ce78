/// Points of a periodic box sorted into cells, to find those near a place without asking all.
struct CellList: Sendable {
    private let period: SIMD3<Float>
    private let counts: SIMD3<Int>
    /// The points of cell `c` are `members[starts[c]..<starts[c + 1]]`, in ascending order.
    private let starts: [Int]
    private let members: [Int]

    /// Sorts points of the box; cells are at least `reach` wide.
    init(_ points: [SIMD3<Float>], period: SIMD3<Float>, reach: Float) {
        self.period = period
        let counts = SIMD3(
            max(1, Int(period[0] / reach)), max(1, Int(period[1] / reach)),
            max(1, Int(period[2] / reach)))
        self.counts = counts
        let cells = points.map { CellList.cell(of: $0, period: period, counts: counts) }
        var starts = [Int](repeating: 0, count: counts[0] * counts[1] * counts[2] + 1)
        let flat = cells.map { ($0[0] * counts[1] + $0[1]) * counts[2] + $0[2] }
        for cell in flat { starts[cell + 1] += 1 }
        for cell in 1..<starts.count { starts[cell] += starts[cell - 1] }
        var next = starts
        var members = [Int](repeating: 0, count: points.count)
        for (point, cell) in flat.enumerated() {
            members[next[cell]] = point
            next[cell] += 1
        }
        self.starts = starts
        self.members = members
    }

    private static func cell(
        of place: SIMD3<Float>, period: SIMD3<Float>, counts: SIMD3<Int>
    ) -> SIMD3<Int> {
        let share = wrapped(place, period: period) / period
        return SIMD3(
            min(Int(share[0] * Float(counts[0])), counts[0] - 1),
            min(Int(share[1] * Float(counts[1])), counts[1] - 1),
            min(Int(share[2] * Float(counts[2])), counts[2] - 1))
    }

    /// Calls `body` once with each point of the cell of `place` and the cells around it: every point
    /// within the reach, and some beyond.
    func forEachNear(_ place: SIMD3<Float>, _ body: (Int) -> Void) {
        let cell = CellList.cell(of: place, period: period, counts: counts)
        for z in neighbours(cell[0], counts[0]) {
            for y in neighbours(cell[1], counts[1]) {
                for x in neighbours(cell[2], counts[2]) {
                    let flat = (z * counts[1] + y) * counts[2] + x
                    for member in starts[flat]..<starts[flat + 1] { body(members[member]) }
                }
            }
        }
    }

    /// A cell and those beside it around the box, each once.
    private func neighbours(_ cell: Int, _ count: Int) -> [Int] {
        count < 3
            ? Array(0..<count)
            : [(cell + count - 1) % count, cell, (cell + 1) % count]
    }
}

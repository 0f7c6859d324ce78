/// The lower envelope of parabolas along one line, with its scratch memory (Meijster et al. 2000,
/// doi:10.1007/0-306-47025-X_36).
struct LowerEnvelope {
    /// The value of a line's place from which no distance is known.
    static let unbounded = UInt32.max

    /// The line: values before, and values after a transform.
    var line: [UInt32]
    /// The square of the distance between two neighbours on the line.
    private let step: Int
    private var sites: [Int]
    private var starts: [Int]
    private var result: [UInt32]

    /// An envelope for lines of `count` places, `edge` apart.
    init(count: Int, edge: Int) {
        step = edge * edge
        line = Array(repeating: 0, count: count)
        result = line
        sites = Array(repeating: 0, count: count + 2)
        starts = Array(repeating: 0, count: count + 2)
    }

    /// Replaces the line by min over j of (edge (i - j))^2 + value(j).
    mutating func transform() {
        result = line
        var i = 0
        while i < line.count {
            if line[i] == 0 {
                i += 1
                continue
            }
            // A zero hides everything behind it, so each run between zeros stands alone.
            let first = i
            while i < line.count && line[i] != 0 { i += 1 }
            transform(first..<i)
        }
        swap(&line, &result)
    }

    private mutating func transform(_ run: Range<Int>) {
        let reach = max(run.lowerBound - 1, 0)...min(run.upperBound, line.count - 1)
        var top = -1
        for site in reach where line[site] != LowerEnvelope.unbounded {
            let value = Int(line[site])
            while top >= 0 {
                let (s, t) = (sites[top], starts[top])
                let hidden =
                    step * (t - s) * (t - s) + Int(line[s]) > step * (t - site) * (t - site) + value
                if !hidden { break }
                top -= 1
            }
            if top < 0 {
                top = 0
                sites[0] = site
                starts[0] = run.lowerBound
            } else {
                let s = sites[top]
                let separation =
                    (step * (site * site - s * s) + value - Int(line[s])) / (2 * step * (site - s))
                if separation + 1 < run.upperBound {
                    top += 1
                    sites[top] = site
                    starts[top] = separation + 1
                }
            }
        }
        if top < 0 { return }
        for i in run.reversed() {
            let s = sites[top]
            result[i] = UInt32(step * (i - s) * (i - s) + Int(line[s]))
            if i == starts[top] { top -= 1 }
        }
    }
}

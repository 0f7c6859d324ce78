import Morphology
import Volumes

/// Which parts of a pore space that repeats itself reach round it, and along which axes.
struct PeriodicPercolation {
    /// Whether each part belongs to one that reaches round the volume along some axis.
    let percolates: [Bool]
    /// Whether any reaches round along z, y and x.
    let axes: SIMD3<Int>

    /// Follows the parts through the volume's faces: a part met again in another copy of the volume
    /// reaches round it.
    init(_ mask: Mask, _ parts: ConnectedComponents) {
        let labels = parts.labels()
        let shape = mask.shape
        let count = parts.count
        var contacts = [Set<Contact>](repeating: [], count: count)
        func join(_ last: UInt32, _ first: UInt32, _ axis: Int) {
            if last == 0 || first == 0 { return }
            var step = SIMD3<Int>.zero
            step[axis] = 1
            contacts[Int(last) - 1].insert(Contact(part: Int(first) - 1, step: step))
            contacts[Int(first) - 1].insert(Contact(part: Int(last) - 1, step: .zero &- step))
        }
        for y in 0..<shape.height {
            for x in 0..<shape.width { join(labels[shape.depth - 1, y, x], labels[0, y, x], 0) }
        }
        for z in 0..<shape.depth {
            for x in 0..<shape.width { join(labels[z, shape.height - 1, x], labels[z, 0, x], 1) }
            for y in 0..<shape.height { join(labels[z, y, shape.width - 1], labels[z, y, 0], 2) }
        }
        var copies = [SIMD3<Int>?](repeating: nil, count: count)
        var percolates = [Bool](repeating: false, count: count)
        var axes = SIMD3<Int>.zero
        for start in 0..<count where copies[start] == nil {
            copies[start] = .zero
            var members = [start]
            var reachesRound = false
            var next = 0
            while next < members.count {
                let part = members[next]
                next += 1
                guard let here = copies[part] else { continue }
                for contact in contacts[part] {
                    let there = here &+ contact.step
                    if let known = copies[contact.part] {
                        for axis in 0..<3 where known[axis] != there[axis] {
                            axes[axis] = 1
                            reachesRound = true
                        }
                    } else {
                        copies[contact.part] = there
                        members.append(contact.part)
                    }
                }
            }
            for part in members { percolates[part] = reachesRound }
        }
        self.percolates = percolates
        self.axes = axes
    }

    private struct Contact: Hashable {
        let part: Int
        let step: SIMD3<Int>
    }
}

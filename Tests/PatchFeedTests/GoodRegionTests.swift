import Randomness
import Testing
import Volumes

@testable import PatchFeed

@Suite struct `Windows around a patch` {
    /// All places of a window, by looking at every voxel.
    private func bruteForce(
        _ size: Shape, _ anchor: Region, in shape: Shape, good: [Region], spoiled: [Region]
    ) -> Set<Region> {
        func contains(_ regions: [Region], _ z: Int, _ y: Int, _ x: Int) -> Bool {
            regions.contains {
                $0.slices.contains(z) && $0.rows.contains(y) && $0.columns.contains(x)
            }
        }
        func isRelated(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
            a.clamped(to: b).count * 2 >= min(a.count, b.count)
        }
        var found: Set<Region> = []
        guard size.depth <= shape.depth, size.height <= shape.height, size.width <= shape.width
        else { return [] }
        for z in 0...(shape.depth - size.depth) {
            for y in 0...(shape.height - size.height) {
                for x in 0...(shape.width - size.width) {
                    let window = Region(z: z, y: y, x: x, shape: size)
                    guard anchor.slices.contains(z + size.depth / 2),
                        isRelated(anchor.rows, window.rows),
                        isRelated(anchor.columns, window.columns)
                    else { continue }
                    let isGood = window.slices.allSatisfy { z in
                        window.rows.allSatisfy { y in
                            window.columns.allSatisfy { x in
                                contains(good, z, y, x) && !contains(spoiled, z, y, x)
                            }
                        }
                    }
                    if isGood { found.insert(window) }
                }
            }
        }
        return found
    }

    @Test(arguments: UInt64(0)..<40)
    func `are those that a look at every voxel finds, each once`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &generator) }
        let shape = Shape(depth: number(1...7), height: number(4...14), width: number(4...14))
        let edge = Shape(
            depth: min(number(1...4), shape.depth), height: number(2...4), width: number(2...4))
        let step = SIMD3(number(1...3), number(1...4), number(1...4))
        var patches: [Region] = []
        for z in stride(from: 0, through: shape.depth - edge.depth, by: step[0]) {
            for y in stride(from: 0, through: shape.height - edge.height, by: step[1]) {
                for x in stride(from: 0, through: shape.width - edge.width, by: step[2]) {
                    patches.append(Region(z: z, y: y, x: x, shape: edge))
                }
            }
        }
        let spoiled = patches.filter { _ in number(0...9) == 0 }
        let good = patches.filter { !spoiled.contains($0) }
        let region = GoodRegion(of: shape, patches: good, spoiled: spoiled)
        let size = Shape(
            depth: [1, 1, 3][number(0...2)], height: number(1...6), width: number(1...6))
        for anchor in good {
            let windows = region.windows(of: size, around: anchor)
            let found = (0..<windows.count).map { windows[$0] }
            #expect(Set(found).count == found.count)
            #expect(
                Set(found)
                    == bruteForce(size, anchor, in: shape, good: good, spoiled: spoiled))
        }
    }
}

import Morphology
import TestSupport
import Testing
import Volumes

@Suite struct `Connected components` {
    @Test(arguments: UInt64(0)..<40)
    func `are what a flood fill in scan order finds`(seed: UInt64) {
        let shapes = [
            Shape(depth: 6, height: 7, width: 9), Shape(depth: 1, height: 12, width: 13),
            Shape(depth: 8, height: 1, width: 8), Shape(depth: 5, height: 6, width: 1),
        ]
        let shape = shapes[Int(seed) % shapes.count]
        let mask = randomMask(shape, porosity: [0.1, 0.3, 0.5][Int(seed) % 3], seed: seed)
        for connectivity in Connectivity.allCases {
            let components = ConnectedComponents(of: mask, connectivity: connectivity)
            let expected = floodFill(mask, connectivity)
            #expect(components.labels() == expected)
            #expect(components.count == Int(expected.array.max() ?? 0))
            #expect(components.components.count == components.count)
            for (index, component) in components.components.enumerated() {
                let places = expected.array.indices { $0 == UInt32(index + 1) }
                    .ranges.flatMap { $0 }
                #expect(component.voxelCount == places.count)
                #expect(component.bounds == box(of: places, in: shape))
            }
        }
    }

    @Test func `of five balls are numbered as by scipy`() {
        // scipy.ndimage.label(mask), weighted sum.
        let components = ConnectedComponents(of: ballMask())
        #expect(components.components.count == 3)
        #expect(components.labels().weightedSum == 44_948_180)
    }

    @Test func `know the faces they touch`() {
        var mask = Mask(shape: Shape(edge: 5), repeating: false)
        for z in 0..<5 { mask[z, 1, 1] = true }
        mask[2, 3, 3] = true
        mask[2, 3, 4] = true
        mask[3, 0, 3] = true
        let components = ConnectedComponents(of: mask).components
        #expect(components.map(\.faces) == [[.zLow, .zHigh], [.xHigh], [.yLow]])
        #expect(components.map(\.touchesBoundary) == [true, true, true])
    }

    @Test(arguments: UInt64(0)..<10)
    func `reach the boundary of a cylinder where a neighbour lies outside`(seed: UInt64) {
        let shape = Shape(depth: 6, height: 12, width: 13)
        let mask = randomMask(shape, porosity: 0.25, seed: seed)
        let view = FieldOfView.cylinder(centreY: 6, centreX: 6.5, radius: 5)
        func isInside(_ z: Int, _ y: Int, _ x: Int) -> Bool {
            z >= 0 && z < shape.depth && y >= 0 && y < shape.height
                && view.columns(z: z, y: y, in: shape).contains(x)
        }
        let components = ConnectedComponents(of: mask, within: view)
        let labels = components.labels()
        var touching: Set<UInt32> = []
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    if !isInside(z, y, x) { #expect(labels[z, y, x] == 0) }
                    guard labels[z, y, x] != 0 else { continue }
                    let neighbours = [
                        (z - 1, y, x), (z + 1, y, x), (z, y - 1, x), (z, y + 1, x),
                        (z, y, x - 1), (z, y, x + 1),
                    ]
                    if !neighbours.allSatisfy({ isInside($0.0, $0.1, $0.2) }) {
                        touching.insert(labels[z, y, x])
                    }
                }
            }
        }
        for (index, component) in components.components.enumerated() {
            #expect(component.touchesBoundary == touching.contains(UInt32(index + 1)))
        }
    }

    @Test func `of an image touch no face across it`() {
        var mask = Mask(shape: Shape(depth: 1, height: 5, width: 5), repeating: false)
        mask[0, 2, 2] = true
        let components = ConnectedComponents(of: mask).components
        #expect(components.map(\.faces) == [[]])
        #expect(components.map(\.touchesBoundary) == [false])
    }

    /// Rows of more than 64 voxels, where runs go on from word to word of the scan.
    @Test(arguments: [63, 64, 65, 128, 200])
    func `follow runs along rows of any width`(width: Int) {
        let shape = Shape(depth: 2, height: 3, width: width)
        for porosity in [0.5, 0.95, 1] {
            let mask = randomMask(shape, porosity: porosity, seed: UInt64(width))
            #expect(ConnectedComponents(of: mask).labels() == floodFill(mask, .faces))
        }
    }

    /// Chunks of 16 slices are joined by different cores.
    @Test(arguments: Connectivity.allCases)
    func `go on across chunks of slices`(connectivity: Connectivity) {
        let mask = randomMask(
            Shape(depth: 37, height: 9, width: 11), porosity: 0.3, seed: 5)
        let components = ConnectedComponents(of: mask, connectivity: connectivity)
        #expect(components.labels() == floodFill(mask, connectivity))
    }

    private func box(of places: [Int], in shape: Shape) -> Region? {
        let z = places.map { $0 / shape.sliceCount }
        let y = places.map { $0 / shape.width % shape.height }
        let x = places.map { $0 % shape.width }
        func range(_ numbers: [Int]) -> Range<Int> {
            (numbers.min() ?? 0)..<((numbers.max() ?? -1) + 1)
        }
        return Region(z: range(z), y: range(y), x: range(x))
    }

    private func floodFill(_ mask: Mask, _ connectivity: Connectivity) -> Volume<UInt32> {
        let shape = mask.shape
        var labels = Volume<UInt32>(shape: shape, repeating: 0)
        var last: UInt32 = 0
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width where mask[z, y, x] && labels[z, y, x] == 0 {
                    last += 1
                    var open = [(z, y, x)]
                    labels[z, y, x] = last
                    while let (z, y, x) = open.popLast() {
                        for c in max(z - 1, 0)...min(z + 1, shape.depth - 1) {
                            for b in max(y - 1, 0)...min(y + 1, shape.height - 1) {
                                for a in max(x - 1, 0)...min(x + 1, shape.width - 1) {
                                    let steps = abs(c - z) + abs(b - y) + abs(a - x)
                                    if connectivity == .faces && steps != 1 { continue }
                                    if !mask[c, b, a] || labels[c, b, a] != 0 { continue }
                                    labels[c, b, a] = last
                                    open.append((c, b, a))
                                }
                            }
                        }
                    }
                }
            }
        }
        return labels
    }
}

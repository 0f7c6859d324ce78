import Morphology
import Volumes

/// The pore voxels of parts that reach both faces across an axis, numbered by colour, as on a
/// chessboard, and within one in storage order.
struct PercolatingVoxels: Sendable {
    /// Where there is no voxel of those.
    static let none = UInt32.max

    let lattice: Lattice
    /// Pore voxels, percolating or not.
    let poreCount: Int
    /// The numbers of each colour.
    let colours: [Range<Int>]
    /// The number of every voxel of the volume, or ``none``.
    let numbers: [UInt32]
    /// Where every numbered voxel lies.
    let places: [UInt32]

    var count: Int { places.count }

    init(_ mask: Mask, along axis: Axis) {
        let parts = ConnectedComponents(of: mask, connectivity: .faces)
        let faces: Faces =
            switch axis {
            case .z: [.zLow, .zHigh]
            case .y: [.yLow, .yHigh]
            case .x: [.xLow, .xHigh]
            }
        // Across a single layer everything percolates, and parts know no faces there.
        let isSingleLayer = mask.shape.extent(along: axis) == 1
        let percolates = parts.components.map { isSingleLayer || $0.faces.isSuperset(of: faces) }
        self.init(
            parts, percolates: percolates,
            lattice: Lattice(SIMD3(mask.shape.depth, mask.shape.height, mask.shape.width)))
    }

    /// Numbers the chosen parts.
    init(_ parts: ConnectedComponents, percolates: [Bool], lattice: Lattice) {
        self.lattice = lattice
        var poreCount = 0
        parts.forEachRun { _, _, columns, _ in poreCount += columns.count }
        self.poreCount = poreCount
        var sizes = [Int](repeating: 0, count: lattice.colourCount)
        parts.forEachRun { z, y, columns, component in
            guard percolates[component] else { return }
            for x in columns { sizes[lattice.colour(of: SIMD3(z, y, x))] += 1 }
        }
        var colours: [Range<Int>] = []
        for size in sizes {
            let start = colours.last?.upperBound ?? 0
            colours.append(start..<(start + size))
        }
        self.colours = colours
        var next = colours.map(\.lowerBound)
        var numbers = [UInt32](repeating: PercolatingVoxels.none, count: lattice.sheetCount)
        var places = [UInt32](repeating: 0, count: sizes.reduce(0, +))
        parts.forEachRun { z, y, columns, component in
            guard percolates[component] else { return }
            for x in columns {
                let position = SIMD3(z, y, x)
                let place = lattice.place(position)
                let colour = lattice.colour(of: position)
                numbers[Int(place)] = UInt32(next[colour])
                places[next[colour]] = place
                next[colour] += 1
            }
        }
        self.numbers = numbers
        self.places = places
    }
}

import Randomness
import Testing
import Volumes

@testable import Registration

@Suite struct `Cells of LOW` {
    static func noise(_ shape: Shape, seed: UInt64) -> Volume<Float> {
        var generator = SplitMix64(seed: seed)
        return Volume(
            shape: shape,
            voxels: (0..<shape.count).map { _ in .random(in: -1...1, using: &generator) })
    }

    static let edge = SIMD3(2.0, 2.5, 3)

    /// The mean of the voxels of a cell, box by box.
    static func mean(
        _ volume: Volume<Float>, bins: SIMD3<Int>, _ z: Int, _ y: Int, _ x: Int,
        from corner: SIMD3<Int> = SIMD3(0, 0, 0)
    ) -> Double {
        var sum = 0.0
        for k in 0..<bins[0] {
            for j in 0..<bins[1] {
                for i in 0..<bins[2] {
                    sum += Double(
                        volume[
                            corner[0] + z * bins[0] + k, corner[1] + y * bins[1] + j,
                            corner[2] + x * bins[2] + i])
                }
            }
        }
        return sum / Double(bins[0] * bins[1] * bins[2])
    }

    @Test(arguments: [
        (Shape(depth: 13, height: 11, width: 17), 2), (Shape(depth: 13, height: 11, width: 17), 3),
        (Shape(depth: 1, height: 22, width: 19), 4),
    ])
    func `are means of whole numbers of voxels`(shape: Shape, bin: Int) {
        let volume = Self.noise(shape, seed: 1)
        let plain = LowCells(values: volume, cell: Self.edge, origin: SIMD3(5, 6, 7), axis: SIMD2())
        let cells = plain.binned(by: bin)
        let bins = SIMD3(shape.isImage ? 1 : bin, bin, bin)
        let wanted = Shape(
            depth: shape.depth / bins[0], height: shape.height / bin, width: shape.width / bin)
        #expect(cells.shape == wanted)
        #expect(cells.origin == plain.origin)
        var worst = 0.0
        for z in 0..<wanted.depth {
            for y in 0..<wanted.height {
                for x in 0..<wanted.width {
                    let mean = Self.mean(volume, bins: bins, z, y, x)
                    worst = max(worst, abs(Double(cells.values[z, y, x]) - mean))
                }
            }
        }
        // Sums of up to 64 numbers in single precision.
        #expect(worst < 1e-6)
        // The first cell's centre is half a cell from the corner.
        let half = SIMD3(Double(bins[0]), Double(bins[1]), Double(bins[2])) * Self.edge / 2
        #expect((cells.centre(0, 0, 0) - SIMD3(5, 6, 7) - half).length < 1e-12)
    }

    @Test(arguments: [1, 2, 3, 5])
    func `read by slabs are those of the whole`(bin: Int) throws {
        // More slices than are read at once.
        let volume = Self.noise(Shape(depth: 75, height: 12, width: 11), seed: 2)
        var check = ScanCheck()
        let read = try LowCells(reading: volume, edge: Self.edge, bin: bin, check: &check)
        let whole = LowCells(values: volume, cell: Self.edge, origin: SIMD3(), axis: SIMD2())
            .binned(by: bin)
        #expect(read.values.shape == whole.values.shape)
        // Slabs begin at other slices, by which a third is rounded otherwise.
        let worst = zip(read.values.array, whole.values.array).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 1e-6)
        #expect(read.cell == whole.cell && read.origin == whole.origin)
        #expect(check.isFinite && check.varies)
    }

    @Test func `of a box begin where it begins`() throws {
        let volume = Self.noise(Shape(depth: 50, height: 20, width: 22), seed: 3)
        let box = Region(z: 4, y: 6, x: 2, shape: Shape(depth: 44, height: 12, width: 18))
        var check = ScanCheck()
        let cells = try LowCells(
            reading: volume, edge: Self.edge, bin: 2, region: box, check: &check)
        #expect(cells.shape == Shape(depth: 22, height: 6, width: 9))
        #expect(cells.origin == SIMD3(8, 15, 6))
        for (z, y, x) in [(0, 0, 0), (21, 5, 8), (17, 3, 4)] {
            let mean = Self.mean(volume, bins: SIMD3(2, 2, 2), z, y, x, from: SIMD3(4, 6, 2))
            #expect(abs(Double(cells.values[z, y, x]) - mean) < 1e-6)
        }
    }

    @Test func `tell of numbers that are none, wherever they are`() throws {
        for place in [0, 31, 32, 66] {
            var volume = Self.noise(Shape(depth: 67, height: 8, width: 8), seed: 4)
            volume[place, 7, 7] = .nan
            var check = ScanCheck()
            // Slice 66 fills no cell of three, but is looked at.
            _ = try LowCells(reading: volume, edge: Self.edge, bin: 3, check: &check)
            #expect(!check.isFinite)
        }
    }

    @Test(arguments: [false, true], UInt64(0)..<12)
    func `that see HIGH alone are those whose corners do`(isImage: Bool, seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let shape = Shape(depth: isImage ? 1 : 14, height: 15, width: 16)
        let cells = LowCells(
            values: Volume(shape: shape, repeating: 0), cell: SIMD3(3, 2, 2.5),
            origin: isImage ? SIMD3(0, 4, -7) : SIMD3(-10, 4, -7), axis: SIMD2())
        let extent = SIMD3(isImage ? 1 : 31.0, 27, 29)
        // Every fourth lies straight, where rows run along the faces.
        var turn = SIMD3<Double>.random(in: -120...120, using: &generator)
        if isImage { turn = SIMD3(turn[0], 0, 0) }
        if seed % 4 == 0 { turn = SIMD3(0, 0, 0) }
        let rotation = SpatialTransform(
            rotationInDegrees: turn, scale: .random(in: 0.9...1.1, using: &generator),
            translation: SIMD3(0, 0, 0))
        var linear = rotation.linear
        if isImage { linear[0] = SIMD3(1, 0, 0) }
        let turned = SpatialTransform(linear: linear, translation: SIMD3(0, 0, 0))
        let middle = cells.origin + SIMD3(shape) * cells.cell / 2
        let pose = SpatialTransform(
            linear: linear,
            translation: middle - turned(extent / 2)
                + SIMD3<Double>.random(in: -6...6, using: &generator))
        let back = pose.inverse
        for (blur, reserve) in [(0.0, -0.5), (0, 0), (0.8, 0.25), (0, 1.5)] {
            let rows = cells.rowsInside(pose: pose, extent: extent, blur: blur, reserve: reserve)
            #expect(rows.count == shape.depth * shape.height)
            var count = 0
            for z in 0..<shape.depth {
                for y in 0..<shape.height {
                    for x in 0..<shape.width {
                        // By how much the cell's nearest corner lies inside, in um of LOW.
                        var least = Double.infinity
                        for corner in 0..<8 {
                            let side = SIMD3(
                                Double(corner & 1), Double((corner >> 1) & 1), Double(corner >> 2))
                            let half = (side * 2 - 1) * cells.cell * (0.5 + reserve)
                            let point = back(cells.centre(z, y, x) + half)
                            for axis in (isImage ? 1 : 0)..<3 {
                                let per = back.linear[axis].length
                                least = min(least, point[axis] / per)
                                least = min(least, (extent[axis] - point[axis]) / per)
                            }
                        }
                        let isInside = rows[z * shape.height + y].contains(x)
                        count += isInside ? 1 : 0
                        // Faces themselves may count either way.
                        if abs(least - 2 * blur) > 1e-5 {
                            #expect(isInside == (least > 2 * blur))
                        }
                    }
                }
            }
            #expect(count > 0 || reserve > 1)
        }
    }
}

import Randomness
import Testing
import Volumes

@testable import Report

@Suite struct `Drawn picture` {
    private let window = GreyWindow(black: 0, white: 100)

    private func randomMask(_ shape: Shape, seed: UInt64) -> Mask {
        var generator = SplitMix64(seed: seed)
        return Mask(
            shape: shape, voxels: (0..<shape.count).map { _ in Bool.random(using: &generator) })
    }

    @Test(arguments: UInt64(0)..<4)
    func `outlines pores just inside their boundary and nowhere else`(seed: UInt64) {
        // 100 voxels are drawn 6 pixels wide, so a pixel's voxel is known without the code's help.
        let shape = Shape(depth: 2, height: 100, width: 20)
        let mask = randomMask(shape, seed: seed)
        let scan = Volume<Float>(shape: shape, repeating: 50)
        let image = DrawnPicture.outline(of: mask, over: scan, slice: 1, window: window).image
        #expect(image.width == 120 && image.height == 600)
        func isPore(_ x: Int, _ y: Int) -> Bool? {
            (0..<image.width).contains(x) && (0..<image.height).contains(y)
                ? mask[1, y / 6, x / 6] : nil
        }
        var wrong = 0
        for y in 0..<image.height {
            for x in 0..<image.width {
                let sides = [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
                let isBoundary =
                    isPore(x, y) == true && sides.contains { isPore($0.0, $0.1) == false }
                if image[x, y] != (isBoundary ? .outline : .grey(128)) { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    @Test func `has no outline where all or nothing is pore`() {
        let shape = Shape(depth: 1, height: 1200, width: 40)
        let scan = Volume<Float>(shape: shape, repeating: 0)
        for value in [true, false] {
            let image = DrawnPicture.outline(
                of: Mask(shape: shape, repeating: value), over: scan, window: window
            ).image
            #expect(image.bytes.allSatisfy { $0 == 0 })
            #expect(image.height == 900 && image.width == 30)
        }
    }

    @Test func `outlines a large slice one pixel wide after shrinking it`() {
        // Pore left of the middle: the outline is the last pixel column of the pore.
        let shape = Shape(depth: 1, height: 20, width: 1800)
        let mask = Mask(
            shape: shape, voxels: (0..<shape.count).map { $0 % 1800 < 900 })
        let scan = Volume<Float>(shape: shape, repeating: 100)
        let image = DrawnPicture.outline(of: mask, over: scan, window: window).image
        #expect(image.width == 900 && image.height == 10)
        let columns = Set(
            (0..<900).filter { x in (0..<10).contains { image[x, $0] == .outline } })
        #expect(columns == [449])
    }

    @Test func `shows LOW beside HIGH of the same place`() {
        let lowShape = Shape(depth: 1, height: 2, width: 3)
        let low = Volume<Float>(shape: lowShape, voxels: [0, 20, 40, 60, 80, 100])
        // HIGH repeats LOW, so both panels have to be equal; its other slices are not to be seen.
        let highShape = Shape(depth: 2, height: 4, width: 6)
        let high = Volume<Float>(
            shape: highShape,
            voxels: (0..<highShape.count).map { index in
                index < 24 ? -1 : low[0, index % 24 / 6 / 2, index % 6 / 2]
            })
        let picture = DrawnPicture.pair(
            low: low, high: high, scale: 2, firstSlice: 7, lowWindow: window, highWindow: window)
        let image = picture.image
        let panelWidth = 6 * DisplaySize.largestFactor
        #expect(image.height == 4 * DisplaySize.largestFactor)
        #expect(image.width == 2 * panelWidth + 8)
        for y in 0..<image.height {
            for x in 0..<panelWidth {
                #expect(image[x, y] == image[panelWidth + 8 + x, y])
            }
            #expect((0..<8).allSatisfy { image[panelWidth + $0, y] == .white })
        }
        #expect(image[0, 0] == .grey(0))
        #expect(image[panelWidth - 1, image.height - 1] == .grey(255))
        #expect(picture.caption.contains("slice z = 7 of LOW"))
    }

    @Test func `shows the middle of a large pair with single voxels to be seen`() {
        let low = Volume<Float>(shape: Shape(depth: 1, height: 73, width: 90), repeating: 1)
        let high = Volume<Float>(shape: Shape(depth: 4, height: 292, width: 360), repeating: 1)
        let image = DrawnPicture.pair(
            low: low, high: high, scale: 4, lowWindow: window, highWindow: window
        ).image
        #expect(image.width == 2 * 576 + 8)
        #expect(image.height == 576)
    }

    @Test func `gives a chessboard of equal scans the look of one scan`() {
        // LOW is HIGH in other grey values: after matching, no field can be told from its
        // neighbours.
        let lowShape = Shape(depth: 1, height: 40, width: 20)
        let low = Volume<Float>(
            shape: lowShape, voxels: (0..<800).map { Float(($0 / 4 + $0 / 160) % 10) * 3 + 500 })
        let highShape = Shape(depth: 3, height: 120, width: 60)
        let high = Volume<Float>(
            shape: highShape,
            voxels: (0..<highShape.count).map { index in
                (low[0, index / 60 % 120 / 3, index % 60 / 3] - 500) * 3 + 5
            })
        let image = DrawnPicture.registrationCheck(
            low: low, high: high, scale: 3, highWindow: window
        ).image
        #expect(image.width == 360 && image.height == 720)
        var largest = 0
        for y in 0..<image.height {
            for x in 0..<image.width {
                let expected = window.grey(of: high[1, y / 6, x / 6]) ?? 0
                largest = max(largest, abs(Int(image[x, y].red) - Int(expected)))
            }
        }
        // Matching mean and spread is exact for a linear relation, up to one rounding.
        #expect(largest <= 1)
    }

    @Test func `marks voxels without a value`() {
        let scan = Volume<Float>(
            shape: Shape(depth: 1, height: 1, width: 2), voxels: [.nan, 100])
        let mask = Mask(shape: scan.shape, repeating: false)
        let image = DrawnPicture.outline(of: mask, over: scan, window: window).image
        #expect(image[0, 0] == .missing)
        #expect(image[image.width - 1, 0] == .white)
    }

    @Test func `gives each pore its colour and parts those that touch`() {
        let labels = Volume<UInt32>(
            shape: Shape(depth: 1, height: 1, width: 4), voxels: [0, 5, 5, 9])
        let picture = DrawnPicture.pores(labels)
        // Six pixels a voxel: solid, pore 5 up to its last pixel before pore 9, pore 9.
        let row = (0..<24).map { picture.image[$0, 0] }
        #expect(Set(row[0..<6]) == [RGB(232, 232, 230)])
        #expect(Set(row[6..<17]) == [DrawnPicture.poreColor(5)])
        #expect(row[17] == RGB(40, 40, 40))
        #expect(Set(row[18..<24]) == [DrawnPicture.poreColor(9)])
        #expect(picture.caption.contains(": 2 of them"))
    }

    @Test func `keeps the colours of near pore numbers apart`() {
        func distance(_ a: RGB, _ b: RGB) -> Int {
            abs(Int(a.red) - Int(b.red)) + abs(Int(a.green) - Int(b.green))
                + abs(Int(a.blue) - Int(b.blue))
        }
        for number in UInt64(1)...500 {
            for other in (number + 1)...(number + 4) {
                let apart = distance(
                    DrawnPicture.poreColor(number), DrawnPicture.poreColor(other))
                #expect(apart >= 60, "pores \(number) and \(other)")
            }
            // No pore looks like the solid around it.
            #expect(distance(DrawnPicture.poreColor(number), RGB(232, 232, 230)) >= 100)
        }
    }

    @Test(arguments: [(2.0, 500, 200.0, 100), (2.25, 900, 500, 222), (40, 150, 1000, 25)])
    func `has a bar of a round length where voxels have a size`(
        micrometres: Double, width: Int, length: Double, pixels: Int
    ) throws {
        let bar = try #require(
            ScaleBar(
                voxelSize: VoxelSize(micrometres: micrometres), pixelsPerVoxel: 1, width: width))
        #expect(bar.lengthInMicrometres == length)
        #expect(bar.lengthInPixels == pixels)
        #expect(ScaleBar(voxelSize: nil, pixelsPerVoxel: 1, width: width) == nil)
    }

    @Test func `is the same bytes every time`() throws {
        let shape = Shape(depth: 1, height: 64, width: 64)
        let mask = randomMask(shape, seed: 3)
        let scan = Volume<Float>(
            shape: shape, voxelSize: VoxelSize(micrometres: 3), voxels: (0..<4096).map(Float.init))
        let draw = {
            try DrawnPicture.outline(of: mask, over: scan, window: window).image.png()
        }
        #expect(try draw() == draw())
    }

    @Test func `is stored as grey where it has no colour`() throws {
        let grey = RGBImage(width: 2, height: 1, filledWith: .grey(9))
        let colored = RGBImage(width: 2, height: 1, filledWith: .outline)
        // Byte 25 of a PNG is its colour type: 0 grey, 2 red, green, blue (PNG, section 11.2.2).
        #expect(try grey.png()[25] == 0)
        #expect(try colored.png()[25] == 2)
    }
}

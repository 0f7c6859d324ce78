import Randomness
import TestSupport
import Testing
import Volumes

@testable import Segmentation

@Suite struct `Median filter` {
    @Test func `is that of scipy`() {
        // scipy.ndimage.median_filter(volume, 3), weighted sums.
        let shape = Shape(depth: 7, height: 11, width: 19)
        let field = greyField(shape, bits: 12, as: UInt16.self)
        #expect(medianFiltered(field).weightedSum == 2_194_874_487)
        let signed = medianFiltered(field.map { Int16($0) - 2000 })
        #expect(signed.map { Int($0) + 2000 }.weightedSum == 2_194_874_487)
        let bytes = greyField(Shape(depth: 5, height: 6, width: 8), bits: 8, as: UInt8.self)
        #expect(medianFiltered(bytes).weightedSum == 3_687_158)
        let thin = greyField(Shape(depth: 6, height: 1, width: 2), bits: 12, as: UInt16.self)
        #expect(medianFiltered(thin).weightedSum == 179_627)
    }

    @Test func `of an image takes 3x3 voxels`() {
        // scipy.ndimage.median_filter(volume, (1, 3, 3)), weighted sum.
        let image = greyField(Shape(depth: 1, height: 13, width: 21), bits: 12, as: UInt16.self)
        #expect(medianFiltered(image).weightedSum == 75_733_743)
    }

    @Test(arguments: UInt64(0)..<20)
    func `sorts the neighbourhood and takes its middle, for every number format`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let shape = Shape(
            depth: .random(in: 1...4, using: &generator),
            height: .random(in: 1...5, using: &generator),
            width: .random(in: 1...18, using: &generator))
        let values = (0..<shape.count).map { _ in Int.random(in: 0...100, using: &generator) }
        let expected = byDefinition(Volume(shape: shape, voxels: values)).array
        func check<Element: GreyElement>(_ type: Element.Type) {
            let volume = Volume(
                shape: shape, voxels: values.map { Element(nearest: Double($0)) })
            #expect(medianFiltered(volume).array.map { Int($0.doubleValue) } == expected)
        }
        check(UInt8.self)
        check(Int8.self)
        check(UInt16.self)
        check(Int16.self)
        check(UInt32.self)
        check(Int32.self)
        check(UInt64.self)
        check(Int64.self)
        check(Float16.self)
        check(Float.self)
        check(Double.self)
    }

    @Test func `network finds the median of every sorted cube of zeros and ones`() {
        var cubes = 0
        // A sorted cube of zeros and ones is told by how many zeros each line along x begins with.
        for code in 0..<(1 << 18) {
            let zeros = (0..<9).map { line in (code >> (2 * line)) & 3 }
            var isSorted = true
            for line in 0..<9 {
                if line < 6, zeros[line] < zeros[line + 3] { isSorted = false }
                if line % 3 < 2, zeros[line] < zeros[line + 1] { isSorted = false }
            }
            guard isSorted else { continue }
            cubes += 1
            let lines = zeros.map { count in
                (
                    SIMD16<UInt8>(repeating: count > 0 ? 0 : 1),
                    SIMD16<UInt8>(repeating: count > 1 ? 0 : 1),
                    SIMD16<UInt8>(repeating: count > 2 ? 0 : 1)
                )
            }
            let median = medianOfSortedCube(
                lines[0], lines[1], lines[2], lines[3], lines[4], lines[5], lines[6], lines[7],
                lines[8], as: UInt8.self)
            #expect(median == SIMD16(repeating: zeros.reduce(0, +) >= 14 ? 0 : 1))
        }
        #expect(cubes == 980)
    }

    private func byDefinition(_ volume: Volume<Int>) -> Volume<Int> {
        let shape = volume.shape
        func clamp(_ place: Int, _ extent: Int) -> Int { min(max(place, 0), extent - 1) }
        var filtered = volume
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    var values: [Int] = []
                    for c in -1...1 {
                        for b in -1...1 {
                            for a in -1...1 {
                                values.append(
                                    volume[
                                        clamp(z + c, shape.depth), clamp(y + b, shape.height),
                                        clamp(x + a, shape.width)])
                            }
                        }
                    }
                    filtered[z, y, x] = values.sorted()[13]
                }
            }
        }
        return filtered
    }

    @Test func `is what other rooms compare with a segmented scan by`() {
        let shape = Shape(depth: 6, height: 9, width: 12)
        let volume = greyField(shape, bits: 12, as: UInt16.self).map { Float($0) }
        #expect(volume.denoised(by: .median3) == medianFiltered(volume))
        #expect(volume.denoised(by: .none) == volume)
        // A slab with its halo is filtered as the whole is.
        let halo = SegmentationSettings.Denoising.median3.halo
        let slab = volume.cropped(
            to: Region(z: 2 - halo, y: 0, x: 0, shape: shape.withDepth(2 + 2 * halo)))
        let inner = Region(z: halo, y: 0, x: 0, shape: shape.withDepth(2))
        #expect(
            slab.denoised(by: .median3).cropped(to: inner)
                == volume.denoised(by: .median3).cropped(
                    to: Region(z: 2, y: 0, x: 0, shape: shape.withDepth(2))))
    }
}

import Morphology
import PoreNetwork
import TestSupport
import Testing
import Volumes

@Suite struct `Watershed` {
    @Test func `floods as scikit-image does from the same markers`() {
        // skimage.segmentation.watershed(-d2, markers, mask=mask) from the middles of the balls, labels
        // numbered anew by first voxels; weighted sum and sizes.
        let mask = ballMask()
        let labels = watershed(
            of: mask, squaredDistances: squaredDistanceTransform(of: mask),
            from: [3492, 6056, 6282, 11_270, 15_140])
        #expect(labels.weightedSum == 71_940_151)
        let sizes = (1...5).map { label in labels.array.count { $0 == UInt32(label) } }
        #expect(sizes == [251, 968, 597, 856, 123])
    }

    @Test(arguments: UInt64(0)..<24)
    func `floods as a queue of every waiting voxel would`(seed: UInt64) {
        let shape = [
            Shape(depth: 7, height: 9, width: 8), Shape(depth: 1, height: 15, width: 17),
            Shape(depth: 9, height: 1, width: 11), Shape(depth: 2, height: 12, width: 3),
        ][Int(seed) % 4]
        let mask = randomMask(shape, porosity: [0.5, 0.8, 0.95][Int(seed) % 3], seed: seed)
        let distances = squaredDistanceTransform(of: mask)
        // Some parts have no centre, others several.
        let centres = (0..<UInt32(shape.count)).filter {
            mask.array[Int($0)] && ($0 &* 2_654_435_761) >> 28 == UInt32(seed % 16)
        }
        #expect(
            watershed(of: mask, squaredDistances: distances, from: centres)
                == plainFlood(of: mask, squaredDistances: distances, from: centres))
    }

    @Test func `takes distances far greater than the volume is large`() {
        // A channel closed at one end, with a wall at a third of its length.
        let shape = Shape(depth: 1, height: 1, width: 60_000)
        var mask = Mask(shape: shape, repeating: true)
        mask[0, 0, 0] = false
        mask[0, 0, 20_000] = false
        let pores = pores(of: mask, prominence: 1)
        #expect(pores.count == 2)
        #expect(pores.volume[0, 0, 19_999] == 1)
        #expect(pores.volume[0, 0, 59_999] == 2)
    }

    @Test(arguments: UInt64(0)..<6)
    func `pores are the watershed from the pores' centres`(seed: UInt64) {
        let mask = randomMask(Shape(edge: 14), porosity: 0.85, seed: seed)
        let distances = squaredDistanceTransform(of: mask)
        let centres = poreCentres(of: mask, squaredDistances: distances, prominence: 0.5)
        let pores = pores(of: mask, prominence: 0.5)
        #expect(pores.count == centres.count)
        #expect(
            pores.volume
                == watershed(of: mask, squaredDistances: distances, from: centres))
    }

    @Test func `centres of five balls are five`() {
        let mask = ballMask()
        let centres = poreCentres(
            of: mask, squaredDistances: squaredDistanceTransform(of: mask), prominence: 1)
        #expect(centres == [3492, 6056, 6282, 11_270, 15_140])
    }

    @Test func `a straight channel with a rough wall is one pore`() {
        let shape = Shape(depth: 40, height: 13, width: 13)
        var mask = Mask(shape: shape, repeating: false)
        for z in 0..<shape.depth {
            for y in 0..<13 {
                for x in 0..<13 where (y - 6) * (y - 6) + (x - 6) * (x - 6) <= 25 {
                    mask[z, y, x] = true
                }
            }
            if z % 5 == 0 { mask[z, 6, 1] = false }
        }
        let distances = squaredDistanceTransform(of: mask)
        #expect(poreCentres(of: mask, squaredDistances: distances, prominence: 1).count == 1)
    }

    @Test func `two chambers part at their throat`() {
        let shape = Shape(depth: 9, height: 9, width: 31)
        var mask = Mask(shape: shape, repeating: false)
        for z in 1..<8 {
            for y in 1..<8 {
                for x in 1..<30 {
                    mask[z, y, x] = !(12..<19).contains(x) || (z == 4 && y == 4)
                }
            }
        }
        let distances = squaredDistanceTransform(of: mask)
        let centres = poreCentres(of: mask, squaredDistances: distances, prominence: 1)
        #expect(centres.count == 2)
        let labels = watershed(of: mask, squaredDistances: distances, from: centres)
        #expect(labels[4, 4, 8] != labels[4, 4, 22])
        #expect(labels[4, 4, 11] == labels[4, 4, 8])
        #expect(labels[4, 4, 19] == labels[4, 4, 22])
    }

    @Test(arguments: UInt64(0)..<25)
    func `fills every part of the pore space, and no label leaks through solid`(seed: UInt64) {
        let mask = randomMask(
            Shape(depth: 9, height: 10, width: 12), porosity: [0.2, 0.4, 0.7][Int(seed) % 3],
            seed: seed)
        let distances = squaredDistanceTransform(of: mask)
        let centres = poreCentres(of: mask, squaredDistances: distances, prominence: 1)
        let labels = watershed(of: mask, squaredDistances: distances, from: centres)
        #expect(labels.map { $0 > 0 } == mask)
        // Labels are 1...n without holes, in the order of their first voxels.
        var seen: UInt32 = 0
        for label in labels.array where label > seen {
            #expect(label == seen + 1)
            seen = label
        }
        #expect(Int(seen) == centres.count)
        // Each label is one connected part.
        for label in 1...seen {
            let parts = ConnectedComponents(of: labels.map { $0 == label }).components
            #expect(parts.count == 1)
        }
    }
}

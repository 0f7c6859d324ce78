import Morphology
import Randomness
import TestSupport
import Testing
import Volumes

@testable import PoreNetwork

@Suite struct `SNOW regions` {
    /// A rock, PoreSpy's settings, and what PoreSpy makes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let shape: Shape
        let grains: (count: Int, radius: Int, seed: UInt64)
        let settings: SnowSettings
        let poreVoxels: Int
        let regions: Int
        let weightedSum: UInt64
        /// Of the flood inside the mask.
        let inside: (pores: Int, weightedSum: UInt64)

        var testDescription: String { "\(shape)" }
    }

    // porespy.filters.snow_partitioning of PoreSpy 2.4.1 with scikit-image 0.23.2, scipy 1.17.1 and
    // edt 3.1.2 on the same grains; the regions' weighted sum modulo 2^64.
    static let cases = [
        Case(
            shape: Shape(depth: 60, height: 64, width: 68), grains: (260, 7, 1),
            settings: SnowSettings(), poreVoxels: 77_864, regions: 70,
            weightedSum: 476_268_242_560, inside: (128, 643_632_363_641)),
        Case(
            shape: Shape(depth: 60, height: 64, width: 68), grains: (260, 7, 2),
            settings: SnowSettings(sigmaInVoxels: 0.8, peakRadiusInVoxels: 3),
            poreVoxels: 81_727, regions: 61, weightedSum: 507_121_154_431,
            inside: (132, 839_973_005_790)),
        Case(
            shape: Shape(depth: 1, height: 160, width: 180), grains: (110, 7, 3),
            settings: SnowSettings(), poreVoxels: 16_413, regions: 62,
            weightedSum: 9_382_621_432, inside: (77, 10_741_047_417)),
        Case(
            shape: Shape(depth: 48, height: 50, width: 52), grains: (420, 5, 4),
            settings: SnowSettings(sigmaInVoxels: 0, peakRadiusInVoxels: 5),
            poreVoxels: 25_993, regions: 80, weightedSum: 90_082_367_477,
            inside: (204, 197_122_710_550)),
    ]

    @Test(arguments: cases)
    func `are PoreSpy's own, voxel by voxel`(of rock: Case) {
        let mask = grainPack(rock.shape, rock.grains.count, rock.grains.radius, rock.grains.seed)
        #expect(mask.array.count { $0 } == rock.poreVoxels)
        let regions = snowRegions(of: mask, settings: rock.settings)
        #expect(regions.count == rock.regions)
        #expect(regions.volume.weightedSum == rock.weightedSum)
        #expect(regions.volume.map { $0 > 0 } == mask)
    }

    /// Most solid is never flooded; what is must reach pores as a flood of all of it does. Specks of pore
    /// in the grains, alone and in groups, wait for labels from afar.
    @Test(arguments: UInt64(0)..<48)
    func `are those of a flood through all of the solid`(seed: UInt64) {
        let shape = [
            Shape(depth: 22, height: 24, width: 26), Shape(depth: 1, height: 70, width: 66),
            Shape(depth: 9, height: 1, width: 60), Shape(depth: 3, height: 18, width: 90),
        ][Int(seed % 4)]
        let radius = [4, 7, 3][Int(seed % 3)]
        var mask = grainPack(shape, shape.count / (radius * radius * 40), radius, seed)
        var generator = SplitMix64(seed: seed)
        let solid = mask
        for _ in 0..<(shape.count * [1, 5, 25][Int(seed / 4 % 3)] / 500) {
            let (z, y, x) = (
                Int(generator.next() % UInt64(shape.depth)),
                Int(generator.next() % UInt64(shape.height)),
                Int(generator.next() % UInt64(shape.width))
            )
            mask[z, y, x] = !solid[z, y, x] || seed % 5 == 0
        }
        let distances = squaredDistanceTransform(of: mask)
        for settings in [
            SnowSettings(), SnowSettings(sigmaInVoxels: 0, peakRadiusInVoxels: 2),
        ] {
            let markers = SnowPeaks.markers(distances, settings: settings)
            let flooded = plainSnowFlood(distances, from: markers)
            let regions = snowRegions(of: mask, settings: settings).volume
            #expect(
                zip(regions.array, zip(flooded.array, mask.array))
                    .allSatisfy { $0 == ($1.1 ? $1.0 : 0) })
        }
    }

    // skimage.segmentation.watershed 0.26 of the negated squared distances from PoreSpy's peaks, with
    // the mask; then each part without a peak a pore, and numbers by first voxels. In the last rock
    // peaks touch others of their level; there the value is that of a heap of (value, age, place) in
    // Python, from which scikit-image's own, with no order among them, departs in 14 voxels.
    @Test(arguments: cases)
    func `inside the mask are scikit-image's from PoreSpy's peaks`(of rock: Case) {
        let mask = grainPack(rock.shape, rock.grains.count, rock.grains.radius, rock.grains.seed)
        let pores = pores(of: mask, snow: rock.settings)
        #expect(pores.count == rock.inside.pores)
        #expect(pores.volume.weightedSum == rock.inside.weightedSum)
        #expect(pores.volume.map { $0 > 0 } == mask)
    }

    @Test func `inside a field of view are those of the cropped mask`() {
        let mask = grainPack(Shape(depth: 30, height: 34, width: 38), 60, 6, 5)
        let region = Region(z: 3, y: 4, x: 5, shape: Shape(depth: 24, height: 25, width: 26))
        var inView = Mask(shape: mask.shape, repeating: false)
        for z in region.slices {
            for y in region.rows { for x in region.columns { inView[z, y, x] = mask[z, y, x] } }
        }
        let cropped = mask.cropped(to: region)
        let byProminence = pores(of: inView, within: .box(region), prominence: 1)
        #expect(byProminence.volume.cropped(to: region) == pores(of: cropped, prominence: 1).volume)
        #expect(pores(of: inView, within: .box(region), snow: SnowSettings()).count > 3)
    }

    @Test func `of a mask without solid are its parts, and of thin pores none`() {
        let open = Mask(shape: Shape(edge: 5), repeating: true)
        #expect(snowRegions(of: open).count == 1)
        var thin = Mask(shape: Shape(edge: 9), repeating: false)
        for x in 0..<9 { thin[4, 4, x] = true }
        let regions = snowRegions(of: thin)
        #expect(regions.count == 0)
        #expect(regions.volume.array.allSatisfy { $0 == 0 })
        // The floods that stay inside make it one pore.
        #expect(pores(of: thin, snow: SnowSettings()).count == 1)
        #expect(pores(of: thin, prominence: 1).count == 1)
        let none = Mask(shape: Shape(edge: 3), repeating: false)
        #expect(snowRegions(of: none).count == 0)
        #expect(pores(of: none, snow: SnowSettings()).count == 0)
        #expect(pores(of: none, prominence: 1).count == 0)
    }
}

import Foundation
import Randomness
import TestSupport
import Testing
import Volumes

@testable import Segmentation

@Suite struct `Watershed of the gradient` {
    @Test(arguments: [
        (Shape(depth: 11, height: 13, width: 17), 371, 927, UInt64(2_656_993)),
        (Shape(depth: 1, height: 40, width: 50), 592, 520, 1_634_528),
    ])
    func `floods as scikit-image does from markers of different levels`(
        shape: Shape, darker: Int, brighter: Int, weightedSum: UInt64
    ) {
        // skimage.segmentation.watershed(levels, markers, mask=mask): levels (scatter >> 8) & 63,
        // the mask a cylinder; of 16 markers k is the first place in it, from k and two fifths
        // sixteenths of the volume on, that has level k, and of phase 1 + k % 2. Sizes and the sum
        // of labels times places.
        let levels = scatter(shape).map { UInt16(($0 >> 8) & 63) }
        let (height, width) = (Double(shape.height), Double(shape.width))
        let view = FieldOfView.cylinder(
            centreY: height / 2 + 0.3, centreX: width / 2 - 0.2, radius: height * 0.47)
        var codes = openCodes(shape, within: view)
        for k in 0..<16 {
            var place = k * shape.count / 16 + shape.count / 40
            while codes.array[place] & FloodCode.phase == FloodCode.outside
                || Int(levels.array[place]) != k
            {
                place += 1
            }
            codes.withMutableVoxels { $0[place] |= UInt8(1 + k % 2) }
        }
        floodPhases(&codes, by: levels)
        let phases = codes.map { $0 & FloodCode.phase }
        #expect(phases.array.count { $0 == 1 } == darker)
        #expect(phases.array.count { $0 == 2 } == brighter)
        #expect(phases.map { $0 % 3 }.weightedSum == weightedSum)
    }

    @Test(arguments: [
        (true, 2209, 2539, UInt64(285_323_973)), (false, 88, 199, 464_745),
    ])
    func `of a scan is that of scikit-image on the gradient of numpy`(
        isVolume: Bool, open: Int, darker: Int, weightedSum: UInt64
    ) throws {
        // grey = 1000 - 30 * (pore voxels among 27) + ((scatter >> 8) & 31), in the image, slice 8
        // of the balls, 90 and 9; levels = floor(64 * sqrt(sum of squares of
        // numpy.gradient(grey))); markers 1 up to 420 and 2 above 900;
        // skimage.segmentation.watershed(levels, markers).
        let all = ballMask()
        let mask =
            isVolume
            ? all
            : all.cropped(to: Region(z: 8, y: 0, x: 0, shape: all.shape.withDepth(1)))
        let shape = mask.shape
        let noise = scatter(shape)
        var grey = Volume<UInt16>(shape: shape, repeating: 0)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    var pores = 0
                    for c in isVolume ? z - 1...z + 1 : z...z {
                        for b in y - 1...y + 1 {
                            for a in x - 1...x + 1
                            where mask[
                                min(max(c, 0), shape.depth - 1), min(max(b, 0), shape.height - 1),
                                min(max(a, 0), shape.width - 1)]
                            {
                                pores += 1
                            }
                        }
                    }
                    grey[z, y, x] = UInt16(
                        1000 - (isVolume ? 30 : 90) * pores + Int(noise[z, y, x] >> 8 & 31))
                }
            }
        }
        var codes = openCodes(shape, within: .all)
        codes.withMutableVoxels { codes in
            for (place, value) in grey.array.enumerated() {
                if value <= 420 { codes[place] |= 1 } else if value > 900 { codes[place] |= 2 }
            }
        }
        #expect(codes.array.count { $0 & FloodCode.phase == 0 } == open)
        let levels = gradientLevels(of: grey, codes, levelsPerGrey: 64)
        floodPhases(&codes, by: levels)
        let phases = codes.map { $0 & FloodCode.phase }
        #expect(phases.array.count { $0 == 1 } == darker)
        #expect(phases.weightedSum == weightedSum)
    }

    @Test(arguments: UInt64(0)..<20)
    func `serves the lowest level first, and within it who came first`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let shape = Shape(
            depth: .random(in: 1...4, using: &generator),
            height: .random(in: 1...9, using: &generator),
            width: .random(in: 2...9, using: &generator))
        let levels = Volume(
            shape: shape,
            voxels: (0..<shape.count).map { _ in UInt16.random(in: 0...5, using: &generator) })
        var codes = openCodes(shape, within: .all)
        codes.withMutableVoxels { codes in
            for place in 0..<codes.count where Int.random(in: 0..<5, using: &generator) == 0 {
                codes[place] |= UInt8.random(in: 1...2, using: &generator)
            }
        }
        let expected = byDefinition(codes.map { $0 & FloodCode.phase }, levels)
        floodPhases(&codes, by: levels)
        #expect(codes.map { $0 & FloodCode.phase } == expected)
    }

    /// Minerals of two grey values in blocks of ten voxels, one in five the brighter, so that no
    /// one grey value is half way between pore and solid everywhere.
    private func twoMinerals(_ shape: Shape, seed: UInt64) -> RockPhantom {
        RockPhantom(
            shape, seed: seed, radii: 2.5...6, blurs: 3, noise: 300,
            solid: { z, y, x in (z / 10 + 2 * (y / 10) + x / 10) % 5 == 0 ? 28_000 : 18_000 })
    }

    @Test(arguments: UInt64(0)..<4)
    func `puts boundaries where the edges are, where one threshold cannot`(seed: UInt64) throws {
        for shape in [
            Shape(depth: 40, height: 60, width: 60), Shape(depth: 1, height: 300, width: 300),
        ] {
            let rock = twoMinerals(shape, seed: seed)
            let scan = RawSlab(rock.scan.map { UInt16($0) })
            for denoising in [SegmentationSettings.Denoising.none, .median3] {
                let plain = try segment(
                    scan, settings: SegmentationSettings(denoising: denoising))
                let flooded = try segment(
                    scan,
                    settings: SegmentationSettings(
                        denoising: denoising, watershed: GradientWatershed()))
                let before = disagreement(plain.mask, rock.truth)
                let after = disagreement(flooded.mask, rock.truth)
                #expect(after < 0.75 * before)
                #expect(
                    abs(flooded.porosity - rock.porosity)
                        < abs(plain.porosity - rock.porosity) / 2)
            }
        }
    }

    @Test func `of a view floods nothing outside it, whatever is there`() throws {
        let shape = Shape(depth: 12, height: 50, width: 50)
        let rock = twoMinerals(shape, seed: 11)
        let view = FieldOfView.cylinder(centreY: 24, centreX: 26, radius: 20)
        var masked = rock.scan
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                let inside = view.columns(z: z, y: y, in: shape)
                for x in 0..<shape.width where !inside.contains(x) { masked[z, y, x] = .nan }
            }
        }
        let settings = SegmentationSettings(denoising: .none, watershed: GradientWatershed())
        let whole = try segment(RawSlab(rock.scan), within: view, settings: settings)
        let cut = try segment(RawSlab(masked), within: view, settings: settings)
        #expect(whole.mask == cut.mask && whole.flood == cut.flood)
        for y in 0..<shape.height {
            let inside = view.columns(z: 3, y: y, in: shape)
            for x in 0..<shape.width where !inside.contains(x) { #expect(!cut.mask[3, y, x]) }
        }
        let box = Region(z: 2, y: 5, x: 7, shape: Shape(depth: 8, height: 30, width: 33))
        let inBox = try segment(RawSlab(rock.scan), within: .box(box), settings: settings)
        let cropped = try segment(RawSlab(rock.scan.cropped(to: box)), settings: settings)
        #expect(inBox.mask.cropped(to: box) == cropped.mask)
        #expect(inBox.poreVoxelCount == cropped.poreVoxelCount)
    }

    @Test func `of the turned scan is the turned mask`() throws {
        let rock = twoMinerals(Shape(depth: 10, height: 40, width: 44), seed: 12)
        let scan = rock.scan.map { UInt16($0) }
        let limits = GradientWatershed(darkerUpTo: 10_000, brighterAbove: 14_500)
        let settings = SegmentationSettings(
            denoising: .none, threshold: .fixed(12_000), watershed: limits)
        let turned = SegmentationSettings(
            denoising: .none, threshold: .fixed(48_000), porePhase: .brighter,
            watershed: GradientWatershed(darkerUpTo: 45_499, brighterAbove: 49_999))
        let one = try segment(RawSlab(scan), settings: settings)
        let other = try segment(RawSlab(scan.map { 60_000 - $0 }), settings: turned)
        #expect(one.mask == other.mask)
        #expect(one.flood?.floodedVoxels == other.flood?.floodedVoxels)
        #expect(one.flood?.floodedVoxels == scan.array.count { $0 > 10_000 && $0 <= 14_500 })
        #expect(one.flood?.darkerUpTo == 10_000 && one.flood?.brighterAbove == 14_500)
    }

    @Test func `says what is wrong with its markers`() {
        let scan = RawSlab(ballScan(seed: 1))
        func run(_ watershed: GradientWatershed) throws -> PoreSegmentation {
            try segment(scan, settings: SegmentationSettings(watershed: watershed))
        }
        #expect(throws: SegmentationError.markersOutOfOrder(darker: 20_000, brighter: 19_000)) {
            try run(GradientWatershed(darkerUpTo: 20_000, brighterAbove: 19_000))
        }
        #expect(throws: SegmentationError.noMarkers(darker: 10, brighter: 60_000)) {
            try run(GradientWatershed(darkerUpTo: 10, brighterAbove: 60_000))
        }
        #expect(throws: SegmentationError.markersUnclear(spreads: -1)) {
            try run(GradientWatershed(spreads: -1))
        }
    }

    @Test func `settings survive JSON, also in part`() throws {
        let settings = SegmentationSettings(
            cleanUp: CleanUp(holesBelowVoxels: 3, islandsBelowVoxels: 4, sparesBoundary: false),
            corrections: CorrectionSettings(sliceDrift: true, cuppingDegree: 2),
            watershed: GradientWatershed(darkerUpTo: 3, spreads: 1.5))
        let data = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(SegmentationSettings.self, from: data) == settings)
        let part = try JSONDecoder().decode(
            GradientWatershed.self, from: Data(#"{"brighter_above":7}"#.utf8))
        #expect(part == GradientWatershed(brighterAbove: 7))
    }

    private func byDefinition(
        _ markers: Volume<UInt8>, _ levels: Volume<UInt16>
    ) -> Volume<UInt8> {
        let shape = markers.shape
        var labels = markers.array
        let values = levels.array.map { Int($0) }
        var waiting = labels.indices.filter { labels[$0] != 0 }.map { (values[$0], 0, $0) }
        var age = 0
        func neighbours(_ place: Int) -> [Int] {
            let (x, y) = (place % shape.width, place / shape.width % shape.height)
            let z = place / shape.sliceCount
            return [
                z > 0 ? place - shape.sliceCount : nil, y > 0 ? place - shape.width : nil,
                x > 0 ? place - 1 : nil, x < shape.width - 1 ? place + 1 : nil,
                y < shape.height - 1 ? place + shape.width : nil,
                z < shape.depth - 1 ? place + shape.sliceCount : nil,
            ].compactMap { $0 }
        }
        while let next = waiting.min(by: { $0 < $1 }) {
            waiting.removeAll { $0 == next }
            for neighbour in neighbours(next.2) where labels[neighbour] == 0 {
                age += 1
                labels[neighbour] = labels[next.2]
                waiting.append((max(next.0, values[neighbour]), age, neighbour))
            }
        }
        return Volume(shape: shape, voxels: labels)
    }
}

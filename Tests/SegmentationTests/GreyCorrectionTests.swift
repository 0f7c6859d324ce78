import Foundation
import Randomness
import Testing
import Volumes

@testable import Segmentation

@Suite struct `Correction of grey values` {
    private let shape = Shape(depth: 16, height: 150, width: 156)
    private let plug = FieldOfView.cylinder(centreY: 73, centreX: 79.5, radius: 70)

    /// An offset and a factor that jump from slice to slice, by up to a third of the contrast and
    /// 15 %.
    private func drifted(_ scan: Volume<Float>, seed: UInt64) -> Volume<Float> {
        var generator = SplitMix64(seed: seed)
        var drifted = scan
        for z in 0..<scan.shape.depth {
            let offset = Float.random(in: -4000...4000, using: &generator)
            let factor = Float.random(in: 0.85...1.15, using: &generator)
            for y in 0..<scan.shape.height {
                for x in 0..<scan.shape.width {
                    drifted[z, y, x] = scan[z, y, x] * factor + offset
                }
            }
        }
        return drifted
    }

    /// The middle darker than the rim, by a fifth of the grey values.
    private func cupped(_ scan: Volume<Float>, about y0: Double, _ x0: Double) -> Volume<Float> {
        var cupped = scan
        let far = Double(scan.shape.height) / 2
        for z in 0..<scan.shape.depth {
            for y in 0..<scan.shape.height {
                for x in 0..<scan.shape.width {
                    let (dy, dx) = (Double(y) + 0.5 - y0, Double(x) + 0.5 - x0)
                    let u = min((dy * dy + dx * dx) / (far * far), 1)
                    cupped[z, y, x] = scan[z, y, x] * Float(0.75 + 0.35 * u - 0.05 * u * u)
                }
            }
        }
        return cupped
    }

    private func porosity(
        _ scan: RawSlab, _ corrections: CorrectionSettings?, within view: FieldOfView = .all
    ) throws -> PoreSegmentation {
        try segment(scan, within: view, settings: SegmentationSettings(corrections: corrections))
    }

    @Test(arguments: UInt64(0)..<4)
    func `takes out a drift from slice to slice`(seed: UInt64) throws {
        let rock = RockPhantom(shape, seed: seed)
        let clean = try porosity(RawSlab(rock.scan), nil)
        let scan = RawSlab(drifted(rock.scan, seed: seed + 100).map { UInt16($0 + 5000) })
        let before = try porosity(scan, nil)
        let after = try porosity(scan, CorrectionSettings(sliceDrift: true))
        let errors = [before, after].map { disagreement($0.mask, clean.mask) }
        #expect(errors[0] > 0.02)
        #expect(errors[1] < 0.002)
        #expect(abs(after.porosity - clean.porosity) < 0.001)
        #expect(after.clampedVoxels == 0)
        #expect(after.correction?.drift?.interpolatedSlices == [])
        #expect(after.correction?.cupping == nil && before.correction == nil)
    }

    @Test(arguments: UInt64(0)..<4)
    func `takes out the cupping of a plug`(seed: UInt64) throws {
        let rock = RockPhantom(shape, seed: seed)
        let scan = RawSlab(cupped(rock.scan, about: 73, 79.5))
        let clean = try porosity(RawSlab(rock.scan), nil, within: plug)
        let before = try porosity(scan, nil, within: plug)
        let after = try porosity(scan, CorrectionSettings(cuppingDegree: 4), within: plug)
        let errors = [before, after].map { disagreement($0.mask, clean.mask, within: plug) }
        #expect(errors[1] < errors[0] / 2)
        #expect(errors[1] < 0.004)
        #expect(after.correction?.cupping?.unusedRings ?? 32 <= 2)
    }

    @Test(arguments: UInt64(0)..<4)
    func `of an undisturbed scan moves the porosity by less than a tenth of a percent`(
        seed: UInt64
    ) throws {
        let rock = RockPhantom(shape, seed: seed)
        let scan = RawSlab(rock.scan)
        let plain = try porosity(scan, nil, within: plug)
        for corrections in [
            CorrectionSettings(sliceDrift: true), CorrectionSettings(cuppingDegree: 2),
            CorrectionSettings(cuppingDegree: 4),
            CorrectionSettings(sliceDrift: true, cuppingDegree: 4),
        ] {
            let corrected = try porosity(scan, corrections, within: plug)
            let moved = disagreement(plain.mask, corrected.mask, within: plug)
            #expect(abs(corrected.porosity - plain.porosity) < 0.001)
            #expect(moved < 0.004)
        }
    }

    @Test func `keeps a porosity that truly changes from slice to slice`() throws {
        let rock = RockPhantom(
            shape, seed: 9, porosity: { 0.08 + 0.3 * Double($0) / 15 })
        let clean = try porosity(RawSlab(rock.scan), nil)
        let scan = RawSlab(drifted(rock.scan, seed: 7))
        let after = try porosity(scan, CorrectionSettings(sliceDrift: true))
        let (truth, found) = (slicePorosities(clean.mask), slicePorosities(after.mask))
        let errors = zip(truth, found).map { $1 - $0 }
        #expect(truth.max() ?? 0 > 3 * (truth.min() ?? 1))
        #expect(errors.allSatisfy { abs($0) < 0.01 })
    }

    @Test func `is the same for every cut into slabs, and takes both flaws`() throws {
        let rock = RockPhantom(shape, seed: 3)
        let scan = RawSlab(drifted(cupped(rock.scan, about: 73, 79.5), seed: 3))
        let window = try #require(VoxelStatistics(of: scan).robustWindow)
        let whole = try GreyCorrection(
            of: scan, within: plug,
            settings: CorrectionSettings(sliceDrift: true, cuppingDegree: 4))
        func slab(_ slices: Range<Int>) -> RawSlab {
            RawSlab(
                scan.volume(as: Float.self).cropped(
                    to: Region(
                        z: slices.lowerBound, y: 0, x: 0, shape: shape.withDepth(slices.count))))
        }
        let cuts = [0..<1, 1..<7, 7..<16]
        var drift = try DriftSurvey(of: shape, within: plug, window: window)
        for cut in cuts { try drift.add(slab(cut)) }
        var cupping = try CuppingSurvey(
            of: shape, within: plug, window: window, drift: try drift.drift())
        for cut in cuts { try cupping.add(slab(cut)) }
        var refined = try DriftSurvey(
            of: shape, within: plug, window: window,
            refining: GreyCorrection(drift: try drift.drift(), cupping: try cupping.cupping()))
        for cut in cuts { try refined.add(slab(cut)) }
        cupping = try CuppingSurvey(
            of: shape, within: plug, window: window, drift: try refined.drift())
        for cut in cuts { try cupping.add(slab(cut)) }
        let streamed = GreyCorrection(drift: try refined.drift(), cupping: try cupping.cupping())
        #expect(streamed == whole)
        var bytes: [UInt8] = []
        for cut in cuts {
            bytes +=
                streamed.apply(to: slab(cut), firstSlice: cut.lowerBound, within: plug).slab
                .bytes
        }
        #expect(bytes == whole.apply(to: scan, within: plug).slab.bytes)
        let clean = try porosity(RawSlab(rock.scan), nil, within: plug)
        let after = try porosity(
            scan, CorrectionSettings(sliceDrift: true, cuppingDegree: 4), within: plug)
        #expect(disagreement(after.mask, clean.mask, within: plug) < 0.006)
    }

    @Test func `leaves what is out of view, whatever it holds`() throws {
        let rock = RockPhantom(shape, seed: 4)
        var scan = drifted(rock.scan, seed: 4)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                let inside = plug.columns(z: z, y: y, in: shape)
                for x in 0..<shape.width where !inside.contains(x) {
                    scan[z, y, x] = (x + y) % 3 == 0 ? .nan : -30_000
                }
            }
        }
        func correction(_ scan: Volume<Float>) throws -> GreyCorrection {
            let window = 2000.0...28_000.0
            var drift = try DriftSurvey(of: shape, within: plug, window: window)
            try drift.add(RawSlab(scan))
            var cupping = try CuppingSurvey(
                of: shape, within: plug, window: window, drift: try drift.drift())
            try cupping.add(RawSlab(scan))
            return GreyCorrection(
                drift: try drift.drift(), cupping: try cupping.cupping(degree: 2))
        }
        #expect(try correction(scan) == correction(drifted(rock.scan, seed: 4)))
        let corrected = try correction(scan).apply(to: RawSlab(scan), within: plug).slab.volume(
            as: Float.self)
        for y in 0..<shape.height {
            let inside = plug.columns(z: 5, y: y, in: shape)
            for x in 0..<shape.width where !inside.contains(x) {
                #expect(corrected[5, y, x].bitPattern == scan[5, y, x].bitPattern)
            }
        }
    }

    @Test func `of an image takes out its cupping; of one slice nothing drifts`() throws {
        let flat = Shape(depth: 1, height: 300, width: 300)
        let rock = RockPhantom(flat, seed: 5)
        let scan = RawSlab(cupped(rock.scan, about: 150, 150).map { UInt8($0 / 100) })
        let clean = try porosity(RawSlab(rock.scan), nil)
        let before = try porosity(scan, nil)
        let after = try porosity(scan, CorrectionSettings(sliceDrift: true, cuppingDegree: 4))
        let errors = [before, after].map { disagreement($0.mask, clean.mask) }
        #expect(errors[1] < errors[0] / 2)
        let drift = try #require(after.correction?.drift)
        #expect(drift.levels == [drift.reference])
    }

    @Test func `draws a line over slices that show one phase, and gives up where most do`() throws {
        let rock = RockPhantom(shape, seed: 6)
        var scan = rock.scan
        var noise = SplitMix64(seed: 1)
        func blank(_ slices: Range<Int>) {
            for z in slices {
                for y in 0..<shape.height {
                    for x in 0..<shape.width {
                        scan[z, y, x] = 20_000 + Float.random(in: -900...900, using: &noise)
                    }
                }
            }
        }
        blank(5..<8)
        let settings = CorrectionSettings(sliceDrift: true)
        let drift = try #require(
            try GreyCorrection(of: RawSlab(scan), settings: settings).drift)
        #expect(drift.interpolatedSlices == [5, 6, 7])
        let (below, above) = (drift.levels[4], drift.levels[8])
        #expect(abs(drift.levels[6].darker - (below.darker + above.darker) / 2) < 1e-6)
        blank(5..<14)
        #expect(throws: SegmentationError.driftUnknown(known: 7, slices: 16)) {
            try GreyCorrection(of: RawSlab(scan), settings: settings)
        }
        #expect(throws: SegmentationError.cuppingDegree(3)) {
            try GreyCorrection(
                of: RawSlab(scan), settings: CorrectionSettings(cuppingDegree: 3))
        }
    }

    @Test func `a polynomial runs through most points, not through the others`() throws {
        let places = (0..<20).map { Double($0) / 20 }
        var values = places.map { 3 - 2 * $0 + 0.5 * $0 * $0 }
        for outlier in [3, 9, 15] { values[outlier] += 40 }
        let fit = try #require(
            robustLine(
                through: values, terms: places.map { [1, $0, $0 * $0] },
                weights: Array(repeating: 1, count: 20)))
        for (found, known) in zip(fit, [3, -2, 0.5]) { #expect(abs(found - known) < 1e-6) }
        #expect(
            robustLine(
                through: [1, 2, 3], terms: [[1, 0], [1, 1], [1, 2]], weights: [1, 1, 1]) == nil)
        #expect(
            robustLine(
                through: [1, 2, 3, 4], terms: Array(repeating: [1, 5], count: 4),
                weights: [1, 1, 1, 1]) == nil)
    }
}

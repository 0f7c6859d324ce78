import Randomness
import Segmentation
import Testing
import Volumes

@Suite struct `Segmentation slab by slab` {
    private static let shape = Shape(depth: 13, height: 20, width: 18)

    /// Two phases that overlap in grey value, in blocks of four voxels.
    private static let scan: RawSlab = {
        var generator = SplitMix64(seed: 11)
        var volume = Volume<UInt16>(shape: shape, repeating: 0)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    let isSolid = (z / 4 + y / 4 + x / 4) % 3 > 0
                    volume[z, y, x] = UInt16(
                        (isSolid ? 30_000 : 18_000) + generator.nextUnit() * 9000)
                }
            }
        }
        return RawSlab(volume)
    }()

    private func parts(
        of scan: RawSlab, height: Int, halo: Int
    ) -> [(slab: RawSlab, kept: Range<Int>, first: Int)] {
        let whole = scan.volume(as: UInt16.self)
        return stride(from: 0, to: scan.shape.depth, by: height).map { first in
            let end = min(first + height, scan.shape.depth)
            let (low, high) = (max(first - halo, 0), min(end + halo, scan.shape.depth))
            let region = Region(z: low, y: 0, x: 0, shape: scan.shape.withDepth(high - low))
            return (RawSlab(whole.cropped(to: region)), (first - low)..<(end - low), first)
        }
    }

    @Test(
        arguments: [1, 4, 13],
        [
            FieldOfView.all, .cylinder(centreY: 10, centreX: 9, radius: 7.5),
        ])
    func `makes the mask of the whole, whatever the slabs`(
        height: Int, view: FieldOfView
    ) throws {
        for denoising in [
            SegmentationSettings.Denoising.none, .median3,
            .anisotropicDiffusion(
                AnisotropicDiffusion(iterations: 3, noise: .standardDeviation(2500))),
        ] {
            let settings = SegmentationSettings(denoising: denoising)
            let whole = try segment(Self.scan, within: view, settings: settings)
            var slabs = try SlabSegmentation(.uint16, within: view, settings: settings)
            let parts = parts(of: Self.scan, height: height, halo: slabs.halo)
            for part in parts {
                slabs.survey(part.slab, keeping: part.kept, firstSlice: part.first)
            }
            let threshold = try slabs.threshold()
            #expect([threshold] == whole.thresholds)
            #expect(slabs.rawThreshold == whole.rawThreshold)
            // Sums over bins that begin elsewhere differ in the last digits.
            let (found, expected) = (slabs.contrast(at: threshold), whole.contrast)
            #expect(abs((found?.separability ?? 0) - (expected?.separability ?? 1)) < 1e-12)
            #expect(slabs.voxelCount == whole.voxelCount)
            let mask = parts.flatMap { part in
                slabs.mask(
                    part.slab, keeping: part.kept, firstSlice: part.first, threshold: threshold
                ).array
            }
            #expect(mask == whole.mask.array)
        }
    }

    @Test func `refuses what needs the whole scan, and says so`() throws {
        for settings in [
            SegmentationSettings(cleanUp: CleanUp(holesBelowVoxels: 3)),
            SegmentationSettings(corrections: CorrectionSettings(sliceDrift: true)),
            SegmentationSettings(watershed: GradientWatershed()),
            SegmentationSettings(
                threshold: .otsuPhases(PhaseNames(hasMicroporous: true, hasDense: false))),
        ] {
            #expect(throws: SegmentationError.self) {
                try SlabSegmentation(.uint16, settings: settings)
            }
        }
        #expect(throws: SegmentationError.notBySlabs("voxels of float32")) {
            try SlabSegmentation(.float32, settings: SegmentationSettings())
        }
        #expect(throws: SegmentationError.thresholdNotFinite) {
            try SlabSegmentation(
                .uint8, settings: SegmentationSettings(threshold: .fixed(.nan)))
        }
    }

    @Test func `has no threshold for one grey value`() throws {
        var slabs = try SlabSegmentation(.uint8, settings: SegmentationSettings())
        let flat = RawSlab(Volume<UInt8>(shape: Self.shape, repeating: 7))
        slabs.survey(flat, keeping: 0..<13, firstSlice: 0)
        #expect(throws: SegmentationError.constant(7)) { try slabs.threshold() }
    }
}

@Suite struct `Phases by Otsu's method for several classes` {
    @Test(arguments: [SegmentationSettings.PorePhase.darker, .brighter])
    func `are those of the grey values, from the pores on`(
        pore: SegmentationSettings.PorePhase
    ) throws {
        let levels: [UInt16] = [1000, 3000, 6000, 9000]
        let shape = Shape(depth: 4, height: 12, width: 12)
        var volume = Volume<UInt16>(shape: shape, repeating: 0)
        for z in 0..<4 {
            for y in 0..<12 {
                for x in 0..<12 { volume[z, y, x] = levels[x / 3] + UInt16((x + y + z) % 5) }
            }
        }
        let settings = SegmentationSettings(
            denoising: .none,
            threshold: .otsuPhases(PhaseNames(hasMicroporous: true, hasDense: true)),
            porePhase: pore)
        let found = try segment(RawSlab(volume), settings: settings)
        let phases = try #require(found.phases)
        for phase in [Phase.pore, .microporous, .solid, .dense] {
            #expect(abs(phases.share(of: phase) - 0.25) < 1e-9)
        }
        let first = try #require(found.thresholds.first)
        #expect(pore == .darker ? first < 1100 : first >= 6000)
        #expect(found.porosity == 0.25)
    }

    @Test func `need as many grey values as phases`() throws {
        let flat = Volume<UInt8>(
            shape: Shape(depth: 1, height: 2, width: 2), voxels: [1, 1, 2, 2])
        let settings = SegmentationSettings(
            denoising: .none,
            threshold: .otsuPhases(PhaseNames(hasMicroporous: false, hasDense: true)))
        #expect(throws: SegmentationError.fewerLevelsThanPhases(3)) {
            try segment(RawSlab(flat), settings: settings)
        }
    }
}

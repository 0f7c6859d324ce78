import Foundation
import Morphology
import TestSupport
import Testing
import Volumes

@testable import Segmentation

@Suite struct `Segmentation of a scan` {
    @Test(arguments: UInt64(0)..<10)
    func `takes the phase of most neighbours where noise stays below half the contrast`(
        seed: UInt64
    ) throws {
        let truth = ballMask()
        let result = try segment(RawSlab(ballScan(seed: seed, noise: 5500)))
        #expect(result.mask == medianFiltered(truth.map { $0 ? UInt8(1) : 0 }).map { $0 == 1 })
        // The filter widens the neck between two of the five balls, so they are one pore.
        #expect(result.poreCount == 4)
        #expect(result.mask.array.count { $0 } == result.poreVoxelCount)
        #expect(result.voxelCount == truth.shape.count)
        #expect(result.contrast?.looksLikeOnePhase == false)
    }

    @Test func `without denoising cuts at Otsu's threshold of the voxels`() throws {
        // skimage threshold_otsu of the same 16x16x16 fields.
        let settings = SegmentationSettings(denoising: .none)
        let shape = Shape(edge: 16)
        let words = greyField(shape, bits: 12, as: UInt16.self)
        let result = try segment(RawSlab(words), settings: settings)
        #expect(result.thresholds == [2047])
        #expect(result.rawThreshold == 2047)
        #expect(result.mask == words.map { $0 <= 2047 })
        let bytes = greyField(shape, bits: 8, as: UInt8.self)
        #expect(try segment(RawSlab(bytes), settings: settings).thresholds == [127])
        let signed = words.map { Int16($0) - 3000 }
        #expect(try segment(RawSlab(signed), settings: settings).thresholds == [-953])
        let large = words.map { Int32($0) + 1_000_000 }
        #expect(try segment(RawSlab(large), settings: settings).thresholds == [1_002_047])
        let float = words.map { Float($0) / 4096 }
        let ofFloat = try segment(RawSlab(float), settings: settings)
        #expect(ofFloat.thresholds == [Double(Float(2047) / 4096)])
        #expect(ofFloat.mask == result.mask)
    }

    @Test func `takes the brighter phase when told to`() throws {
        let scan = RawSlab(ballScan(seed: 1))
        let darker = try segment(scan)
        let brighter = try segment(scan, settings: SegmentationSettings(porePhase: .brighter))
        #expect(brighter.mask == darker.mask.map { !$0 })
        #expect(brighter.porosity + darker.porosity == 1)
    }

    @Test func `takes a fixed threshold`() throws {
        let scan = ballScan(seed: 2)
        let result = try segment(
            RawSlab(scan),
            settings: SegmentationSettings(denoising: .none, threshold: .fixed(20_000.5)))
        #expect(result.mask == scan.map { Double($0) <= 20_000.5 })
        #expect(result.thresholds == [20_000.5])
        #expect(result.rawThreshold != nil)
    }

    @Test func `of a box is that of the cropped scan`() throws {
        let scan = ballScan(seed: 3)
        let region = Region(z: 3, y: 2, x: 4, shape: Shape(depth: 15, height: 20, width: 22))
        let settings = SegmentationSettings(denoising: .none)
        let inBox = try segment(RawSlab(scan), within: .box(region), settings: settings)
        let cropped = try segment(RawSlab(scan.cropped(to: region)), settings: settings)
        #expect(inBox.thresholds == cropped.thresholds)
        #expect(inBox.mask.cropped(to: region) == cropped.mask)
        #expect(inBox.labels.cropped(to: region) == cropped.labels)
        #expect(inBox.porosity == cropped.porosity)
        #expect(inBox.poreVoxelCount == inBox.mask.array.count { $0 })
    }

    @Test func `of a plug ignores the air around it, finite or not`() throws {
        let shape = ballMask().shape
        let view = FieldOfView.cylinder(centreY: 13, centreX: 14, radius: 11)
        let scan = ballScan(seed: 4).map { Float($0) }
        var masked = scan
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                let inside = view.columns(z: z, y: y, in: shape)
                for x in 0..<shape.width where !inside.contains(x) { masked[z, y, x] = .nan }
            }
        }
        let settings = SegmentationSettings(denoising: .none)
        let whole = try segment(RawSlab(scan), within: view, settings: settings)
        let cut = try segment(RawSlab(masked), within: view, settings: settings)
        #expect(whole.mask == cut.mask)
        #expect(whole.labels == cut.labels)
        #expect(cut.porosity < 0.5)
        #expect(try segment(RawSlab(masked), within: view).poreCount > 0)
    }

    @Test func `of noise alone looks like one phase`() throws {
        var field = Volume<UInt16>(shape: Shape(edge: 20), repeating: 0)
        for seed in UInt64(0)..<12 {
            let noise = ballScan(seed: seed, noise: 900)
            field = Volume(
                shape: field.shape,
                voxels: zip(field.array, noise.array).map {
                    $0 + ($1 > 20_000 ? $1 - 25_000 : $1 - 13_000)
                })
        }
        let result = try segment(
            RawSlab(field), settings: SegmentationSettings(denoising: .none))
        #expect(result.contrast?.looksLikeOnePhase == true)
    }

    @Test func `of pore alone makes one pore of each part`() throws {
        let scan = Volume<UInt8>(shape: Shape(edge: 4), repeating: 9)
        let result = try segment(
            RawSlab(scan), settings: SegmentationSettings(threshold: .fixed(10)))
        #expect(result.porosity == 1)
        #expect(result.poreCount == 1)
        #expect(result.contrast == nil)
        #expect(result.rawThreshold == nil)
    }

    @Test func `is refused where a few wild voxels leave no bins for the others`() throws {
        let settings = SegmentationSettings(denoising: .none)
        let plain = ballScan(seed: 3).map(Float.init)
        var wild = plain
        wild[0, 0, 0] = 1e12
        #expect {
            try segment(RawSlab(wild), settings: settings)
        } throws: { error in
            guard case SegmentationError.outliers(let range, let most) = error else { return false }
            return range.upperBound == Double(Float(1e12)) && most.contains(14_000)
                && most.contains(26_000)
        }
        // A value some ten times beyond the others still leaves them bins enough.
        wild[0, 0, 0] = 2e5
        let fixed = SegmentationSettings(denoising: .none, threshold: .fixed(20_000))
        #expect(
            try segment(RawSlab(wild), settings: settings).mask
                == segment(RawSlab(plain), settings: fixed).mask)
        // The filter takes lone voxels away, and a given threshold asks no histogram.
        wild[0, 0, 0] = 1e12
        #expect(try segment(RawSlab(wild)).poreCount == segment(RawSlab(plain)).poreCount)
        #expect(try segment(RawSlab(wild), settings: fixed).rawThreshold == nil)
    }

    @Test func `takes rare pores of one grey value for pores`() throws {
        var scan = Volume<Float>(shape: Shape(edge: 32), repeating: 1e9)
        scan[3, 4, 5] = 0
        let result = try segment(RawSlab(scan), settings: SegmentationSettings(denoising: .none))
        #expect(result.poreVoxelCount == 1)
    }

    @Test func `says what is wrong with a scan or setting`() {
        let flat = RawSlab(Volume<UInt16>(shape: Shape(edge: 4), repeating: 77))
        #expect(throws: SegmentationError.constant(77)) { try segment(flat) }
        var holes = Volume<Float>(shape: Shape(edge: 4), repeating: 1)
        holes[1, 2, 3] = .nan
        holes[3, 2, 3] = .infinity
        #expect(throws: SegmentationError.notFinite(count: 2)) { try segment(RawSlab(holes)) }
        let far = Volume(
            shape: Shape(depth: 1, height: 1, width: 2),
            voxels: [-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude])
        #expect(throws: SegmentationError.self) { try segment(RawSlab(far)) }
        let box = FieldOfView.box(Region(z: 0, y: 0, x: 0, shape: Shape(edge: 5)))
        #expect(throws: SegmentationError.fieldOfViewOutside(box, Shape(edge: 4))) {
            try segment(flat, within: box)
        }
        #expect(throws: SegmentationError.thresholdNotFinite) {
            try segment(flat, settings: SegmentationSettings(threshold: .fixed(.nan)))
        }
        #expect(throws: SegmentationError.prominenceOutOfRange(-1)) {
            try segment(flat, settings: SegmentationSettings(prominenceInVoxels: -1))
        }
    }

    @Test(arguments: [
        SegmentationSettings(),
        SegmentationSettings(
            denoising: .none, threshold: .fixed(12.5), porePhase: .brighter,
            prominenceInVoxels: 2),
    ])
    func `settings survive JSON`(settings: SegmentationSettings) throws {
        let data = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(SegmentationSettings.self, from: data) == settings)
    }
}

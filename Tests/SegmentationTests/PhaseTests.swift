import Foundation
import Morphology
import Randomness
import TestSupport
import Testing
import Volumes

@testable import Segmentation

@Suite struct `Phases of a scan` {
    /// Slabs along x of pore 100, micro-porous 160 and 220, solid 300 and dense 500, ten voxels
    /// each.
    private let greys: [UInt16] = [100, 160, 220, 300, 500]
    private let thresholds = PhaseThresholds(microporous: 130, solid: 260, dense: 400)

    private func layers(_ shape: Shape) -> Volume<UInt16> {
        var scan = Volume<UInt16>(shape: shape, repeating: 0)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width { scan[z, y, x] = greys[x / 10] }
            }
        }
        return scan
    }

    private func settings(
        _ thresholds: PhaseThresholds, pores: SegmentationSettings.PorePhase = .darker,
        denoising: SegmentationSettings.Denoising = .none
    ) -> SegmentationSettings {
        SegmentationSettings(
            denoising: denoising, threshold: .phases(thresholds), porePhase: pores)
    }

    @Test(arguments: [1, 6])
    func `of layers are their layers, and grey value gives the hidden porosity`(depth: Int) throws {
        let scan = layers(Shape(depth: depth, height: 8, width: 50))
        let result = try segment(RawSlab(scan), settings: settings(thresholds))
        let phases = try #require(result.phases)
        let expected = [Phase.pore, .microporous, .microporous, .solid, .dense].map(\.rawValue)
        for x in 0..<50 { #expect(phases.volume[0, 3, x] == expected[x / 10]) }
        #expect(result.thresholds == [130, 260, 400])
        #expect(result.mask == scan.map { $0 == 100 })
        #expect(phases.mixing == GreyMixing(pore: 100, solid: 300))
        // (300 - 160) / 200 and (300 - 220) / 200.
        #expect(abs((phases.microporosity ?? 0) - (0.7 + 0.4) / 2) < 1e-12)
        #expect(phases.porosity == 0.2 && result.porosity == 0.2)
        #expect(abs(phases.porosityWithMicropores - (0.2 + 0.4 * 0.55)) < 1e-12)
        #expect(phases.share(of: .dense) == 0.2)
        #expect(phases.voxelCount == scan.shape.count)
        // A given grey value of solid counts for more than the median; what is brighter has no
        // pores.
        let given = try segment(
            RawSlab(scan),
            settings: settings(
                PhaseThresholds(microporous: 130, solid: 260, poreGrey: 60, solidGrey: 200)))
        #expect(abs((given.phases?.microporosity ?? 0) - (40.0 / 140 + 0) / 2) < 1e-12)
        #expect(given.phases?.voxelCounts[.dense] == nil)
    }

    @Test func `without micro-porous rock have no hidden porosity`() throws {
        let scan = layers(Shape(depth: 3, height: 8, width: 50))
        let result = try segment(
            RawSlab(scan), settings: settings(PhaseThresholds(solid: 130, dense: 400)))
        let phases = try #require(result.phases)
        #expect(phases.mixing == nil && phases.microporosity == nil)
        #expect(phases.porosityWithMicropores == 0.2)
        #expect(phases.voxelCounts == [.pore: 240, .solid: 720, .dense: 240])
        #expect(try segment(RawSlab(scan)).phases == nil)
    }

    @Test func `are those of the scan turned over where pores are bright`() throws {
        let scan = layers(Shape(depth: 3, height: 8, width: 50))
        let turned = scan.map { 1000 - $0 }
        let dark = try segment(RawSlab(scan), settings: settings(thresholds))
        let bright = try segment(
            RawSlab(turned),
            settings: settings(
                PhaseThresholds(microporous: 870, solid: 740, dense: 600), pores: .brighter))
        #expect(dark.phases?.volume == bright.phases?.volume)
        #expect(bright.phases?.mixing == GreyMixing(pore: 900, solid: 700))
        #expect(
            abs((dark.phases?.microporosity ?? 0) - (bright.phases?.microporosity ?? 1)) < 1e-12)
    }

    @Test(arguments: UInt64(0)..<4)
    func `of a rock with known hidden porosity give the total`(seed: UInt64) throws {
        // A third of the grains are two fifths porous inside.
        let shape = Shape(depth: 24, height: 60, width: 60)
        let grain = { (z: Int, y: Int, x: Int) in (z / 12 + y / 12 + x / 12) % 3 == 0 }
        let rock = RockPhantom(
            shape, seed: seed, blurs: 1, noise: 300,
            solid: { grain($0, $1, $2) ? 20_000 - 0.4 * 12_000 : 20_000 })
        var hidden = 0
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width where !rock.truth[z, y, x] && grain(z, y, x) {
                    hidden += 1
                }
            }
        }
        let truth = rock.porosity + 0.4 * Double(hidden) / Double(shape.count)
        let result = try segment(
            RawSlab(rock.scan),
            settings: settings(
                PhaseThresholds(microporous: 11_600, solid: 17_600), denoising: .median3))
        let phases = try #require(result.phases)
        // Surfaces count as partly porous, as they should in the total.
        #expect(abs(phases.porosityWithMicropores - truth) < 0.01)
        #expect(phases.porosityWithMicropores > phases.porosity + 0.05)
    }

    @Test func `leave out what is outside the view`() throws {
        let scan = layers(Shape(depth: 4, height: 40, width: 50))
        let view = FieldOfView.cylinder(centreY: 20, centreX: 25, radius: 17)
        var masked = scan.map { Float($0) }
        for z in 0..<4 {
            for y in 0..<40 {
                let inside = view.columns(z: z, y: y, in: scan.shape)
                for x in 0..<50 where !inside.contains(x) { masked[z, y, x] = .nan }
            }
        }
        let result = try segment(RawSlab(masked), within: view, settings: settings(thresholds))
        let phases = try #require(result.phases)
        #expect(phases.voxelCount == result.voxelCount)
        for y in 0..<40 {
            let inside = view.columns(z: 0, y: y, in: scan.shape)
            for x in 0..<50 {
                #expect((phases.volume[1, y, x] == Phase.outside.rawValue) != inside.contains(x))
            }
        }
        #expect(phases.voxelCounts[.pore] == result.poreVoxelCount)
    }

    @Test func `follow the mask where a clean-up moved it`() throws {
        var scan = layers(Shape(depth: 9, height: 9, width: 50))
        scan[4, 4, 5] = 320
        scan[4, 4, 35] = 90
        let plain = try segment(RawSlab(scan), settings: settings(thresholds))
        let cleaned = try segment(
            RawSlab(scan),
            settings: SegmentationSettings(
                denoising: .none, threshold: .phases(thresholds),
                cleanUp: CleanUp(holesBelowVoxels: 3, islandsBelowVoxels: 3)))
        #expect(plain.phases?.volume[4, 4, 5] == Phase.solid.rawValue)
        #expect(plain.phases?.volume[4, 4, 35] == Phase.pore.rawValue)
        #expect(cleaned.phases?.volume[4, 4, 5] == Phase.pore.rawValue)
        #expect(cleaned.phases?.volume[4, 4, 35] == Phase.microporous.rawValue)
    }

    @Test func `say what is wrong with their thresholds`() {
        let scan = RawSlab(layers(Shape(depth: 2, height: 8, width: 50)))
        for wrong in [
            PhaseThresholds(microporous: 300, solid: 200),
            PhaseThresholds(solid: 200, dense: 200),
        ] {
            #expect(throws: SegmentationError.phaseThresholdsOutOfOrder(wrong.inOrder)) {
                try segment(scan, settings: settings(wrong))
            }
        }
        #expect(throws: SegmentationError.mixingUnknown(pore: nil, solid: 500)) {
            try segment(scan, settings: settings(PhaseThresholds(microporous: 50, solid: 310)))
        }
    }

    @Test func `thresholds survive JSON`() throws {
        for thresholds in [
            thresholds, PhaseThresholds(solid: 3, poreGrey: 1, solidGrey: 9),
        ] {
            let settings = settings(thresholds)
            let data = try JSONEncoder().encode(settings)
            #expect(try JSONDecoder().decode(SegmentationSettings.self, from: data) == settings)
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(
                SegmentationSettings.self,
                from: Data(
                    #"{"denoising":"none","threshold":"ots","pore_phase":"darker","prominence_in_voxels":1}"#
                        .utf8))
        }
    }
}

import Foundation
import Randomness
import Testing
import Volumes

@testable import Segmentation

@Suite struct `The plug in a scan` {
    /// Rock within a cylinder, and air, as grey as pores, around it.
    private func scan(
        _ shape: Shape, y: Double, x: Double, radius: Double, seed: UInt64, noise: Double = 800
    ) -> Volume<Float> {
        let view = FieldOfView.cylinder(centreY: y, centreX: x, radius: radius)
        return RockPhantom(
            shape, seed: seed, noise: noise,
            solid: { z, row, column in
                view.columns(z: z, y: row, in: shape).contains(column) ? 20_000 : 8000
            }
        ).scan
    }

    @Test(arguments: [
        (60.0, 66.0, 50.0), (57.3, 70.8, 44.6), (48.2, 80.4, 39.5), (61, 64, 63.5), (63, 65, 74),
    ])
    func `is found wherever it stands, to a third of a voxel`(
        y: Double, x: Double, radius: Double
    ) throws {
        let shape = Shape(depth: 12, height: 120, width: 132)
        for seed in UInt64(0)..<2 {
            let found = try #require(
                RawSlab(scan(shape, y: y, x: x, radius: radius, seed: seed)).plug())
            #expect(abs(found.centreY - y) < 0.3)
            #expect(abs(found.centreX - x) < 0.3)
            #expect(abs(found.radius - radius) < 0.4)
            #expect(found.solidOutside < 0.01 && found.solidInside > 0.6)
            #expect((found.visibleRim == 1) == (radius < 51))
        }
    }

    @Test(arguments: UInt64(0)..<3)
    func `is found in one slice, and in noise of a third of the contrast`(seed: UInt64) throws {
        let flat = Shape(depth: 1, height: 300, width: 280)
        let image = try #require(
            RawSlab(scan(flat, y: 155.5, x: 138, radius: 110, seed: seed)).plug())
        #expect(abs(image.centreY - 155.5) < 0.5)
        #expect(abs(image.centreX - 138) < 0.5)
        #expect(abs(image.radius - 110) < 1)
        let noisy = try #require(
            RawSlab(
                scan(
                    Shape(depth: 20, height: 100, width: 100), y: 46.5, x: 52, radius: 37,
                    seed: seed, noise: 4000)
            ).plug())
        #expect(abs(noisy.centreY - 46.5) < 0.3)
        #expect(abs(noisy.centreX - 52) < 0.3)
        #expect(abs(noisy.radius - 37) < 0.6)
    }

    @Test(arguments: UInt64(0)..<6)
    func `is not found in a scan that lies inside the rock`(seed: UInt64) {
        for shape in [
            Shape(depth: 12, height: 100, width: 90), Shape(depth: 1, height: 200, width: 210),
        ] {
            let rock = RockPhantom(shape, seed: seed, radii: 4...9)
            #expect(RawSlab(rock.scan).plug() == nil)
            // Bright in the middle, as a plug with cupping turned over.
            var capped = rock.scan
            for z in 0..<shape.depth {
                for y in 0..<shape.height {
                    for x in 0..<shape.width {
                        let dy = Float(y) / Float(shape.height) - 0.5
                        let dx = Float(x) / Float(shape.width) - 0.5
                        capped[z, y, x] *= 1.2 - 1.2 * (dy * dy + dx * dx)
                    }
                }
            }
            #expect(RawSlab(capped).plug() == nil)
        }
        #expect(RawSlab(Volume<UInt8>(shape: Shape(edge: 9), repeating: 3)).plug() == nil)
        #expect(
            RawSlab(Volume<UInt8>(shape: Shape(depth: 1, height: 1, width: 2), voxels: [1, 2]))
                .plug() == nil)
    }

    @Test func `is not what one large pore in a corner leaves`() {
        let shape = Shape(depth: 1, height: 200, width: 200)
        let rock = RockPhantom(
            shape, seed: 8,
            solid: { _, y, x in
                (y - 200) * (y - 200) + (x - 200) * (x - 200) < 900 ? 8000 : 20_000
            })
        #expect(RawSlab(rock.scan).plug() == nil)
    }

    @Test func `is the same for every number format, cut, and side of the threshold`() throws {
        let shape = Shape(depth: 12, height: 90, width: 80)
        let grey = scan(shape, y: 44, x: 41, radius: 33, seed: 2)
        let expected = try #require(RawSlab(grey.map { UInt16($0) }).plug())
        // Out of the circle of reconstruction there may be no numbers at all.
        var masked = grey
        for z in 0..<shape.depth {
            masked[z, 0, 3] = .nan
            masked[z, 89, 70] = .infinity * -1
        }
        let other = try #require(RawSlab(masked.map { $0 }).plug())
        #expect(abs(other.centreY - expected.centreY) < 0.05)
        #expect(abs(other.radius - expected.radius) < 0.05)
        let turned = grey.map { Int32(-$0) }
        let brighter = try #require(RawSlab(turned).plug(porePhase: .brighter))
        #expect(abs(brighter.centreX - expected.centreX) < 0.05)

        var whole = PlugSurvey(of: shape, threshold: 14_000)
        whole.add(RawSlab(grey))
        var cut = PlugSurvey(of: shape, threshold: 14_000)
        for slices in [0..<1, 1..<7, 7..<12] {
            cut.add(
                RawSlab(
                    grey.cropped(
                        to: Region(
                            z: slices.lowerBound, y: 0, x: 0,
                            shape: shape.withDepth(slices.count)))))
        }
        #expect(cut.plug() == whole.plug())
        #expect(cut.plug() != nil)
        #expect(
            expected.fieldOfView(margin: 2)
                == .cylinder(
                    centreY: expected.centreY, centreX: expected.centreX,
                    radius: expected.radius - 2))
    }
}

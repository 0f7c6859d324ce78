import Foundation
import Randomness
import Registration
import TestSupport
import Testing
import Volumes

@Suite struct `Registration's model` {
    @Test(arguments: SmallPair.some([true, false], debug: 1))
    func `is a shift where nothing speaks for a turn`(isImage: Bool) throws {
        let settings = isImage ? SmallPair.imageSettings : SmallPair.settings
        let pair = PhantomPair(settings, seed: 41)
        let result = try register(low: pair.low, high: pair.high)
        #expect(result.model == .shift)
        #expect(result.transform.linear == SpatialTransform.identity.linear)
        // A shift is known several times better at the corners than a similarity.
        pair.expect(result, within: 0.1)
        let turned = try register(
            low: pair.low, high: pair.high, options: RegistrationOptions(model: .similarity))
        #expect(turned.model == .similarity)
        pair.expect(turned)
        #expect(turned.cornerErrorInMicrometres > 1.3 * result.cornerErrorInMicrometres)
    }

    @Test(arguments: SmallPair.some([true, false], debug: 1))
    func `is a similarity where HIGH is turned by a degree`(isImage: Bool) throws {
        var settings = isImage ? SmallPair.imageSettings : SmallPair.settings
        settings.pose.rotationInDegrees = isImage ? SIMD3(1, 0, 0) : SIMD3(0.6, 0.6, -0.5)
        let pair = PhantomPair(settings, seed: 42)
        let result = try register(low: pair.low, high: pair.high)
        #expect(result.model == .similarity)
        pair.expect(result)
    }

    @Test func `is a similarity where voxels are off by a hundredth`() throws {
        var settings = SmallPair.imageSettings
        settings.pose.scale = 1.01
        let pair = PhantomPair(settings, seed: 43)
        let result = try register(low: pair.low, high: pair.high)
        #expect(result.model == .similarity)
        pair.expect(result, within: 0.5)
        // A third of a pixel at the ends of 240.
        #expect(abs(result.transform.scale - 1.01) < 4e-3)
    }

    @Test(.enabled(if: SmallPair.hasTime))
    func `that is affine finds a stretch along one axis`() throws {
        // HIGH's slices are a hundredth farther apart than its header says.
        var settings = SmallPair.settings
        settings.pose.rotationInDegrees = SIMD3(30, 5, 20)
        let pair = PhantomPair(settings, seed: 44)
        let header = try #require(
            VoxelSize(
                depthInMicrometres: 2 / 1.01, heightInMicrometres: 2, widthInMicrometres: 2))
        let stretch = SpatialTransform(
            linear: [SIMD3(1.01, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)],
            translation: SIMD3(0, 0, 0))
        let high = pair.high.withVoxelSize(header)
        let affine = try register(
            low: pair.low, high: high, options: RegistrationOptions(model: .affine))
        #expect(affine.accepted && affine.model == .affine, "\(affine.reason ?? "")")
        let error = pair.cornerError(of: affine.transform.after(stretch.inverse))
        #expect(error < 0.3, "\(error)")
        // A similarity shares the stretch out and is wrong by a third of it or so at the ends.
        let similarity = try register(
            low: pair.low, high: high, options: RegistrationOptions(model: .similarity))
        let worse = pair.cornerError(of: similarity.transform.after(stretch.inverse))
        #expect(worse > 0.3 && worse > 1.5 * error, "\(worse)")
    }

    @Test(.enabled(if: SmallPair.hasTime), arguments: [0.3, 0.45, 0.7])
    func `holds LOW's blur`(blur: Double) throws {
        var settings = SmallPair.settings
        settings.lowBlur = blur
        settings.lowFlaws.noise = 0.03
        settings.highFlaws.noise = 0.03
        settings.pose.rotationInDegrees = SIMD3(10, -30, 20)
        let pair = PhantomPair(settings, seed: 45)
        let result = try register(low: pair.low, high: pair.high)
        let ratio = result.blurInMicrometres / pair.blurInMicrometres
        #expect(abs(ratio - 1) < 0.03, "\(ratio)")
    }

    @Test(.enabled(if: SmallPair.hasTime), arguments: [UInt64(1), 2])
    func `there and back ends where it began`(seed: UInt64) throws {
        var settings = SmallPair.settings
        settings.ratio = 1
        settings.lowEdge = 40
        settings.highEdge = 40
        settings.highVoxel = 6
        settings.highBlur = 0.45
        settings.highFlaws = settings.lowFlaws
        settings.overlap = 0.7
        settings.pose.rotationInDegrees = SmallPair.turn(seed: seed)
        let pair = PhantomPair(settings, seed: seed)
        let there = try register(low: pair.low, high: pair.high)
        let back = try register(low: pair.high, high: pair.low)
        pair.expect(there)
        #expect(back.accepted, "\(back.reason ?? "")")
        let round = back.transform.after(there.transform)
        let edge = 240.0
        let farthest =
            (0..<8).map { corner -> Double in
                let point =
                    SIMD3(Double(corner & 1), Double((corner >> 1) & 1), Double(corner >> 2)) * edge
                let apart = round(point) - point
                return (apart * apart).sum().squareRoot()
            }.max() ?? 0
        let bound = there.cornerErrorInMicrometres + back.cornerErrorInMicrometres
        #expect(farthest < bound, "\(farthest) of \(bound)")
    }

    @Test func `has error bars that hold`() throws {
        let draws = SmallPair.some(Array(UInt64(0)..<20), debug: 4)
        var covered = 0
        var ratios: [Double] = []
        for seed in draws {
            var settings = SmallPair.imageSettings
            settings.pose.rotationInDegrees = SIMD3(Double(seed) * 17 - 160, 0, 0)
            settings.pose.scale = 1 + 0.004 * Double(seed % 5)
            let pair = PhantomPair(settings, seed: 100 + seed)
            let result = try register(low: pair.low, high: pair.high)
            #expect(result.accepted, "seed \(seed): \(result.reason ?? "")")
            let error = pair.cornerError(of: result.transform) * 2 * settings.pose.scale
            ratios.append(error / result.cornerErrorInMicrometres)
            if error < result.cornerErrorInMicrometres { covered += 1 }
        }
        // 19 of 20 are expected; 16 or fewer come once in sixty such series.
        #expect(covered >= draws.count * 17 / 20, "\(covered) of \(draws.count)")
        // Were the bars wider than they are said to be, typical errors would be far smaller.
        #expect(ratios.sorted()[draws.count / 2] > 0.2)
    }
}

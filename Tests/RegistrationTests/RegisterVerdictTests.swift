import Foundation
import Randomness
import Registration
import TestSupport
import Testing
import Volumes

@Suite struct `Registration's verdict` {
    static func refusal(
        _ change: (inout PhantomSettings) -> Void, isImage: Bool, seed: UInt64
    ) throws -> RegistrationResult {
        var settings = isImage ? SmallPair.imageSettings : SmallPair.settings
        settings.pose.rotationInDegrees = isImage ? SIMD3(25, 0, 0) : SIMD3(12, -20, 5)
        change(&settings)
        let pair = PhantomPair(settings, seed: seed)
        return try register(low: pair.low, high: pair.high)
    }

    @Test(
        arguments: SmallPair.some(
            [(true, 1), (false, 2), (true, 3), (true, 4)] as [(Bool, UInt64)], debug: 1))
    func `is no for another rock`(isImage: Bool, seed: UInt64) throws {
        let result = try Self.refusal(
            { $0.isOtherRock = true }, isImage: isImage, seed: seed)
        #expect(!result.accepted && result.confidence < 0.5)
        #expect(result.reason?.contains("stands out") == true, "\(result.reason ?? "")")
    }

    @Test(
        arguments: SmallPair.some(
            [(true, 1), (false, 2), (true, 3)] as [(Bool, UInt64)], debug: 1))
    func `is no for the wrong depth of a plug`(isImage: Bool, seed: UInt64) throws {
        let result = try Self.refusal(
            {
                $0.isElsewhere = true
                // The outline of the plug is the same at every depth.
                if !isImage { $0.plugRadiusInLowVoxels = 17 }
            }, isImage: isImage, seed: seed)
        #expect(!result.accepted)
        #expect(result.reason != nil)
    }

    @Test(arguments: SmallPair.some([true, false], debug: 1), [UInt64(1)])
    func `is that a lattice fits as well elsewhere`(isImage: Bool, seed: UInt64) throws {
        let result = try Self.refusal({ $0.isLattice = true }, isImage: isImage, seed: seed)
        #expect(!result.accepted)
        #expect(result.reason?.contains("Another pose") == true, "\(result.reason ?? "")")
    }

    @Test func `is no where scans share too little`() throws {
        var settings = SmallPair.imageSettings
        settings.overlap = 0.5
        settings.pose.rotationInDegrees = SIMD3(15, 0, 0)
        let pair = PhantomPair(settings, seed: 5)
        let strict = try register(
            low: pair.low, high: pair.high, options: RegistrationOptions(minimumOverlap: 0.7))
        #expect(!strict.accepted)
        #expect(strict.reason?.contains("share") == true, "\(strict.reason ?? "")")
        pair.expect(try register(low: pair.low, high: pair.high), within: 0.5)
    }
}

@Suite struct `Registration in spite of what scanners do` {
    @Test(arguments: SmallPair.some([true, false], debug: 1))
    func `lays a scan on itself`(isImage: Bool) throws {
        var settings = isImage ? SmallPair.imageSettings : SmallPair.settings
        settings.lowEdge = isImage ? 80 : 32
        let scan = PhantomPair(settings, seed: 1).low
        let result = try register(low: scan, high: scan)
        #expect(result.accepted, "\(result.reason ?? "")")
        #expect(result.correlation > 0.99)
        #expect(result.overlapFraction > 0.999)
        // In um, of voxels of six or eight.
        #expect(result.transform.translation.max() < 0.02)
        #expect(result.transform.translation.min() > -0.02)
        let turn = result.transform.rotationInDegrees
        #expect((turn * turn).sum().squareRoot() < 0.02)
        #expect(abs(result.transform.scale - 1) < 1e-3)
    }

    /// A scan whose outermost voxels all have one value, as those outside of a reconstruction.
    static func rimmed(_ scan: Volume<Float>, width: Int) -> Volume<Float> {
        let shape = scan.shape
        var rimmed = scan
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    let nearest =
                        [
                            shape.isImage ? width : min(z, shape.depth - 1 - z),
                            min(y, shape.height - 1 - y), min(x, shape.width - 1 - x),
                        ].min() ?? 0
                    if nearest < width { rimmed[z, y, x] = -0.5 }
                }
            }
        }
        return rimmed
    }

    @Test(arguments: SmallPair.some([true, false], debug: 1))
    func `bears a rim of two voxels about both scans`(isImage: Bool) throws {
        var settings = isImage ? SmallPair.imageSettings : SmallPair.settings
        settings.pose.rotationInDegrees = isImage ? SIMD3(50, 0, 0) : SIMD3(20, 30, -40)
        let pair = PhantomPair(settings, seed: 2)
        let result = try register(
            low: Self.rimmed(pair.low, width: 2), high: Self.rimmed(pair.high, width: 2))
        pair.expect(result, within: 0.5)
    }

    /// One scanner scans a sample twice, turned by five degrees; its rings and its cupping stay.
    static func rings(low: Double, high: Double) throws -> (PhantomPair, RegistrationResult) {
        var settings = SmallPair.settings
        settings.ratio = 1
        settings.lowEdge = 44
        settings.highEdge = 44
        settings.highVoxel = 6
        settings.highBlur = 0.45
        settings.highFlaws = settings.lowFlaws
        settings.lowFlaws.rings = low
        settings.highFlaws.rings = high
        settings.lowFlaws.cupping = 0.2
        settings.highFlaws.cupping = 0.2
        settings.pose.rotationInDegrees = SIMD3(1, 4.5, 2)
        let pair = PhantomPair(settings, seed: 3)
        return (pair, try register(low: pair.low, high: pair.high))
    }

    @Test(.enabled(if: SmallPair.hasTime))
    func `is not pulled straight by rings about LOW's axis`() throws {
        // Half of the slice is rings, each as strong as two fifths of the contrast.
        let (pair, result) = try Self.rings(low: 0.4, high: 0)
        pair.expect(result, within: 0.15)
    }

    @Test(.enabled(if: SmallPair.hasTime))
    func `is pulled little by rings that stay with the scanner`() throws {
        let (pair, result) = try Self.rings(low: 0.1, high: 0.1)
        #expect(result.accepted, "\(result.reason ?? "")")
        // Straight would be wrong by three voxels; rings of a tenth of the contrast over half of both
        // scans pull by a tenth of one.
        let error = pair.cornerError(of: result.transform)
        #expect(error < 0.15, "\(error)")
    }

    @Test(.enabled(if: SmallPair.hasTime))
    func `bears cupping, a curved response and another scale of grey values`() throws {
        var settings = SmallPair.settings
        settings.lowFlaws.cupping = 0.3
        settings.lowFlaws.gain = 12000
        settings.lowFlaws.offset = 20000
        settings.highFlaws.gamma = 1.3
        settings.highFlaws.gain = 90
        settings.pose.rotationInDegrees = SIMD3(40, 10, -120)
        let pair = PhantomPair(settings, seed: 4)
        let result = try register(low: pair.low, high: pair.high)
        pair.expect(result)
        // Of contrasts between pores and grains.
        #expect(abs(result.greyValues.gain / (12000 / 90) - 1) < 0.25)
    }
}

@Suite struct `What registration is told` {
    static let turned: PhantomPair = {
        var settings = SmallPair.imageSettings
        settings.pose.rotationInDegrees = SIMD3(60, 0, 0)
        return PhantomPair(settings, seed: 6)
    }()

    /// Registers, and takes that nothing could be compared for a refusal.
    static func accepted(_ pair: PhantomPair, _ options: RegistrationOptions) throws -> Bool {
        do {
            let result = try register(low: pair.low, high: pair.high, options: options)
            if result.accepted { pair.expect(result, within: 0.5) }
            return result.accepted
        } catch RegistrationError.noOverlap {
            return false
        }
    }

    @Test func `keeps it to the place it is told`() throws {
        let pair = Self.turned
        func options(_ shift: SIMD3<Double>, degrees: Double) -> RegistrationOptions {
            RegistrationOptions(
                initialAlignment: InitialAlignment(
                    transform: SpatialTransform(translation: shift).after(pair.transform),
                    uncertaintyInMicrometres: 30, uncertaintyInDegrees: degrees))
        }
        #expect(try Self.accepted(pair, options(SIMD3(0, 20, -15), degrees: 10)))
        #expect(try !Self.accepted(pair, options(SIMD3(0, 90, 0), degrees: 10)))
        #expect(try !Self.accepted(pair, options(SIMD3(0, 0, -60), degrees: 10)))
        // Told the place, but a turn that is wrong by sixty degrees.
        let middle = SIMD3(0, 240.0, 240)
        let unturned = SpatialTransform(translation: pair.transform(middle) - middle)
        func turned(by degrees: Double) -> RegistrationOptions {
            RegistrationOptions(
                initialAlignment: InitialAlignment(
                    transform: unturned, uncertaintyInMicrometres: 30,
                    uncertaintyInDegrees: degrees))
        }
        #expect(try !Self.accepted(pair, turned(by: 20)))
        #expect(try Self.accepted(pair, turned(by: 70)))
    }

    @Test func `keeps it to turns that are allowed`() throws {
        #expect(
            try !Self.accepted(Self.turned, RegistrationOptions(rotation: .atMost(degrees: 40))))
        #expect(
            try Self.accepted(Self.turned, RegistrationOptions(rotation: .atMost(degrees: 65))))
    }

    @Test(.enabled(if: SmallPair.hasTime))
    func `keeps the axis of a plug upright`() throws {
        var settings = SmallPair.settings
        settings.pose.rotationInDegrees = SIMD3(140, 4, 0)
        let upright = PhantomPair(settings, seed: 7)
        let options = RegistrationOptions(rotation: .aboutZ(tiltInDegrees: 10))
        #expect(try Self.accepted(upright, options))
        settings.pose.rotationInDegrees = SIMD3(10, 60, 0)
        let lying = PhantomPair(settings, seed: 7)
        #expect(try !Self.accepted(lying, options))
    }

    @Test func `keeps scales to those that are allowed`() throws {
        var settings = SmallPair.imageSettings
        settings.pose.scale = 1.08
        settings.pose.rotationInDegrees = SIMD3(30, 0, 0)
        let pair = PhantomPair(settings, seed: 8)
        #expect(try Self.accepted(pair, RegistrationOptions()))
        #expect(try !Self.accepted(pair, RegistrationOptions(scaleTolerance: 0.03)))
    }
}

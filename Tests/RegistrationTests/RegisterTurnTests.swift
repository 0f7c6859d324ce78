import Foundation
import Randomness
import TestSupport
import Testing
import Volumes

@testable import Registration

/// Pairs of phantoms, small enough for debug builds, and what is asked of their registrations.
enum SmallPair {
    /// What takes seconds in a release build takes minutes in a debug build, which is there to check
    /// every index and overflow: it does the first of many like cases.
    static func some<T>(_ all: [T], debug count: Int) -> [T] {
        hasTime ? all : Array(all.prefix(count))
    }

    /// Whether this is no debug build.
    static var hasTime: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }

    /// LOW of 40 voxels along each edge, HIGH of 31 of these.
    static var settings: PhantomSettings {
        var settings = PhantomSettings()
        settings.lowEdge = 40
        settings.highEdge = 93
        settings.ratio = 3
        settings.grainInLowVoxels = 5
        return settings
    }

    /// LOW of 96 pixels along each edge, HIGH of 60 of these.
    static var imageSettings: PhantomSettings {
        var settings = PhantomSettings()
        settings.isImage = true
        settings.lowEdge = 96
        settings.highEdge = 240
        settings.ratio = 4
        settings.grainInLowVoxels = 5
        return settings
    }

    /// A turn by any angle about any axis.
    static func turn(seed: UInt64) -> SIMD3<Double> {
        var generator = SplitMix64(seed: seed)
        var axis = SIMD3<Double>(0, 0, 0)
        repeat {
            axis = .random(in: -1...1, using: &generator)
        } while (axis * axis).sum() > 1 || (axis * axis).sum() < 0.01
        axis /= (axis * axis).sum().squareRoot()
        return axis * Double.random(in: 0...180, using: &generator)
    }
}

extension PhantomPair {
    /// Expects a registration that was accepted, and is as right as it says.
    ///
    /// - Parameter tolerance: At HIGH's worst corner, in voxels of HIGH.
    func expect(
        _ result: RegistrationResult, within tolerance: Double = 0.3,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = cornerError(of: result.transform)
        #expect(result.accepted, "\(result.reason ?? "")", sourceLocation: sourceLocation)
        #expect(error < tolerance, sourceLocation: sourceLocation)
        // The bound holds for 95 in 100; none is off by thrice as much.
        let voxel = high.voxelSize?.widthInMicrometres ?? .nan
        #expect(
            error < 3 * result.cornerErrorInMicrometres / voxel, sourceLocation: sourceLocation)
    }
}

@Suite struct `Registration of a turned scan` {
    static let cases: [(seed: UInt64, overlap: Double)] = SmallPair.some(
        [
            (1, 0.6), (7, 0.3), (4, 1), (0, 1), (2, 0.4), (3, 0.3), (5, 0.6), (6, 0.4), (8, 1),
            (9, 0.6), (10, 0.4), (11, 0.5),
        ], debug: 1)

    @Test(arguments: cases)
    func `finds any turn, with a scale that is off, where scans overlap in part`(
        seed: UInt64, overlap: Double
    ) throws {
        var settings = SmallPair.settings
        settings.lowEdge = 48
        settings.highEdge = 108
        settings.overlap = overlap
        let scales = [1, 0.9, 1.1, 0.96, 1.03]
        settings.pose = PhantomPose(
            rotationInDegrees: SmallPair.turn(seed: seed), scale: scales[Int(seed) % 5])
        let pair = PhantomPair(settings, seed: seed)
        let result = try register(low: pair.low, high: pair.high)
        pair.expect(result)
        #expect(!result.isMirrored && result.model == .similarity)
        #expect(abs(result.overlapFraction - pair.overlap) < 0.03)
        #expect(result.confidence > 0.9)
    }

    /// The pair whose HIGH is turned by quarters.
    static let straight = PhantomPair(SmallPair.settings, seed: 21)

    /// HIGH with its axes in another order, some of them run through backwards.
    static func reordered(
        _ volume: Volume<Float>, axes: [Int], flips: [Bool]
    ) -> (volume: Volume<Float>, toOld: SpatialTransform) {
        let n = volume.shape.depth
        let voxel = volume.voxelSize?.widthInMicrometres ?? .nan
        let turned = Volume<Float>(shape: volume.shape, voxelSize: volume.voxelSize) { z, slice in
            for y in 0..<n {
                for x in 0..<n {
                    let new = [z, y, x]
                    var old = [0, 0, 0]
                    for axis in 0..<3 {
                        old[axes[axis]] = flips[axis] ? n - 1 - new[axis] : new[axis]
                    }
                    slice[y * n + x] = volume[old[0], old[1], old[2]]
                }
            }
        }
        var linear = [SIMD3<Double>](repeating: SIMD3(0, 0, 0), count: 3)
        var translation = SIMD3<Double>(0, 0, 0)
        for axis in 0..<3 {
            linear[axes[axis]][axis] = flips[axis] ? -1 : 1
            translation[axes[axis]] = flips[axis] ? Double(n) * voxel : 0
        }
        return (turned, SpatialTransform(linear: linear, translation: translation))
    }

    /// Orders of the axes, and flips, that are turns: some of the 24.
    static let orientations: [(axes: [Int], flips: [Bool])] = [
        ([1, 2, 0], [false, false, false]), ([0, 1, 2], [true, true, false]),
        ([0, 2, 1], [false, true, false]), ([2, 1, 0], [true, true, true]),
    ]

    @Test(.enabled(if: SmallPair.hasTime), arguments: orientations)
    func `finds it in any of the orientations of a cube`(axes: [Int], flips: [Bool]) throws {
        let (high, toOld) = Self.reordered(Self.straight.high, axes: axes, flips: flips)
        let result = try register(low: Self.straight.low, high: high)
        #expect(result.accepted && !result.isMirrored, "\(result.reason ?? "")")
        Self.straight.expect(
            RegistrationResult(result, at: result.transform.after(toOld.inverse)))
    }

    @Test(.enabled(if: SmallPair.hasTime))
    func `notices a mirror image, and takes it where it is declared`() throws {
        let (high, toOld) = Self.reordered(
            Self.straight.high, axes: [0, 1, 2], flips: [true, false, false])
        let noticed = try register(low: Self.straight.low, high: high)
        #expect(!noticed.accepted && noticed.isMirrored)
        #expect(noticed.reason?.contains("mirror") == true, "\(noticed.reason ?? "")")
        let declared = try register(
            low: Self.straight.low, high: high, options: RegistrationOptions(isMirrored: true))
        #expect(declared.accepted && declared.isMirrored, "\(declared.reason ?? "")")
        #expect(declared.transform == noticed.transform)
        let error = Self.straight.cornerError(of: declared.transform.after(toOld.inverse))
        #expect(error < 0.3)
    }

    @Test(.enabled(if: SmallPair.hasTime))
    func `refuses a mirror image that is declared but is none`() throws {
        let result = try register(
            low: Self.straight.low, high: Self.straight.high,
            options: RegistrationOptions(isMirrored: true))
        #expect(!result.accepted && !result.isMirrored)
        #expect(result.reason?.contains("declared") == true, "\(result.reason ?? "")")
    }

    @Test(
        arguments: SmallPair.some(
            [(140, true), (-33, false), (4, false), (90, true), (179, false), (61, false)], debug: 3
        ))
    func `turns images in their plane`(degrees: Double, isMirrored: Bool) throws {
        var settings = SmallPair.imageSettings
        settings.pose = PhantomPose(
            rotationInDegrees: SIMD3(degrees, 0, 0), scale: 1.04, isMirrored: isMirrored)
        settings.overlap = degrees > 100 ? 0.5 : 1
        let pair = PhantomPair(settings, seed: 31)
        let result = try register(
            low: pair.low, high: pair.high, options: RegistrationOptions(isMirrored: isMirrored))
        pair.expect(result, within: 0.5)
        #expect(result.isMirrored == isMirrored)
        #expect(result.transform.linear[0] == SIMD3(1, 0, 0))
        #expect(result.transform.translation[0] == 0)
        let other = try register(
            low: pair.low, high: pair.high, options: RegistrationOptions(isMirrored: !isMirrored))
        #expect(!other.accepted)
        #expect(other.reason?.contains("mirror") == true, "\(other.reason ?? "")")
    }
}

extension RegistrationResult {
    /// The same, as it is for a scan whose points another map brings to this one's.
    init(_ other: RegistrationResult, at transform: SpatialTransform) {
        self.init(
            transform: transform, model: other.model, confidence: other.confidence,
            accepted: other.accepted, reason: other.reason, isMirrored: other.isMirrored,
            overlapFraction: other.overlapFraction, correlation: other.correlation,
            residualInMicrometres: other.residualInMicrometres, peakRatio: other.peakRatio,
            cornerErrorInMicrometres: other.cornerErrorInMicrometres,
            standardErrorInMicrometres: other.standardErrorInMicrometres,
            blurInMicrometres: other.blurInMicrometres, greyValues: other.greyValues,
            blocks: other.blocks)
    }
}

import Foundation
import Randomness
import TestSupport
import Volumes

/// Pairs of one kind, and what registration should make of them.
struct StudyCase: Sendable {
    /// What counts as success.
    enum Goal: Sendable {
        /// The median error at HIGH's worst corner is at most this, in voxels of HIGH.
        case median(Double)
        /// At least this share is found to within a voxel of HIGH.
        case found(Double)
        /// None is accepted, for there is nothing to find.
        case refused
    }

    let name: String
    /// What the pairs have, in words.
    let description: String
    let goal: Goal
    private let draw: @Sendable (inout Philox4x32) -> PhantomSettings

    init(
        _ name: String, _ description: String, _ goal: Goal,
        _ draw: @escaping @Sendable (inout Philox4x32) -> PhantomSettings
    ) {
        self.name = name
        self.description = description
        self.goal = goal
        self.draw = draw
    }

    /// Whether there is a truth to be found.
    var hasTruth: Bool {
        if case .refused = goal { return false }
        return true
    }

    /// The seed of a pair's rock, place and noise: its case has a part in it, so that no two cases
    /// share a rock, and their errors are independent.
    func pairSeed(_ seed: UInt64) -> UInt64 {
        // FNV-1a.
        let ofName = name.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        var mixed = SplitMix64(seed: ofName &+ seed)
        return mixed.next()
    }

    /// The pair of a seed, its scans shrunk by a factor along every edge.
    func settings(seed: UInt64, edgeFactor: Double) -> PhantomSettings {
        var generator = Philox4x32(seed: pairSeed(seed), stream: 3)
        var settings = draw(&generator)
        settings.highEdge = Int((Double(settings.highEdge) * edgeFactor).rounded())
        settings.lowEdge = Int((Double(settings.lowEdge) * edgeFactor).rounded())
        return settings
    }
}

extension StudyCase {
    /// Every case, in the order of the summary.
    static let all: [StudyCase] = [
        StudyCase("shift", "a shift only", .median(0.02)) { _ in PhantomSettings() },
        StudyCase("turn-1.5", "1.5 degrees about z, 1 % scale", .median(0.02)) {
            .turned(by: 1.5, scale: 0.01, using: &$0)
        },
        StudyCase("clean", "the same without any noise", .median(0.002)) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.lowFlaws.noise = 0
            settings.highFlaws.noise = 0
            return settings
        },
        StudyCase(
            "turn-1.5-flaws",
            "the same, LOW with another contrast, cupping and rings, noise doubled", .median(0.05)
        ) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.addFlaws()
            return settings
        },
        StudyCase("contrast", "1.5 degrees, 1 % scale, another contrast in LOW", .median(0.05)) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.lowFlaws = .otherContrast
            return settings
        },
        StudyCase("cupping", "1.5 degrees, 1 % scale, cupping in LOW", .median(0.05)) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.lowFlaws.cupping = 0.2
            return settings
        },
        StudyCase("rings", "1.5 degrees, 1 % scale, rings in LOW", .median(0.05)) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.lowFlaws.rings = 0.15
            return settings
        },
        StudyCase(
            "tilt-5", "5 degrees about any axis, 2 % scale, another contrast", .median(0.05)
        ) {
            var settings = PhantomSettings()
            settings.pose = PhantomPose(
                rotationInDegrees: 5 * direction(using: &$0), scale: 1 + 0.02 * sign(using: &$0))
            settings.lowFlaws = .otherContrast
            return settings
        },
        StudyCase("turn-12", "12 degrees about z, 3 % scale, another contrast", .median(0.05)) {
            var settings = PhantomSettings.turned(by: 12, scale: 0.03, using: &$0)
            settings.lowFlaws = .otherContrast
            return settings
        },
        StudyCase("turn-30", "30 degrees about z", .median(0.03)) {
            .turned(by: 30, scale: 0, using: &$0)
        },
        StudyCase(
            "any-turn",
            "any turn about z, tilt to 10 degrees, 5 % scale, half to all of HIGH in LOW",
            .found(0.999)
        ) {
            var settings = PhantomSettings()
            let turn = PhantomPose(
                rotationInDegrees: SIMD3(.random(in: -180...180, using: &$0), 0, 0))
            settings.pose = tilted(
                turn, by: .random(in: 0...10, using: &$0),
                scale: .random(in: 0.95...1.05, using: &$0), using: &$0)
            settings.overlap = .random(in: 0.5...1, using: &$0)
            return settings
        },
        StudyCase(
            "any-orientation",
            "24 orientations, half of them mirrored, tilt to 20 degrees, 10 % scale, a quarter to all of HIGH in LOW",
            .found(0.95)
        ) { .anyOrientation(using: &$0) },
        StudyCase(
            "any-flaws", "any orientation, and the flaws of turn-1.5-flaws", .found(0.95)
        ) {
            var settings = PhantomSettings.anyOrientation(using: &$0)
            settings.addFlaws()
            return settings
        },
        StudyCase(
            "any-noise", "any orientation, noise in LOW as large as its grey values' deviation",
            .found(0.95)
        ) {
            var settings = PhantomSettings.anyOrientation(using: &$0)
            settings.lowFlaws.noise = 0.33
            return settings
        },
        StudyCase(
            "any-grain-12", "any orientation, grains of 12 voxels of LOW", .found(0.95)
        ) {
            var settings = PhantomSettings.anyOrientation(using: &$0)
            settings.grainInLowVoxels = 12
            return settings
        },
        StudyCase("any-small", "any orientation, HIGH half as wide", .found(0.95)) {
            var settings = PhantomSettings.anyOrientation(using: &$0)
            settings.highEdge = 128
            return settings
        },
        StudyCase("any-large", "any orientation, LOW twice as wide", .found(0.95)) {
            var settings = PhantomSettings.anyOrientation(using: &$0)
            settings.lowEdge = 192
            return settings
        },
        StudyCase("any-plug", "any orientation, a round plug in air", .found(0.95)) {
            var settings = PhantomSettings.anyOrientation(using: &$0)
            settings.plugRadiusInLowVoxels = 42
            return settings
        },
        StudyCase(
            "noise", "1.5 degrees, 1 % scale, noise in LOW as large as its grey values' deviation",
            .median(0.12)
        ) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.lowFlaws.noise = 0.33
            return settings
        },
        StudyCase(
            "noise-full",
            "1.5 degrees, 1 % scale, noise in LOW as large as pores and grains differ",
            .median(0.5)
        ) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.lowFlaws.noise = 1
            return settings
        },
        StudyCase("part", "1.5 degrees, 1 % scale, 60 % of HIGH in LOW", .median(0.04)) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.overlap = 0.6
            return settings
        },
        StudyCase("other-rock", "another rock of the same kind", .refused) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.isOtherRock = true
            return settings
        },
        StudyCase("wrong-depth", "the same rock, but nothing in common", .refused) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.isElsewhere = true
            return settings
        },
        StudyCase(
            "other-rock-any", "another rock, scans and grains of any size", .refused
        ) {
            var settings = PhantomSettings.anyOrientation(using: &$0)
            settings.isOtherRock = true
            settings.grainInLowVoxels = .random(in: 4...14, using: &$0)
            settings.highEdge = Int.random(in: 100...256, using: &$0)
            return settings
        },
        StudyCase("lattice", "equal grains on a lattice: many places fit", .refused) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.isLattice = true
            return settings
        },
        StudyCase("ratio-4.09", "1.5 degrees, 1 % scale, voxels of 9 and 2.2 um", .median(0.03)) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.highVoxel = 2.2
            settings.ratio = 9.0 / 2.2
            return settings
        },
        StudyCase("ratio-3", "1.5 degrees, 1 % scale, voxels three times smaller", .median(0.03)) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.ratio = 3
            return settings
        },
        StudyCase("ratio-5", "1.5 degrees, 1 % scale, voxels five times smaller", .median(0.03)) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.ratio = 5
            return settings
        },
        StudyCase("grain-4", "1.5 degrees, 1 % scale, grains of 4 voxels of LOW", .median(0.03)) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.grainInLowVoxels = 4
            return settings
        },
        StudyCase("grain-12", "1.5 degrees, 1 % scale, grains of 12 voxels of LOW", .median(0.03)) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.grainInLowVoxels = 12
            return settings
        },
        StudyCase("plug", "1.5 degrees, 1 % scale, a round plug in air", .median(0.03)) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.plugRadiusInLowVoxels = 42
            settings.overlap = 0.9
            return settings
        },
        StudyCase("image", "images, 1.5 degrees, 1 % scale", .median(0.1)) {
            var settings = PhantomSettings.turned(by: 1.5, scale: 0.01, using: &$0)
            settings.becomeImages()
            return settings
        },
        StudyCase(
            "image-any", "images, any turn, 5 % scale, half to all of HIGH in LOW", .found(0.95)
        ) {
            var settings = PhantomSettings()
            settings.pose = PhantomPose(
                rotationInDegrees: SIMD3(.random(in: -180...180, using: &$0), 0, 0),
                scale: .random(in: 0.95...1.05, using: &$0))
            settings.overlap = .random(in: 0.5...1, using: &$0)
            settings.becomeImages()
            return settings
        },
    ]
}

extension PhantomSettings {
    /// Turned about z, and larger or smaller by `scale`; both signs are drawn.
    fileprivate static func turned(
        by degrees: Double, scale: Double, using generator: inout Philox4x32
    ) -> PhantomSettings {
        var settings = PhantomSettings()
        settings.pose = PhantomPose(
            rotationInDegrees: SIMD3(degrees * sign(using: &generator), 0, 0),
            scale: 1 + scale * sign(using: &generator))
        return settings
    }

    /// One of the 24 orientations and a tilt, half of them mirrored; a scale and an overlap.
    fileprivate static func anyOrientation(using generator: inout Philox4x32) -> PhantomSettings {
        var settings = PhantomSettings()
        settings.pose = tilted(
            orientation(using: &generator), by: .random(in: 0...20, using: &generator),
            scale: .random(in: 0.9...1.1, using: &generator), using: &generator)
        settings.pose.isMirrored = generator.nextUnit() < 0.5
        settings.overlap = .random(in: 0.25...1, using: &generator)
        return settings
    }

    /// Another contrast, cupping and rings in LOW, and noise doubled in both.
    fileprivate mutating func addFlaws() {
        lowFlaws = .otherContrast
        lowFlaws.cupping = 0.2
        lowFlaws.rings = 0.15
        lowFlaws.noise = 0.16
        highFlaws.noise = 0.3
    }

    /// Images are larger, for a plane holds fewer grains than a space.
    fileprivate mutating func becomeImages() {
        isImage = true
        highEdge = 512
        lowEdge = 192
    }
}

extension ScanFlaws {
    /// LOW's noise, on a curved scale of sixteen bits.
    fileprivate static var otherContrast: ScanFlaws {
        var flaws = ScanFlaws()
        flaws.noise = 0.08
        flaws.gain = 5000
        flaws.offset = 9000
        flaws.gamma = 0.6
        return flaws
    }
}

private func sign(using generator: inout Philox4x32) -> Double {
    generator.nextUnit() < 0.5 ? -1 : 1
}

private func direction(using generator: inout Philox4x32) -> SIMD3<Double> {
    let normal = NormalDistribution()
    let drawn = SIMD3(
        normal.draw(using: &generator), normal.draw(using: &generator),
        normal.draw(using: &generator))
    return drawn / (drawn * drawn).sum().squareRoot()
}

/// First `pose`, then a turn about an axis at right angles to z.
private func tilted(
    _ pose: PhantomPose, by degrees: Double, scale: Double, using generator: inout Philox4x32
) -> PhantomPose {
    let angle = 2 * Double.pi * generator.nextUnit()
    let tilt = PhantomPose(rotationInDegrees: SIMD3(0, cos(angle), sin(angle)) * degrees)
    let turned = tilt.transform().after(pose.transform())
    return PhantomPose(rotationInDegrees: turned.rotationInDegrees, scale: scale)
}

/// One of the 24 ways to lay a cube into itself.
private func orientation(using generator: inout Philox4x32) -> PhantomPose {
    let face = Int(generator.nextUnit() * 6)
    let turn = SpatialTransform(
        rotationInDegrees: SIMD3((generator.nextUnit() * 4).rounded(.down) * 90, 0, 0), scale: 1,
        translation: SIMD3(0, 0, 0))
    let upright: SIMD3<Double> =
        face < 4 ? SIMD3(0, 90 * Double(face), 0) : SIMD3(0, 0, face == 4 ? 90 : -90)
    let whole = SpatialTransform(
        rotationInDegrees: upright, scale: 1, translation: SIMD3(0, 0, 0)
    ).after(turn)
    return PhantomPose(rotationInDegrees: whole.rotationInDegrees)
}

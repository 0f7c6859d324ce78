import Foundation
import Randomness
import Tomography
import Volumes

/// Simulates a rock and its two scans.
///
/// The rock is a function of place, not a picture: each scan asks it on a grid of its own, finer than
/// its voxels or as fine, at wherever its pose puts them, so nothing is interpolated between scans.
/// It is a round plug in air whose axis is z. Each scan projects the plug in a parallel beam, and
/// turns it about the middle of the scan's own field.
///
/// - Returns: The same sample for the same settings and seed, whatever the number of threads.
/// - Throws: ``DigitalRockError/porosityNotMet(wanted:reached:)`` for a porosity that no amount of
///   cement leaves.
/// - Complexity: About the voxels of the plug times the views of the HIGH scan; some seconds for a
///   HIGH scan of 128^3.
public func simulate(
    _ settings: SimulationSettings, seed: UInt64
) throws(DigitalRockError) -> SimulatedSample {
    var draws = Philox4x32(seed: seed, stream: 1)
    let (rockSeed, lowSeed, highSeed) = (draws.next(), draws.next(), draws.next())
    let transform = settings.drawTransform(using: &draws)
    let plug = Plug(settings)
    let rock = Rock(
        extent: SIMD3(plug.length, 2 * plug.radius, 2 * plug.radius), settings: settings.rock,
        seed: rockSeed)
    let highEdge = settings.highVoxelInMicrometres
    guard let highVoxel = VoxelSize(micrometres: highEdge),
        let lowVoxel = VoxelSize(micrometres: settings.lowVoxelInMicrometres)
    else { preconditionFailure("voxel sizes were checked with the settings") }
    let (cementation, pores) = try Cementation.fitting(
        rock, porosity: settings.porosity, clayFraction: settings.rock.clayFraction,
        shape: settings.highShape, voxelSize: highVoxel
    ) { z in
        SlicePlane(
            z: z, shape: settings.highShape, voxelEdge: highEdge, corner: SIMD3(0, 0, 0),
            toRock: transform)
    }
    let scans = PlugScans(rock: rock, cementation: cementation, plug: plug, settings: settings)
    do throws(TomographyError) {
        let low = try scans.scan(
            shape: settings.lowShape, voxelSize: lowVoxel, toRock: .identity,
            scanner: settings.lowScanner, seed: lowSeed)
        let high = try scans.scan(
            shape: settings.highShape, voxelSize: highVoxel, toRock: transform,
            scanner: settings.highScanner, seed: highSeed)
        return SimulatedSample(
            low: settings.lowWindow.quantise(low, grainAttenuation: scans.grainAttenuation),
            high: settings.highWindow.quantise(high, grainAttenuation: scans.grainAttenuation),
            truePores: pores, transform: transform,
            porosity: Double(pores.array.count { $0 }) / Double(pores.shape.count),
            settings: settings, seed: seed)
    } catch { throw .scan(error) }
}

extension SimulationSettings {
    /// The middle of a field, in micrometres.
    private static func middle(_ shape: Shape, _ edge: Double) -> SIMD3<Double> {
        SIMD3(Double(shape.depth), Double(shape.height), Double(shape.width)) * (edge / 2)
    }

    /// The pose as a map from HIGH to LOW, with its shift drawn where it was left open.
    func drawTransform(using generator: inout Philox4x32) -> SpatialTransform {
        let low = SimulationSettings.middle(lowShape, lowVoxelInMicrometres)
        let high = SimulationSettings.middle(highShape, highVoxelInMicrometres)
        let room = low - high - 2 * lowVoxelInMicrometres
        let drawn = SIMD3(
            (2 * generator.nextUnit() - 1) * room[0], (2 * generator.nextUnit() - 1) * room[1],
            (2 * generator.nextUnit() - 1) * room[2])
        let turn = SpatialTransform(
            rotationInDegrees: pose.rotationInDegrees, scale: pose.scale,
            translation: SIMD3(0, 0, 0))
        let target = low + (pose.offsetInMicrometres ?? drawn)
        return SpatialTransform(
            rotationInDegrees: pose.rotationInDegrees, scale: pose.scale,
            translation: target - turn(high))
    }
}

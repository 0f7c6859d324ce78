import Foundation
import Randomness
import Tomography
import Volumes

/// Rings about the rotation axis, as they appear in a slice: a detector pixel that responds too much
/// or too little draws its error along the circle it is tangent to.
///
/// Over half a turn, a pixel on one side of the axis sees only half of its circle, and another pixel
/// draws the other half; over a whole turn both are seen by both.
public struct Rings: Hashable, Sendable, Codable {
    /// Standard deviation of every pixel's error, in normalised grey values.
    public let amplitude: Double
    /// The share of pixels that are worse.
    public let defectiveShare: Double
    /// Standard deviation of those pixels' error, in normalised grey values.
    public let defectiveAmplitude: Double
    /// Whether the scan took half a turn.
    public let halfTurn: Bool

    /// Amplitudes of at most 0.2.
    public init(
        amplitude: Double, defectiveShare: Double = 0, defectiveAmplitude: Double = 0,
        halfTurn: Bool = true
    ) {
        precondition(
            (0...0.2).contains(amplitude) && (0...1).contains(defectiveShare)
                && (0...0.2).contains(defectiveAmplitude), "rings stay below a fifth of the range")
        self.amplitude = amplitude
        self.defectiveShare = defectiveShare
        self.defectiveAmplitude = defectiveAmplitude
        self.halfTurn = halfTurn
    }

    /// Adds rings to every slice; each is seen by a detector row of its own.
    func add(to volume: inout Volume<Float>, place: ScanPlace, seed: UInt64) {
        guard amplitude > 0 || (defectiveShare > 0 && defectiveAmplitude > 0) else { return }
        guard
            let errors = try? RingArtefacts(
                gainError: amplitude, defectiveShare: defectiveShare,
                defectiveGainError: defectiveAmplitude)
        else { preconditionFailure("amplitudes were checked") }
        let shape = volume.shape
        let corners = [(0, 0), (0, shape.width), (shape.height, 0), (shape.height, shape.width)]
        let reach = Int(corners.map { place.radius(y: $0.0, x: $0.1) }.max() ?? 0) + 3
        for z in 0..<shape.depth {
            var generator = Philox4x32(seed: seed, stream: 16 + UInt64(z))
            // Both sides of the axis, from the axis outwards.
            let near = errors.draw(count: reach, using: &generator).map { $0 - 1 }
            let far = halfTurn ? errors.draw(count: reach, using: &generator).map { $0 - 1 } : near
            volume.withMutableVoxels { voxels in
                for y in 0..<shape.height {
                    let start = (z * shape.height + y) * shape.width
                    let side = Double(y) + 0.5 < place.axisRow ? near : far
                    for x in 0..<shape.width {
                        let radius = place.radius(y: y, x: x)
                        let pixel = Int(radius)
                        let fraction = Float(radius - Double(pixel))
                        voxels[start + x] +=
                            side[pixel] + fraction * (side[pixel + 1] - side[pixel])
                    }
                }
            }
        }
    }
}

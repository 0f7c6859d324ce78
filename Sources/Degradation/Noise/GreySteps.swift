public import Volumes

/// The steps in which grey values in 0...1 are stored: 255 for eight bits.
public struct GreySteps: Hashable, Sendable, Codable {
    /// Steps from 0 to 1.
    public let count: Int

    /// Eight bits from black to white.
    public static let eightBits = GreySteps(count: 255)
    /// Sixteen bits from black to white.
    public static let sixteenBits = GreySteps(count: 65_535)

    /// From 1 to 65535 steps.
    public init(count: Int) {
        precondition((1...65_535).contains(count), "grey values have 1 to 65535 steps")
        self.count = count
    }

    /// Clamps to 0...1 and rounds to whole steps, half steps to the even one.
    public func quantise(_ volume: inout Volume<Float>) {
        let steps = Float(count)
        volume.withMutableVoxels { voxels in
            for index in 0..<voxels.count {
                voxels[index] = rounded(min(max(voxels[index], 0), 1) * steps) / steps
            }
        }
    }
}

/// The nearest whole number, the even one of two: for numbers below 2^22, and in vector code on every
/// processor.
@inline(__always)
func rounded(_ value: Float) -> Float { (value + 12_582_912) - 12_582_912 }

extension Volume where Element == Float {
    /// Clamps grey values to 0...1.
    mutating func clamp() {
        withMutableVoxels { voxels in
            for index in 0..<voxels.count { voxels[index] = min(max(voxels[index], 0), 1) }
        }
    }
}

import Volumes

/// How a scanner stored LOW's grey values, seen in normalised ones: the window of grey values that
/// became 0...1, the type they were stored in, and what air and rock looked like.
public struct ScanGreys: Hashable, Sendable, Codable {
    /// The normalised grey value of air, where nothing attenuates.
    public let air: Double
    /// The mean normalised grey value of the rock, above that of air.
    public let mean: Double
    /// The stored grey value that became 0.
    public let windowLow: Double
    /// The stored grey value that became 1.
    public let windowHigh: Double
    /// The largest grey value that can be stored: 255 for eight bits.
    public let largest: Double

    /// Grey values of a scan; the window has a width, and rock is brighter than air.
    public init(
        air: Double = 0, mean: Double = 0.6, windowLow: Double = 0, windowHigh: Double = 65_535,
        bits: Int = 16
    ) {
        precondition(mean > air && windowHigh > windowLow, "rock is brighter than air")
        precondition((1...16).contains(bits), "a grey value has 1 to 16 bits")
        self.air = air
        self.mean = mean
        self.windowLow = windowLow
        self.windowHigh = windowHigh
        largest = Double((1 << bits) - 1)
    }

    /// Rounds normalised grey values to what can be stored, and clamps to it.
    func quantise(_ volume: inout Volume<Float>) {
        let (width, low, top) = (Float(windowHigh - windowLow), Float(windowLow), Float(largest))
        volume.withMutableVoxels { voxels in
            for index in 0..<voxels.count {
                let stored = rounded(min(max(voxels[index] * width + low, 0), top))
                voxels[index] = (stored - low) / width
            }
        }
    }
}

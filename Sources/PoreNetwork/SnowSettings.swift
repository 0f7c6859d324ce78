/// How SNOW finds the centres of pores (Gostick 2017, doi:10.1103/PhysRevE.96.023307).
public struct SnowSettings: Hashable, Sendable {
    /// The standard deviation of the Gaussian that smooths the distances, in voxels; 0 leaves it out.
    public let sigmaInVoxels: Double
    /// A peak has no greater distance nearer to itself than this, in voxels.
    public let peakRadiusInVoxels: Int

    /// Settings; the defaults are those of PoreSpy 2.4.
    ///
    /// - Precondition: Neither is negative, and `sigmaInVoxels` is at most 100.
    public init(sigmaInVoxels: Double = 0.4, peakRadiusInVoxels: Int = 4) {
        precondition((0...100).contains(sigmaInVoxels), "a standard deviation lies in 0...100")
        precondition(peakRadiusInVoxels >= 0, "a radius is not negative")
        self.sigmaInVoxels = sigmaInVoxels
        self.peakRadiusInVoxels = peakRadiusInVoxels
    }
}

/// How much of a sample each phase is, as programs report it.
public struct PhaseShares: Codable, Sendable, Hashable {
    /// Voxels of each phase over voxels in view, 0...1; `nil` for a phase that is not told.
    public let pore, microporous, solid, dense: Double?
    /// The mean porosity of micro-porous rock, 0...1; `nil` where there is none.
    public let microporosity: Double?
    /// Pore space with what lies in micro-porous rock, over voxels in view.
    public let porosityWithMicropores: Double

    /// The shares of phases told apart.
    public init(_ phases: PhaseSegmentation) {
        func share(_ phase: Phase) -> Double? {
            phases.voxelCounts[phase] == nil ? nil : phases.share(of: phase)
        }
        (pore, microporous, solid, dense) = (
            share(.pore), share(.microporous), share(.solid), share(.dense)
        )
        microporosity = phases.microporosity
        porosityWithMicropores = phases.porosityWithMicropores
    }

    private enum CodingKeys: String, CodingKey {
        case pore, microporous, solid, dense, microporosity
        case porosityWithMicropores = "porosity_with_micropores"
    }
}

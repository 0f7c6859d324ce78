/// Which phases a scan shows beside pore and solid.
public struct PhaseNames: Codable, Sendable, Hashable {
    /// Whether there is micro-porous rock.
    public let hasMicroporous: Bool
    /// Whether there is a dense phase.
    public let hasDense: Bool

    /// Pore and solid, and what is said to be there.
    public init(hasMicroporous: Bool, hasDense: Bool) {
        self.hasMicroporous = hasMicroporous
        self.hasDense = hasDense
    }

    /// Two to four.
    public var count: Int { 2 + (hasMicroporous ? 1 : 0) + (hasDense ? 1 : 0) }

    /// Thresholds that part these phases, from grey values that rise.
    ///
    /// - Parameter greys: One fewer than phases.
    func thresholds(
        _ greys: [Double], porePhase: SegmentationSettings.PorePhase
    ) -> PhaseThresholds {
        precondition(greys.count == count - 1, "a threshold between each phase and the next")
        var left = porePhase == .darker ? greys[...] : ArraySlice(greys.reversed())
        let microporous = hasMicroporous ? left.popFirst() : nil
        guard let solid = left.popFirst() else { preconditionFailure("two phases at least") }
        return PhaseThresholds(microporous: microporous, solid: solid, dense: left.popFirst())
    }

    private enum CodingKeys: String, CodingKey {
        case hasMicroporous = "has_microporous"
        case hasDense = "has_dense"
    }
}

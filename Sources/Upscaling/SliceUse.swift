/// Which slices a network takes at once, and how many it makes of them.
public struct SliceUse: Hashable, Sendable, Codable {
    /// LOW slices that it sees, an odd number; the one it enlarges is in the middle.
    public let seen: Int
    /// HIGH slices that it makes: one, or all of those in the LOW slice.
    public let made: Int

    /// Slice by slice.
    public static let one = SliceUse(seen: 1, made: 1)

    /// Slices seen, an odd number, and made.
    public init(seen: Int, made: Int) {
        precondition(seen > 0 && seen % 2 == 1 && made > 0, "a network sees and makes slices")
        self.seen = seen
        self.made = made
    }

    /// Neighbours seen on either side.
    public var reach: Int { seen / 2 }
}

extension SliceUse {
    /// Where a network finds what it needs for some slices of a volume.
    ///
    /// A network that makes one HIGH slice is shown LOW at that slice's place, and as many LOW slices'
    /// thickness before and after it; one that makes all is shown LOW as it is. Beyond the ends the
    /// outermost slice goes on.
    public struct Input: Sendable {
        /// LOW slices brought to where they are needed.
        public let step: SliceInterpolation
        /// Those of them that are needed, some of which may lie beyond the ends.
        public let range: Range<Int>
        /// How many of them make the thickness of a LOW slice.
        public var spacing: Int { step.scale }
    }

    /// What is needed for slices of a HIGH volume; where all of a LOW slice are made, for whole ones.
    public func input(for slices: Range<Int>, of step: SliceInterpolation) -> Input {
        let step = made == 1 ? step : SliceInterpolation(depth: step.depth, scale: 1)
        let halo = reach * step.scale
        precondition(
            slices.lowerBound % made == 0 && slices.upperBound % made == 0,
            "slices that are made together stay together")
        return Input(
            step: step,
            range: (slices.lowerBound / made - halo)..<(slices.upperBound / made + halo))
    }
}

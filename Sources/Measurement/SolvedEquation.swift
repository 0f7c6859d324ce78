/// An equation that is solved in the pore space.
public enum SolvedEquation: Sendable, CaseIterable {
    /// Diffusion, or a current, between two faces.
    case diffusion
    /// Slow flow, driven by a pressure across two faces.
    case flow

    /// The parameters that its solution gives.
    var names: Set<String> {
        typealias Names = TransportDefinitions
        let diffusion: Set = [
            Names.diffusivity.name, Names.formationFactor.name, Names.tortuosity.name,
            Names.tortuosityPercolating.name, Names.katzThompson.name,
        ]
        return switch self {
        case .diffusion: diffusion
        case .flow:
            // All but the voxels of the part solved, which need only be counted.
            Set(Names.all.map(\.name)).subtracting(diffusion)
                .subtracting(Names.part.map(\.name))
        }
    }
}

extension TransportDefinitions {
    /// Of the part that is solved.
    static let part = [partCount, partPorosity]
}

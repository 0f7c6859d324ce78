/// An equation that is solved in the pore space.
public enum SolvedEquation: Sendable, CaseIterable {
    /// Diffusion, or a current, between two faces.
    case diffusion
    /// Slow flow, driven by a pressure across two faces.
    case flow

    /// The parameters that its solution gives.
    var names: Set<String> {
        switch self {
        case .diffusion:
            [
                TransportDefinitions.diffusivity.name, TransportDefinitions.formationFactor.name,
                TransportDefinitions.tortuosity.name,
                TransportDefinitions.tortuosityPercolating.name,
                TransportDefinitions.katzThompson.name,
            ]
        case .flow: Set(TransportDefinitions.permeabilities.map(\.name))
        }
    }
}

import Transport
import Volumes

/// Diffusion and flow, as of ``measureTransport(of:within:by:)``.
enum TransportDefinitions {
    static let diffusivity = alongAxes(
        "relative_diffusivity", "faces-to-faces-sealed",
        "Effective diffusivity over that of the free fluid; 0 where nothing percolates.",
        "flux length / (area difference of potential D0), potentials fixed on the faces",
        .number, tauFactor)
    static let formationFactor = alongAxes(
        "formation_factor", "faces-to-faces-sealed",
        "Resistance to diffusion, or to a current through brine, over that of the free fluid.",
        "1 / relative_diffusivity", .number, tauFactor)
    static let tortuosity = alongAxes(
        "tortuosity", "porosity-total",
        "Porosity over relative diffusivity, all pore space of the part solved counting.",
        "n(pore) / n(voxels) / relative_diffusivity", .number, tauFactor)
    static let tortuosityPercolating = alongAxes(
        "tortuosity_percolating", "porosity-percolating",
        "Percolating porosity of the part solved over relative diffusivity.",
        "n(percolating) / n(voxels) / relative_diffusivity", .number, tauFactor)
    static let katzThompson = alongAxes(
        "permeability_katz_thompson", "226-inscribed-ball-2d-1",
        "Estimate of permeability from the widest path and the formation factor; 0 where nothing "
            + "percolates.",
        "l^2 / (226 F), l = breakthrough_diameter", .area, "doi:10.1103/PhysRevB.34.8179")

    /// Of the part that was solved, without an axis.
    static let partCount = ParameterDefinition(
        name: "solved_voxel_count", convention: "voxel-count",
        meaning: "Voxels of the part of the field of view in which diffusion and flow were solved.",
        equation: "n(voxels of the part)", dimension: .number, reference: "a count of voxels")
    static let partPorosity = ParameterDefinition(
        name: "solved_porosity", convention: "voxel-count",
        meaning: "Pore voxels over all voxels of that part.",
        equation: "n(pore) / n(voxels of the part)", dimension: .fraction,
        reference: "a count of voxels")

    static let all = [partCount, partPorosity] + axial + offDiagonal

    /// One for each axis.
    static let axial =
        [diffusivity, formationFactor, tortuosity, tortuosityPercolating]
        + FlowBoundary.allCases.map(permeability) + [katzThompson]

    /// By what lies beyond the volume.
    static func permeability(_ boundary: FlowBoundary) -> ParameterDefinition {
        let (name, meaning) =
            switch boundary {
            case .sealed:
                (
                    "permeability",
                    "Permeability of the part solved in a sealed holder, driven by a "
                        + "pressure across two faces; 0 where nothing percolates."
                )
            case .mirrored:
                (
                    "permeability_mirrored",
                    "Permeability of the part solved between its mirror "
                        + "images; 0 where nothing percolates."
                )
            case .periodic:
                (
                    "permeability_periodic",
                    "Permeability of the part solved, repeated along all "
                        + "axes; 0 where nothing percolates."
                )
            }
        return alongAxes(
            name, "stokes-\(boundary)", meaning,
            "viscosity mean velocity / pressure gradient, Stokes flow on the voxels", .area,
            stokes)
    }

    /// The permeability tensor's elements off its diagonal, named by the axis of the velocity and then
    /// that of the pressure gradient; the diagonal is ``permeability(_:)`` of a volume that repeats.
    static let offDiagonal = Axis.allCases.flatMap { gradient in
        offDiagonal(gradient).map(\.definition)
    }

    /// Those of one pressure gradient, each with the axis of its velocity.
    static func offDiagonal(
        _ gradient: Axis
    ) -> [(velocity: Axis, definition: ParameterDefinition)] {
        Axis.allCases.filter { $0 != gradient }.map { velocity in
            let definition = ParameterDefinition(
                name: "cross_permeability_\(velocity)\(gradient)", convention: "stokes-periodic",
                meaning: "Flow along \(velocity) that a pressure gradient along \(gradient) drives "
                    + "through the part solved, repeated along all axes; 0 where nothing percolates "
                    + "along \(gradient).",
                equation: "viscosity mean velocity along \(velocity) / pressure gradient along "
                    + "\(gradient)",
                dimension: .area, reference: stokes)
            return (velocity, definition)
        }
    }

    private static let stokes = "doi:10.1063/1.1761178"
    private static let tauFactor = "doi:10.1016/j.softx.2016.09.002"

    private static func alongAxes(
        _ name: String, _ convention: String, _ meaning: String, _ equation: String,
        _ dimension: UnitDimension, _ reference: String
    ) -> ParameterDefinition {
        ParameterDefinition(
            name: name, convention: convention, meaning: meaning, equation: equation,
            dimension: dimension, reference: reference, hasAxis: true)
    }
}

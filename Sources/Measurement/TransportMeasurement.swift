import Morphology
public import PoreNetwork
import Transport
public import Volumes

extension PoreMeasurement {
    /// Diffusion and flow through all of the pore space: ``transport(by:)``.
    public static let transport = transport(by: SolverPlan())

    /// Diffusion and flow through the pore space, solved on its voxels.
    public static func transport(by plan: SolverPlan) -> PoreMeasurement {
        PoreMeasurement(
            // Flow takes some 370 bytes a pore voxel, and halved voxels are eight.
            name: "transport", cost: .solver, bytesPerVoxel: plan.refines ? 800 : 100,
            edge: plan.edge,
            parameters: TransportDefinitions.all
        ) { try measureTransport(of: $0, within: $1, by: plan) }
    }

    /// Every measurement, with equations solved by a plan and pores parted by a rule.
    public static func all(
        solving plan: SolverPlan, partedBy partition: PorePartition = .prominence
    ) -> [PoreMeasurement] {
        all.map { measurement in
            switch measurement.name {
            case transport.name: .transport(by: plan)
            case network.name: .network(partedBy: partition)
            default: measurement
            }
        }
    }
}

/// Solves diffusion and flow through a pore space along each axis, and estimates the flow from both.
///
/// Where nothing percolates, diffusivity and permeability are zero, and there is no formation factor. What
/// the plan's budget does not allow to finish is left out, with the reason.
///
/// - Parameters:
///   - mask: True in pore space.
///   - fieldOfView: Which voxels belong to the sample; of a plug a box inside it is solved.
///   - plan: On what part, and for how long.
/// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``, and `TransportError` for a part too large.
/// - Complexity: Some twenty iterations for diffusion, and some hundred for flow, each linear in voxels.
public func measureTransport(
    of mask: Mask, within fieldOfView: FieldOfView = .all, by plan: SolverPlan = SolverPlan()
) throws -> PoreFindings {
    guard let bounds = fieldOfView.bounds(in: mask.shape) else {
        throw MeasurementError.fieldOfViewOutside(fieldOfView, mask.shape)
    }
    let part = mask.cropped(to: plan.part(of: bounds, fieldOfView))
    let pores = part.array.count(where: \.self)
    var findings = PoreFindings(parameters: [
        MeasuredParameter(TransportDefinitions.partCount, Double(part.shape.count)),
        MeasuredParameter(
            TransportDefinitions.partPorosity, Double(pores) / Double(part.shape.count)),
    ])
    for axis in Axis.allCases {
        let solver = AxisSolver(part, along: axis, plan)
        if solver.extent < 2 {
            findings.append(solver.nothing("the part solved has no two faces across the axis"))
        } else {
            findings.append(try solver.findings())
        }
    }
    return findings
}

/// Diffusion and flow along one axis.
private struct AxisSolver {
    private typealias Names = TransportDefinitions
    private let mask: Mask
    private let axis: Axis
    private let plan: SolverPlan

    var extent: Int { mask.shape.extent(along: axis) }

    init(_ mask: Mask, along axis: Axis, _ plan: SolverPlan) {
        self.mask = mask
        self.axis = axis
        self.plan = plan
    }

    /// None of what there is along the axis.
    func nothing(_ reason: String) -> PoreFindings {
        var findings = PoreFindings(without: Names.axial, axis: axis, reason: reason)
        findings.append(noOffDiagonal(reason))
        return findings
    }

    private func noOffDiagonal(_ reason: String) -> PoreFindings {
        PoreFindings(without: Names.offDiagonal(axis).map(\.definition), reason: reason)
    }

    func findings() throws -> PoreFindings {
        var findings = PoreFindings()
        guard plan.mayContinue() else {
            return nothing("the budget ended before it was begun")
        }
        if plan.equations.contains(.diffusion) { try solveDiffusion(&findings) }
        guard plan.equations.contains(.flow) else { return findings }
        if let reason = noFlow {
            findings.append(noFlow(reason))
        } else {
            try solveFlow(&findings)
        }
        findings.skipped += FlowBoundary.allCases.filter { $0 != plan.boundary }.map {
            PoreFindings.Skipped(
                Names.permeability($0).name, axis: axis,
                reason: "flow was solved with the volume \(plan.boundary)")
        }
        switch plan.boundary {
        case .periodic: break
        case .mirrored:
            findings.append(noOffDiagonal("among its mirror images a volume has none, by symmetry"))
        case .sealed:
            findings.append(
                noOffDiagonal("sealed sides let no flow through; solve the volume periodic"))
        }
        return findings
    }

    /// Nothing of what flow was to tell.
    private func noFlow(_ reason: String) -> PoreFindings {
        var findings = PoreFindings(
            without: [Names.permeability(plan.boundary)], axis: axis, reason: reason)
        if plan.boundary == .periodic { findings.append(noOffDiagonal(reason)) }
        return findings
    }

    private func solveDiffusion(_ findings: inout PoreFindings) throws {
        do throws(TransportError) {
            let found = try effectiveDiffusivity(
                of: mask, along: axis, mayContinue: plan.mayContinue)
            let error =
                plan.refines && found.percolates
                ? try refinedDiffusivity(of: mask, along: axis, mayContinue: plan.mayContinue) : nil
            add(
                Names.diffusivity, found.relativeDiffusivity, to: &findings,
                error: error.map { abs($0.value - $0.extrapolatedValue) })
            add(Names.formationFactor, found.formationFactor, to: &findings)
            add(Names.tortuosity, found.tortuosityOfPorosity, to: &findings)
            add(Names.tortuosityPercolating, found.tortuosityOfPercolatingPorosity, to: &findings)
            estimateFlow(from: found.formationFactor, &findings)
        } catch {
            findings.append(
                PoreFindings(
                    without: [
                        Names.diffusivity, Names.formationFactor, Names.tortuosity,
                        Names.tortuosityPercolating, Names.katzThompson,
                    ], axis: axis, reason: try reason(error)))
        }
    }

    /// Why flow has no answer; `nil` where it has.
    private var noFlow: String? {
        if mask.shape.isImage, plan.boundary == .sealed {
            return
                "a holder sealed about one slice would hold the fluid back; solve it mirrored or "
                + "periodic"
        }
        if plan.boundary != .sealed, !mask.array.contains(false) {
            return "there is no solid to resist the flow"
        }
        return nil
    }

    private func solveFlow(_ findings: inout PoreFindings) throws {
        do throws(TransportError) {
            let found = try permeability(
                of: mask, along: axis, boundary: plan.boundary, mayContinue: plan.mayContinue)
            let error =
                plan.refines && found.percolates
                ? try refinedPermeability(
                    of: mask, along: axis, boundary: plan.boundary, mayContinue: plan.mayContinue)
                : nil
            add(
                Names.permeability(plan.boundary), area(found.inSquareVoxels), to: &findings,
                error: error.map { area(abs($0.value - $0.extrapolatedValue)) })
            guard plan.boundary == .periodic else { return }
            for element in Names.offDiagonal(axis) {
                let value = found.columnInSquareVoxels[element.velocity.index]
                findings.parameters.append(
                    MeasuredParameter(element.definition, area(value), voxelSize: mask.voxelSize))
            }
        } catch {
            findings.append(noFlow(try reason(error)))
        }
    }

    /// Adds the estimate from the widest path, which is 0 where there is none, or why there is no
    /// estimate.
    private func estimateFlow(from formationFactor: Double?, _ findings: inout PoreFindings) {
        func skip(_ reason: String) {
            findings.skipped.append(
                PoreFindings.Skipped(Names.katzThompson.name, axis: axis, reason: reason))
        }
        if let size = mask.voxelSize, !size.isCubic {
            return skip(
                "the widest path is a ball's, balls want cubic voxels, and these are \(size)")
        }
        let faces = FacesAcross.all(of: Region(all: mask.shape), .all).first { $0.axis == axis }
        guard let faces else { return skip("the part solved has no two faces across the axis") }
        let distances = squaredDistanceTransform(of: mask)
        let radius =
            criticalSquaredRadius(in: distances, from: faces.low, to: faces.high) ?? 0
        if radius == .max { return skip("there is no solid to bound the widest path") }
        let diameter = radius == 0 ? 0 : 2 * Double(radius).squareRoot() - 1
        add(
            Names.katzThompson,
            area(
                katzThompsonPermeability(
                    criticalDiameter: diameter, formationFactor: formationFactor)),
            to: &findings)
    }

    /// Squares of voxels as squares of the unit of length.
    private func area(_ squareVoxels: Double) -> Double {
        let edge = mask.voxelSize?.meanEdgeInMicrometres ?? 1
        return squareVoxels * edge * edge
    }

    private func add(
        _ definition: ParameterDefinition, _ value: Double?, to findings: inout PoreFindings,
        error: Double? = nil
    ) {
        guard let value else {
            findings.skipped.append(
                PoreFindings.Skipped(
                    definition.name, axis: axis,
                    reason: "no pore space leads from one face across the axis to the other"))
            return
        }
        findings.parameters.append(
            MeasuredParameter(
                definition, value, axis: axis, error: error, voxelSize: mask.voxelSize))
    }

    /// Why there is no answer where the budget did not allow one; other errors are the caller's.
    private func reason(_ error: TransportError) throws -> String {
        switch error {
        case .stopped, .notConverged: return error.description
        case .tooLarge, .invalidTolerance: throw error
        }
    }
}

import ArgumentParser
import Console
import Foundation
import Measurement
import PoreNetwork
import SystemPackage
import Transport
import VolumeFiles
import Volumes

struct Measure: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures the pore space of a mask.",
        discussion: """
            Parameters are defined in docs/PARAMETERS.md. Lengths are in um, or in voxels where no \
            voxel size is known. What can be measured slab by slab is, so that the mask may be larger \
            than memory; curves are printed with --json only.
            """)

    @Argument(help: "The mask: 0 and 1, or a grey value that is pore.") var mask: String
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The grey value that is pore.", valueName: "grey"))
    var pore: Double?
    @Option(
        help: ArgumentHelp(
            "The voxel size, instead of the file's if that says one.", valueName: "um"))
    var voxelSize: Double?
    @Option(
        help: ArgumentHelp(
            "Only these measurements, parameters and curves, with commas between.",
            valueName: "names"))
    var only: String?
    @Option(
        help: ArgumentHelp(
            "Leave out what lies beyond a plug along z, by its axis and radius in voxels (segment --find-plug).",
            valueName: "y,x,radius"))
    var plug: String?
    @Option(
        help: "What parts pores: prominence, snow, or porespy for that program's own regions.")
    var partition: PorePartition = .prominence
    @Option(help: "Where to write the local thickness of every pore voxel.") var thickness: String?
    @Flag(help: "Replace that file if it is there.") var overwrite = false
    @Option(
        help: ArgumentHelp(
            "Memory to take, as in 500M or 8G; by default three quarters of the machine's.",
            valueName: "size"))
    var memory: ByteCount = .threeQuartersOfTheMachine
    @Flag(help: "Solve diffusion and flow, too, along every axis.") var solve = false
    @Option(
        help: ArgumentHelp(
            "Solve a cube of this edge in the middle, instead of everything.", valueName: "voxels"))
    var solveEdge: Int?
    @Option(
        help: ArgumentHelp(
            "Leave out what is not solved after so many minutes.", valueName: "minutes"))
    var solveMinutes: Double?
    @Option(
        help: "What lies beyond the volume, for flow: sealed (the default), mirrored or periodic.")
    var flow: FlowBoundary?
    @Flag(help: "Solve again on halved voxels, which tells the error of their size.")
    var refine = false
    @Flag(help: "Print the result as JSON.") var json = false

    /// The plug as a field of view; `nil` for what is none.
    private var cylinder: FieldOfView? {
        let numbers = plug?.split(separator: ",").compactMap { Double($0) } ?? []
        guard numbers.count == 3, numbers.allSatisfy(\.isFinite), numbers[2] > 0 else { return nil }
        return .cylinder(centreY: numbers[0], centreX: numbers[1], radius: numbers[2])
    }

    func validate() throws {
        guard (solveEdge ?? 2) > 1 else {
            throw ValidationError("--solve-edge takes a whole number from 2.")
        }
        guard plug == nil || cylinder != nil else {
            throw ValidationError(
                "--plug takes the axis and a radius above 0, as in 500,512.5,430.")
        }
        guard (solveMinutes ?? 1) > 0 else {
            throw ValidationError("--solve-minutes takes a time above 0.")
        }
        guard !overwrite || thickness != nil else {
            throw ValidationError("--overwrite goes with --thickness.")
        }
    }

    func run() throws {
        try reportingErrors {
            let choice = try choice()
            let end = solveMinutes.map { Date.now.addingTimeInterval($0 * 60) }
            let plan = SolverPlan(edge: solveEdge, boundary: flow ?? .sealed, refines: refine) {
                end.map { Date.now < $0 } ?? true
            }
            let measurements = choice.measurements(solving: plan, partedBy: partition)
            let isAboutSolving =
                solveEdge != nil || solveMinutes != nil || flow != nil || refine
            guard !isAboutSolving || measurements.contains(where: { $0.cost == .solver }) else {
                throw CommandWasWrong(
                    description:
                        "--solve-edge, --solve-minutes, --flow and --refine go with --solve, "
                        + "or with --only and the name of what is solved, such as permeability")
            }
            let found = choice.chosen(of: try measure(by: measurements))
            if json { return try printJSON(found) }
            printTable(
                [["parameter", "axis", "value", "error", "unit"]]
                    + found.parameters.map {
                        [
                            $0.name, $0.axis?.rawValue ?? "-", "\($0.value)",
                            $0.error.map { String(format: "%.2g", $0) } ?? "-", $0.unit,
                        ]
                    })
            // What was asked for by name or to be solved is missed one by one.
            let asked = found.skipped.filter {
                only != nil || PoreMeasurement.transport.names.contains($0.name)
            }
            if asked.count < found.skipped.count {
                print(
                    "\(found.skipped.count - asked.count) more are not in this mask; --json says why"
                )
            }
            for gap in asked {
                let name = gap.name + (gap.axis.map { " \($0.rawValue)" } ?? "")
                print("not measured: \(name): \(gap.reason)")
            }
        }
    }

    /// What `--only` names; without it all there is, solved if that is asked for.
    private func choice() throws -> MeasurementChoice {
        guard let only else { return solve ? .everything : .unsolved }
        do throws(MeasurementError) {
            return try MeasurementChoice(
                only: only.split(separator: ",").map {
                    $0.trimmingCharacters(in: .whitespaces)
                })
        } catch {
            throw CommandWasWrong(description: "--only: \(error)")
        }
    }

    private func measure(by measurements: [PoreMeasurement]) throws -> PoreFindings {
        let reader = try openScan(ScanLocation(FilePath(mask)))
        let scan = reader.description
        try checkMemory(for: measurements, shape: scan.shape)
        let outputs = try PromisedOutputs(
            [thickness].compactMap(\.self), besides: scan, overwrite: overwrite)
        let size = try givenVoxelSize(voxelSize) ?? scan.voxelSize?.size
        let fieldOfView = cylinder ?? .all
        var run = try MeasurementRun(
            measurements, shape: scan.shape, voxelSize: size, within: fieldOfView)
        var kept: [Bool] = []
        let progress = Progress(mask)
        defer { progress.finish() }
        let slabs = reader.slabs(
            depth: scan.shape.slabDepth(elementType: scan.elementType, byteBudget: 16 << 20))
        var hasPores = false
        while let (slab, slices, _) = try slabs.next() {
            let pores = try pores(slab, from: slices.lowerBound)
            hasPores = hasPores || pores.array.contains(true)
            run.add(pores)
            if thickness != nil { kept += pores.array }
            progress.show(
                slices.upperBound * scan.shape.sliceCount * scan.elementType.byteCount,
                of: scan.shape.count * scan.elementType.byteCount)
        }
        if let pore, !hasPores {
            throw UselessMask(description: "\(mask): no voxel is \(pore); see 'tomopair info'")
        }
        let found = try run.findings()
        if let thickness {
            let mask = Mask(shape: scan.shape, voxelSize: size, voxels: kept)
            guard let map = try localThicknessMap(of: mask, within: fieldOfView) else {
                throw UselessMask(
                    description:
                        "\(self.mask): has no local thickness: no solid, or voxels that are no cubes"
                )
            }
            try outputs.write(
                RawSlab(map), voxelSize: size, to: thickness,
                description: "local thickness of the pores, by tomopair measure")
        }
        return found
    }

    private func checkMemory(for measurements: [PoreMeasurement], shape: Shape) throws {
        // A map of the thickness takes the mask, squared radii, lengths and what paints them.
        let needed = max(
            MeasurementRun.memory(for: measurements, shape: shape),
            thickness == nil ? 0 : shape.count * 14)
        guard needed > memory.bytes else { return }
        let light = measurements.filter {
            MeasurementRun.memory(for: [$0], shape: shape) <= memory.bytes
        }
        throw CommandWasWrong(
            description: """
                \(mask): measuring a mask of \(shape) voxels takes \(Quantity.bytes(Double(needed))); \
                allow that with --memory, or measure what takes less, with --only \
                \(light.flatMap(\.names).sorted().joined(separator: ","))
                """)
    }

    private func pores(_ slab: RawSlab, from firstSlice: Int) throws -> Mask {
        if let pore {
            if let (z, y, x) = slab.firstNaN(within: cylinder ?? .all, firstSlice: firstSlice) {
                throw UselessMask(
                    description:
                        "\(mask): the voxel at z \(z), y \(y), x \(x) is no number (NaN), so neither "
                        + "pore nor solid; give every voxel a grey value, or leave it out with --plug"
                )
            }
            return slab.mask(where: pore)
        }
        guard let mask = slab.maskOfOnes() else {
            throw CommandWasWrong(
                description:
                    "\(mask): holds other values than 0 and 1; say with --pore which one is pore")
        }
        return mask
    }
}

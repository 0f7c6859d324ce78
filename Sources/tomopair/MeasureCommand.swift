import ArgumentParser
import Foundation
import Measurement
import Volumes

struct Measure: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures the pore space of a mask.")

    @Argument(help: "The mask: 0 and 1, or a grey value that is pore.") var mask: String
    @Option(help: ArgumentHelp("The grey value that is pore.", valueName: "grey"))
    var pore: Double?
    @Option(help: ArgumentHelp("The voxel size, where the file does not say it.", valueName: "um"))
    var voxelSize: Double?
    @Option(
        help: ArgumentHelp("Only these parameters, with commas between.", valueName: "names"))
    var only: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
        try reportingErrors {
            let (slab, size) = try readScan(mask, voxelSize: voxelSize)
            var parameters = try measurePores(of: pores(slab).withVoxelSize(size))
            if let only {
                let names = only.split(separator: ",").map(String.init)
                guard !names.isEmpty else {
                    throw CommandWasWrong(description: "--only: names no parameter")
                }
                let known = Set(parameters.map(\.name))
                if let stranger = names.first(where: { !known.contains($0) }) {
                    throw CommandWasWrong(
                        description: "--only: no parameter is called '\(stranger)'; there are "
                            + known.sorted().joined(separator: ", "))
                }
                parameters.removeAll { !names.contains($0.name) }
            }
            if json { return try printJSON(["parameters": parameters]) }
            printTable(
                [["parameter", "axis", "value", "error", "unit"]]
                    + parameters.map {
                        [
                            $0.name, $0.axis?.rawValue ?? "-", "\($0.value)",
                            $0.error.map { String(format: "%.2g", $0) } ?? "-", $0.unit,
                        ]
                    })
        }
    }

    private func pores(_ slab: RawSlab) throws -> Mask {
        let values = slab.convert(to: Double.self)
        if let pore {
            let mask = values.map { $0 == pore }
            guard mask.array.contains(true) else {
                throw UselessMask(
                    description: "\(self.mask): no voxel is \(pore); see 'tomopair info'")
            }
            return mask
        }
        guard values.array.allSatisfy({ $0 == 0 || $0 == 1 }) else {
            throw CommandWasWrong(
                description:
                    "\(mask): holds other values than 0 and 1; say with --pore which one is pore")
        }
        return values.map { $0 == 1 }
    }
}

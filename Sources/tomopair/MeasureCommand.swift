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
            var names: Set<String>?
            if let only {
                names = Set(only.split(separator: ",").map(String.init))
                try check(names ?? [])
            }
            let measurements = PoreMeasurement.all.filter { measurement in
                names.map { !measurement.names.isDisjoint(with: $0) } ?? true
            }
            let mask = try pores(slab).withVoxelSize(size)
            var found = try measurePores(of: mask, by: measurements)
            if let names { found = found.only(names) }
            if json { return try printJSON(found) }
            printTable(
                [["parameter", "axis", "value", "error", "unit"]]
                    + found.parameters.map {
                        [
                            $0.name, $0.axis?.rawValue ?? "-", "\($0.value)",
                            $0.error.map { String(format: "%.2g", $0) } ?? "-", $0.unit,
                        ]
                    })
            if only == nil {
                if !found.skipped.isEmpty {
                    print("\(found.skipped.count) more are not in this mask; --json says why")
                }
                return
            }
            for gap in found.skipped {
                let name = gap.name + (gap.axis.map { " \($0.rawValue)" } ?? "")
                print("not measured: \(name): \(gap.reason)")
            }
        }
    }

    /// Refuses names that no measurement has.
    private func check(_ names: Set<String>) throws {
        guard !names.isEmpty else {
            throw CommandWasWrong(description: "--only: names no parameter")
        }
        let known = PoreMeasurement.all.reduce(into: Set<String>()) { $0.formUnion($1.names) }
        if let stranger = names.subtracting(known).min() {
            throw CommandWasWrong(
                description: "--only: no parameter is called '\(stranger)'; there are "
                    + known.sorted().joined(separator: ", "))
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

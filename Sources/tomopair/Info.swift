import Console
import ArgumentParser
import Foundation
import SystemPackage
import VolumeFiles
import Volumes

struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what is in a scan: shape, type, voxel size, grey values.",
        discussion: """
            Every voxel is read once. A scan is a file (TIFF, HDF5, MetaImage, NRRD, NumPy, PNG, \
            raw), a folder of TIFF or PNG slices, or a quoted pattern such as 'scan/*.tif'. With \
            --json one FILE gives one object and several give an array.
            """)

    @Argument(help: "The scans.") var files: [String]
    @Option(help: "The dataset inside an HDF5 file, as in /exchange/data.") var dataset: String?
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "Take folders of slices with missing numbers as they are.") var allowGaps = false

    func run() throws {
        try reportingErrors {
            var worst = ExitStatus.done
            var records: [InfoRecord] = []
            for (index, file) in files.enumerated() {
                do {
                    let record = try InfoRecord(
                        ScanLocation(FilePath(file), dataset: dataset, allowsGaps: allowGaps))
                    if json {
                        records.append(record)
                    } else {
                        if index > 0 { print() }
                        print(record.text)
                    }
                } catch {
                    report(error)
                    records.append(InfoRecord(path: file, error: "\(error)"))
                    worst = worst.worse(ExitStatus(error))
                }
            }
            if json, files.count > 1 || worst == .done {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                let data =
                    try files.count == 1 ? encoder.encode(records[0]) : encoder.encode(records)
                print(String(decoding: data, as: UTF8.self))
            }
            if worst != .done { throw ExitCode(worst.rawValue) }
        }
    }
}

extension ExitStatus {
    /// Of two ends the one with the greater number; any failure is worse than none.
    func worse(_ other: ExitStatus) -> ExitStatus { rawValue >= other.rawValue ? self : other }
}

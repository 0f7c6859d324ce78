import ArgumentParser
import DigitalRock
import Foundation
import Glibc
import SystemPackage
import VolumeFiles
import Volumes

struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make scans of a digital rock whose truth is known, and their manifest.",
        discussion: """
            Every sample is a plug of simulated sandstone, scanned coarse (LOW) and, in a part, fine \
            (HIGH) by projection, photon noise and reconstruction. Beside the scans lie the true \
            pores and truth.json. The manifest is written last and can be given to \
            'tomopair build' as it is. Lists such as '--porosity 12 20 28' are dealt out to the \
            samples in turn.
            """)

    /// The format of the scans.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case tif, h5
    }

    @Argument(help: "The folder to fill; it is new or empty.") var output: String
    @Option(help: "How many samples.") var samples = 1
    @Option(help: "Where the random numbers start; sample number n takes this plus n - 1.")
    var seed: UInt64 = 1
    @Option(
        parsing: .upToNextOption, help: "How many HIGH voxels a LOW voxel is wide, as 4 or 5.")
    var scale = [4]
    @Option(help: ArgumentHelp("The edge of the LOW scan.", valueName: "voxels"))
    var lowSize = 64
    @Option(help: ArgumentHelp("The edge of the HIGH scan.", valueName: "voxels"))
    var highSize = 128
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("The porosity of the HIGH field.", valueName: "percent"))
    var porosity = [20.0]
    @Option(help: "The format of the scans: tif or h5.") var format = Format.tif

    func validate() throws {
        guard (1...1000).contains(samples) else {
            throw ValidationError("--samples is from 1 to 1000.")
        }
        guard (5...4096).contains(lowSize), (1...4096).contains(highSize) else {
            throw ValidationError("--low-size is from 5 to 4096, --high-size from 1 to 4096.")
        }
        guard !scale.isEmpty, !porosity.isEmpty else {
            throw ValidationError("--scale and --porosity take at least one number.")
        }
        // All samples are checked before the first is made.
        for index in 0..<samples {
            do { _ = try settings(index) } catch { throw ValidationError("\(error).") }
        }
    }

    func run() throws {
        do {
            let folder = try SimulationFolder(FilePath(output), format: format)
            let counts = isatty(STDERR_FILENO) == 1
            for index in 0..<samples {
                if counts { complain("simulating sample \(index + 1) of \(samples)") }
                let sample = try simulate(settings(index), seed: seed &+ UInt64(index))
                do {
                    try folder.write(sample, id: Self.id(index))
                } catch {
                    for written in 0...index { folder.remove(Self.id(written)) }
                    throw error
                }
                print(
                    "\(Self.id(index)): LOW \(sample.low), HIGH \(sample.high), "
                        + "porosity \(Self.percent(sample.porosity)) %")
            }
            let scales = (0..<samples).map { scale[$0 % scale.count] }
            try folder.writeManifest(
                samples: (0..<samples).map { (Self.id($0), scales[$0]) },
                patch: scales.map { highSize / $0 }.min().map { $0 >= 40 ? 16 : 8 } ?? 8)
        } catch {
            complain("tomopair: \(error)")
            throw ExitCode(Self.status(error))
        }
    }

    /// What sample number `index` is made of.
    private func settings(_ index: Int) throws(DigitalRockError) -> SimulationSettings {
        try SimulationSettings(
            lowShape: Shape(edge: lowSize), highShape: Shape(edge: highSize),
            scale: scale[index % scale.count], porosity: porosity[index % porosity.count] / 100)
    }

    private static func id(_ index: Int) -> String { "plug-\(index + 1)" }

    static func percent(_ fraction: Double) -> String { String(format: "%.2f", fraction * 100) }

    private func complain(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// The exit status of an error, after sysexits.h.
    private static func status(_ error: any Error) -> Int32 {
        switch error {
        case is SimulationFolder.NotEmpty: 73
        case VolumeFileError.noSpace: 74
        case is DigitalRockError: 65
        default: 73
        }
    }
}

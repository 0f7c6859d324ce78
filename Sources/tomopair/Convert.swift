import Console
import ArgumentParser
import Foundation
import Glibc
import SystemPackage
import VolumeFiles
import Volumes

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a scan in another format, cropped, binned or with another number type.",
        discussion: """
            The output's extension gives its format: .tif, .h5 (with .xmf), .mhd (with .raw), \
            .mha, .nrrd, .npy, or .png for one slice. Grey values are kept; a type that cannot hold them all is refused \
            unless a window says which values to spread over it. The output appears under its \
            name only when it is complete.
            """)

    @Argument(help: "The scan to read: a file, a folder of slices, or a quoted pattern.")
    var input: String
    @Argument(help: "The file to write.") var output: String
    @Option(help: "The dataset inside an HDF5 input.") var dataset: String?
    @Option(help: "The output's format, where its extension does not say: \(Self.formats).")
    var format: ScanFormat?
    @Option(
        help: ArgumentHelp(
            "The voxels to keep, ends excluded; an empty range keeps all of its axis.",
            valueName: "z0:z1,y0:y1,x0:x1"))
    var crop: CropRanges?
    @Option(help: "Turn cubes of so many voxels a side into one, their mean.") var bin = 1
    @Option(help: "The output's number type, such as uint8, uint16 or float32.")
    var type: ElementType?
    @Option(
        help: ArgumentHelp(
            "Grey values to spread over the type (0 to 1 for float), or auto.",
            valueName: "LOW:HIGH|auto"))
    var window: WindowArgument?
    @Option(help: ArgumentHelp("The input's voxel size in micrometres.", valueName: "um"))
    var voxelSize: Double?
    @Flag(help: "Take a folder of slices with missing numbers as it is.") var allowGaps = false
    @Flag(help: "Replace the output if it exists.") var overwrite = false

    private static let formats = ScanFormat.allCases.filter { $0 != .raw }.map(\.rawValue)
        .joined(separator: ", ")

    func validate() throws {
        guard bin >= 1 else { throw ValidationError("--bin is at least 1.") }
        if let voxelSize, VoxelSize(micrometres: voxelSize) == nil {
            throw ValidationError("--voxel-size is a positive length in micrometres.")
        }
    }

    func run() throws {
        // A file larger than the limit is an error to report, not a signal to die of.
        _ = signal(SIGXFSZ, SIG_IGN)
        try reportingErrors {
            let format = try outputFormat(at: FilePath(output), format: format)
            let reader = try openScan(
                ScanLocation(FilePath(input), dataset: dataset, allowsGaps: allowGaps))
            var conversion = ScanConversion()
            conversion.region = try crop?.region(in: reader.description.shape)
            conversion.binning = bin
            conversion.elementType = type
            conversion.window = window?.window
            conversion.voxelSize = voxelSize.flatMap { VoxelSize(micrometres: $0) }
            let plan = try conversion.plan(for: reader.description)
            let outputs = try PromisedOutputs(
                [output], format: format, besides: reader.description, overwrite: overwrite)
            let progress = Progress(input)
            defer { progress.finish() }
            let notes = try outputs.write(
                to: output, shape: plan.shape, elementType: plan.elementType,
                voxelSize: plan.voxelSize,
                description: "converted from \(FilePath(input).lastComponent?.string ?? input)"
            ) { writer in
                try conversion.convert(
                    reader, by: plan, into: writer, multiple: format == .hdf5 ? 64 : 1
                ) { done, total in
                    progress.show(done, of: total)
                }
            }
            progress.finish()
            for note in reader.description.notes + plan.notes + notes {
                printToStandardError("tomopair: note: \(note)")
            }
            let keepsSize = format != .npy
            if !keepsSize, let size = plan.voxelSize {
                printToStandardError(
                    "tomopair: note: a NumPy file keeps no voxel size; it was \(size)")
            }
            let size = plan.voxelSize.flatMap { keepsSize ? " at \($0)" : nil } ?? ""
            print("\(output): \(plan.shape) \(plan.elementType.rawValue)\(size)")
        }
    }
}

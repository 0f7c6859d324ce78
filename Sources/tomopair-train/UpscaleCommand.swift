import ArgumentParser
import Console
import Foundation
import RunLog
import SystemPackage
import Torch
import Training
import TrainingRecipe
import Upscaling
import VolumeFiles
import Volumes
import Workspace

struct Upscale: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sharpens a whole scan with a trained network.",
        discussion: """
            The output's extension gives its format: .tif, .h5 (with .xmf), .mhd (with .raw), .mha, \
            .nrrd, .npy, or .png for one slice. Its voxels are smaller by the network's scale along all \
            axes: the network sharpens slices, and between slices Keys' cubic finds those it is given. \
            It can be stopped at any moment, and the same command goes on; the output appears under its \
            name only when it is complete.
            """)

    @Argument(help: "The scan: a file, a folder of slices, or a quoted pattern.")
    var volume: String

    @Argument(help: "The file to write.")
    var output: String

    @Option(
        help: """
            The network: a run's folder, of which the best checkpoint is taken; a checkpoint's folder; \
            or its network.safetensors.
            """)
    var checkpoint: String

    @Option(help: "The figure that a run's best checkpoint is known by: psnr, ssim or porosity.")
    var best: JudgedBy?

    @Option(help: "The dataset inside an HDF5 scan.")
    var dataset: String?

    @Flag(help: "Take a folder of slices with missing numbers as it is.")
    var allowGaps = false

    @Option(help: ArgumentHelp("The scan's voxel size in micrometres.", valueName: "um"))
    var voxelSize: Double?

    @Option(
        help: ArgumentHelp(
            """
            The scan's grey values that are 0 and 1 for the network; by default its 0.1th and 99.9th \
            percentile, as in training.
            """, valueName: "LOW:HIGH"))
    var window: GreyRange?

    @Option(
        help: ArgumentHelp(
            """
            The output's grey values of the network's 0 and 1; by default those of the scan, times 257 \
            where it has 8 bits.
            """, valueName: "LOW:HIGH"))
    var outputWindow: GreyRange?

    @Option(
        help: """
            The output's number type; by default 16 bits for a scan of 8 or 16, and float32 for any other.
            """)
    var type: Volumes.ElementType?

    @Option(help: "The output's format, where its extension does not say.")
    var format: ScanFormat?

    @Flag(
        help: """
            Take the mean over the eight ways to turn and mirror a slice: better, and eight times the work.
            """)
    var ensemble = false

    @Option(
        help: ArgumentHelp(
            """
            Write where another HIGH scan would tell most: a volume, and beside it a ranked table of \
            blocks (.json). With --ensemble by how unsure the network is, without it by how it changes \
            the porosity.
            """, valueName: "file"))
    var regions: String?

    @Option(
        help: ArgumentHelp("The edge of those blocks in voxels of the scan.", valueName: "voxels"))
    var regionEdge = 64

    @Option(
        help: ArgumentHelp(
            """
            Memory for voxels and the network's features, as in 500M or 8G; features on a GPU take 4G \
            at the most.
            """, valueName: "size"))
    var memory: ByteCount = .halfOfTheMachine

    @Option(
        help: ArgumentHelp(
            "The edge of a tile in pixels of the scan; by default as large as the memory takes.",
            valueName: "pixels"))
    var tile: Int?

    @Option(help: "Where to compute: auto, cpu, cuda or cuda:1.")
    var device = "auto"

    @Option(help: "Threads of an operation on the processor; all cores by default.")
    var threads: Int?

    @Flag(help: "Replace files that are there.")
    var overwrite = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    private static let gpuBytes = 4_000_000_000

    func validate() throws {
        try checkThreads(threads)
        guard tile.map({ (1...1_000_000).contains($0) }) ?? true else {
            throw ValidationError("--tile takes a whole number from 1.")
        }
        guard (1...1_000_000).contains(regionEdge) else {
            throw ValidationError("--region-edge takes a whole number from 1.")
        }
        if let voxelSize, VoxelSize(micrometres: voxelSize) == nil {
            throw ValidationError("--voxel-size is a positive length in micrometres.")
        }
    }

    func run() async throws {
        try await reportingErrors {
            try await Interruption.guarding { try upscale() }
        }
    }

    private func upscale() throws {
        let device = try chosenDevice(self.device)
        try Library.setThreads(threads ?? ProcessInfo.processInfo.activeProcessorCount)
        let path = FilePath(output)
        let format = try outputFormat(at: path, format: format)
        if let regions, FilePath(regions).lexicallyNormalized() == path.lexicallyNormalized() {
            throw WrongOption(description: "--regions takes another file than the output.")
        }
        let reader = try openScan(
            ScanLocation(FilePath(volume), dataset: dataset, allowsGaps: allowGaps))
        try reader.description.confirmApart(from: path, format: format)
        if let map = regions.map({ FilePath($0) }) {
            try reader.description.confirmApart(from: map, format: try outputFormat(at: map))
        }
        // Before the scan is read, which may take minutes.
        try VolumeUpscaler.check(path, format: format, overwriting: overwrite)
        let trained = try TrainedNetwork(at: FilePath(checkpoint), bestBy: best, on: device)
        let status = StatusLine()
        let (grey, type) = try greyScale(of: reader, status)

        var images = ImageUpscalingOptions()
        images.device = device
        images.isEnsemble = ensemble
        images.tile = tile
        // Half of the memory is for features, the other for voxels; a GPU has memory of its own.
        images.memoryInBytes =
            device == .cpu ? memory.bytes / 2 : min(memory.bytes / 2, Self.gpuBytes)
        var options = VolumeUpscalingOptions(grey: grey)
        options.elementType = type
        options.memoryInBytes = memory.bytes / 2
        options.voxelSize = voxelSize.flatMap { VoxelSize(micrometres: $0) }
        options.regions = regions.map {
            var regions = RegionOptions(map: FilePath($0))
            regions.edge = regionEdge
            return regions
        }
        let upscaler = VolumeUpscaler(
            ImageUpscaler(
                trained.network, trained.description, slices: SliceUse(of: trained),
                options: images), options)
        var pace = UpscalingPace()
        let result = try tellingAllMemory {
            try upscaler.upscale(
                reader, to: path, format: format, overwriting: overwrite,
                progress: { work, done, total in
                    status.show(pace.line("\(volume): \(work.rawValue)", work, done, total))
                    try Task.checkCancellation()
                },
                check: { try Task.checkCancellation() })
        }
        status.clear()
        for note in result.notes { printToStandardError("tomopair-train: note: \(note)") }
        let answer = UpscaleAnswer(
            output: output, result: result, trained: trained, grey: grey, regions: options.regions)
        if json {
            try writeToStandardOutput(CanonicalJSON.page(answer))
        } else {
            try writeToStandardOutput(answer.text)
        }
    }

    /// Calls `body`, and turns what it says of its half of the memory into what the option takes.
    private func tellingAllMemory<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch UpscalingError.memoryTooSmall(let needed, let given) {
            throw UpscalingError.memoryTooSmall(neededBytes: 2 * needed, givenBytes: 2 * given)
        } catch UpscalingError.imageTooLarge(let height, let width, let needed, let given) {
            throw UpscalingError.imageTooLarge(
                height: height, width: width, neededBytes: 2 * needed, givenBytes: 2 * given)
        }
    }

    /// How grey values are normalised, and what the output holds.
    private func greyScale(
        of reader: any ScanReader, _ status: StatusLine
    ) throws -> (GreyScale, Volumes.ElementType) {
        let stored = reader.description.elementType
        let natural = GreyScale.outputType(for: stored)
        let type = type ?? natural
        let holdsScan =
            type == natural || type.isFloatingPoint
            || !stored.isFloatingPoint && type.byteCount >= stored.byteCount
        guard holdsScan || outputWindow != nil else {
            throw WrongOption(
                description: """
                    --type \(type.rawValue) may not hold the grey values of a scan of \
                    \(stored.rawValue); say with --output-window which values it is to hold.
                    """)
        }
        let measured =
            try window?.range
            ?? ScanGreys(of: reader) { done, total in
                try Task.checkCancellation()
                guard done < total else { return }
                status.show("\(volume): reading grey values, \(done * 100 / total) %")
            }.window
        if let range = outputWindow?.range {
            return (try GreyScale(low: measured, high: range), type)
        }
        return type == natural
            ? (try .keeping(measured, of: stored), type)
            : (try GreyScale(low: measured, high: measured), type)
    }
}

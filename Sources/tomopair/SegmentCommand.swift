import ArgumentParser
import Console
import Foundation
import PoreNetwork
import Segmentation
import SystemPackage
import VolumeFiles
import Volumes

struct Segment: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Parts a scan into pores and solid, and pores from each other.",
        discussion: """
            Writes MASK (1 in pores, 0 elsewhere) in the format its name says, and with --labels the \
            numbered pores. Grey values are corrected, denoised and parted at a threshold, in that order; \
            then the mask is cleaned up.
            """)

    @Argument(help: "The scan.") var volume: String
    @Argument(help: "The mask to write: .tif, .h5, .mhd, .nrrd, .npy.") var mask: String
    @Option(help: "Where to write the numbered pores.") var labels: String?
    @Option(help: "Where to write the phases: 1 pore, 2 micro-porous, 3 solid, 4 dense.")
    var phases: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "A grey value between the phases instead of Otsu's.", valueName: "grey"))
    var threshold: Double?
    @Option(help: "What is done against noise first.") var denoise: Denoising = .median
    @Flag(help: "Take out the drift of grey values from slice to slice first.")
    var correctDrift = false
    @Option(
        help: ArgumentHelp(
            "Take out cupping first, as a polynomial of this degree (2 or 4).", valueName: "degree")
    )
    var correctCupping: Int?
    @Flag(help: "Put boundaries where grey values change most, between sure pore and sure solid.")
    var edges = false
    @Option(
        help: ArgumentHelp("Fill solid in pores of fewer voxels than this.", valueName: "voxels"))
    var fillHoles: Int = 0
    @Option(
        help: ArgumentHelp("Take out pores of fewer voxels than this.", valueName: "voxels"))
    var removeIslands: Int = 0
    @Flag(help: "There is micro-porous rock, between pore and solid.") var microporous = false
    @Flag(help: "There is a dense phase beside the solid.") var dense = false
    @Option(
        help:
            "What parts pores: prominence (the default), snow, or porespy for that program's own regions."
    )
    var partition: PorePartition?
    @Flag(
        help:
            "Write the mask alone, slab by slab, for scans of up to 16 bits larger than memory; no pores are told apart."
    )
    var maskOnly = false
    @Flag(help: "Find the plug in the air around it, and leave out what lies beyond.")
    var findPlug = false
    @Flag(help: "The pores are the brighter phase.") var brightPores = false
    @Option(
        help: ArgumentHelp(
            "Memory to take, as in 500M or 8G; by default three quarters of the machine's.",
            valueName: "size"))
    var memory: ByteCount = .threeQuartersOfTheMachine
    @Flag(help: "Replace files that are there.") var overwrite = false
    @Flag(help: "Print the result as JSON.") var json = false

    enum Denoising: String, CaseIterable, ExpressibleByArgument {
        case median, none, nonlocal, diffusion

        var settings: SegmentationSettings.Denoising {
            switch self {
            case .median: .median3
            case .none: .none
            case .nonlocal: .nonLocalMeans(NonLocalMeans())
            case .diffusion: .anisotropicDiffusion(AnisotropicDiffusion())
            }
        }
    }

    func validate() throws {
        let tellsPhases = microporous || dense
        guard threshold == nil || !tellsPhases else {
            throw ValidationError(
                "--threshold parts two phases; --microporous and --dense ask Otsu.")
        }
        guard !maskOnly || labels == nil && phases == nil && !findPlug && partition == nil else {
            throw ValidationError(
                "--mask-only tells no pores apart and no phases, and finds no plug.")
        }
        guard phases == nil || tellsPhases else {
            throw ValidationError("--phases goes with --microporous or --dense.")
        }
        guard correctCupping.map({ [2, 4].contains($0) }) ?? true else {
            throw ValidationError("--correct-cupping takes 2 or 4.")
        }
        guard fillHoles >= 0, removeIslands >= 0 else {
            throw ValidationError("--fill-holes and --remove-islands take numbers of voxels.")
        }
    }

    private var settings: SegmentationSettings {
        let threshold: SegmentationSettings.Threshold =
            microporous || dense
            ? .otsuPhases(PhaseNames(hasMicroporous: microporous, hasDense: dense))
            : threshold.map { .fixed($0) } ?? .otsu
        return SegmentationSettings(
            denoising: denoise.settings, threshold: threshold,
            porePhase: brightPores ? .brighter : .darker,
            cleanUp: fillHoles > 0 || removeIslands > 0
                ? CleanUp(holesBelowVoxels: fillHoles, islandsBelowVoxels: removeIslands) : nil,
            corrections: correctDrift || correctCupping != nil
                ? CorrectionSettings(
                    sliceDrift: correctDrift, cuppingDegree: correctCupping ?? 0) : nil,
            watershed: edges ? GradientWatershed() : nil,
            partition: partition)
    }

    func run() throws {
        try reportingErrors {
            let reader = try openScan(ScanLocation(FilePath(volume)))
            if !maskOnly { try checkMemory(for: reader.description) }
            let outputs = try PromisedOutputs(
                [mask, labels, phases].compactMap(\.self), besides: reader.description,
                overwrite: overwrite)
            do {
                try report(
                    maskOnly
                        ? segmentBySlabs(reader, into: outputs)
                        : segmentWhole(reader, into: outputs))
            } catch let error as SegmentationError {
                throw UselessMask(description: "\(volume): \(error)")
            }
        }
    }

    private func checkMemory(for scan: ScanDescription) throws {
        let needed = settings.memory(for: scan.shape, of: scan.elementType)
        guard needed > memory.bytes else { return }
        throw CommandWasWrong(
            description: """
                \(volume): telling the pores of \(scan.shape) voxels apart takes \
                \(Quantity.bytes(Double(needed))); allow that with --memory, or make the mask alone, slab \
                by slab, with --mask-only
                """)
    }

    private func segmentWhole(
        _ reader: any ScanReader, into outputs: PromisedOutputs
    ) throws -> SegmentAnswer {
        let size = reader.description.voxelSize?.size
        let slab = try reader.readAll()
        let plug = findPlug ? try plug(in: slab) : nil
        let result = try segment(
            slab, voxelSize: size, within: plug?.fieldOfView() ?? .all, settings: settings)
        guard (1..<result.voxelCount).contains(result.poreVoxelCount) else {
            throw onePhase(result.thresholds, isPore: result.poreVoxelCount > 0)
        }
        try outputs.write(
            RawSlab(result.mask.map { $0 ? UInt8(1) : 0 }), voxelSize: size, to: mask,
            description: "pores, by tomopair segment")
        if let labels {
            try outputs.write(
                RawSlab(result.labels), voxelSize: size, to: labels,
                description: "numbered pores, by tomopair segment")
        }
        if let phases, let found = result.phases {
            try outputs.write(
                RawSlab(found.volume), voxelSize: size, to: phases,
                description: "phases, by tomopair segment")
        }
        return SegmentAnswer(result, plug: plug)
    }

    private func plug(in slab: RawSlab) throws -> Plug {
        if let plug = slab.plug(porePhase: settings.porePhase) { return plug }
        throw UselessMask(
            description:
                "\(volume): no plug stands along z with air around it; leave out --find-plug")
    }

    private func report(_ answer: SegmentAnswer) throws {
        if json { try printJSON(answer) } else { print(answer.text) }
    }

    /// Two passes over the scan, or three where the noise is estimated, and a mask that appears when it
    /// is complete.
    private func segmentBySlabs(
        _ reader: any ScanReader, into outputs: PromisedOutputs
    ) throws -> SegmentAnswer {
        let scan = reader.description
        let sliceBytes = scan.shape.sliceCount * scan.elementType.byteCount
        let depth = scan.shape.slabDepth(elementType: scan.elementType, byteBudget: 16 << 20)
        let progress = Progress(volume)
        defer { progress.finish() }
        func show(_ slices: Range<Int>) {
            progress.show(slices.upperBound * sliceBytes, of: scan.shape.depth * sliceBytes)
        }
        var noise: Double?
        if settings.denoising.noise == .estimated {
            var estimate = NoiseEstimate(shape: scan.shape)
            let slabs = reader.slabs(depth: depth)
            while let (slab, slices, _) = try slabs.next() {
                estimate.add(slab)
                show(slices)
            }
            noise = estimate.standardDeviation
        }
        var segmentation = try SlabSegmentation(
            scan.elementType, noise: noise, settings: settings)
        let surveyed = reader.slabs(depth: depth, halo: segmentation.halo)
        while let (slab, slices, kept) = try surveyed.next() {
            segmentation.survey(slab, keeping: kept, firstSlice: slices.lowerBound)
            show(slices)
        }
        let threshold = try segmentation.threshold()
        var pores = 0
        try outputs.write(
            to: mask, shape: scan.shape, elementType: .uint8, voxelSize: scan.voxelSize?.size,
            description: "pores, by tomopair segment"
        ) { writer in
            let slabs = reader.slabs(depth: depth, halo: segmentation.halo)
            while let (slab, slices, kept) = try slabs.next() {
                let mask = segmentation.mask(
                    slab, keeping: kept, firstSlice: slices.lowerBound, threshold: threshold)
                pores += mask.array.count(where: \.self)
                try writer.append(RawSlab(mask.map { $0 ? UInt8(1) : 0 }))
                show(slices)
            }
            guard (1..<segmentation.voxelCount).contains(pores) else {
                throw onePhase([threshold], isPore: pores > 0)
            }
        }
        return SegmentAnswer(
            thresholds: [threshold], raw_threshold: segmentation.rawThreshold,
            separability: segmentation.contrast(at: threshold)?.separability,
            porosity: Double(pores) / Double(segmentation.voxelCount), pores: nil,
            voxels: segmentation.voxelCount, phases: nil, correction: nil, flooded_voxels: nil,
            removed: nil)
    }

    private func onePhase(_ thresholds: [Double], isPore: Bool) -> UselessMask {
        UselessMask(
            description: "\(volume): every voxel is \(isPore ? "pore" : "solid") at the threshold "
                + "\(thresholds); give another with --threshold")
    }
}

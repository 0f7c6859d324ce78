import Dataset
import Randomness
import TestSupport
import Testing
import Volumes

@testable import Catalog

/// Names and texts that break careless SQL, CSV, JSON and terminals.
let hostileTexts = [
    "'; DROP TABLE sample; --", "\"quoted\"", "comma, and\nnewline\r\n", "", " ", "NULL",
    "\0null\0",
    "=1+1", "\u{1B}[31mred", "naïve 🪨 \u{202E}", "\\", "%_", "<b>", "a\tb", "{\"json\": 1}",
]

/// A sample with everything filled in, drawn from a seed.
func sample(_ name: String, seed: UInt64, patches: Int = 8, hostile: Bool = false) throws
    -> SampleRecord
{
    var generator = SplitMix64(seed: seed)
    func word(_ plain: String) -> String {
        hostile ? hostileTexts.randomElement(using: &generator) ?? plain : plain
    }
    guard let id = SampleID(name), let voxel = VoxelSize(micrometres: 8) else {
        throw CatalogError.failed("test", reason: name)
    }
    let hash = String(repeating: "0123456789abcdef", count: 4)
    let scans = try ScanRole.allCases.map { role in
        ScanRecord(
            role: role, origin: .scanned, path: word("scans/\(name).tif"), dataset: nil,
            format: "tiff", sha256: hash,
            file: "samples/\(name)/ingest/\(hash)/\(role.rawValue).h5",
            shape: Shape(depth: 30, height: 45, width: 117), elementType: .uint16,
            voxelSize: try #require(VoxelSize(micrometres: role == .low ? 8 : 2)),
            voxelSizeSource: "manifest", intensityWindow: 100...60_000,
            flags: ["saturated", "constant"], metadata: [word("scanner"): word("Versa")])
    }
    let shift = SIMD3<Double>.random(in: -10...10, using: &generator)
    return SampleRecord(
        id: id, material: word("Bentheimer sandstone"), scale: 4,
        split: SplitRecord(.train, reason: word("drawn")), scans: scans.shuffled(using: &generator),
        region: RegionRecord(
            .cylinder(centreY: 50, centreX: 60.5, radius: 44),
            in: Shape(depth: 120, height: 180, width: 468),
            found: RegionRecord.Found(visibleRim: 1, solidInside: 0.8, solidOutside: 0.01)),
        registration: RegistrationRecord(
            method: "matched", transform: SpatialTransform(translation: shift), confidence: 0.9,
            accepted: true, model: "similarity", isMirrored: false, overlapFraction: 1,
            correlation: 0.84, residualMedianInMicrometres: 0.3, residualP95InMicrometres: 1,
            cornerErrorInMicrometres: 0.4, blurInMicrometres: 3.5, peakRatio: 4,
            driftP95InMicrometres: 1.2, isDriftCorrected: true,
            blocks: (0..<4).map { index in
                RegistrationBlockRecord(
                    position: SIMD3(20, 30, 16 * Double(index)), shift: shift / 100,
                    correlation: 0.8, cells: 512.5)
            }.shuffled(using: &generator)),
        pair: PairRecord(
            file: "samples/\(name)/register/\(hash)/pair.h5", scale: 4,
            region: Region(z: 0, y: 2, x: 4, shape: Shape(depth: 16, height: 32, width: 64)),
            voxelSize: voxel, greyFit: GreyFit(gain: 0.7, offset: 43, correlation: 0.84)),
        masks: [
            MaskRecord(
                grid: .pair, file: "samples/\(name)/segment/\(hash)/mask.h5",
                labelsDataset: "/labels", shape: Shape(depth: 64, height: 128, width: 256),
                thresholds: [116.5], method: "otsu", settings: ["denoise": word("median")])
        ],
        parameters: try [
            ParameterRecord(
                name: "porosity_total", value: 22.6, unit: .percent, source: .laboratory,
                method: word("helium"), uncertainty: 0.3, written: word("22.6 %")),
            ParameterRecord(
                name: "porosity_total", value: 0.267, unit: .fraction, source: .computed,
                method: "voxels"),
            ParameterRecord(
                name: "permeability", value: 1.5, unit: .darcy, source: .computed, method: "stokes",
                axis: .z),
        ].shuffled(using: &generator),
        parameterGaps: [
            ParameterGapRecord(name: "permeability", axis: .y, reason: word("no time was left")),
            ParameterGapRecord(name: "mercury_saturation", reason: word("no pore reaches a face")),
        ].shuffled(using: &generator),
        patches: (0..<patches).map { index in
            PatchRecord(
                region: Region(
                    z: 0, y: 16 * (index % 2), x: 16 * (index / 2), shape: Shape(edge: 16)),
                porosity: index == 1 ? nil : Double(index) / Double(patches),
                flags: index == 0 ? [.noPores, .constant] : [],
                degradations: index == 2 ? [DegradationRecord(seed: 7, values: ["blur": 0.5])] : [])
        }.shuffled(using: &generator),
        stageRuns: [
            StageRunRecord(
                stage: "ingest", key: hash, settings: ["a": word("b")], toolVersion: "1",
                started: "2026-01-01T00:00:00Z", finished: "2026-01-01T00:00:01Z", outcome: .done),
            StageRunRecord(
                stage: "register", key: hash, toolVersion: "1", outcome: .failed,
                message: word("too flat")),
        ].shuffled(using: &generator))
}

/// A training run with two metrics.
func trainingRun(_ name: String, psnr: Double = 31) throws -> TrainingRunRecord {
    TrainingRunRecord(
        name: try #require(SampleID(name)), recipe: "{\"epochs\": 3}", toolVersion: "1",
        outcome: .done, checkpoint: "runs/\(name)/best.safetensors",
        metrics: [
            MetricRecord(step: 0, part: .train, name: "loss", value: 0.5),
            MetricRecord(
                step: 10, part: .test, sample: SampleID("p1"), method: "sr", name: "psnr",
                value: psnr),
        ])
}

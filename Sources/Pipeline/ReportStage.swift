import Dataset
import Foundation
import Report
public import SystemPackage
import VolumeFiles
import Volumes
import Workspace

/// Draws the page of the workspace in `output` anew.
///
/// - Returns: Where it is.
/// - Throws: `WorkspaceError` where there is no workspace, `VolumeFileError` for a damaged volume.
public func redrawReport(of output: FilePath) throws -> FilePath {
    let layout = WorkspaceLayout(root: output)
    let lock = try lockWhole(layout)
    defer { withExtendedLifetime(lock) {} }
    let dataset = try knownDataset(in: layout)
    try? FileManager.default.removeItem(atPath: layout.reportReceipt.string)
    try writeReport(builtSamples(of: dataset, in: layout), dataset, in: layout)
    return layout.page
}

/// Draws the page and its pictures, unless those that are there show the same.
func writeReport(
    _ samples: [BuiltSample], _ dataset: DatasetState, in layout: WorkspaceLayout
) throws {
    let key = reportKey(samples, dataset)
    let known = try? CanonicalJSON.read(ReportReceipt.self, from: layout.reportReceipt)
    if known?.key == key, exists(layout.page) { return }
    try AtomicFile.createFolder(layout.report)
    AtomicFile.sweepTemporaries(in: layout.report)

    let reports = try samples.map { sample in
        try Task.checkCancellation()
        return try SampleReport(sample, pictures: pictures(of: sample, in: layout))
    }
    let page = ReportPage(
        title: dataset.name, toolVersion: "tomopair \(toolVersion)",
        madeWhen: lastChange(samples).map(CanonicalJSON.text) ?? "",
        settings: settings(dataset), samples: reports)
    try AtomicFile.write(Array(try render(page).utf8), to: layout.page)
    try CanonicalJSON.write(ReportReceipt(key: key), to: layout.reportReceipt)
}

/// What the page that is there was drawn from.
private struct ReportReceipt: Codable {
    let key: Digest
}

extension WorkspaceLayout {
    fileprivate var reportReceipt: FilePath { report.appending(Receipt.fileName) }
}

private func reportKey(_ samples: [BuiltSample], _ dataset: DatasetState) -> Digest {
    // Raised when the page changes for the same workspace.
    let version = "3"
    let facts =
        samples.map { CanonicalJSON.text($0.state) } + [CanonicalJSON.text(dataset), version]
    return Digest(of: facts.joined(separator: "\n").utf8)
}

/// The page carries the time of the last result, not of the drawing, so that it can be drawn again.
private func lastChange(_ samples: [BuiltSample]) -> Date? {
    samples.flatMap { $0.state.stages.values.map(\.finished) }.max()
}

private func settings(_ dataset: DatasetState) -> [ReportPage.Setting] {
    let parts = SplitPart.allCases.map { "\($0.rawValue) \(dataset.fractions[$0])" }
    return [
        ReportPage.Setting(
            name: "Split", value: parts.joined(separator: ", ") + ", seed \(dataset.seed)")
    ] + dataset.notes.map { ReportPage.Setting(name: "Note", value: $0) }
}

/// The pictures of a sample, drawn from the middle of its volumes and kept as files beside the page.
private func pictures(
    of sample: BuiltSample, in layout: WorkspaceLayout
) throws -> [ReportPicture] {
    var pictures: [ReportPicture] = []
    func keep(_ picture: DrawnPicture, as name: String) throws {
        let file = layout.report.appending("\(sample.state.sample.name)-\(name).png")
        try AtomicFile.write(try picture.image.png(), to: file)
        pictures.append(try ReportPicture(picture))
    }
    guard let ingest = sample.ingest, sample.isDone(.ingest) else { return [] }
    let high = ingest.output.high
    if let segment = sample.segment, sample.isDone(.segment) {
        let z = high.shape.depth / 2
        let file = segment.folder.appending(SegmentOutput.fileName)
        let scan = try WorkspaceVolumes.scan(ingest.folder.appending(high.file)).read(z..<(z + 1))
        let mask = try HDF5ScanReader(trusted: file, dataset: "/mask").read(z..<(z + 1))
        let labels = try HDF5ScanReader(trusted: file, dataset: "/labels").read(z..<(z + 1))
        try keep(
            .outline(
                of: mask.volume(as: UInt8.self).map { $0 != 0 },
                over: scan.floats(voxelSize: high.voxelSize), firstSlice: z,
                window: window(high)), as: "mask")
        try keep(.pores(labels.volume(as: UInt32.self), firstSlice: z), as: "pores")
        pictures.append(
            ReportPicture(
                caption: "Grey values of HIGH and the threshold between pore and solid.",
                content: .drawing(
                    .histogram(
                        counts: high.intensity.histogram,
                        range: high.intensity.minimum...high.intensity.maximum,
                        thresholds: segment.output.thresholds.map {
                            SVGDrawing.Threshold(value: $0, label: "threshold")
                        }, intensityLabel: "Grey value of HIGH"))))
    }
    if let register = sample.register, sample.isDone(.register), let pair = register.output.pair,
        let low = ingest.output.low
    {
        let z = pair.region.shape.depth / 2
        let depthScale = pair.region.shape.isImage ? 1 : pair.scale
        let file = register.folder.appending(RegisterOutput.pairFileName)
        let lowSlice = try HDF5ScanReader(trusted: file, dataset: "/low").read(z..<(z + 1))
            .floats(voxelSize: low.voxelSize)
        let highSlices = try HDF5ScanReader(trusted: file, dataset: "/high")
            .read((z * depthScale)..<((z + 1) * depthScale)).floats(voxelSize: pair.highVoxelSize)
        try keep(
            .pair(
                low: lowSlice, high: highSlices, scale: pair.scale, firstSlice: z,
                lowWindow: window(low), highWindow: window(high)), as: "pair")
        try keep(
            .registrationCheck(
                low: lowSlice, high: highSlices, scale: pair.scale, firstSlice: z,
                highWindow: window(high)), as: "registration")
    }
    return pictures
}

private func window(_ scan: ScanFacts) -> GreyWindow {
    GreyWindow(black: scan.intensity.windowLow, white: scan.intensity.windowHigh)
}

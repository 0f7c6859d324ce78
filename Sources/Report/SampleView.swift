import Foundation
import Volumes

/// A sample in words, for its row in the overview and for its section.
struct SampleView {
    let anchor: String
    let id: String
    let material: String
    let split: String
    let splitReason: String?
    let status: String
    let statusKind: String
    let lowVoxel: String
    let highVoxel: String
    let correlation: String
    let refused: String?
    let total: String
    let connected: String
    let laboratory: String
    let patches: String
    let stages: [StageView]
    let messages: [MessageView]
    let scans: Scans?
    let facts: [FactColumn]
    let parameters: Parameters?
    let gaps: Gaps?
    let pictures: Pictures?

    /// A stage and how it ended.
    struct StageView {
        let name: String
        let kind: String
        let outcome: String
    }

    /// What stages had to say, those that said the same together.
    struct MessageView {
        let stages: String
        let kind: String
        let outcome: String
        let text: String?
    }

    /// The table of scans.
    struct Scans {
        let rows: [ScanView]
    }

    /// Small tables above each other.
    struct FactColumn {
        let tables: [FactTable]
    }

    /// A small table of names and values.
    struct FactTable {
        let caption: String
        let rows: [Fact]
    }

    /// A name and its value.
    struct Fact {
        let name: String
        let value: String
        let kind: String
    }

    /// The table of parameters.
    struct Parameters {
        let rows: [ParameterView]
    }

    /// What was looked for in vain.
    struct Gaps {
        let rows: [ParameterGapView]
    }

    /// The pictures.
    struct Pictures {
        let figures: [PictureView]
    }

    /// What a table shows for a value that is not known.
    static let unknown = "–"

    init(_ sample: SampleReport, anchor: String) throws(ReportError) {
        self.anchor = anchor
        id = sample.id
        material = sample.material
        split = sample.split ?? SampleView.unknown
        splitReason = sample.splitReason
        status = sample.status.words
        statusKind = sample.status.kind
        let low = sample.scans.first { $0.role == .low }?.voxelSize
        lowVoxel = low.map(ScanView.edges) ?? SampleView.unknown
        highVoxel =
            sample.scans.first { $0.role == .high }?.voxelSize.map(ScanView.edges)
            ?? SampleView.unknown
        correlation =
            sample.registration?.correlation.map { NumberText.decimals($0, 3) }
            ?? SampleView.unknown
        refused = sample.registration.flatMap { $0.isAccepted ? nil : "refused" }
        total = sample.porosity.total.map(NumberText.percent) ?? SampleView.unknown
        connected = sample.porosity.connected.map(NumberText.percent) ?? SampleView.unknown
        laboratory = sample.porosity.laboratory.map(NumberText.percent) ?? SampleView.unknown
        patches = sample.patches.map(NumberText.count) ?? SampleView.unknown
        stages = sample.stages.map(StageView.init)
        messages = MessageView.messages(sample.stages)
        scans = sample.scans.isEmpty ? nil : Scans(rows: sample.scans.map(ScanView.init))
        facts = [
            [sample.registration.map { FactTable($0, lowVoxelSize: low) }],
            [
                sample.pair.map { FactTable($0) }, sample.region.map { FactTable($0) },
                sample.segmentation.map { FactTable($0) },
            ],
        ].map { FactColumn(tables: $0.compactMap(\.self)) }.filter { !$0.tables.isEmpty }
        parameters =
            sample.parameters.isEmpty
            ? nil : Parameters(rows: ParameterView.rows(sample.parameters))
        gaps = sample.gaps.isEmpty ? nil : Gaps(rows: ParameterGapView.rows(sample.gaps))
        var figures: [PictureView] = []
        for picture in sample.pictures { figures.append(try PictureView(picture)) }
        pictures = figures.isEmpty ? nil : Pictures(figures: figures)
    }
}

extension SampleView.StageView {
    init(_ stage: StageReport) {
        name = stage.name
        kind = stage.outcome.kind
        outcome = stage.outcome.words
    }
}

extension SampleView.MessageView {
    /// Failures first, then the rest in the order of the stages.
    static func messages(_ stages: [StageReport]) -> [SampleView.MessageView] {
        let telling = stages.filter { $0.message != nil || $0.outcome == .failed }
        let ordered =
            telling.filter { $0.outcome == .failed } + telling.filter { $0.outcome != .failed }
        var groups: [[StageReport]] = []
        for stage in ordered {
            if let last = groups.last?.first, last.outcome == stage.outcome,
                last.message == stage.message
            {
                groups[groups.count - 1].append(stage)
            } else {
                groups.append([stage])
            }
        }
        return groups.map { group in
            SampleView.MessageView(
                stages: group.map(\.name).joined(separator: ", "), kind: group[0].outcome.kind,
                outcome: group[0].outcome.words, text: group[0].message)
        }
    }
}

extension StageReport.Outcome {
    fileprivate var kind: String {
        switch self {
        case .done: "done"
        case .failed: "failed"
        case .skipped, .pending: "open"
        }
    }

    fileprivate var words: String { self == .pending ? "not run" : rawValue }
}

extension SampleView.FactTable {
    init(_ registration: RegistrationReport, lowVoxelSize: VoxelSize?) {
        caption = "Registration of HIGH in LOW"
        var rows = [
            SampleView.Fact(
                name: "Verdict", value: registration.isAccepted ? "accepted" : "refused",
                kind: registration.isAccepted ? "" : "failed")
        ]
        func add(_ name: String, _ value: String?, kind: String = "") {
            guard let value else { return }
            rows.append(SampleView.Fact(name: name, value: value, kind: kind))
        }
        func length(_ micrometres: Double?) -> String? {
            micrometres.map { length in
                NumberText.decimals(length, 2)
                    + (lowVoxelSize.map {
                        " (\(NumberText.decimals(length / $0.meanEdgeInMicrometres, 2)) LOW voxels)"
                    } ?? "")
            }
        }
        add("Reason", registration.reason, kind: "word")
        add("Model", registration.model)
        add("Mirror image", registration.isMirrored ? "yes" : nil)
        add("Correlation", registration.correlation.map { NumberText.decimals($0, 3) })
        add("Confidence", registration.confidence.map { NumberText.decimals($0, 2) })
        add("Overlap (%)", registration.overlapFraction.map(NumberText.percent))
        add(
            "Translation z, y, x (µm)",
            registration.translationInMicrometres.map { NumberText.vector($0, places: 2) })
        add(
            "Rotation z, y, x (°)",
            registration.rotationInDegrees.map { NumberText.vector($0, places: 3) })
        add("Scale", registration.scale.map { NumberText.decimals($0, 5) })
        add("Error at the corners, 95 % below (µm)", length(registration.cornerErrorInMicrometres))
        add("Residual, median (µm)", length(registration.medianResidualInMicrometres))
        add("Residual, 95th percentile (µm)", length(registration.p95ResidualInMicrometres))
        switch registration.drift {
        case nil: break
        case .notProven: add("Drift", "none proven")
        case .left(let p95): add("Drift, not corrected, 95 % below (µm)", length(p95))
        case .corrected(let p95): add("Drift, corrected, 95 % below (µm)", length(p95))
        }
        add("Blur of LOW (µm)", length(registration.blurInMicrometres))
        self.rows = rows
    }

    init(_ pair: PairReport) {
        caption = "Pair"
        let shape = pair.lowShape
        rows =
            [
                SampleView.Fact(
                    name: "LOW (voxels z, y, x)",
                    value: "\(shape.depth) × \(shape.height) × \(shape.width)", kind: ""),
                SampleView.Fact(
                    name: "HIGH (voxels z, y, x)",
                    value: [shape.depth, shape.height, shape.width]
                        .map { String($0 * pair.scale) }.joined(separator: " × "), kind: ""),
                SampleView.Fact(name: "Scale", value: String(pair.scale), kind: ""),
            ]
            + (pair.greyFit.map { [SampleView.Fact(name: "Grey values", value: $0, kind: "")] }
                ?? [])
    }

    init(_ region: RegionReport) {
        func range(_ range: Range<Int>) -> String { "\(range.lowerBound) to \(range.upperBound)" }
        func fact(_ name: String, _ value: String) -> SampleView.Fact {
            SampleView.Fact(name: name, value: value, kind: "")
        }
        caption = "Part of HIGH used (voxels)"
        switch region.fieldOfView {
        case .all: rows = [fact("Part", "all")]
        case .box(let box):
            rows = [
                fact("z", range(box.slices)), fact("y", range(box.rows)),
                fact("x", range(box.columns)),
            ]
        case .cylinder(let centreY, let centreX, let radius):
            let rim = region.visibleRim.map {
                "found, \(NumberText.percent($0)) % of its rim in the scan"
                    + (region.solidBeside.map {
                        "; \(NumberText.percent($0)) % of what lies beside it is solid: "
                            + "another plug, or a holder?"
                    } ?? "")
            }
            rows = [
                fact("Plug", rim ?? "as the manifest says"), fact("Axis", "along z"),
                fact(
                    "Centre y, x",
                    [centreY, centreX].map { NumberText.decimals($0, 1) }.joined(separator: ", ")),
                fact("Radius", NumberText.decimals(radius, 1)),
            ]
        }
    }

    init(_ segmentation: SegmentationReport) {
        caption = "Segmentation of HIGH"
        var rows = [
            SampleView.Fact(name: "Method", value: segmentation.method, kind: "word"),
            SampleView.Fact(
                name: segmentation.thresholds.count == 1 ? "Threshold" : "Thresholds",
                value: segmentation.thresholds.isEmpty
                    ? SampleView.unknown
                    : segmentation.thresholds.map(NumberText.nominal).joined(separator: ", "),
                kind: ""),
            SampleView.Fact(
                name: "Pore voxels (%)", value: NumberText.percent(segmentation.porosity), kind: ""),
        ]
        if let pores = segmentation.pores {
            rows.append(SampleView.Fact(name: "Pores", value: NumberText.count(pores), kind: ""))
        }
        self.rows = rows
    }
}

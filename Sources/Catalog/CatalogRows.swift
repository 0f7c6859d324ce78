import Dataset
import Foundation
import GRDB
import Volumes

/// Rows of one table that belong together.
struct TableRows {
    let table: String
    /// The column by which they belong together.
    let owner: String
    let columns: [String]
    let rows: [[DatabaseValue]]
}

/// The rows that stand for a sample, the tables others refer to first.
func tableRows(of record: SampleRecord) throws -> [TableRows] {
    let id = record.id.name.databaseValue
    return [
        TableRows(
            table: "sample", owner: "id",
            columns: ["id", "material", "scale", "split", "split_reason"],
            rows: [
                [
                    id, text(record.material), record.scale.databaseValue,
                    text(record.split?.part.rawValue), text(record.split?.reason),
                ]
            ]),
        TableRows(
            table: "scan", owner: "sample",
            columns: [
                "sample", "role", "origin", "path", "dataset", "format", "sha256", "file", "depth",
                "height", "width", "element_type", "voxel_z_um", "voxel_y_um", "voxel_x_um",
                "voxel_source", "window_low", "window_high", "flags", "metadata",
            ],
            rows: try record.scans.map { scan in
                [
                    id, text(scan.role.rawValue), text(scan.origin.rawValue), text(scan.path),
                    text(scan.dataset), text(scan.format), text(scan.sha256), text(scan.file),
                ] + extents(scan.shape) + [text(scan.elementType.rawValue)]
                    + lengths(scan.voxelSize) + [
                        text(scan.voxelSizeSource), real(scan.intensityWindow?.lowerBound),
                        real(scan.intensityWindow?.upperBound),
                        text(scan.flags.joined(separator: ",")), try json(scan.metadata),
                    ]
            }),
        TableRows(
            table: "region", owner: "sample",
            columns: [
                "sample", "kind", "origin", "z", "y", "x", "depth", "height", "width", "centre_y",
                "centre_x", "radius", "visible_rim", "solid_inside", "solid_outside",
            ],
            rows: record.region.map { region in
                let (kind, cylinder) = shape(of: region.fieldOfView)
                return [
                    [id, text(kind), text(region.found == nil ? "given" : "found")]
                        + box(region.bounds) + cylinder + [
                            real(region.found?.visibleRim), real(region.found?.solidInside),
                            real(region.found?.solidOutside),
                        ]
                ]
            } ?? []),
        TableRows(
            table: "registration", owner: "sample",
            columns: [
                "sample", "method", "matrix", "rotation_z_degrees", "rotation_y_degrees",
                "rotation_x_degrees", "scale", "translation_z_um", "translation_y_um",
                "translation_x_um", "confidence", "accepted", "reason", "overlap_fraction",
                "correlation", "residual_median_um", "residual_p95_um", "model", "mirrored",
                "corner_error_um", "blur_um", "peak_ratio", "drift_p95_um", "drift_corrected",
            ],
            rows: try record.registration.map { registration in
                let transform = registration.transform
                let head = [id, text(registration.method), try json(transform)]
                let similarity =
                    reals(transform.rotationInDegrees) + [real(abs(transform.scale))]
                    + reals(transform.translation)
                let verdict = [
                    real(registration.confidence), registration.accepted.databaseValue,
                    text(registration.reason), real(registration.overlapFraction),
                    real(registration.correlation),
                    real(registration.residualMedianInMicrometres),
                    real(registration.residualP95InMicrometres),
                ]
                let figures = [
                    text(registration.model),
                    registration.isMirrored.map(\.databaseValue) ?? .null,
                    real(registration.cornerErrorInMicrometres),
                    real(registration.blurInMicrometres), real(registration.peakRatio),
                    real(registration.driftP95InMicrometres),
                    registration.isDriftCorrected.databaseValue,
                ]
                return [head + similarity + verdict + figures]
            } ?? []),
        TableRows(
            table: "registration_block", owner: "sample",
            columns: [
                "sample", "z_um", "y_um", "x_um", "shift_z_um", "shift_y_um", "shift_x_um",
                "correlation", "cells",
            ],
            rows: record.registration?.blocks.map { block in
                [id] + reals(block.position) + reals(block.shift) + [
                    real(block.correlation), real(block.cells),
                ]
            } ?? []),
        TableRows(
            table: "pair", owner: "sample",
            columns: [
                "sample", "file", "low_dataset", "high_dataset", "scale", "z", "y", "x", "depth",
                "height", "width", "voxel_z_um", "voxel_y_um", "voxel_x_um", "grey_gain",
                "grey_offset", "grey_correlation",
            ],
            rows: record.pair.map { pair in
                let head = [
                    id, text(pair.file), text(pair.lowDataset), text(pair.highDataset),
                    pair.scale.databaseValue,
                ]
                return [
                    head + box(pair.region) + lengths(pair.voxelSize) + [
                        real(pair.greyFit?.gain), real(pair.greyFit?.offset),
                        real(pair.greyFit?.correlation),
                    ]
                ]
            } ?? []),
        TableRows(
            table: "mask", owner: "sample",
            columns: [
                "sample", "role", "grid", "file", "dataset", "labels_dataset", "depth", "height",
                "width", "thresholds", "method", "settings",
            ],
            rows: try record.masks.map { mask in
                [
                    id, text(mask.role.rawValue), text(mask.grid.rawValue), text(mask.file),
                    text(mask.dataset), text(mask.labelsDataset),
                ] + extents(mask.shape) + [
                    try json(mask.thresholds), text(mask.method), try json(mask.settings),
                ]
            }),
        TableRows(
            table: "parameter", owner: "sample",
            columns: [
                "sample", "name", "axis", "source", "value", "unit", "method", "uncertainty",
                "written",
            ],
            rows: record.parameters.map { parameter in
                [
                    id, text(parameter.name), text(parameter.axis?.rawValue ?? ""),
                    text(parameter.source.rawValue), real(parameter.value),
                    text(parameter.unit.rawValue), text(parameter.method),
                    real(parameter.uncertainty), text(parameter.written),
                ]
            }),
        TableRows(
            table: "parameter_gap", owner: "sample",
            columns: ["sample", "name", "axis", "reason"],
            rows: record.parameterGaps.map { gap in
                [id, text(gap.name), text(gap.axis?.rawValue ?? ""), text(gap.reason)]
            }),
        TableRows(
            table: "patch", owner: "sample",
            columns: [
                "sample", "z", "y", "x", "depth", "height", "width", "id", "porosity", "flags",
            ],
            rows: record.patches.map { patch in
                [id] + box(patch.region) + [
                    text(patch.id(in: record.id)), real(patch.porosity),
                    text(patch.flags.sorted().map(\.rawValue).joined(separator: ",")),
                ]
            }),
        TableRows(
            table: "degradation", owner: "sample",
            columns: ["sample", "z", "y", "x", "seed", "drawn"],
            rows: try record.patches.flatMap { patch in
                try patch.degradations.map { degradation in
                    [id] + box(patch.region).prefix(3) + [
                        degradation.seed.databaseValue, try json(degradation.values),
                    ]
                }
            }),
        TableRows(
            table: "stage_run", owner: "sample",
            columns: [
                "sample", "stage", "key", "settings", "tool_version", "started", "finished",
                "outcome", "message",
            ],
            rows: try record.stageRuns.map { run in
                [
                    id, text(run.stage), text(run.key), try json(run.settings),
                    text(run.toolVersion), text(run.started), text(run.finished),
                    text(run.outcome.rawValue), text(run.message),
                ]
            }),
    ]
}

/// The rows that stand for a training run.
func tableRows(of record: TrainingRunRecord) -> [TableRows] {
    let name = record.name.name.databaseValue
    return [
        TableRows(
            table: "run", owner: "name",
            columns: [
                "name", "recipe", "tool_version", "started", "finished", "outcome", "message",
                "checkpoint",
            ],
            rows: [
                [
                    name, text(record.recipe), text(record.toolVersion), text(record.started),
                    text(record.finished), text(record.outcome?.rawValue), text(record.message),
                    text(record.checkpoint),
                ]
            ]),
        TableRows(
            table: "metric", owner: "run",
            columns: ["run", "step", "part", "sample", "method", "name", "value"],
            rows: record.metrics.map { metric in
                [
                    name, metric.step.databaseValue, text(metric.part.rawValue),
                    text(metric.sample?.name ?? ""), text(metric.method), text(metric.name),
                    metric.value.isFinite ? metric.value.databaseValue : .null,
                ]
            }),
    ]
}

/// A text; SQLite's tools stop reading at a NUL, so one becomes the replacement character.
func text(_ value: String?) -> DatabaseValue {
    guard let value else { return .null }
    return (value.utf8.contains(0) ? value.replacing("\0", with: "\u{FFFD}") : value).databaseValue
}

/// A number; SQLite would turn NaN into NULL in silence, a word is refused by the strict column.
private func real(_ value: Double?) -> DatabaseValue {
    guard let value else { return .null }
    return value.isFinite ? value.databaseValue : "\(value)".databaseValue
}

private func reals(_ vector: SIMD3<Double>) -> [DatabaseValue] {
    (0..<3).map { real(vector[$0]) }
}

/// The three edges of a voxel; NULL where nobody knows them.
private func lengths(_ size: VoxelSize?) -> [DatabaseValue] {
    size.map { reals($0.vector) } ?? [.null, .null, .null]
}

/// The kind of a part of a scan, and of a cylinder its axis and radius.
private func shape(of fieldOfView: FieldOfView) -> (kind: String, cylinder: [DatabaseValue]) {
    switch fieldOfView {
    case .all, .box: ("box", [.null, .null, .null])
    case .cylinder(let centreY, let centreX, let radius):
        ("cylinder", [real(centreY), real(centreX), real(radius)])
    }
}

private func extents(_ shape: Shape) -> [DatabaseValue] {
    [shape.depth, shape.height, shape.width].map(\.databaseValue)
}

private func box(_ region: Region) -> [DatabaseValue] {
    [region.z, region.y, region.x].map(\.databaseValue) + extents(region.shape)
}

private func json(_ value: some Encodable) throws -> DatabaseValue {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return text(String(decoding: try encoder.encode(value), as: UTF8.self))
}

import Foundation

extension Trial {
    /// The names of the columns.
    static let header =
        "case,seed,high_edge,rotation_z_degrees,rotation_y_degrees,rotation_x_degrees,scale,mirrored,"
        + "translation_z_um,translation_y_um,translation_x_um,true_overlap,accepted,reason,"
        + "corner_error_high_voxels,attainable_high_voxels,reported_95_high_voxels,found_mirrored,confidence,correlation,"
        + "overlap,blur_ratio,wall_seconds,processor_seconds"

    /// The values, under the names of ``header``.
    var line: String {
        let text = reason.replacing("\"", with: "'").replacing("\n", with: " ")
        let fields: [String] = [
            name, "\(seed)", "\(highEdge)", number(rotationInDegrees[0]),
            number(rotationInDegrees[1]), number(rotationInDegrees[2]), number(scale),
            "\(isMirrored)", number(translation[0]), number(translation[1]),
            number(translation[2]), number(trueOverlap), "\(accepted)", "\"\(text)\"",
            number(cornerError), number(attainableError), number(reportedCornerError),
            "\(foundMirrored)",
            number(confidence), number(correlation), number(overlap), number(blurRatio),
            number(wallSeconds), number(processorSeconds),
        ]
        return fields.joined(separator: ",")
    }

    /// Reads a line; `nil` for one that was cut off or belongs to another table.
    init?(line: some StringProtocol) {
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let first = parts[0].split(separator: ",", omittingEmptySubsequences: true)
        let last = parts[2].split(separator: ",", omittingEmptySubsequences: true)
        guard first.count == 13, last.count == 10, let seed = UInt64(first[1]),
            let highEdge = Int(first[2]), let isMirrored = Bool(String(first[7])),
            let accepted = Bool(String(first[12])), let foundMirrored = Bool(String(last[3]))
        else { return nil }
        func value(_ text: some StringProtocol) -> Double { Double(String(text)) ?? .nan }
        name = String(first[0])
        self.seed = seed
        self.highEdge = highEdge
        rotationInDegrees = SIMD3(value(first[3]), value(first[4]), value(first[5]))
        scale = value(first[6])
        self.isMirrored = isMirrored
        translation = SIMD3(value(first[8]), value(first[9]), value(first[10]))
        trueOverlap = value(first[11])
        self.accepted = accepted
        reason = String(parts[1])
        cornerError = value(last[0])
        attainableError = value(last[1])
        reportedCornerError = value(last[2])
        self.foundMirrored = foundMirrored
        confidence = value(last[4])
        correlation = value(last[5])
        overlap = value(last[6])
        blurRatio = value(last[7])
        wallSeconds = value(last[8])
        processorSeconds = value(last[9])
    }
}

/// A number as tables hold it; six digits suffice.
func number(_ value: Double) -> String {
    value.isFinite ? String(format: "%.6g", value) : "nan"
}

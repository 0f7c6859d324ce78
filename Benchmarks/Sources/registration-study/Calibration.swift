import Foundation

/// How far the reported errors and confidences are to be believed, over all trials. Wrong pairs have no
/// error, and count as not found.
struct Calibration {
    let trials: [Trial]

    /// Every trial's claims beside its error.
    var table: String {
        "case,seed,accepted,confidence,reported_95_high_voxels,corner_error_high_voxels\n"
            + trials.map {
                "\($0.name),\($0.seed),\($0.accepted),\(number($0.confidence)),"
                    + "\(number($0.reportedCornerError)),\(number($0.cornerError))\n"
            }.joined()
    }

    /// Left, the reported bound against the error; right, the share found in ten bins of confidence.
    var drawing: String {
        let size = 360.0
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 440" \
            font-family="sans-serif" font-size="12">
            <rect width="880" height="440" fill="white"/>
            <g transform="translate(60 30)">\(scatter(size))</g>
            <g transform="translate(500 30)">\(bins(size))</g>
            </svg>

            """
    }

    /// Errors from a thousandth of a voxel to a thousand voxels, on logarithmic axes.
    private func scatter(_ size: Double) -> String {
        func place(_ value: Double) -> Double {
            (min(max(log10(value), -3), 3) + 3) / 6 * size
        }
        var marks = frame(
            size, title: "reported 95 % bound and error, HIGH voxels (blue: accepted)",
            x: "reported", y: "error")
        for power in stride(from: -3, through: 3, by: 1) {
            let at = Double(power + 3) / 6 * size
            let label = String(format: "%g", pow(10, Double(power)))
            marks += tick(label, x: at, size) + tick(label, y: at, size)
        }
        marks += "<path d=\"M0 \(size)L\(size) 0\" stroke=\"#999\" fill=\"none\"/>"
        for trial in trials
        where trial.reportedCornerError.isFinite && trial.cornerError.isFinite {
            marks += String(
                format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\" fill=\"%@\"/>",
                place(trial.reportedCornerError), size - place(trial.cornerError),
                trial.accepted ? "#1f77b4" : "#d62728")
        }
        return marks
    }

    private func bins(_ size: Double) -> String {
        var marks = frame(
            size, title: "share found to one HIGH voxel, and pairs", x: "confidence", y: "found")
        for tenth in 0..<10 {
            let at = Double(tenth) / 10
            let label = String(format: "%g", at)
            marks += tick(label, x: at * size, size) + tick(label, y: at * size, size)
            let inside = trials.filter {
                min(Int($0.confidence * 10), 9) == tenth
            }
            if inside.isEmpty { continue }
            let found = Double(inside.count { $0.cornerError < 1 }) / Double(inside.count)
            marks += String(
                format:
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#1f77b4\"/>"
                    + "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%d</text>",
                (at + 0.01) * size, (1 - found) * size, 0.08 * size, found * size,
                (at + 0.05) * size, max((1 - found) * size - 3, 10), inside.count)
        }
        marks += "<path d=\"M0 \(size)L\(size) 0\" stroke=\"#999\" fill=\"none\"/>"
        return marks
    }

    private func frame(_ size: Double, title: String, x: String, y: String) -> String {
        """
        <text x="0" y="-10">\(title)</text>
        <rect width="\(size)" height="\(size)" fill="none" stroke="black"/>
        <text x="\(size / 2)" y="\(size + 34)" text-anchor="middle">\(x)</text>
        <text transform="translate(-42 \(size / 2)) rotate(-90)" text-anchor="middle">\(y)</text>
        """
    }

    private func tick(_ label: String, x: Double, _ size: Double) -> String {
        "<text x=\"\(x)\" y=\"\(size + 16)\" text-anchor=\"middle\">\(label)</text>"
    }

    private func tick(_ label: String, y: Double, _ size: Double) -> String {
        "<text x=\"-6\" y=\"\(size - y + 4)\" text-anchor=\"end\">\(label)</text>"
    }
}

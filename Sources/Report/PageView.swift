import Foundation

/// The page in words: what the template shows, nothing left to format or to decide.
///
/// Every field is found by its name through reflection; the template begins each name with a dot,
/// so that an absent value is never taken from an enclosing view.
struct PageView {
    let title: String
    let summary: String?
    let toolVersion: String
    let madeWhen: String
    let style: String
    let verdict: Verdict
    let failures: [Message]
    let leftOut: LeftOut?
    let totals: [TotalRow]
    let overview: Overview?
    let porosity: String?
    let settings: Settings?
    let samples: [SampleView]

    /// How the build stands, in one line.
    struct Verdict {
        let kind: String
        let text: String
    }

    /// What a stage has to say of a sample.
    struct Message {
        let sample: String
        let anchor: String
        let stage: String
        let text: String
    }

    /// Stages that were left out of samples which did not fail.
    struct LeftOut {
        let messages: [Message]
    }

    /// A part of the split, or all of them.
    struct TotalRow {
        let split: String
        let kind: String
        let samples: String
        let pairs: String
        let patches: String
    }

    /// The table with a row for each sample.
    struct Overview {
        let rows: [SampleView]
    }

    /// The table of settings.
    struct Settings {
        let rows: [ReportPage.Setting]
    }

    /// - Throws: ``ReportError/notPNG(caption:)``.
    init(_ page: ReportPage) throws(ReportError) {
        title = page.title
        summary = page.summary
        toolVersion = page.toolVersion
        madeWhen = page.madeWhen
        style = pageStyle
        let ordered =
            page.samples.filter { $0.status.isFailed }
            + page.samples.filter { !$0.status.isFailed }
        var views: [SampleView] = []
        for (index, sample) in ordered.enumerated() {
            views.append(try SampleView(sample, anchor: "sample-\(index + 1)"))
        }
        samples = views
        overview = views.isEmpty ? nil : Overview(rows: views)
        verdict = PageView.verdict(of: ordered)
        failures = PageView.messages(of: ordered, views) { $0.outcome == .failed }
        // What follows a failure is left out because of it, which need not be said here.
        let consequences = Set(failures.map(\.anchor))
        let skipped = PageView.messages(of: ordered, views) { $0.outcome == .skipped }
            .filter { !consequences.contains($0.anchor) }
        leftOut = skipped.isEmpty ? nil : LeftOut(messages: skipped)
        totals = PageView.totals(of: ordered)
        porosity = SVGDrawing.porosity(of: ordered.map { ($0.id, $0.porosity) })?.markup
        settings = page.settings.isEmpty ? nil : Settings(rows: page.settings)
    }

    private static func verdict(of samples: [SampleReport]) -> Verdict {
        let failed = samples.count { $0.status.isFailed }
        let open = samples.count { $0.status == .notFinished }
        let all = samples.count == 1 ? "1 sample" : "\(NumberText.count(samples.count)) samples"
        if samples.isEmpty { return Verdict(kind: "open", text: "There are no samples yet.") }
        if failed > 0 {
            let rest = open > 0 ? "\(NumberText.count(open)) not finished" : "the rest is done"
            return Verdict(
                kind: "failed",
                text: failed == samples.count
                    ? "All \(all) failed."
                    : "\(NumberText.count(failed)) of \(all) failed; \(rest).")
        }
        if open > 0 {
            return Verdict(
                kind: "open", text: "\(NumberText.count(open)) of \(all) not finished; none failed."
            )
        }
        return Verdict(
            kind: "done", text: samples.count == 1 ? "The sample is done." : "All \(all) are done.")
    }

    private static func messages(
        of samples: [SampleReport], _ views: [SampleView], where matches: (StageReport) -> Bool
    ) -> [Message] {
        zip(samples, views).flatMap { sample, view in
            sample.stages.filter(matches).map { stage in
                Message(
                    sample: sample.id, anchor: view.anchor, stage: stage.name,
                    text: stage.message ?? "No reason was recorded.")
            }
        }
    }

    /// Splits in the order they are known by, others after them by name, then all.
    private static func totals(of samples: [SampleReport]) -> [TotalRow] {
        guard !samples.isEmpty else { return [] }
        let known = ["train", "training", "validation", "val", "test"]
        func rank(_ split: String?) -> (Int, String) {
            guard let split else { return (known.count + 1, "") }
            return (known.firstIndex(of: split) ?? known.count, split)
        }
        let splits = Set(samples.map(\.split)).sorted { rank($0) < rank($1) }
        func row(_ name: String, kind: String, _ members: [SampleReport]) -> TotalRow {
            TotalRow(
                split: name, kind: kind, samples: NumberText.count(members.count),
                pairs: NumberText.count(members.count { $0.pair != nil }),
                patches: NumberText.count(members.compactMap(\.patches).reduce(0, +)))
        }
        return splits.map { split in
            row(split ?? "not split", kind: "", samples.filter { $0.split == split })
        } + (splits.count > 1 ? [row("all", kind: "sum", samples)] : [])
    }
}

/// How a sample stands.
enum SampleStatus: Equatable {
    case failed(stage: String)
    case notFinished
    case leftOut(stage: String)
    case done

    var isFailed: Bool {
        if case .failed = self { true } else { false }
    }

    /// The name of the status in the style.
    var kind: String {
        switch self {
        case .failed: "failed"
        case .notFinished, .leftOut: "open"
        case .done: "done"
        }
    }

    var words: String {
        switch self {
        case .failed(let stage): "failed: \(stage)"
        case .notFinished: "not finished"
        case .leftOut(let stage): "left out: \(stage)"
        case .done: "done"
        }
    }
}

extension SampleReport {
    /// The first failure counts; then what is still to do; then what was left out.
    var status: SampleStatus {
        if let failed = stages.first(where: { $0.outcome == .failed }) {
            return .failed(stage: failed.name)
        }
        if stages.isEmpty || stages.contains(where: { $0.outcome == .pending }) {
            return .notFinished
        }
        if let skipped = stages.first(where: { $0.outcome == .skipped }) {
            return .leftOut(stage: skipped.name)
        }
        return .done
    }
}

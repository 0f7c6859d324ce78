import Foundation
import Randomness
import TestSupport
import Testing
import Volumes

@testable import Report

@Suite struct `Report page` {
    private func page(_ samples: [SampleReport], title: String = "Rocks") -> ReportPage {
        ReportPage(
            title: title, toolVersion: "tomopair 1", madeWhen: "today",
            settings: [.init(name: "Scale", value: "3")], samples: samples)
    }

    private func sample(
        _ id: String, _ outcomes: [StageReport.Outcome] = [.done, .done], message: String? = nil,
        split: String? = "train", patches: Int? = 10
    ) -> SampleReport {
        SampleReport(
            id: id, material: "sandstone", split: split,
            stages: zip(["ingest", "register"], outcomes).map {
                StageReport(name: $0, outcome: $1, message: $1 == .done ? nil : message)
            }, pair: PairReport(lowShape: Shape(edge: 4), scale: 2), patches: patches)
    }

    /// A sample whose every text is `text`.
    private func sample(allOf text: String) -> SampleReport {
        SampleReport(
            id: text, material: text, split: text, splitReason: text,
            stages: [
                StageReport(name: text, outcome: .failed, message: text),
                StageReport(name: text, outcome: .skipped, message: text),
            ],
            scans: [
                ScanReport(
                    role: .low, path: text, format: text, shape: Shape(edge: 2),
                    elementType: .uint8,
                    voxelSizeSource: text, isSynthetic: true, notes: [text, text])
            ],
            region: RegionReport(.cylinder(centreY: 1, centreX: 1, radius: 1), visibleRim: 1),
            registration: RegistrationReport(isAccepted: false, reason: text, model: text),
            pair: PairReport(lowShape: Shape(edge: 2), scale: 2, greyFit: text),
            segmentation: SegmentationReport(method: text, thresholds: [1], porosity: 0.1),
            porosity: .init(total: 0.1),
            parameters: [
                ParameterReport(
                    name: text, axis: text, value: 1, unit: text, source: .computed, method: text,
                    isUsed: true)
            ],
            gaps: [ParameterGapReport(name: text, axis: text, reason: text)],
            pictures: [
                ReportPicture(
                    caption: text,
                    content: .drawing(
                        .histogram(
                            counts: [1, 2], range: 0...1,
                            thresholds: [.init(value: 0.5, label: text)], intensityLabel: text)))
            ])
    }

    @Test func `is one well-formed file that loads and runs nothing`() throws {
        let picture = try ReportPicture(
            .outline(
                of: Mask(shape: Shape(edge: 3), repeating: false),
                over: Volume<Float>(shape: Shape(edge: 3), repeating: 0),
                window: GreyWindow(black: 0, white: 1)))
        let sample = SampleReport(
            id: "BH-01", material: "Bentheimer", stages: [], pictures: [picture])
        let html = try render(page([sample]))
        let check = try MarkupCheck(html)
        #expect(check.elements.contains("img"))
        #expect(!check.elements.contains("script") && !check.elements.contains("link"))
        #expect(html.contains("default-src 'none'"))
        for forbidden in ["http://", "https://", "url("] {
            let found = html.replacing("http://www.w3.org/2000/svg", with: "")
            #expect(!found.contains(forbidden))
        }
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        "</style></title><script>", "{{{style}}} {{#samples}}", "&lt;b&gt; & &amp;",
        // One character each for Swift, tags for a browser: marks that join a `<` from both sides.
        "<\u{301}b>", "\u{600}<script>alert(1)</script>", "\u{600}\"\u{301} onload=\u{600}\"x",
        "\u{202E}gpj.exe", "a\nb\r\nc\td", "--><!--", "]]>", "",
    ])
    func `shows hostile text as text`(text: String) throws {
        let plain = try MarkupCheck(render(page([sample(allOf: "plain")], title: "plain")))
        let check = try MarkupCheck(render(page([sample(allOf: text)], title: text)))
        #expect(check.elements == plain.elements)
        #expect(check.attributes == plain.attributes)
        let shown = check.text.unicodeScalars.split(separator: " ").map(String.init).joined()
        let wanted = text.unicodeScalars.split(separator: " ").map(String.init).joined()
        #expect(wanted.isEmpty || shown.contains(wanted))
    }

    @Test func `shows two thousand random names as text`() throws {
        var generator = SplitMix64(seed: 19)
        let parts: [Unicode.Scalar] = [
            "<", ">", "&", "\"", "'", "{", "}", "/", "=", "a", "!", "-", "\u{0}", "\u{7F}",
            "\u{85}",
            "\u{301}", "\u{600}", "\u{200D}", "\u{FFFE}", "ü", "岩", "\u{1F5FF}", "\n",
        ]
        let names = (0..<2000).map { _ in
            var name = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                name.append(parts[Int.random(in: 0..<parts.count, using: &generator)])
            }
            return String(name)
        }
        let markup = names.map {
            "<td title=\"\(escapedForMarkup($0))\">\(escapedForMarkup($0))</td>"
        }
        let check = try MarkupCheck(markup.joined())
        #expect(check.elements.count == 2000)
        #expect(check.attributes == ["title"])
        // Whole pages of such names too, some at a time.
        for first in stride(from: 0, to: 2000, by: 400) {
            let samples = names[first..<(first + 8)].map { self.sample($0) }
            let plain = samples.map { _ in self.sample("plain") }
            #expect(
                try MarkupCheck(render(page(samples))).elements
                    == MarkupCheck(render(page(plain))).elements)
        }
    }

    /// The text of the page of one sample.
    private func text(_ sample: SampleReport) throws -> String {
        try MarkupCheck(render(page([sample]))).text
    }

    @Test func `says how far what was computed lies from the laboratory's value`() throws {
        func value(_ value: Double, _ source: ParameterReport.Source, _ difference: Double? = nil)
            -> ParameterReport
        {
            ParameterReport(
                name: "permeability", axis: "z", value: value, unit: "mD", source: source,
                isUsed: source == .laboratory, difference: difference)
        }
        let less = try text(
            SampleReport(
                id: "a", material: "m", stages: [],
                parameters: [value(2400, .laboratory), value(1800, .computed, -600)]))
        #expect(less.contains("−600.0 (−25.00 %)"), "\(less)")
        let more = try text(
            SampleReport(
                id: "a", material: "m", stages: [],
                parameters: [value(0, .laboratory), value(3, .computed, 3)]))
        #expect(
            more.contains("+3.000") && !more.contains("+3.000 ("), "there is no part of nothing")
    }

    @Test func `names what could not be measured, and why`() throws {
        let gaps = [
            ParameterGapReport(name: "permeability", axis: "y", reason: "the time is up"),
            ParameterGapReport(name: "chord_length_pore", reason: "no chord lies in view"),
            ParameterGapReport(name: "permeability", axis: "x", reason: "the time is up"),
            ParameterGapReport(name: "tortuosity", axis: "x", reason: "the time is up"),
        ]
        let found = try text(SampleReport(id: "a", material: "m", stages: [], gaps: gaps))
        let place = try #require(found.range(of: "Not measured"))
        let words = found[place.upperBound...].split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
        #expect(
            words.contains(
                "permeability (y, x), tortuosity (x) the time is up chord_length_pore no"),
            "\(words)")
        let none = try text(SampleReport(id: "a", material: "m", stages: []))
        #expect(!none.contains("Not measured"))
    }

    @Test func `says which part of the scan is the sample`() throws {
        func facts(_ region: RegionReport) throws -> String {
            try text(SampleReport(id: "a", material: "m", stages: [], region: region))
                .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        let plug = FieldOfView.cylinder(centreY: 41.04, centreX: 37, radius: 30.26)
        let found = try facts(RegionReport(plug, visibleRim: 1))
        #expect(found.contains("found, 100.00 % of its rim in the scan"))
        #expect(found.contains("along z") && found.contains("41.0, 37.0"))
        #expect(found.contains("30.3"))
        #expect(try facts(RegionReport(plug)).contains("as the manifest says"))
        let box = Region(z: 2, y: 3, x: 4, shape: Shape(depth: 5, height: 6, width: 7))
        let part = try facts(RegionReport(.box(box)))
        #expect(part.contains("2 to 7") && part.contains("3 to 9") && part.contains("4 to 11"))
    }

    @Test func `makes control characters visible`() {
        #expect(escapedForMarkup("a\u{0}b\u{1B}\u{7F}\u{9B}\n") == "a␀b␛␡\u{FFFD}\n")
    }

    @Test func `leads with what failed`() throws {
        let html = try render(
            page([
                sample("good"),
                sample("bad", [.done, .failed], message: "The scans do not overlap."),
            ]))
        let text = try MarkupCheck(html).text
        #expect(text.contains("1 of 2 samples failed; the rest is done."))
        let message = try #require(text.range(of: "The scans do not overlap."))
        let overview = try #require(text.range(of: "Material"))
        #expect(message.lowerBound < overview.lowerBound)
        // Row and section of the failing sample come before those of the other.
        let order = ["sample-1\">bad", "sample-2\">good", "<h2>bad", "<h2>good"]
            .compactMap { html.range(of: $0)?.lowerBound }
        #expect(order.count == 4)
        #expect(order == order.sorted())
    }

    @Test func `says where a build stands`() throws {
        func verdict(_ samples: [SampleReport]) throws -> String {
            try PageView(page(samples)).verdict.text
        }
        #expect(try verdict([]) == "There are no samples yet.")
        #expect(try verdict([sample("a")]) == "The sample is done.")
        #expect(try verdict([sample("a"), sample("b")]) == "All 2 samples are done.")
        #expect(
            try verdict([sample("a"), sample("b", [.done, .pending])])
                == "1 of 2 samples not finished; none failed.")
        #expect(try verdict([sample("a", [.failed])]) == "All 1 sample failed.")
    }

    @Test func `counts samples, pairs and patches of each part of the split`() throws {
        let totals = try PageView(
            page([
                sample("a", split: "test", patches: 5), sample("b", patches: 1200),
                sample("c", patches: nil), sample("d", split: nil),
            ])
        ).totals
        #expect(totals.map(\.split) == ["train", "test", "not split", "all"])
        #expect(totals.map(\.samples) == ["2", "1", "1", "4"])
        #expect(totals.map(\.pairs) == ["2", "1", "1", "4"])
        #expect(totals.map(\.patches) == ["1\u{202F}200", "5", "10", "1\u{202F}215"])
    }

    @Test func `keeps laboratory and computed values together and marks the one in use`() throws {
        let rows = ParameterView.rows([
            .init(name: "porosity", value: 0.2, unit: "", source: .computed, isUsed: false),
            .init(
                name: "tortuosity", axis: "z", value: 1.7, unit: "", source: .computed, isUsed: true
            ),
            .init(name: "porosity", value: 0.21, unit: "", source: .laboratory, isUsed: true),
        ])
        #expect(rows.map(\.source) == ["laboratory", "computed", "computed"])
        #expect(rows.map { $0.heading?.name } == ["porosity", nil, "tortuosity"])
        #expect(rows.map { $0.heading?.rows } == ["2", nil, "1"])
        #expect(rows.map(\.used) == ["used", nil, nil])
    }

    private func facts(_ registration: RegistrationReport) throws -> [String: String] {
        let voxel = try #require(VoxelSize(micrometres: 8))
        let view = SampleView.FactTable(registration, lowVoxelSize: voxel)
        return Dictionary(uniqueKeysWithValues: view.rows.map { ($0.name, $0.value) })
    }

    @Test func `says how HIGH was laid over LOW, and how well`() throws {
        let shown = try facts(
            RegistrationReport(
                isAccepted: true, model: "similarity", isMirrored: true,
                cornerErrorInMicrometres: 0.4, blurInMicrometres: 6, drift: .corrected(p95: 2)))
        #expect(shown["Model"] == "similarity")
        #expect(shown["Mirror image"] == "yes")
        #expect(shown["Error at the corners, 95 % below (µm)"] == "0.40 (0.05 LOW voxels)")
        #expect(shown["Blur of LOW (µm)"] == "6.00 (0.75 LOW voxels)")
        #expect(shown["Drift, corrected, 95 % below (µm)"] == "2.00 (0.25 LOW voxels)")
    }

    @Test func `says of a drift whether it is in the pair, and is silent of what nobody knows`()
        throws
    {
        let left = try facts(RegistrationReport(isAccepted: true, drift: .left(p95: 2)))
        #expect(left["Drift, not corrected, 95 % below (µm)"] == "2.00 (0.25 LOW voxels)")
        #expect(left["Mirror image"] == nil)
        let none = try facts(RegistrationReport(isAccepted: true, drift: .notProven))
        #expect(none["Drift"] == "none proven")
        #expect(try facts(RegistrationReport(isAccepted: true)) == ["Verdict": "accepted"])
    }

    @Test func `refuses bytes that are no picture`() {
        let sample = SampleReport(
            id: "a", material: "b", stages: [],
            pictures: [ReportPicture(caption: "c", content: .png([1, 2, 3]))])
        #expect(throws: ReportError.notPNG(caption: "c")) { try render(page([sample])) }
    }

    @Test func `is the same bytes every time`() throws {
        let once = page([sample("a"), sample(allOf: "x"), sample("b", split: "test")])
        #expect(try render(once) == render(once))
    }

    @Test func `never shows a value of another view where one is absent`() throws {
        // The title is the only `summary` there could be; a sample has no such field.
        let html = try render(page([sample("a", split: nil)], title: "UNIQUE"))
        #expect(html.components(separatedBy: "UNIQUE").count == 3)
    }

    @Test(.enabled(if: Program.hasPython))
    func `is read by an HTML parser as meant`() throws {
        let html = try render(page([sample(allOf: "<i>\"'&"), sample("good")]))
        let folder = try ScratchFolder()
        let file = folder.appending("index.html").string
        try html.write(toFile: file, atomically: true, encoding: .utf8)
        let script = """
            import sys, html.parser
            void = {"meta", "br", "img"}
            class Reader(html.parser.HTMLParser):
                open = []; tags = set()
                def handle_starttag(self, tag, attrs):
                    self.tags.add(tag)
                    if tag not in void: self.open.append(tag)
                def handle_startendtag(self, tag, attrs): self.tags.add(tag)
                def handle_endtag(self, tag):
                    assert self.open.pop() == tag, tag
            reader = Reader(); reader.feed(open(sys.argv[1], encoding="utf-8").read()); reader.close()
            assert not reader.open
            assert "i" not in reader.tags and "script" not in reader.tags
            print("sound")
            """
        let run = try Program.python(script, [file])
        #expect(run.output == "sound\n", "\(run.errors)")
    }
}

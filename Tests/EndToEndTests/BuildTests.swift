import Foundation
import SystemPackage
import TestSupport
import Testing

/// The shipped samples, built once for all tests that only look.
struct BuiltSamples {
    let bench: Workbench
    let run: ProgramRun
    var output: FilePath { bench.output }

    static let manifest = packageFolder.appending("samples/manifest.yaml").string

    static let shared = Result { try BuiltSamples() }

    private init() throws {
        bench = try Workbench()
        run = try bench.build(Self.manifest)
    }
}

@Suite struct `tomopair build` {
    private let built: BuiltSamples

    init() throws { built = try BuiltSamples.shared.get() }

    @Test func `makes a dataset of the shipped samples`() throws {
        #expect(built.run.status == 0, "\(built.run.errors)")
        #expect(built.run.output.contains("catalog: \(built.output)/catalog.sqlite"))
        #expect(built.run.output.contains("page: \(built.output)/report/index.html"))
        let run = try Program.tomopair(["status", "--json", built.output.string])
        let status = try #require(try json(run) as? [String: Any])
        let samples = try #require(status["samples"] as? [[String: Any]])
        #expect(samples.count == 5)
        #expect(Set(samples.compactMap { $0["split"] as? String }).count == 3)
        for sample in samples {
            let stages = try #require(sample["stages"] as? [[String: Any]])
            #expect(
                stages.compactMap { $0["outcome"] as? String } == Array(repeating: "done", count: 5)
            )
            #expect(try #require(sample["correlation"] as? Double) > 0.95)
            #expect(try #require(sample["patches"] as? Int) > 0)
        }
    }

    @Test(arguments: 1...5)
    func `finds the shift to a tenth of a HIGH voxel and the porosity to one point`(plug: Int)
        throws
    {
        let file = packageFolder.appending("samples/plug-\(plug)/truth.json").string
        let truth = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: file)))
                as? [String: Any])
        let isPlug = { (row: [String: Any]) in row["sample"] as? String == "plug-\(plug)" }
        let found = try row(of: "registration", in: built.output, where: isPlug)
        let shift = try #require(truth["translation_um"] as? [Double])
        for (axis, expected) in zip(["z", "y", "x"], shift) {
            let value = try #require(found["translation_\(axis)_um"] as? Double)
            // HIGH voxels are 3 um.
            #expect(abs(value - expected) < 0.3, "along \(axis)")
        }
        #expect(found["accepted"] as? Int == 1)
        let sample = try row(of: "v_samples", in: built.output, where: isPlug)
        let porosity = try #require(sample["porosity_total"] as? Double)
        #expect(abs(porosity - (try #require(truth["porosity"] as? Double))) < 0.01)
    }

    @Test func `run again does nothing`() throws {
        let before = try FileTree(built.output)
        let run = try built.bench.build(BuiltSamples.manifest)
        #expect(run.status == 0)
        #expect(run.errors.split(separator: "\n").allSatisfy { $0.hasSuffix("unchanged") })
        #expect(run.output == built.run.output)
        let after = try FileTree(built.output)
        #expect(after.differences(from: before).isEmpty)
        let rewritten = after.stamps.filter { before.stamps[$0.key] != $0.value }.keys.sorted()
        #expect(rewritten.isEmpty)
    }

    @Test func `--dry-run lists what would run and writes nothing`() throws {
        let bench = try Workbench()
        let run = try bench.build(BuiltSamples.manifest, "--dry-run", "--json")
        #expect(run.status == 0)
        let stages = try #require(try json(run) as? [[String: Any]])
        #expect(stages.count == 25)
        #expect(stages.allSatisfy { $0["runs"] as? Bool == true })
        #expect(stages[0]["reason"] as? String == "not done yet")
        #expect(!FileManager.default.fileExists(atPath: bench.output.string))
        let table = try bench.build(BuiltSamples.manifest, "--dry-run")
        #expect(table.output.hasPrefix("sample"))
        let done = try built.bench.build(BuiltSamples.manifest, "--dry-run", "--json")
        #expect(
            (try json(done) as? [[String: Any]])?.allSatisfy { $0["runs"] as? Bool == false }
                == true)
    }

    @Test func `--sample and --until do a part, and the rest follows`() throws {
        let bench = try Workbench()
        let manifest = try bench.manifest(plugs: [1, 2])
        let part = try bench.build(manifest, "--sample", "plug-2", "--until", "segment", "--json")
        #expect(part.status == 0)
        let summary = try #require(try json(part) as? [String: Any])
        let samples = try #require(summary["samples"] as? [[String: Any]])
        let stages = samples.map { ($0["stages"] as? [[String: Any]])?.count }
        #expect(stages == [0, 3])
        #expect(
            !FileManager.default.fileExists(atPath: bench.output.appending("catalog.sqlite").string)
        )
        let rest = try bench.build(manifest, "--jobs", "2")
        #expect(rest.status == 0)
        #expect(rest.errors.contains("plug-2: segment unchanged"))
        #expect(rest.errors.contains("plug-1: segment done"))

        let whole = bench.scratch.appending("whole")
        #expect(try bench.build(manifest, "--quiet", to: whole).errors.isEmpty)
        #expect(try WorkspaceContent(whole) == WorkspaceContent(bench.output))
    }
}

@Suite struct `A built workspace` {
    private let built: BuiltSamples

    init() throws { built = try BuiltSamples.shared.get() }

    @Test func `is shown by status`() throws {
        let run = try Program.tomopair(["status", built.output.string])
        #expect(run.status == 0)
        for plug in 1...5 { #expect(run.output.contains("plug-\(plug)")) }
        #expect(run.output == built.run.output)
    }

    @Test func `is verified, and a flipped bit is found`() throws {
        let run = try Program.tomopair(["verify", built.output.string])
        #expect(run.status == 0)
        #expect(run.output == "every file is as it was made\n")

        let bench = try Workbench()
        #expect(try bench.build(bench.manifest(plugs: [1])).status == 0)
        let name = try #require(
            try row(of: "pair", in: bench.output)["file"] as? String)
        let path = bench.output.appending(name).string
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 8
        try bytes.write(to: URL(fileURLWithPath: path))
        let broken = try Program.tomopair(["verify", "--json", bench.output.string])
        #expect(broken.status == 65)
        let problems = try #require(try json(broken) as? [[String: Any]])
        #expect(problems.map { $0["file"] as? String } == [name])
    }

    @Test func `is exported as CSV and JSON`() throws {
        for table in tables {
            let csv = try Program.tomopair(
                ["export", built.output.string, "--format", "csv", table])
            #expect(csv.status == 0, "\(table): \(csv.errors)")
            #expect(csv.output.contains("\r\n"))
            let run = try Program.tomopair(
                ["export", built.output.string, "--format", "json", table])
            #expect(try json(run) is [[String: Any]], "\(table)")
        }
        let unknown = try Program.tomopair(
            ["export", built.output.string, "--format", "csv", "v_patch"])
        #expect(unknown.status == 64)
        #expect(unknown.errors.contains("v_patches"))
    }

    @Test func `has a page that stands alone and shows every sample`() throws {
        let page = try String(
            contentsOfFile: built.output.appending("report/index.html").string, encoding: .utf8)
        for plug in 1...5 { #expect(page.contains("plug-\(plug)")) }
        #expect(page.matches(of: /src="(?!data:)/).isEmpty)
        #expect(page.matches(of: /href="(?!#|data:)/).isEmpty)
        #expect(page.matches(of: /url\((?!data:|#)/).isEmpty)
        #expect(!page.replacing("http://www.w3.org/", with: "").contains("http://"))
        #expect(!page.contains("<script"))
        #expect(page.matches(of: /src="data:image\/png;base64,/).count >= 5)
    }

    @Test func `has its page drawn and its catalog made again`() throws {
        let bench = try Workbench()
        #expect(try bench.build(bench.manifest(plugs: [1])).status == 0)
        let before = try WorkspaceContent(bench.output)
        let page = bench.output.appending("report/index.html").string
        let drawn = try Data(contentsOf: URL(fileURLWithPath: page))
        try FileManager.default.removeItem(atPath: page)
        #expect(try Program.tomopair(["report", bench.output.string]).output == page + "\n")
        #expect(try Data(contentsOf: URL(fileURLWithPath: page)) == drawn)

        let catalog = bench.output.appending("catalog.sqlite")
        try cut(catalog, to: 5000)
        #expect(try Program.tomopair(["catalog", "check", bench.output.string]).status == 65)
        let rebuilt = try Program.tomopair(["catalog", "rebuild", bench.output.string])
        #expect(rebuilt.output == "\(catalog)\n")
        #expect(try WorkspaceContent(bench.output) == before)
        let check = try Program.tomopair(["catalog", "check", bench.output.string])
        #expect(check.output == "the catalog is sound\n")
    }

    @Test(.enabled(if: Program.hasPython))
    func `is read by the Python of docs/CATALOG.md`() throws {
        let page = try String(
            contentsOfFile: packageFolder.appending("docs/CATALOG.md").string, encoding: .utf8)
        let blocks = page.components(separatedBy: "```python\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        #expect(blocks.count >= 6)
        let script = "import sys\nOUT = sys.argv[1]\n" + blocks.joined(separator: "\n")
        let run = try Program.python(script, [built.output.string])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("plug-5"))
        #expect(run.output.contains("every stage of every sample is done"))
    }

    @Test(.enabled(if: Program.hasPython))
    func `has views that SQLite of Python reads`() throws {
        let run = try Program.python(
            """
            import sqlite3, sys
            db = sqlite3.connect(f"file:{sys.argv[1]}/catalog.sqlite?mode=ro", uri=True)
            assert db.execute("PRAGMA application_id").fetchone()[0] == 0x544F4D4F
            names = [r[0] for r in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY 1")]
            for name in names:
                rows = db.execute(f"SELECT * FROM {name}").fetchall()
                assert rows, name
            print(" ".join(names))
            """, [built.output.string])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == "sample_parameter v_pairs v_parameters v_patches v_samples\n")
    }
}

@Suite struct `The README` {
    private let readme: String
    private let commands: Set<String>

    init() throws {
        readme = try String(
            contentsOfFile: packageFolder.appending("README.md").string, encoding: .utf8)
        let help = try Program.tomopair(["--help"]).output
        let list = try #require(help.components(separatedBy: "SUBCOMMANDS:\n").last)
        commands = Set(
            list.split(separator: "\n").compactMap { line in
                line.hasPrefix("  ") && !line.hasPrefix("   ") && !line.contains("tomopair help")
                    ? line.split(separator: " ").first.map(String.init) : nil
            })
    }

    @Test func `names every command`() {
        #expect(commands.count >= 12)
        for command in commands {
            #expect(
                readme.contains("`\(command)`") || readme.contains("`tomopair \(command)`"),
                "\(command)")
        }
    }

    @Test func `names no command or option that is not there`() throws {
        for match in readme.matches(of: /tomopair ([a-z]+)( [^#\n`]*)?/) {
            let command = String(match.1)
            guard match.0.contains("--") || commands.contains(command) else { continue }
            let help = try Program.tomopair([command, "--help"])
            #expect(help.status == 0, "\(command)")
            for option in (match.2 ?? "").split(separator: " ") where option.hasPrefix("--") {
                #expect(help.output.contains(option), "\(command) \(option)")
            }
        }
        let build = try Program.tomopair(["build", "--help"]).output
        for match in readme.matches(of: /`(--[a-z-]+)/) {
            #expect(build.contains(match.1), "\(match.1)")
        }
        let shell = readme.components(separatedBy: "```sh\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }.joined()
        for match in shell.matches(of: /(?m)^tomopair ([a-z]+)/) {
            #expect(commands.contains(String(match.1)))
        }
    }
}

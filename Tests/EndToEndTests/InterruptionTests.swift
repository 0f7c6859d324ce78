import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite(.serialized) struct `A build that is stopped` {
    private let bench: Workbench
    private let manifest: String

    init() throws {
        bench = try Workbench()
        manifest = try bench.manifest(plugs: [1, 2])
    }

    /// What an uninterrupted build makes, and how long it takes.
    private func reference() throws -> (content: WorkspaceContent, seconds: Double) {
        let output = bench.scratch.appending("whole")
        let start = ContinuousClock.now
        let run = try bench.build(manifest, to: output)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        try #require(run.status == 0, "\(run.errors)")
        return (try WorkspaceContent(output), seconds)
    }

    @Test func `by kill -9 at any moment ends as if it never was`() throws {
        let (whole, seconds) = try reference()
        var generator = SeededMoments(seed: 20)
        var killed = 0
        for number in 0..<20 {
            let output = bench.scratch.appending("killed-\(number)")
            let moment = generator.next() * seconds
            let program = try RunningProgram(
                tomopair: ["build", manifest, "--output", output.string])
            usleep(UInt32(moment * 1e6))
            program.send(SIGKILL)
            if program.status() == 137 { killed += 1 }
            let run = try bench.build(manifest, to: output)
            #expect(run.status == 0, "killed after \(moment) s: \(run.errors)")
            #expect(try WorkspaceContent(output) == whole, "killed after \(moment) s")
            let leftovers = try FileTree(output).contents.keys.filter { $0.hasSuffix(".part") }
            #expect(leftovers.isEmpty)
            #expect(try Program.tomopair(["verify", output.string]).status == 0)
            #expect(try Program.tomopair(["catalog", "check", output.string]).status == 0)
            try FileManager.default.removeItem(atPath: output.string)
        }
        #expect(killed >= 10, "the moments lie within the build")
    }

    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func `by a signal says so and goes on where it was`(signal: Int32, status: Int32) throws {
        let whole = try reference().content
        let program = try RunningProgram(
            tomopair: ["build", manifest, "--output", bench.output.string])
        #expect(program.waits { program.errors.contains("ingest done") })
        program.send(signal)
        #expect(program.status() == status)
        #expect(program.errors.contains("what is finished stays"))
        let run = try bench.build(manifest)
        #expect(run.status == 0)
        #expect(run.errors.contains("plug-1: ingest unchanged"))
        #expect(try WorkspaceContent(bench.output) == whole)
    }

    @Test func `for a while keeps others out, and says who it is`() throws {
        let program = try RunningProgram(
            tomopair: ["build", manifest, "--output", bench.output.string])
        #expect(program.waits { program.errors.contains("ingest done") })
        program.send(SIGSTOP)
        defer { program.send(SIGCONT) }
        for arguments in [
            ["build", manifest, "--output", bench.output.string],
            ["catalog", "rebuild", bench.output.string], ["report", bench.output.string],
        ] {
            let second = try Program.tomopair(arguments)
            #expect(second.status == 75)
            #expect(second.errors.contains("in use by process \(program.identifier) on "))
            #expect(second.errors.count { $0 == "\n" } == 1)
        }
        program.send(SIGCONT)
        #expect(program.status() == 0)
        #expect(try bench.build(manifest).status == 0)
    }
}

/// Numbers in 0..<1 from a seed.
private struct SeededMoments {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 40) / Double(1 << 24)
    }
}

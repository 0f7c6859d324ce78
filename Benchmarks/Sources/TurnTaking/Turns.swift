import Foundation

/// Turns at the machine: a line on standard input asks for one, a line of JSON says what it took.
///
/// So programs that are to be compared take turns while all of them stay warm, and each has its own
/// peak of memory. The line `check` asks for no turn but for what the last one found.
public struct Turns {
    private struct Turn: Encodable {
        let count: Int
        let wall: Double
        let cpu: Double
    }

    /// Says it is ready, then takes turns until the input ends.
    ///
    /// - Parameters:
    ///   - facts: What the first line says, such as how many parameters there are.
    ///   - work: One turn; how many things it did.
    public static func take(_ facts: [String: Int] = [:], _ work: () throws -> Int) throws {
        try take(facts, counting: { $0 }, checking: { Double($0) }, work)
    }

    /// Says it is ready, then takes turns until the input ends.
    ///
    /// - Parameters:
    ///   - facts: What the first line says.
    ///   - count: How many things a turn did, by what it made.
    ///   - check: A number by which others can tell whether they made the same; not timed.
    ///   - work: One turn. What it makes is gone before the next begins.
    public static func take<Made>(
        _ facts: [String: Int] = [:], counting count: (Made) -> Int = { _ in 1 },
        checking check: (Made) -> Double, _ work: () throws -> Made
    ) throws {
        try say(facts)
        let clock = ContinuousClock()
        var made: Made?
        while let line = readLine() {
            if line == "check" {
                try say(["result": made.map(check)])
                continue
            }
            made = nil
            let (began, cpu) = (clock.now, processorSeconds())
            let result = try work()
            let wall = began.duration(to: clock.now) / .seconds(1)
            try say(Turn(count: count(result), wall: wall, cpu: processorSeconds() - cpu))
            made = result
        }
    }

    private static func say(_ value: some Encodable) throws {
        let line = try JSONEncoder().encode(value) + Data("\n".utf8)
        try FileHandle.standardOutput.write(contentsOf: line)
    }

    /// Seconds that all threads of this process have computed.
    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

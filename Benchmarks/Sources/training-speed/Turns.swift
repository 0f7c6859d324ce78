import Foundation

/// Turns at the machine: a line on standard input asks for one, a line of JSON says what it took.
///
/// So programs that are to be compared take turns while all of them stay warm, and each has its own
/// peak of memory.
struct Turns {
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
    static func take(
        _ facts: [String: Int] = [:], _ work: () throws -> Int
    ) throws {
        try say(facts)
        let clock = ContinuousClock()
        while readLine() != nil {
            let (began, cpu) = (clock.now, processorSeconds())
            let count = try work()
            let wall = began.duration(to: clock.now) / .seconds(1)
            try say(Turn(count: count, wall: wall, cpu: processorSeconds() - cpu))
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

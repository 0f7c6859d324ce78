import Foundation

/// An amount of memory on the command line: a whole number with K, M or G (powers of 1000).
public struct ByteCount: Sendable, CustomStringConvertible {
    /// The amount.
    public let bytes: Int
    /// In words, for the help.
    public let description: String

    /// Reads `2G`; nil for what is no amount above zero.
    public init?(argument: String) {
        let units = ["K": 1_000, "M": 1_000_000, "G": 1_000_000_000]
        let text = argument.uppercased()
        let unit = text.last.flatMap { units[String($0)] }
        guard let number = Int(unit == nil ? text : String(text.dropLast())), number > 0 else {
            return nil
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflow else { return nil }
        self.init(bytes: bytes, description: argument)
    }

    private init(bytes: Int, description: String) {
        self.bytes = bytes
        self.description = description
    }

    /// What leaves room for the system and little else.
    public static let threeQuartersOfTheMachine = ByteCount(
        bytes: Int(ProcessInfo.processInfo.physicalMemory / 4 * 3),
        description: "three quarters of the machine's")

    /// What leaves room for other work.
    public static let halfOfTheMachine = ByteCount(
        bytes: Int(ProcessInfo.processInfo.physicalMemory / 2), description: "half of the machine's"
    )

    /// How the help shows a default.
    public var defaultValueDescription: String { description }
}

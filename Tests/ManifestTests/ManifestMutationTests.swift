import Foundation
import Manifest
import Randomness
import SystemPackage
import TestSupport
import Testing

@Suite struct `Mutated manifest` {
    private static let example: String = {
        let path = FilePath(#filePath).removingLastComponent().removingLastComponent()
            .removingLastComponent().appending("manifests/example.yaml")
        let text = (try? String(contentsOfFile: path.string, encoding: .utf8)) ?? ""
        // Without the comments, a mutation more often hits what is read.
        return text.split(separator: "\n").map { $0.prefix { $0 != "#" } }
            .filter { !$0.allSatisfy(\.isWhitespace) }.joined(separator: "\n")
    }()

    private static let pieces = [
        "&a", "*a", "!t", "- ", ": ", "[", "]", "{", "}", "\"", "'", "\n", "\t", "  ", "#", "|",
        ">",
        "\u{0}", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{E0A5}", "é", "🪨", "1e999", "nan", "-1",
        "0x1",
        "99999999999999999999", "null", "~", "%TAG", "---", "...", "? ", "../", "/", "um", "<<",
    ]

    @Test(arguments: UInt64(0)..<250)
    func `is read or refused with a place, and never traps`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var text = Array(`Mutated manifest`.example.unicodeScalars)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let start = Int.random(in: 0..<text.count, using: &generator)
            let end = min(text.count, start + Int.random(in: 0...12, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: text.removeSubrange(start..<end)
            case 1: text.insert(contentsOf: Array(text[start..<end]), at: start)
            case 2:
                let piece = `Mutated manifest`.pieces.randomElement(using: &generator) ?? ""
                text.insert(contentsOf: Array(piece.unicodeScalars), at: start)
            default:
                text[start] = Unicode.Scalar(UInt8.random(in: 0...255, using: &generator))
            }
            if text.isEmpty { text = ["a"] }
        }
        let yaml = String(String.UnicodeScalarView(text))
        // A manifest that is still sound has no problems.
        let found = try problems(yaml)
        #expect(found.count <= 50)
        let breaks = "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars
        let lines = yaml.unicodeScalars.count { breaks.contains($0) }
        for problem in found {
            let place = problem.split(separator: ":").prefix(2).compactMap { Int($0) }
            #expect(place.count == 2 && (1...(lines + 2)).contains(place[0]) && place[1] >= 1)
            let hasControls = problem.unicodeScalars.contains {
                $0.properties.generalCategory == .control
            }
            #expect(!hasControls, "\(problem)")
        }
    }
}

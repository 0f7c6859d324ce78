import Foundation
import TestSupport
import Testing

/// The rooms of the table in ARCHITECTURE.md and what each may import.
struct RoomTable {
    let allowed: [String: Set<String>]

    init(architecture: String) {
        var allowed: [String: Set<String>] = [:]
        for line in architecture.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 5, cells[1] != "room" else { continue }
            let imports = Set(RoomTable.names(cells[3]))
            for room in RoomTable.names(cells[1]) { allowed[room] = imports }
        }
        self.allowed = allowed
    }

    private static func names(_ cell: String) -> [String] {
        cell.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}

/// The imports of one Swift file.
func imports(of source: String) -> [String] {
    source.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        guard let index = words.firstIndex(of: "import"), index <= 2, words.count > index + 1,
            words[..<index].allSatisfy({
                ["public", "internal", "package", "private", "fileprivate", "@testable"].contains(
                    $0)
                    || $0.hasPrefix("@")
            })
        else { return nil }
        let name = words[(index + 1)...].first {
            !["struct", "class", "func", "enum"].contains($0)
        }
        return name.map { String($0.split(separator: ".")[0]) }
    }
}

@Suite struct `Architecture` {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    let table: RoomTable

    init() throws {
        table = RoomTable(
            architecture: try String(
                contentsOf: Self.root.appending(path: "ARCHITECTURE.md"), encoding: .utf8))
    }

    @Test func `names every room under Sources and no other`() throws {
        let rooms = try FileManager.default.contentsOfDirectory(
            atPath: Self.root.appending(path: "Sources").path)
        #expect(Set(rooms) == Set(table.allowed.keys))
    }

    @Test func `allows every import that a room makes`() throws {
        let sources = Self.root.appending(path: "Sources")
        let files = FileManager.default.enumerator(atPath: sources.path)
        var seen = 0
        while let name = files?.nextObject() as? String {
            guard name.hasSuffix(".swift") else { continue }
            seen += 1
            let room = String(name.prefix { $0 != "/" })
            let allowed = try #require(table.allowed[room], "\(room) is not in the table")
            let text = try String(contentsOf: sources.appending(path: name), encoding: .utf8)
            for module in imports(of: text) {
                #expect(allowed.contains(module), "\(name) imports \(module)")
            }
        }
        #expect(seen > 20)
    }

    @Test func `gives each C library and each outside package one importer`() {
        let once = [
            "CTIFF", "CHDF5", "CPNG", "CDeflate", "CFFTW", "CCrypto", "GRDB", "Yams", "Mustache",
            "CTorch",
        ]
        for module in once {
            let importers = table.allowed.filter { $0.value.contains(module) }.keys
            #expect(importers.count == 1, "\(module): \(importers.sorted())")
        }
        let programs = table.allowed.filter { $0.value.contains("ArgumentParser") }.keys
        #expect(Set(programs) == ["tomopair", "tomopair-train"])
    }

    @Test func `keeps the pure rooms free of files, clocks and processes`() throws {
        let pure = [
            "Volumes", "Randomness", "Dataset", "Registration", "Segmentation", "Measurement",
            "Tomography", "DigitalRock", "Morphology", "PoreNetwork", "Transport", "Resizing",
            "Degradation",
            "ImageMetrics",
        ]
        let impure = [
            "FileManager", "FileHandle", "contentsOfFile", "print(", "Date.now", "Date()",
            "ProcessInfo", "SystemRandomNumberGenerator", "getenv", "fopen(", "ContinuousClock",
        ]
        for room in pure {
            let folder = Self.root.appending(path: "Sources/\(room)")
            for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            where name.hasSuffix(".swift") {
                let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
                for word in impure {
                    #expect(!text.contains(word), "\(room)/\(name) uses \(word)")
                }
            }
        }
    }

    @Test func `reads imports in every spelling`() {
        let source = """
            import Volumes
            public import Dataset
            @testable import Catalog
            import struct Foundation.Date
            // import Nothing
            let text = "import Nothing"
            """
        #expect(imports(of: source) == ["Volumes", "Dataset", "Catalog", "Foundation"])
    }
}

import Foundation
import Measurement
import PoreNetwork
import Testing
import Volumes

/// `docs/PARAMETERS.md` and the definitions in code say the same.
@Suite struct `The page of parameters` {
    /// A heading of the third level and the items under it, as in `- unit: 1/length`.
    private struct Entry: Equatable {
        var facts: [String: String] = [:]
    }

    private func text() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(
            contentsOf: root.appending(path: "docs/PARAMETERS.md"), encoding: .utf8)
    }

    private func page() throws -> [String: Entry] {
        let text = try text()
        var entries: [String: Entry] = [:]
        var name: String?
        var fact: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") {
                name = line.hasPrefix("### ") ? String(line.dropFirst(4)) : nil
                if let name {
                    #expect(entries[name] == nil, "\(name) stands twice on the page")
                    entries[name] = Entry()
                }
                fact = nil
            } else if let name, line.hasPrefix("- "), let colon = line.firstIndex(of: ":") {
                let key = String(line[line.index(line.startIndex, offsetBy: 2)..<colon])
                fact = key
                entries[name]?.facts[key] = line[line.index(after: colon)...]
                    .trimmingCharacters(in: .whitespaces)
            } else if let name, let fact, line.hasPrefix("  ") {
                entries[name]?.facts[fact, default: ""] +=
                    " " + line.trimmingCharacters(in: .whitespaces)
            } else {
                fact = nil
            }
        }
        return entries
    }

    @Test func `has every parameter and curve of the code, and no other`() throws {
        let entries = try page()
        let known = ParameterDefinition.all.map(\.name) + CurveDefinition.all.map(\.name)
        #expect(Set(known).count == known.count, "a name is defined once")
        #expect(Set(entries.keys).subtracting(known).sorted() == [])
        #expect(Set(known).subtracting(entries.keys).sorted() == [])
    }

    @Test func `names every measurement that can be chosen`() throws {
        let line = try #require(try text().components(separatedBy: "- **A choice**").last)
        let item = try #require(line.components(separatedBy: "\n- **").first)
        let words = Set(item.matches(of: /`([a-z_]+)`/).map { String($0.1) })
        #expect(words == Set(PoreMeasurement.all.map(\.name)))
    }

    @Test(arguments: PorePartition.allCases)
    func `says by which convention a rule that parts pores is known`(rule: PorePartition) throws {
        let measurement = PoreMeasurement.network(partedBy: rule)
        let conventions = Set(
            measurement.parameters.map(\.convention) + measurement.curves.map(\.convention))
        let convention = try #require(conventions.first)
        #expect(conventions.count == 1)
        #expect(try text().contains("\n| \(rule.rawValue) | `\(convention)` | "))
    }

    @Test func `lists what is skipped where voxels are not cubes, and nothing else`() throws {
        let line = try #require(
            try text().components(separatedBy: "- **Voxels longer along one axis**").last)
        let item = try #require(line.components(separatedBy: "\n- **").first)
        let listed = item.matches(of: /`([a-z0-9_]+)`/).map { String($0.1) }
        let mask = BooleanRock(radius: 4, porosity: 0.35).mask(Shape(edge: 28), seed: 2)
        func gaps(depth: Double) throws -> [PoreFindings.Skipped] {
            let size = VoxelSize(
                depthInMicrometres: depth, heightInMicrometres: 1, widthInMicrometres: 1)
            return try measurePores(of: mask.withVoxelSize(size)).skipped
        }
        let cubes = Set(try gaps(depth: 1).map(\.name))
        let more = try gaps(depth: 1.5).filter { !cubes.contains($0.name) }
        #expect(cubes.isDisjoint(with: listed), "cubes have all of these")
        #expect(Set(more.map(\.name)) == Set(listed))
        #expect(listed.count == Set(listed).count)
        for gap in more { #expect(gap.reason.contains("cub"), "\(gap)") }
    }

    @Test func `says of each what the code says, and an answer known without it`() throws {
        let entries = try page()
        func compare(_ name: String, _ facts: [String: String]) {
            let written = entries[name]?.facts ?? [:]
            for (key, value) in facts { #expect(written[key] == value, "\(name): \(key)") }
            #expect((written["known answers"] ?? "").count > 10, "\(name): known answers")
            let keys = Set(facts.keys).union(["known answers"])
            #expect(Set(written.keys).subtracting(keys) == [], "\(name)")
        }
        for definition in ParameterDefinition.all {
            compare(
                definition.name,
                [
                    "what": definition.meaning, "convention": "`\(definition.convention)`",
                    "unit": definition.dimension.rawValue, "equation": "`\(definition.equation)`",
                    "axis": definition.hasAxis ? "z, y, x" : "none",
                    "source": definition.reference,
                ])
        }
        for definition in CurveDefinition.all {
            compare(
                definition.name,
                [
                    "what": definition.meaning, "convention": "`\(definition.convention)`",
                    "unit": "\(definition.y.rawValue) over \(definition.x.rawValue)",
                    "equation": "`\(definition.equation)`",
                    "axis": definition.hasAxis ? "z, y, x, or none" : "none",
                    "source": definition.reference,
                ])
        }
    }
}

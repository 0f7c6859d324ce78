import Foundation
import TestSupport
import Testing
import Workspace

@Suite struct `Canonical JSON` {
    struct Value: Codable, Equatable {
        var b: Double
        var a: Int
        var when: Date
    }

    @Test func `sorts keys and writes times in UTC`() {
        let value = Value(b: 0.1, a: 2, when: Date(timeIntervalSince1970: 1.5))
        #expect(
            CanonicalJSON.text(value) == #"{"a":2,"b":0.1,"when":"1970-01-01T00:00:01.500Z"}"#)
    }

    @Test func `reads what it wrote`() throws {
        let folder = try ScratchFolder()
        let value = Value(b: 1 / 3, a: -1, when: Date(timeIntervalSince1970: 1e9))
        try CanonicalJSON.write(value, to: folder.appending("v.json"))
        #expect(try CanonicalJSON.read(Value.self, from: folder.appending("v.json")) == value)
    }

    @Test func `calls a torn file damaged`() throws {
        let folder = try ScratchFolder()
        try AtomicFile.write(Array(#"{"a":"#.utf8), to: folder.appending("v.json"))
        #expect(throws: WorkspaceError.self) {
            try CanonicalJSON.read(Value.self, from: folder.appending("v.json"))
        }
    }

    /// A thousand times a millisecond apart, and what lies between.
    @Test func `writes a time that was read as it was`() throws {
        let folder = try ScratchFolder()
        let path = folder.appending("time")
        for step in 0..<1000 {
            let date = Date(timeIntervalSinceReferenceDate: 8.16e8 + Double(step) * 0.0010007)
            try CanonicalJSON.write([date], to: path)
            let read = try CanonicalJSON.read([Date].self, from: path)
            #expect(CanonicalJSON.text(read) == CanonicalJSON.text([date]))
            #expect(CanonicalJSON.text(read[0]) == CanonicalJSON.text(date))
        }
    }
}

import Foundation
import SystemPackage
import TestSupport
import Testing
import Workspace

@Suite struct `Atomic file` {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    @Test func `appears with its bytes and leaves no temporary behind`() throws {
        let path = folder.appending("a.json")
        try AtomicFile.write(Array("first".utf8), to: path)
        try AtomicFile.write(Array("second".utf8), to: path)
        #expect(try String(contentsOfFile: path.string, encoding: .utf8) == "second")
        #expect(try names() == ["a.json"])
    }

    @Test func `keeps the old bytes when writing fails`() throws {
        struct Broken: Error {}
        let path = folder.appending("a.json")
        try AtomicFile.write(Array("old".utf8), to: path)
        #expect(throws: Broken.self) {
            try AtomicFile.write(to: path) { temporary in
                try Data("half".utf8).write(to: URL(fileURLWithPath: temporary.string))
                throw Broken()
            }
        }
        #expect(try String(contentsOfFile: path.string, encoding: .utf8) == "old")
        #expect(try names() == ["a.json"])
    }

    @Test func `is not seen under its name before it is whole`() throws {
        let path = folder.appending("a.json")
        try AtomicFile.write(to: path) { temporary in
            try Data("whole".utf8).write(to: URL(fileURLWithPath: temporary.string))
            #expect(!FileManager.default.fileExists(atPath: path.string))
        }
        #expect(try String(contentsOfFile: path.string, encoding: .utf8) == "whole")
    }

    @Test func `says where writing is refused`() throws {
        let path = folder.appending("missing/a.json")
        #expect(throws: WorkspaceError.self) { try AtomicFile.write([1], to: path) }
    }

    @Test func `sweeps what killed writers left and nothing else`() throws {
        for name in [".a.h5.x1.part", "b.h5", "part"] {
            try AtomicFile.write([1], to: folder.appending("keep"))
            try Data().write(to: URL(fileURLWithPath: folder.appending(name).string))
        }
        AtomicFile.sweepTemporaries(in: folder.path)
        #expect(try names() == ["b.h5", "keep", "part"])
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path.string).sorted()
    }
}

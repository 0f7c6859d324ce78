import SystemPackage
import TestSupport
import Testing
import Workspace

@Suite struct `Digests` {
    // FIPS 180-2, appendix B.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `is SHA-256`(text: String, sum: String) {
        #expect(Digest(of: text.utf8).hexadecimal == sum)
    }

    @Test func `of a file is that of its bytes, however they are cut`() throws {
        let folder = try ScratchFolder()
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let path = folder.appending("bytes")
        try AtomicFile.write(bytes, to: path)
        #expect(try Digest(ofFile: path) == Digest(of: bytes))
    }

    @Test func `of nothing there is an error`() {
        #expect(throws: WorkspaceError.missing("/no/such/file")) {
            try Digest(ofFile: "/no/such/file")
        }
    }

    @Test(arguments: ["", "abc", String(repeating: "G", count: 64)])
    func `takes 64 hexadecimal digits only`(text: String) {
        #expect(Digest(hexadecimal: text) == nil)
    }
}

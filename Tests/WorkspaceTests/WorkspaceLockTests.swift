import SystemPackage
import TestSupport
import Testing
import Workspace

@Suite struct `Workspace lock` {
    @Test func `is held by one and names the holder to the other`() throws {
        let folder = try ScratchFolder()
        let path = folder.appending(".lock")
        let held = try WorkspaceLock(path, .exclusive)
        let error = #expect(throws: WorkspaceError.self) { _ = try WorkspaceLock(path, .exclusive) }
        #expect(error?.description.contains("in use by process") == true)
        withExtendedLifetime(held) {}
    }

    @Test func `is free again when its holder lets go`() throws {
        let folder = try ScratchFolder()
        let path = folder.appending(".lock")
        do { _ = try WorkspaceLock(path, .exclusive) }
        _ = try WorkspaceLock(path, .exclusive)
    }

    @Test func `can be shared by jobs, but not with a whole build`() throws {
        let folder = try ScratchFolder()
        let path = folder.appending(".lock")
        let first = try WorkspaceLock(path, .shared)
        let second = try WorkspaceLock(path, .shared)
        #expect(throws: WorkspaceError.self) { _ = try WorkspaceLock(path, .exclusive) }
        withExtendedLifetime((first, second)) {}
    }
}

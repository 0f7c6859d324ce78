import Synchronization

/// Parts of a file that were decoded of late, up to so many bytes, for several threads.
final class RecentParts: Sendable {
    private struct State {
        var parts: [Int: (bytes: [UInt8], lastUse: Int)] = [:]
        var byteCount = 0
        var clock = 0
    }

    private let state = Mutex(State())
    private let byteLimit: Int

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// Part `index`, if it is still here.
    func part(_ index: Int) -> [UInt8]? {
        state.withLock { state in
            state.clock += 1
            guard let found = state.parts[index] else { return nil }
            state.parts[index]?.lastUse = state.clock
            return found.bytes
        }
    }

    /// Keeps a part, and lets go those used longest ago where there are too many.
    func keep(_ bytes: [UInt8], as index: Int) {
        state.withLock { state in
            guard state.parts[index] == nil else { return }
            state.clock += 1
            state.parts[index] = (bytes, state.clock)
            state.byteCount += bytes.count
            guard state.byteCount > byteLimit else { return }
            // A good part at once, so that this is rare.
            for (index, part) in state.parts.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
                guard state.byteCount > byteLimit / 4 * 3 else { break }
                state.parts[index] = nil
                state.byteCount -= part.bytes.count
            }
        }
    }
}

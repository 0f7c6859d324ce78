/// Numbers waiting at levels, handed out from the highest level down.
///
/// The level falls as numbers are taken, and what is added later waits at the current level or below.
struct FallingQueue {
    /// The level of what was taken last.
    private(set) var level = UInt32.max
    private var current: [UInt32] = []
    private var waiting: [UInt32: [UInt32]] = [:]
    /// The levels of `waiting`, as a heap with the highest first.
    private var levels: [UInt32] = []

    /// Adds a number at `level`, or at the current one if that is lower; returns where it waits.
    @inline(__always)
    mutating func add(_ number: UInt32, at level: UInt32) -> UInt32 {
        if level >= self.level {
            current.append(number)
            return self.level
        }
        wait(number, at: level)
        return level
    }

    /// Takes a number of the highest level.
    @inline(__always)
    mutating func next() -> UInt32? {
        if let number = current.popLast() { return number }
        guard let highest = takeHighest() else { return nil }
        level = highest
        current = waiting.removeValue(forKey: highest) ?? []
        return current.popLast()
    }

    private mutating func wait(_ number: UInt32, at level: UInt32) {
        waiting[level, default: []].append(number)
        if waiting[level]?.count != 1 { return }
        levels.append(level)
        var place = levels.count - 1
        while place > 0, levels[(place - 1) / 2] < levels[place] {
            levels.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func takeHighest() -> UInt32? {
        guard let last = levels.popLast() else { return nil }
        if levels.isEmpty { return last }
        let highest = levels[0]
        levels[0] = last
        var place = 0
        while true {
            var child = 2 * place + 1
            if child >= levels.count { return highest }
            if child + 1 < levels.count, levels[child + 1] > levels[child] { child += 1 }
            if levels[child] <= levels[place] { return highest }
            levels.swapAt(place, child)
            place = child
        }
    }
}

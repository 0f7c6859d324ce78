/// The candidate most like `name`, if one is near enough to be what the writer meant.
///
/// Near enough is an edit distance (insertions, deletions, replacements and swaps of neighbours,
/// case ignored) of at most one in three letters, and at least one letter in common. Ties go to the
/// first candidate.
///
/// - Complexity: O(*n* *m*) for each candidate; names longer than 100 letters have no neighbour.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased())
    guard (1...100).contains(wanted.count) else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let letters = Array(candidate.lowercased())
        let distance = editDistance(wanted, letters)
        let allowed = max(1, max(wanted.count, letters.count) / 3)
        guard distance <= allowed, distance < max(wanted.count, letters.count) else { continue }
        if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.name
}

/// The optimal string alignment distance of two words.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var before: [Int] = []
    var previous = Array(0...b.count)
    for i in 0..<a.count {
        var current = [i + 1]
        for j in 0..<b.count {
            var cost = min(previous[j + 1], current[j]) + 1
            cost = min(cost, previous[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                cost = min(cost, before[j - 1] + 1)
            }
            current.append(cost)
        }
        before = previous
        previous = current
    }
    return previous[b.count]
}

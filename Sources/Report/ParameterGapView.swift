/// What was looked for in vain for one reason, in words.
struct ParameterGapView {
    let names: String
    let reason: String

    /// What has the same reason together, in the order in which reasons come; the axes of one name
    /// together.
    static func rows(_ gaps: [ParameterGapReport]) -> [ParameterGapView] {
        var reasons: [String] = []
        var names: [String: [(name: String, axes: [String])]] = [:]
        for gap in gaps {
            if names[gap.reason] == nil { reasons.append(gap.reason) }
            var known = names[gap.reason, default: []]
            let axes = gap.axis.map { [$0] } ?? []
            if let place = known.firstIndex(where: { $0.name == gap.name }) {
                known[place].axes += axes
            } else {
                known.append((gap.name, axes))
            }
            names[gap.reason] = known
        }
        return reasons.map { reason in
            let words = names[reason, default: []].map { name, axes in
                axes.isEmpty ? name : "\(name) (\(axes.joined(separator: ", ")))"
            }
            return ParameterGapView(names: words.joined(separator: ", "), reason: reason)
        }
    }
}

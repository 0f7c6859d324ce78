/// A value of a parameter in words.
struct ParameterView {
    /// The parameter and its axis, in the first row of those they span.
    let heading: Heading?
    let source: String
    let value: String
    let uncertainty: String
    let difference: String
    let unit: String
    let method: String
    let kind: String
    let used: String?

    /// The cells that several rows share.
    struct Heading {
        let name: String
        let axis: String
        let rows: String
    }

    /// Rows of the same parameter and axis together, in the order the first of each comes; the
    /// value in use leads its group.
    static func rows(_ parameters: [ParameterReport]) -> [ParameterView] {
        struct Key: Hashable {
            let name: String
            let axis: String?
        }
        var order: [Key] = []
        var groups: [Key: [ParameterReport]] = [:]
        for parameter in parameters {
            let key = Key(name: parameter.name, axis: parameter.axis)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(parameter)
        }
        return order.flatMap { key in
            let group = groups[key, default: []]
            let sorted = group.filter(\.isUsed) + group.filter { !$0.isUsed }
            return sorted.enumerated().map { index, parameter in
                ParameterView(
                    heading: index > 0
                        ? nil
                        : Heading(
                            name: key.name, axis: key.axis ?? "", rows: String(sorted.count)),
                    source: parameter.source.rawValue,
                    value: NumberText.measured(parameter.value),
                    uncertainty: parameter.uncertainty.map { "± " + NumberText.uncertainty($0) }
                        ?? "",
                    difference: parameter.difference.map {
                        difference($0, from: parameter.value - $0)
                    } ?? "",
                    unit: parameter.unit, method: parameter.method ?? "",
                    // Where there is one value only, nothing had to be chosen.
                    kind: sorted.count == 1 ? "" : parameter.isUsed ? "used" : "kept",
                    used: sorted.count > 1 && parameter.isUsed ? "used" : nil)
            }
        }
    }

    /// A difference with its sign, and what part of the laboratory's value it is.
    private static func difference(_ difference: Double, from laboratory: Double) -> String {
        let sign = difference < 0 ? "−" : "+"
        let length = sign + NumberText.measured(abs(difference))
        guard laboratory != 0 else { return length }
        let share = difference / abs(laboratory)
        return length + " (\(share < 0 ? "−" : "+")\(NumberText.percent(abs(share))) %)"
    }
}

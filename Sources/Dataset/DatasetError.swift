/// A reason a fact about a sample cannot be taken.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
    /// The name is not lower-case words joined by `_`.
    case malformedParameterName(String)
    /// No word of the name says what it measures.
    case unknownParameter(String, nearest: String?)
    /// Nobody writes a unit like this.
    case unknownUnit(String, nearest: String?)
    /// The unit measures something else than the parameter.
    case wrongUnit(parameter: String, unit: ParameterUnit, expected: [ParameterUnit])
    /// The parameter cannot have such a value.
    case outOfRange(parameter: String, written: String, range: String)

    /// What is wrong, and what would be right.
    public var description: String {
        switch self {
        case .malformedParameterName(let name):
            "'\(name)' is not a parameter's name; write lower-case words joined by '_', as in 'porosity_total'"
        case .unknownParameter(let name, let nearest):
            "'\(name)' names no known quantity; "
                + (nearest.map { "did you mean '\($0)'?" }
                    ?? "use one of the words \(ParameterKind.all.map(\.stem).joined(separator: ", "))")
        case .unknownUnit(let unit, let nearest):
            "unknown unit '\(unit)'; "
                + (nearest.map { "did you mean '\($0)'?" }
                    ?? "units are \(ParameterUnit.allCases.map(\.rawValue).joined(separator: ", "))")
        case .wrongUnit(let parameter, let unit, let expected):
            "'\(parameter)' cannot be in \(unit.rawValue); give it in \(expected.map(\.rawValue).joined(separator: ", "))"
        case .outOfRange(let parameter, let written, let range):
            "'\(parameter)' cannot be \(written); it lies in \(range)"
        }
    }
}

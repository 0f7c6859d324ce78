import Foundation
import Yams

/// What makes a text not the YAML we take.
public struct YAMLTextError: Error {
    /// What, and where.
    public let problem: YAMLProblem
}

/// Reads one YAML document of bounded size and depth, without anchors, aliases and tags.
///
/// An alias lets a few lines stand for millions, and already the search for duplicate keys would
/// follow it, so they are refused before the text is composed.
public func composeYAML(_ text: String) throws(YAMLTextError) -> YAMLNode? {
    var scalars = Array(text.unicodeScalars)
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    if let place = firstTooDeep(scalars) {
        throw YAMLTextError(
            problem:
                YAMLProblem(
                    line: place.line, column: place.column,
                    message: "nested deeper than such a file goes; check brackets and indentation"))
    }
    let plain = String(String.UnicodeScalarView(scalars))
    if let place = try firstIndicator(scalars) {
        throw YAMLTextError(
            problem:
                YAMLProblem(
                    line: place.line, column: place.column,
                    message:
                        "anchors (&), aliases (*) and tags (!) are not taken; write the value out, or put it in quotes"
                ))
    }
    return try compose(plain).flatMap(YAMLNode.init)
}

private func compose(_ text: String) throws(YAMLTextError) -> Node? {
    do {
        return try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
        throw YAMLTextError(problem: problem(error))
    } catch {
        throw YAMLTextError(
            problem: YAMLProblem(line: 1, column: 1, message: "no YAML: \(error)"))
    }
}

private func problem(_ error: YamlError) -> YAMLProblem {
    switch error {
    case .scanner(let context, let problem, let mark, _),
        .parser(let context, let problem, let mark, _),
        .composer(let context, let problem, let mark, _):
        let place = context.map { " (\($0.text) from line \($0.mark.line))" } ?? ""
        return YAMLProblem(
            line: mark.line, column: mark.column, message: "no YAML: \(problem)\(place)")
    case .duplicatedKeysInMapping(let duplicates, let context):
        return YAMLProblem(
            line: context.mark.line, column: context.mark.column,
            message:
                "\(duplicates.map { quoted($0) }.joined(separator: ", ")) is there twice; keep one")
    case .reader(let problem, let offset, _, let yaml):
        let before = yaml.prefix(offset ?? 0)
        let line = before.count { $0.isNewline } + 1
        return YAMLProblem(line: line, column: 1, message: "no YAML: \(problem)")
    default:
        return YAMLProblem(line: 1, column: 1, message: "no YAML: \(error)")
    }
}

private let breaks: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]

/// Where the text nests deeper than 128 columns of indentation or 32 brackets, if it does.
///
/// Counts every bracket, quoted or not, and every column before a line's first word, so that it
/// never counts too little.
private func firstTooDeep(_ text: [Unicode.Scalar]) -> (line: Int, column: Int)? {
    var (line, column, brackets, leading) = (1, 0, 0, true)
    for (index, scalar) in text.enumerated() {
        if breaks.contains(scalar) {
            if scalar != "\n" || index == 0 || text[index - 1] != "\r" { line += 1 }
            (column, leading) = (0, true)
            continue
        }
        column += 1
        if scalar == "[" || scalar == "{" { brackets += 1 }
        if scalar == "]" || scalar == "}" { brackets = max(0, brackets - 1) }
        let next = index + 1 < text.count ? text[index + 1] : "\n"
        let isEntry = (scalar == "-" || scalar == "?") && (next.properties.isWhitespace)
        leading = leading && (scalar == " " || scalar == "\t" || isEntry)
        if brackets > 32 || (leading && column > 128) { return (line, column) }
    }
    return nil
}

/// The first `&`, `*` or `!` that begins a token, if any does.
///
/// Such a character may also stand in a quoted text or a comment. So each that could begin a token
/// is replaced by a letter of the private use area, and the text composed: up to the first that
/// did begin a token, the text means what it meant, and there a plain scalar now begins with that
/// letter.
private func firstIndicator(
    _ text: [Unicode.Scalar]
) throws(YAMLTextError) -> (line: Int, column: Int)? {
    let stand: Unicode.Scalar = "\u{E0A5}"
    let before: Set<Unicode.Scalar> = [" ", "\t", "[", "]", "{", "}", ",", ":", "-", "?"]
    var defused = text
    var first: (line: Int, column: Int)?
    var (line, column) = (1, 0)
    for (index, scalar) in text.enumerated() {
        let previous = index == 0 ? "\n" : text[index - 1]
        if breaks.contains(scalar) {
            if scalar != "\n" || previous != "\r" || index == 0 { line += 1 }
            column = 0
            continue
        }
        column += 1
        let begins =
            breaks.contains(previous) || before.contains(previous) || previous == "\u{FEFF}"
            || previous == "\"" || previous == "'"
        if scalar == stand || (begins && (scalar == "&" || scalar == "*" || scalar == "!")) {
            defused[index] = stand
            if first == nil { first = (line, column) }
        }
    }
    guard let first else { return nil }
    let root: Node?
    do {
        root = try compose(String(String.UnicodeScalarView(defused)))
    } catch {
        // The text is broken in any case; it may be the indicator that breaks it.
        guard (error.problem.line, error.problem.column) < first else { return first }
        throw error
    }
    return root.flatMap { firstPlainScalar(in: $0, beginning: stand) }
}

private func firstPlainScalar(
    in node: Node, beginning letter: Unicode.Scalar
) -> (line: Int, column: Int)? {
    switch node {
    case .scalar(let scalar):
        guard scalar.style == .plain, scalar.string.unicodeScalars.first == letter else {
            return nil
        }
        return (scalar.mark?.line ?? 1, scalar.mark?.column ?? 1)
    case .sequence(let sequence):
        for element in sequence {
            if let found = firstPlainScalar(in: element, beginning: letter) { return found }
        }
    case .mapping(let mapping):
        for (key, value) in mapping {
            if let found = firstPlainScalar(in: key, beginning: letter) { return found }
            if let found = firstPlainScalar(in: value, beginning: letter) { return found }
        }
    case .alias: return nil
    }
    return nil
}

/// A text in quotes for a message: control characters spelled out, and no longer than 60.
public func quoted(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(60) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse:
            shown += "\\u{\(String(scalar.value, radix: 16))}"
        default: shown.unicodeScalars.append(scalar)
        }
    }
    return "'\(shown)\(text.unicodeScalars.count > 60 ? "…" : "")'"
}

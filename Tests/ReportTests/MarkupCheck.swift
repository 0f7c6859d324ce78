/// A strict reader of the HTML and SVG that the report writes: every tag closed in order, every
/// attribute quoted, every `&` a character reference. Browsers forgive what it refuses.
struct MarkupCheck {
    /// The names of the elements, in the order they begin.
    private(set) var elements: [String] = []
    /// The text between the tags, references resolved, joined by a space.
    private(set) var text = ""
    /// Names of all attributes.
    private(set) var attributes: Set<String> = []

    struct Broken: Error {
        let problem: String
    }

    private static let void: Set<String> = ["meta", "br", "img", "!DOCTYPE"]

    init(_ markup: String) throws {
        // Scalars, as a browser reads them: characters hide a `<` that combines with its
        // neighbours.
        let scalars = Array(markup.unicodeScalars)
        var open: [String] = []
        var at = 0
        func fail(_ problem: String) -> Broken {
            let near = String(
                String.UnicodeScalarView(scalars[max(0, at - 40)..<min(scalars.count, at + 40)]))
            return Broken(problem: "\(problem) near \(near)")
        }
        func resolve(_ part: ArraySlice<Unicode.Scalar>) throws -> String {
            var result = String.UnicodeScalarView()
            var index = part.startIndex
            while index < part.endIndex {
                guard part[index] == "&" else {
                    result.append(part[index])
                    index += 1
                    continue
                }
                guard let end = part[index...].firstIndex(of: ";") else {
                    throw fail("an & that begins no reference")
                }
                switch String(String.UnicodeScalarView(part[index...end])) {
                case "&amp;": result.append("&")
                case "&lt;": result.append("<")
                case "&gt;": result.append(">")
                case "&quot;": result.append("\"")
                case "&#39;": result.append("'")
                default: throw fail("an unknown reference")
                }
                index = end + 1
            }
            return String(result)
        }
        while at < scalars.count {
            if scalars[at] != "<" {
                let end = scalars[at...].firstIndex(of: "<") ?? scalars.count
                let part = scalars[at..<end]
                // Style is raw text in HTML: nothing in it is a reference.
                if open.last != "style" { text += try resolve(part) + " " }
                at = end
                continue
            }
            guard let end = scalars[at...].firstIndex(of: ">") else { throw fail("an open tag") }
            let inside = String(String.UnicodeScalarView(scalars[(at + 1)..<end]))
            if inside.hasPrefix("/") {
                guard open.popLast() == String(inside.dropFirst()) else {
                    throw fail("</\(inside.dropFirst())> closes nothing")
                }
            } else {
                let isClosed = inside.hasSuffix("/")
                let body = isClosed ? String(inside.dropLast()) : inside
                let name = String(body.prefix { !$0.isWhitespace })
                elements.append(name)
                if name != "!DOCTYPE" {
                    try readAttributes(
                        body.dropFirst(name.count), resolve: { try resolve($0[...]) })
                }
                if !isClosed && !MarkupCheck.void.contains(name) { open.append(name) }
            }
            at = end + 1
        }
        guard open.isEmpty else { throw Broken(problem: "\(open) is never closed") }
    }

    private mutating func readAttributes(
        _ list: Substring, resolve: ([Unicode.Scalar]) throws -> String
    ) throws {
        var rest = Array(list.unicodeScalars)[...]
        while true {
            rest = rest.drop { $0.properties.isWhitespace }
            if rest.isEmpty { return }
            guard let equals = rest.firstIndex(of: "="), equals + 1 < rest.endIndex,
                rest[equals + 1] == "\"",
                let quote = rest[(equals + 2)...].firstIndex(of: "\"")
            else { throw Broken(problem: "an attribute without quotes in \(list)") }
            let name = String(String.UnicodeScalarView(rest[..<equals]))
            guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
            else {
                throw Broken(problem: "an attribute named \(name)")
            }
            attributes.insert(name)
            _ = try resolve(Array(rest[(equals + 2)..<quote]))
            rest = rest[(quote + 1)...]
        }
    }
}

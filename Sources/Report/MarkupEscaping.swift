import Foundation
import Mustache

/// Text made safe for HTML and SVG, between tags and in quoted attributes.
///
/// Works on scalars: a `<` that combines with a mark before or after it is one `Character` that is
/// not `"<"`, yet a browser still sees the tag it opens. Control characters, which neither language
/// allows, become the symbols that stand for them.
func escapedForMarkup(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x26: escaped.append(contentsOf: "&amp;".unicodeScalars)
        case 0x3C: escaped.append(contentsOf: "&lt;".unicodeScalars)
        case 0x3E: escaped.append(contentsOf: "&gt;".unicodeScalars)
        case 0x22: escaped.append(contentsOf: "&quot;".unicodeScalars)
        case 0x27: escaped.append(contentsOf: "&#39;".unicodeScalars)
        case 0x09, 0x0A, 0x0D: escaped.append(scalar)
        case 0x00..<0x20: escaped.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
        case 0x7F: escaped.append("\u{2421}")
        case 0x80..<0xA0, 0xFFFE, 0xFFFF: escaped.append("\u{FFFD}")
        default: escaped.append(scalar)
        }
    }
    return String(escaped)
}

/// The escaping of the page's template, in place of the library's own, which works on characters.
struct ScalarHTML: MustacheContentType {
    /// What the template's first line calls it.
    static let name = "HTML-BY-SCALAR"

    /// Makes the name known to the library, once for the process.
    static let registered: Void = MustacheContentTypes.register(ScalarHTML(), named: name)

    func escapeText(_ text: String) -> String { escapedForMarkup(text) }
}

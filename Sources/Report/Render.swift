import Mustache

/// Lays out the report as one HTML file that needs nothing else: style, pictures and diagrams are
/// inside, there are no scripts, and a policy in its head forbids the browser to load anything.
///
/// All text is escaped, whatever names samples, files and spreadsheets bring. The same page gives
/// the same bytes.
///
/// - Throws: ``ReportError/notPNG(caption:)`` for a picture that is not one.
public func render(_ page: ReportPage) throws(ReportError) -> String {
    ScalarHTML.registered
    let template: MustacheTemplate
    do {
        template = try MustacheTemplate(string: pageTemplate)
    } catch {
        throw .brokenTemplate(reason: String(describing: error))
    }
    return template.render(try PageView(page))
}

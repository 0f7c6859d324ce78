import Testing

@testable import Report

@Suite struct `Numbers in the report` {
    @Test(arguments: [
        (0.2097, "0.2097"), (0.21, "0.2100"), (9.99996, "10.00"), (99_999.6, "100000"),
        (1234.5678, "1235"), (2.31e-12, "2.310\u{00A0}×\u{00A0}10⁻¹²"), (-0.00123456, "-0.001235"),
        (12_345_678, "1.235\u{00A0}×\u{00A0}10⁷"), (0, "0"), (.nan, "not a number"),
        (-.infinity, "-∞"),
    ])
    func `have four significant digits where measured`(value: Double, text: String) {
        #expect(NumberText.measured(value) == text)
    }

    @Test(arguments: [(2.0, "2"), (2.25, "2.25"), (5.345, "5.345"), (116, "116"), (0.1, "0.1")])
    func `end with their last digit where set`(value: Double, text: String) {
        #expect(NumberText.nominal(value) == text)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1240, "1\u{202F}240"), (1_000_000, "1\u{202F}000\u{202F}000"),
        (-12_345, "-12\u{202F}345"),
    ])
    func `are grouped where counted`(value: Int, text: String) {
        #expect(NumberText.count(value) == text)
    }

    @Test func `have no minus before nothing`() {
        #expect(NumberText.decimals(-0.001, 2) == "0.00")
        #expect(NumberText.decimals(-0.006, 2) == "-0.01")
    }

    @Test(arguments: [(500.0, "500\u{202F}µm"), (2000, "2\u{202F}mm"), (0.5, "0.5\u{202F}µm")])
    func `take the unit that keeps lengths short`(micrometres: Double, text: String) {
        #expect(NumberText.length(micrometres) == text)
    }
}

import Randomness
import SystemPackage
import Testing
import Volumes

@testable import VolumeFiles

@Suite struct `Slice names` {
    private func order(
        _ names: [String], allowsGaps: Bool = false
    ) throws(VolumeFileError) -> [String] {
        try SliceNames(names, in: "scan", allowsGaps: allowsGaps).order.map { names[$0] }
    }

    @Test(arguments: [
        ["slice2.tif", "slice10.tif", "slice1.tif"],
        ["a_0008_2.25um.tif", "a_0009_2.25um.tif", "a_0010_2.25um.tif"],
        ["7.tif", "8.tiff", "9.TIF"],
        ["scan3 rec00000999.png", "scan3 rec00001000.png"],
        ["s٣_1.tif", "s٣_2.tif"],
        ["12345678901234567890123_1.tif", "12345678901234567890123_2.tif"],
        ["only.tif"],
    ]) func `are ordered by their number`(names: [String]) throws {
        let lowest = names.contains("slice2.tif") ? 1 : nil
        let ordered = try order(names.reversed(), allowsGaps: lowest != nil)
        #expect(
            ordered == (lowest == nil ? names : ["slice1.tif", "slice2.tif", "slice10.tif"]))
    }

    @Test(arguments: UInt64(0)..<500)
    func `are ordered whatever stands around the number`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let parts = ["", "rec", "Sample 4_", "x-1.5um.", "ß", "(2)", "0099_", "-", "a.b"]
        let prefix = parts.randomElement(using: &generator) ?? ""
        let suffix = ["", "_z", " 2.25um", "µ", "-7-"].randomElement(using: &generator) ?? ""
        let padding = Int.random(in: 1...6, using: &generator)
        let first = Int.random(in: 0...1200, using: &generator)
        let names = (first..<(first + .random(in: 2...40, using: &generator))).map { number in
            let digits = String(number)
            return prefix + (prefix.last?.isNumber == true ? "_" : "")
                + String(repeating: "0", count: max(0, padding - digits.count)) + digits
                + (suffix.first?.isNumber == true ? "_" : "") + suffix + ".tif"
        }
        #expect(try order(names.shuffled(using: &generator)) == names)
        guard names.count > 2 else { return }
        var rest = names
        let removed = rest.remove(at: Int.random(in: 1..<(names.count - 1), using: &generator))
        #expect(throws: VolumeFileError.self, "without \(removed)") {
            try order(rest.shuffled(using: &generator))
        }
        #expect(try order(rest.shuffled(using: &generator), allowsGaps: true) == rest)
    }

    @Test(arguments: [
        (
            ["s1.tif", "s4.tif", "s6.tif"],
            "3 slices are missing between s1.tif and s6.tif: 2 to 3, 5"
        ),
        (["s1.tif", "s01.tif", "s2.tif"], "two files are slice 1: s01.tif, s1.tif"),
        (["s1.tif", "s1.tiff"], "two files are the same slice: s1.tif, s1.tiff"),
        (
            ["s1.tif", "s2.tif", "s2_spr.tif", "overview.tif"],
            "2 of 4 files are not named like s#.tif: overview.tif, s2_spr.tif"
        ),
        (
            ["a1_1.tif", "a1_2.tif", "a2_1.tif", "a2_2.tif"],
            "names vary in 2 numbers, as in a1_1.tif and a2_2.tif"
        ),
    ]) func `that do not make one stack are named`(names: [String], problem: String) throws {
        let error = #expect(throws: VolumeFileError.self) { try order(names) }
        guard case .unsupported("scan", problem, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `with gaps that are allowed say so`() throws {
        let names = try SliceNames(["s1.tif", "s3.tif"], in: "scan", allowsGaps: true)
        #expect(
            names.notes == [
                "1 slices are missing between s1.tif and s3.tif: 2; "
                    + "those present are taken as neighbours"
            ])
    }
}

import Randomness
import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import VolumeFiles

@Suite struct `Hostile headers` {
    private static let seeds: [(suffix: String, text: String)] = [
        (
            "mhd",
            """
            ObjectType = Image
            NDims = 3
            BinaryDataByteOrderMSB = False
            HeaderSize = 0
            DimSize = 4 3 2
            ElementSpacing = 0.002 0.002 0.002
            ElementType = MET_USHORT
            ElementDataFile = s%d.raw 0 1 1
            """
        ),
        (
            "mha",
            "ObjectType = Image\nNDims = 3\nCompressedData = True\nDimSize = 4 3 2\n"
                + "ElementType = MET_UCHAR\nElementDataFile = LOCAL\n\u{78}\u{1}\u{63}aaaaaaaaaaaaaaa"
        ),
        (
            "nrrd",
            "NRRD0005\ntype: uint8\ndimension: 3\nsizes: 4 3 2\nencoding: raw\nbyte skip: 0\n"
                + "space directions: (2,0,0) (0,2,0) (0,0,2)\nspace units: \"um\" \"um\" \"um\"\n"
                + "data file: s%d.raw 0 1 1\n\n"
        ),
        (
            "nrrd",
            "NRRD0005\ntype: uint8\ndimension: 3\nsizes: 4 3 2\nencoding: gzip\nline skip: 0\n"
                + "spacings: 2 2 2\n\nabcdefghijklmnopqrstuvwx"
        ),
        (
            "npy",
            "\u{93}NUMPY\u{1}\u{0}\u{40}\u{0}"
                + "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 4), }\n"
                + "0123456789abcdefghijklmn"
        ),
        (
            "vgi",
            """
            {volume1}
            [file1]
            RegionOfInterestStart = 0 0 0
            FileFormat = raw
            Size = 4 3 2
            Name = s0.raw
            Datatype = unsigned integer
            BitsPerElement = 8
            {volumeprimitive12}
            [geometry]
            resolution = 0.002 0.002 0.002
            unit = mm
            """
        ),
    ]

    /// What breaks parsers: ends of ranges, signs, text that is not text, nothing at all.
    private static let insertions = [
        "9223372036854775807", "-9223372036854775808", "18446744073709551616", "-1", "0", "1e308",
        "nan", "inf", "%", "%d", "%9999d", "../", "/dev/zero", "\u{0}", "\u{FF}\u{FE}", "\n",
        "\r\n",
        "=", ":", "(", ")", "'", "\"", "LIST", "LOCAL", " ", String(repeating: "9", count: 400),
    ]

    @Test func `changed at random never trap, and what opens can be read or is refused`() throws {
        let scratch = try ScratchFolder()
        for name in ["s0.raw", "s1.raw"] {
            try RawFixtures.write([UInt8](repeating: 7, count: 24), to: scratch.appending(name))
        }
        var opened = 0
        for round in UInt64(0)..<2000 {
            var generator = SplitMix64(seed: round)
            let seed = Self.seeds[Int(round) % Self.seeds.count]
            var scalars = Array(seed.text.unicodeScalars)
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                mutate(&scalars, using: &generator)
            }
            let path = scratch.appending("scan.\(seed.suffix)")
            try RawFixtures.write(scalars.map { UInt8(truncatingIfNeeded: $0.value) }, to: path)
            do throws(VolumeFileError) {
                let reader = try openScan(ScanLocation(path))
                // A file of a few hundred bytes may not make us take much memory.
                #expect(reader.description.shape.count <= 1 << 20, "round \(round)")
                let slab = try reader.readAll()
                #expect(slab.shape == reader.description.shape)
                opened += 1
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
        // Some changes do no harm; if none were left, the test would test nothing.
        #expect(opened > 20)
    }

    private func mutate(
        _ scalars: inout [Unicode.Scalar], using generator: inout SplitMix64
    ) {
        let place = Int.random(in: 0..<max(scalars.count, 1), using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0 where place < scalars.count:
            scalars[place] = Unicode.Scalar(UInt8.random(in: 0...255, using: &generator))
        case 1 where place < scalars.count:
            let end = min(place + Int.random(in: 1...12, using: &generator), scalars.count)
            scalars.removeSubrange(place..<end)
        case 2:
            // Numbers are what matters most.
            let digits = scalars.indices.filter { ("0"..."9").contains(scalars[$0]) }
            guard let digit = digits.randomElement(using: &generator),
                let text = Self.insertions.randomElement(using: &generator)
            else { return }
            scalars.replaceSubrange(digit...digit, with: text.unicodeScalars)
        default:
            guard let text = Self.insertions.randomElement(using: &generator) else { return }
            scalars.insert(contentsOf: text.unicodeScalars, at: min(place, scalars.count))
        }
    }
}

import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import RunLog

@Suite struct `An event file` {
    private let scratch: ScratchFolder
    init() throws { scratch = try ScratchFolder() }

    /// A grey PNG of 2x1 pixels, 0 and 255 (made with Python's zlib).
    private static let png: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44,
        0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0xD1,
        0x49, 0x20, 0x56, 0x00, 0x00, 0x00, 0x0B, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0x60,
        0xF8, 0x0F, 0x00, 0x01, 0x02, 0x01, 0x00, 0x42, 0xBE, 0xBC, 0x68, 0x00, 0x00, 0x00, 0x00,
        0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
    ]

    @Test func `is checked by sums as RFC 3720 gives them`() {
        #expect(CRC32C.sum(of: Array("123456789".utf8)) == 0xE306_9283)
        #expect(CRC32C.sum(of: Array(repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.sum(of: Array(repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.sum(of: Array(0..<32)) == 0x46DD_794E)
    }

    @Test func `has messages as the encoding's own examples`() {
        // protobuf.dev/programming-guides/encoding: 150 in field 1, "testing" in field 2, and the
        // first as a message in field 3.
        var first = ProtobufMessage()
        first.add(1, 150)
        #expect(first.bytes == [0x08, 0x96, 0x01])
        var second = ProtobufMessage()
        second.add(2, "testing")
        #expect(second.bytes == [0x12, 0x07] + Array("testing".utf8))
        var third = ProtobufMessage()
        third.add(3, first)
        #expect(third.bytes == [0x1A, 0x03, 0x08, 0x96, 0x01])
        var negative = ProtobufMessage()
        negative.add(1, -2)
        #expect(negative.bytes == [0x08, 0xFE] + Array(repeating: 0xFF, count: 8) + [0x01])
        var numbers = ProtobufMessage()
        numbers.add(1, 1.5)
        numbers.add(2, Float(-0.25))
        #expect(numbers.bytes == [0x09, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0x15, 0, 0, 0x80, 0xBE])
    }

    /// Reads with TensorBoard's own loader, which checks every sum, and its accumulator.
    private static let reader = """
        import glob, json, os, sys
        from tensorboard.backend.event_processing import event_accumulator, event_file_loader
        folder = sys.argv[1]
        for name in sorted(os.listdir(folder)):
            for event in event_file_loader.LegacyEventFileLoader(os.path.join(folder, name)).Load():
                print("event", event.wall_time, event.step, event.file_version,
                      event.session_log.status)
        board = event_accumulator.EventAccumulator(
            folder, size_guidance={event_accumulator.SCALARS: 0, event_accumulator.IMAGES: 0})
        board.Reload()
        for tag in board.Tags()["scalars"]:
            for event in board.Scalars(tag):
                print("scalar", tag, event.step, event.wall_time, repr(event.value))
        for tag in board.Tags()["images"]:
            for event in board.Images(tag):
                print("image", tag, event.step, event.width, event.height,
                      event.encoded_image_string.hex())
        """

    private func read() throws -> [String] {
        let run = try Program.python(Self.reader, [scratch.path.string])
        #expect(run.status == 0, "\(run.errors)")
        return run.output.split(separator: "\n").map(String.init)
    }

    @Test(.enabled(if: Program.hasPython))
    func `opens in TensorBoard with its numbers and pictures`() throws {
        let time = Date(timeIntervalSince1970: 1_700_000_000.25)
        let log = try TensorBoardLog(in: scratch.path, time: time)
        for step in [0, 1, 127, 128, 5_000_000_000] {
            try log.add(
                ["loss/l1": 0.1 * Double(step), "épsilon": -2.5], step: step,
                time: time.addingTimeInterval(Double(step % 1000)))
        }
        let picture = LoggedPicture(width: 2, height: 1, channels: 1, png: Self.png)
        try log.add(picture, named: "validation/plug-1", step: 128, time: time)
        try log.sync()
        let lines = try read()
        #expect(lines.count(where: { $0.hasPrefix("event") }) == 7)
        #expect(lines.first == "event 1700000000.25 0 brain.Event:2 0")
        #expect(lines.contains("scalar loss/l1 127 1700000127.25 \(Double(Float(12.7)))"))
        #expect(lines.contains("scalar loss/l1 5000000000 1700000000.25 500000000.0"))
        #expect(lines.count(where: { $0.hasPrefix("scalar épsilon") && $0.hasSuffix("-2.5") }) == 5)
        let hexadecimal = Self.png.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        #expect(lines.contains("image validation/plug-1 128 2 1 \(hexadecimal)"))
    }

    @Test(.enabled(if: Program.hasPython))
    func `of a run that went on makes TensorBoard forget what came after the checkpoint`() throws {
        let time = Date(timeIntervalSince1970: 1_700_000_000)
        func go(_ log: TensorBoardLog, _ steps: ClosedRange<Int>, _ value: Double) throws {
            for step in steps { try log.add(["loss": value], step: step, time: time) }
        }
        // Two starts in the same second: the second file comes behind the first.
        try go(TensorBoardLog(in: scratch.path, time: time), 1...7, 1)
        try go(TensorBoardLog(in: scratch.path, resumingAtStep: 4, time: time), 5...6, 2)
        let scalars = try read().filter { $0.hasPrefix("scalar") }
        #expect(
            scalars == (1...6).map { "scalar loss \($0) 1700000000.0 \($0 <= 4 ? 1.0 : 2.0)" })
    }

    @Test func `is a sequence of records whose lengths and sums fit`() throws {
        let log = try TensorBoardLog(in: scratch.path)
        try log.add(["a": 1], step: 3)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: log.path.string)))
        var offset = 0
        var records = 0
        func number(_ at: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
        }
        while offset < bytes.count {
            let length = number(offset, 8)
            #expect(
                number(offset + 8, 4) == Int(CRC32C.masked(Array(bytes[offset..<(offset + 8)]))))
            let data = Array(bytes[(offset + 12)..<(offset + 12 + length)])
            #expect(number(offset + 12 + length, 4) == Int(CRC32C.masked(data)))
            offset += 16 + length
            records += 1
        }
        #expect(records == 2 && offset == bytes.count)
    }
}

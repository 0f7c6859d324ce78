public import Foundation
public import SystemPackage

/// A picture as a PNG file, for a log.
public struct LoggedPicture: Hashable, Sendable {
    /// Pixels in a row.
    public let width: Int
    /// Rows.
    public let height: Int
    /// 1 for grey, 3 for red, green, blue.
    public let channels: Int
    /// The bytes of the PNG file.
    public let png: [UInt8]

    /// A picture with what its file says of itself.
    public init(width: Int, height: Int, channels: Int, png: [UInt8]) {
        self.width = width
        self.height = height
        self.channels = channels
        self.png = png
    }
}

/// What a run tells, as an event file that TensorBoard shows.
///
/// The file is a sequence of TFRecords, each an `Event` of tensorflow/core/util/event.proto. A run that
/// goes on writes a file of its own, which tells TensorBoard to forget what came after its checkpoint.
public final class TensorBoardLog {
    /// The file.
    public let path: FilePath
    private let file: AppendedFile

    /// Begins an event file in `folder`.
    ///
    /// - Parameters:
    ///   - step: The step that the run goes on from; `nil` for a new run.
    ///   - time: Now; it is in the file's name, and TensorBoard reads files by their names' order.
    public init(
        in folder: FilePath, resumingAtStep step: Int? = nil, time: Date = .now
    ) throws(RunLogError) {
        let seconds = Int(time.timeIntervalSince1970)
        let file = try Self.create(in: folder, seconds: seconds)
        self.file = file
        path = file.path
        var version = ProtobufMessage()
        version.add(1, time.timeIntervalSince1970)
        version.add(3, "brain.Event:2")
        try append(version)
        if let step {
            var session = ProtobufMessage()
            session.add(1, 1)  // SessionLog.START
            // Of the checkpoint's own step everything stays: what is at or behind this one goes.
            var event = event(step: step + 1, time: time)
            event.add(7, session)
            try append(event)
        }
    }

    /// A file whose name no other has, and comes behind those of earlier starts in the same second.
    private static func create(
        in folder: FilePath, seconds: Int
    ) throws(RunLogError) -> AppendedFile {
        for number in 0..<1000 {
            let name = "events.out.tfevents.\(seconds).\(padded(number)).tomopair"
            let path = folder.appending(name)
            guard !FileManager.default.fileExists(atPath: path.string) else { continue }
            return try AppendedFile(path, isNew: true)
        }
        throw .cannotWrite(folder, reason: "it has a thousand event files of this second")
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// Adds numbers of one step by name; a `/` in a name groups them.
    public func add(_ values: [String: Double], step: Int, time: Date = .now) throws(RunLogError) {
        var summary = ProtobufMessage()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            var entry = ProtobufMessage()
            entry.add(1, name)
            entry.add(2, Float(value))
            summary.add(1, entry)
        }
        try append(summary, step: step, time: time)
    }

    /// Adds a picture of one step.
    public func add(
        _ picture: LoggedPicture, named name: String, step: Int, time: Date = .now
    ) throws(RunLogError) {
        var image = ProtobufMessage()
        image.add(1, picture.height)
        image.add(2, picture.width)
        image.add(3, picture.channels)
        image.add(4, picture.png)
        var entry = ProtobufMessage()
        entry.add(1, name)
        entry.add(4, image)
        var summary = ProtobufMessage()
        summary.add(1, entry)
        try append(summary, step: step, time: time)
    }

    private func append(
        _ summary: ProtobufMessage, step: Int, time: Date
    ) throws(RunLogError) {
        var event = event(step: step, time: time)
        event.add(5, summary)
        try append(event)
    }

    private func event(step: Int, time: Date) -> ProtobufMessage {
        var event = ProtobufMessage()
        event.add(1, time.timeIntervalSince1970)
        event.add(2, step)
        return event
    }

    /// A TFRecord: length, its check, data, its check.
    private func append(_ event: ProtobufMessage) throws(RunLogError) {
        let length = littleEndian(UInt64(event.bytes.count))
        try file.append(
            length + littleEndian(CRC32C.masked(length)) + event.bytes
                + littleEndian(CRC32C.masked(event.bytes)))
    }

    /// Waits until the disk has everything.
    public func sync() throws(RunLogError) { try file.sync() }
}

import Foundation
import SystemPackage
import VolumeFiles
import Volumes
import Workspace

/// A volume copied out of its compressed file, so that a box of it costs no decoding.
///
/// The file is a head of 4096 bytes, a line of JSON padded with spaces, and the voxels as they are, in
/// the machine's byte order. It is made once, appears whole or not at all, and can be deleted at any
/// time between runs.
final class StagedVolume: Sendable {
    static let headBytes = 4096

    /// What the head says.
    private struct Head: Codable, Equatable {
        let format: String
        let source: String
        let shape: Shape
        let elementType: ElementType
    }

    let shape: Shape
    let elementType: ElementType
    private let file: MappedFile

    /// Takes the copy in `folder`, or makes it.
    ///
    /// - Parameter copied: Told how many bytes of voxels have been looked after.
    /// - Throws: `VolumeFileError`, ``PatchFeedError``.
    init(
        _ path: FilePath, dataset: String, expected: Shape, in folder: FilePath,
        copied: (Int) -> Void
    ) throws {
        let scan = try StoredScan(trusted: path, dataset: dataset, keptBytes: 0)
        guard scan.shape == expected else {
            throw PatchFeedError.unlikeCatalog(
                path, dataset: dataset, has: scan.shape, expected: expected)
        }
        let fingerprint = try FileFingerprint(of: path)
        let head = Head(
            format: "tomopair staged voxels 1",
            source: "\(path) \(dataset) \(fingerprint.bytes) \(fingerprint.modified)",
            shape: scan.shape, elementType: Self.storedType(of: scan.elementType))
        let name = Digest(of: CanonicalJSON.text(head).utf8).hexadecimal.prefix(32) + ".voxels"
        let target = folder.appending(String(name))
        let bytes = head.shape.count * head.elementType.byteCount
        if let file = try? MappedFile(target), file.count == Self.headBytes + bytes,
            Self.head(of: file) == head
        {
            self.file = file
            copied(bytes)
        } else {
            try Self.copy(scan, head, to: target, source: path, dataset: dataset, copied: copied)
            do {
                file = try MappedFile(target)
            } catch {
                throw PatchFeedError.cannotStage(target, reason: "\(error)")
            }
        }
        shape = head.shape
        elementType = head.elementType
    }

    /// Scans of eight and sixteen bits stay as they are, others become single precision.
    private static func storedType(of type: ElementType) -> ElementType {
        switch type {
        case .uint8, .uint16, .int16, .float32: type
        case .int8, .uint32, .int32, .uint64, .int64, .float16, .float64: .float32
        }
    }

    private static func head(of file: MappedFile) -> Head? {
        try? JSONDecoder().decode(Head.self, from: Data(file.bytes(0..<headBytes)))
    }

    /// Bytes of a block that is decoded at once.
    private static let blockBytes = 64 << 20

    private static func copy(
        _ scan: StoredScan, _ head: Head, to target: FilePath, source: FilePath, dataset: String,
        copied: (Int) -> Void
    ) throws {
        var line = Array(CanonicalJSON.text(head).utf8)
        guard line.count <= headBytes else {
            throw PatchFeedError.cannotStage(target, reason: "the path \(source) is too long")
        }
        line += repeatElement(UInt8(ascii: " "), count: headBytes - line.count)
        let shape = head.shape
        let size = head.elementType.byteCount
        // Whole chunks, of which each is decoded once.
        let depth = min(64, shape.depth)
        let rowBytes = depth * shape.width * size
        let height = min(max(blockBytes / rowBytes / 64, 1) * 64, shape.height)
        do {
            try AtomicFile.write(to: target) { temporary in
                let file = try FileDescriptor.open(
                    temporary, .writeOnly, options: [.closeOnExec, .create, .exclusiveCreate],
                    permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
                defer { try? file.close() }
                try file.writeAll(toAbsoluteOffset: 0, line)
                for z in stride(from: 0, to: shape.depth, by: depth) {
                    for y in stride(from: 0, to: shape.height, by: height) {
                        let block = Region(
                            z: z, y: y, x: 0,
                            shape: Shape(
                                depth: min(depth, shape.depth - z),
                                height: min(height, shape.height - y), width: shape.width))
                        let slab = try scan.slab(in: block)
                        let voxels = try voxels(
                            of: slab, as: head.elementType, source: source, dataset: dataset)
                        try write(voxels, of: block, size: size, shape: shape, to: file)
                        copied(voxels.count)
                    }
                }
            }
        } catch let errno as Errno {
            throw PatchFeedError.cannotStage(target, reason: errno.description)
        } catch let error as WorkspaceError {
            throw PatchFeedError.cannotStage(target, reason: error.description)
        }
    }

    private static func voxels(
        of slab: RawSlab, as type: ElementType, source: FilePath, dataset: String
    ) throws(PatchFeedError) -> [UInt8] {
        let kept = slab.elementType == type ? slab : RawSlab(slab.convert(to: Float.self))
        if type == .float32 {
            let isFinite = kept.withVoxels(as: Float.self) { voxels in
                var isFinite = true
                for index in voxels.indices where !voxels[index].isFinite { isFinite = false }
                return isFinite
            }
            guard isFinite else { throw .notFinite(source, dataset: dataset) }
        }
        return kept.bytes
    }

    /// Puts a block, whose rows are whole, where it belongs: one piece a slice.
    private static func write(
        _ voxels: [UInt8], of block: Region, size: Int, shape: Shape, to file: FileDescriptor
    ) throws(Errno) {
        let piece = block.shape.sliceCount * size
        for (index, z) in block.slices.enumerated() {
            let first = (z * shape.height + block.y) * shape.width * size
            do {
                _ = try file.writeAll(
                    toAbsoluteOffset: Int64(headBytes + first),
                    voxels[(index * piece)..<((index + 1) * piece)])
            } catch let error as Errno {
                throw error
            } catch {
                throw .ioError
            }
        }
    }

    /// See ``MappedFile/expect(all:)``.
    func expect(all: Bool) { file.expect(all: all) }

    /// Bytes of the file.
    var byteCount: Int { file.count }

    /// Reads a box of voxels as normalised numbers; see ``BoxReading``.
    func read(_ reading: BoxReading, into target: inout MutableSpan<Float>) {
        switch elementType {
        case .uint8: read(UInt8.self, reading, &target)
        case .uint16: read(UInt16.self, reading, &target)
        case .int16: read(Int16.self, reading, &target)
        default: read(Float.self, reading, &target)
        }
    }

    @inline(__always)
    private func read<Element: StagedElement>(
        _ type: Element.Type, _ reading: BoxReading, _ target: inout MutableSpan<Float>
    ) {
        // A span handed to a closure cannot be changed by it; the pointer can be handed on.
        unsafe target.withUnsafeMutableBufferPointer { buffer in
            file.withElements(type, from: Self.headBytes) { voxels in
                var target = unsafe MutableSpan(_unsafeElements: buffer)
                reading.run(voxels, shape, &target)
            }
        }
    }
}

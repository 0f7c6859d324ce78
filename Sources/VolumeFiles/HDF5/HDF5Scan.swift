import CHDF5
import SystemPackage
import Volumes

/// A scan of an HDF5 file, open in this process.
///
/// Everything here runs inside ``HDF5Library/serialised(_:)``: the callers see to it.
final class HDF5Scan {
    let description: ScanDescription
    /// Slices in one row of chunks: reads that start and end at its multiples cost least.
    let chunkDepth: Int
    /// Bytes the library and this process keep between reads.
    let cacheBytes: Int
    private let resolver: HDF5Resolver
    private let content: Content

    private enum Content {
        case array(HDF5Array)
        case stack(HDF5Stack)
    }

    /// Opens the file and finds the scan in it.
    init(_ location: ScanLocation) throws(VolumeFileError) {
        resolver = try HDF5Resolver(location.path, root: location.root)
        let search = HDF5Search(resolver: resolver, allowsGaps: location.allowsGaps)
        let choice = try search.find(location.dataset)
        var notes = choice.notes
        let node: HDF5Node
        let shape: Shape
        let elementType: ElementType
        switch choice.content {
        case .dataset(let found):
            let array = try HDF5Array(found, resolver: resolver)
            node = found
            notes += array.notes
            shape = array.shape
            elementType = array.format.elementType
            chunkDepth = array.chunkDepth
            cacheBytes = array.rowBytes
            content = .array(array)
        case .stack(let stack):
            // Every slice is judged again when it is read; the first stands for all here.
            node = stack.slices[0]
            _ = try HDF5Array(node, resolver: resolver)
            guard
                let whole = Shape(
                    checkingDepth: stack.slices.count, height: stack.height, width: stack.width)
            else {
                throw .malformed(resolver.main.path, problem: "its slices are too large")
            }
            shape = whole
            elementType = stack.elementType
            chunkDepth = 1
            cacheBytes = 0
            content = .stack(stack)
        }
        let facts = HDF5Facts(resolver: resolver, node: node)
        if let note = try facts.projectionNote() { notes.append(note) }
        description = ScanDescription(
            format: .hdf5, files: [location.path] + resolver.files.dropFirst().map(\.path),
            dataset: choice.name, shape: shape, elementType: elementType,
            voxelSize: try HDF5VoxelSizeSearch(resolver: resolver).find(for: node),
            metadata: try facts.metadata(), notes: notes)
    }

    /// Reads the dataset chunk by chunk; `nil` unless all of it lies in chunks like ours.
    var chunkReader: HDF5ChunkReader? {
        guard case .array(let array) = content else { return nil }
        return array.chunkReader
    }

    /// Reads `slices` into memory of exactly their size.
    func read(
        _ slices: Range<Int>, into destination: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        switch content {
        case .array(let array):
            try unsafe array.read(slices, into: destination)
        case .stack(let stack):
            let sliceBytes = destination.count / slices.count
            for (position, z) in slices.enumerated() {
                let array = try HDF5Array(stack.slices[z], resolver: resolver)
                // Looked at again: another process may have changed the file since.
                guard array.shape == description.shape.withDepth(1),
                    array.format.elementType == stack.elementType
                else {
                    throw .malformed(
                        resolver.main.path, problem: "slice \(z) differs from the first")
                }
                let target = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: destination[
                        (position * sliceBytes)..<((position + 1) * sliceBytes)])
                try unsafe array.read(0..<1, into: target)
            }
        }
    }
}

/// What a file says about a scan beside its voxels.
private struct HDF5Facts {
    let resolver: HDF5Resolver
    let node: HDF5Node

    /// Attributes of the dataset and of the file, under the names the file gives them.
    func metadata() throws(VolumeFileError) -> [String: String] {
        var metadata: [String: String] = [:]
        for place in [try resolver.main.rootNode(), node] {
            for (name, value) in try place.attributes() where metadata.count < 200 {
                let key = place.path == "/" ? name.printable : "\(node.path)@\(name)".printable
                metadata[key] = value.raw
            }
        }
        return metadata
    }

    /// A sentence for raw scans, which are projections and not yet a volume.
    func projectionNote() throws(VolumeFileError) -> String? {
        let root = try resolver.main.rootNode()
        let sentence = "these are projections, not a reconstructed volume"
        let folder = node.path.split(separator: "/").dropLast().joined(separator: "/")
        for path in ["/exchange/theta", "/\(folder)/theta", "/\(folder)/rotation_angle"] {
            // The angles of another dataset say nothing about this one.
            guard path != "/exchange/theta" || folder == "exchange" else { continue }
            if let found = try? resolver.find(path, from: root), found.kind == .dataset {
                return "\(path.printable) lists angles: \(sentence)"
            }
        }
        if let axes = try node.attribute("axes")?.text, axes.hasPrefix("theta") {
            return "its axes are \(axes.printable): \(sentence)"
        }
        let parts = node.path.split(separator: "/")
        for length in stride(from: parts.count - 1, through: 1, by: -1) {
            let path = "/" + parts.prefix(length).joined(separator: "/")
            guard let group = try? resolver.find(path, from: root), group.kind == .group else {
                continue
            }
            // NeXus names the axes of a plot; those of a raw scan begin with an angle.
            if let axes = try group.attribute("axes")?.texts?.first,
                ["rotation_angle", "theta"].contains(where: { axes.contains($0) })
            {
                return "its first axis is \(axes.printable): \(sentence)"
            }
            for name in ["image_key", "instrument/detector/image_key"] {
                if let key = try? resolver.find("\(path)/\(name)", from: root),
                    key.kind == .dataset
                {
                    return "\(key.path.printable) marks dark and bright fields: \(sentence)"
                }
            }
        }
        return nil
    }
}
